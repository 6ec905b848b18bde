"""The bodies of `/api`, from which OpenAPI and the browser's types are made.

Times are Unix seconds, durations seconds, money USD, counts tokens. None means unknown.
"""

import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from filon.conversation.errors import InvalidRequest
from filon.protocols.strict_json import value_at

MessageState = Literal["streaming", "complete", "stopped", "partial", "failed"]


class Shape(BaseModel):
    """Base of all bodies: unknown fields are refused, so that a typing slip is told."""

    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


class ProblemShape(Shape):
    """What went wrong, where, and what to do. `blame` is caller, configuration, provider,
    network or filon. `provider_body` is the provider's own text, never translated."""

    code: str
    message: str
    blame: str
    status: int
    fix: str | None = None
    param: str | None = None
    provider_status: int | None = None
    provider_body: str | None = None
    retry_after: float | None = None
    names: dict[str, str] = {}


class ErrorShape(Shape):
    """The body of every failed call."""

    error: ProblemShape


class ChipShape(Shape):
    """The line of figures under an answer. `estimated` marks counts that are ours.

    `cost_kind` is priced, reported, unknown, free or local. `lost` counts parameters that were
    dropped or had no effect on the way to the wire. `thought` is how long a thought came before
    anything else did, `thought_field` the wire's name for it: `summary` is no thought itself.
    `dropped` and `changed` name the parameters that did not reach the model or reached it
    otherwise, `because` the place that decided each of them. `notices` are the codes of what is
    odd about the answer, `answered` the model that the reply names where another was asked.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    estimated: bool = False
    cost_kind: str = "unknown"
    cost_usd: float | None = None
    ttft: float | None = None
    rate: float | None = None
    total: float | None = None
    lost: int = 0
    finish_reason: str | None = None
    thought: float | None = None
    thought_field: str | None = None
    dropped: list[str] = []
    changed: list[str] = []
    because: dict[str, str] = {}
    notices: list[str] = []
    answered: str | None = None


class CallShape(Shape):
    """A tool call that a model asked for. `arguments` is its own text: JSON, if it wrote JSON, and
    the beginning of it while it writes. `index` tells the calls of one answer apart."""

    index: int
    id: str
    name: str
    arguments: str


class MessageShape(Shape):
    """One message of the tree. `sender` is the name to show above it, `preset` the name of the
    preset that an answer was asked with.

    `refusal` is what the provider sends apart from the text as the model's declining. `sealed`
    says that the provider keeps a thought to itself. `thinking_since` is set while the model
    writes: when the first of its thought came.
    """

    id: str
    conversation_id: str
    parent_id: str | None
    role: Literal["user", "assistant"]
    text: str
    refusal: str = ""
    reasoning: str = ""
    sealed: bool = False
    thinking_since: float | None = None
    calls: list[CallShape] = []
    state: MessageState
    sender: str
    model: str | None = None
    preset: str | None = None
    trace_id: str | None = None
    chip: ChipShape | None = None
    problem: ProblemShape | None = None
    created_at: float


class ConversationShape(Shape):
    """A conversation of the list. `active` is the id of the chosen branch's last message, `preset`
    the name of the preset that it was last asked with."""

    id: str
    title: str
    model: str | None
    preset: str | None = None
    active: str | None
    live: bool
    created_at: float
    updated_at: float


class ConversationPage(Shape):
    """A conversation with its whole tree, oldest first."""

    conversation: ConversationShape
    messages: list[MessageShape]


class ConversationChange(Shape):
    """What may be changed of a conversation. Absent fields stay."""

    title: str | None = Field(default=None, min_length=1, max_length=200)
    active: str | None = None


def _sendable(parameters: dict[str, Any]) -> dict[str, Any]:
    """Refuses what would break the request to a provider, as the gateway does."""
    twice = sorted({"model", "messages"} & parameters.keys())
    if twice:
        raise ValueError(f"{twice[0]} is no parameter")
    try:
        text = json.dumps(parameters, allow_nan=False, ensure_ascii=False).encode()
        value_at(text, "parameters")
    except InvalidRequest as error:
        raise ValueError(error.problem.message) from error
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return parameters


Parameters = Annotated[dict[str, Any], AfterValidator(_sendable)]


class SendBody(Shape):
    """A message to a model. Without `conversation_id` a conversation is begun.

    `parent_id` is the message it answers to; an edit sends the parent of the edited message, so
    that both are siblings. `parameters` are the sender's own: temperature, max_tokens, ... A
    `preset` stands for its model, which need not be named beside it.
    """

    conversation_id: str | None = None
    parent_id: str | None = None
    model: str | None = None
    preset: str | None = None
    text: str = Field(min_length=1)
    parameters: Parameters = {}


class RegenerateBody(Shape):
    """Another answer to the same message. `message_id` is the answer or the message it answers.
    Without `model` and `preset`, those of that answer hold."""

    message_id: str
    model: str | None = None
    preset: str | None = None
    parameters: Parameters = {}


class StopBody(Shape):
    """Stop the answer that is being written."""

    message_id: str


class SentShape(Shape):
    """What sending made: the conversation, the new message (not for regenerate), the answer."""

    conversation: ConversationShape
    message: MessageShape | None
    answer: MessageShape


class FactShape(Shape):
    """One fact of a model with where it comes from: `value` None means unknown."""

    value: Any = None
    source: str | None = None


class TargetShape(Shape):
    """A model that a route leads to, as `endpoint/model`; `reason` is why it is passed over."""

    id: str
    reason: str | None


class ModelShape(Shape):
    """A model that can be chosen. `id` is `endpoint/model`; `usable` False comes with a reason.
    `aside` models are shown when they are searched for. `practice` says that it is no real model.
    `about` is what the configuration says of it. A route has `targets`, and no endpoint of its own.
    """

    id: str
    endpoint: str
    endpoint_label: str
    model: str
    display_label: str
    usable: bool
    aside: bool = False
    practice: bool = False
    about: str | None = None
    reason: str | None
    context: FactShape
    input_usd_per_mtok: FactShape
    output_usd_per_mtok: FactShape
    abilities: FactShape
    source: str
    targets: list[TargetShape] | None = None


class WhereShape(Shape):
    """A place in a file, or a word where no file is at work: you, preset, default, filon."""

    source: str
    line: int | None = None
    rule: str | None = None
    why: str | None = None


class KeyStateShape(Shape):
    """Where an endpoint's key comes from; never the key."""

    source: str
    variable: str | None
    masked: str | None


class EndpointShape(Shape):
    """One endpoint with its state and the reason. `local_server` names the kind of server whose
    own API can be looked into, under `/api/local`."""

    name: str
    label: str
    provider: str
    kind: str
    protocol: str
    base_url: str
    state: Literal["ready", "not_configured", "broken"]
    reason: str | None
    origin: WhereShape
    key: KeyStateShape
    more_keys: list[KeyStateShape] = []
    fetch: bool
    fetched_at: float | None
    fetch_problem: ProblemShape | None
    title_enabled: bool
    title_model: str | None
    docs: str | None
    add: list[str]
    drop: list[str]
    headers: list[str]
    quirks: list[str]
    models: list[ModelShape]
    aside: bool = False
    local_server: str | None = None


class StatusShape(Shape):
    """The status line. `today` counts from local midnight; cost sums what is known. While there
    is a `config_fault`, the file is not what runs; `errors` and `warnings` are the file's."""

    version: str
    gateway: str
    config: str | None
    errors: int
    warnings: int
    config_fault: Literal["unreadable", "refused", "gone"] | None
    config_fault_since: float | None
    config_runs_since: float | None
    endpoints_ready: int
    endpoints: int
    requests_today: int
    failed_today: int
    unpriced_today: int
    cost_today_usd: float
    trace_bytes: int


class TraceShape(Shape):
    """A trace as the list shows it. Offsets for the waterfall are in `timing`, seconds.

    `model` is as it was asked, `model_answered` as the reply names it. `rate` is output tokens per
    second. `findings` are codes of diagnoses, `dropped` and `changed` names of parameters; they are
    empty where nothing is known. `replay_of` is the trace that this one repeats.
    """

    id: str
    started_at: float
    caller: str
    model: str
    endpoint: str | None
    status: int | None
    outcome: Literal["live", "complete", "stopped", "partial", "failed"]
    attempts: int
    input_tokens: int | None
    output_tokens: int | None
    estimated: bool
    cost_kind: str
    cost_usd: float | None
    ttft: float | None
    total: float | None
    mark: str | None
    conversation_id: str | None
    message_id: str | None
    timing: dict[str, float | None]
    model_answered: str | None = None
    reasoning_tokens: int | None = None
    cached_tokens: int | None = None
    rate: float | None = None
    findings: list[str] = []
    dropped: list[str] = []
    changed: list[str] = []
    tags: list[str] = []
    key_id: str | None = None
    replay_of: str | None = None


class TraceList(Shape):
    """A page of traces in the order that was asked for. `next` is the cursor of the following
    page. `total` counts all pages; where there are very many, it only says that there are at
    least so many."""

    traces: list[TraceShape]
    next: str | None
    total: int
    total_is_at_least: bool = False


class TracePage(Shape):
    """A whole trace. `records` are in order; each has `type` and the fields of its record type in
    `filon.trace.records`, bytes as `text`, `size` and, for bodies, `exact` (False when some were
    not UTF-8)."""

    trace: TraceShape
    records: list[dict[str, Any]]


class PersonShape(Shape):
    """Who is signed in."""

    id: int
    name: str
