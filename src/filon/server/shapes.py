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


class ChipShape(Shape):
    """The line of figures under an answer. `estimated` marks counts that are ours.

    `cost_kind` is priced, reported, unknown, free or local. `changed` counts parameters that were
    lost (dropped or without effect) on the way to the wire.
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


class MessageShape(Shape):
    """One message of the tree. `sender` is the name to show above it."""

    id: str
    conversation_id: str
    parent_id: str | None
    role: Literal["user", "assistant"]
    text: str
    reasoning: str = ""
    state: MessageState
    sender: str
    model: str | None = None
    trace_id: str | None = None
    chip: ChipShape | None = None
    problem: ProblemShape | None = None
    created_at: float


class ConversationShape(Shape):
    """A conversation of the list. `active` is the id of the chosen branch's last message."""

    id: str
    title: str
    model: str | None
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
    that both are siblings. `parameters` are the sender's own: temperature, max_tokens, ...
    """

    conversation_id: str | None = None
    parent_id: str | None = None
    model: str
    text: str = Field(min_length=1)
    parameters: Parameters = {}


class RegenerateBody(Shape):
    """Another answer to the same message. `message_id` is the answer or the message it answers."""

    message_id: str
    model: str | None = None
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


class ModelShape(Shape):
    """A model that can be chosen. `id` is `endpoint/model`; `usable` False comes with a reason."""

    id: str
    endpoint: str
    endpoint_label: str
    model: str
    display_label: str
    usable: bool
    reason: str | None
    context: FactShape
    input_usd_per_mtok: FactShape
    output_usd_per_mtok: FactShape
    abilities: FactShape
    source: str


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
    """One endpoint with its state and the reason."""

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


class VerdictShape(Shape):
    """One line of `check`."""

    level: Literal["error", "warning", "note"]
    code: str
    message: str
    line: int
    column: int


class ConfigShape(Shape):
    """The configuration file in use, if there is one."""

    file: str | None
    path: str | None
    verdicts: list[VerdictShape]


class StatusShape(Shape):
    """The status line. `today` counts from local midnight; cost sums what is known."""

    version: str
    gateway: str
    config: str | None
    errors: int
    warnings: int
    endpoints_ready: int
    endpoints: int
    requests_today: int
    failed_today: int
    unpriced_today: int
    cost_today_usd: float
    trace_bytes: int


class TraceShape(Shape):
    """A trace as the list shows it. Offsets for the waterfall are in `timing`, seconds."""

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


class TraceList(Shape):
    """A page of traces, newest first. `next` is the cursor of the following page."""

    traces: list[TraceShape]
    next: str | None
    total: int


class TracePage(Shape):
    """A whole trace. `records` are in order; each has `type` and the fields of its record type in
    `filon.trace.records`, bytes as `text`, `size` and, for bodies, `exact` (False when some were
    not UTF-8)."""

    trace: TraceShape
    records: list[dict[str, Any]]


class KeyShape(Shape):
    """A gateway key as it can be shown."""

    id: str
    name: str
    prefix: str
    created_at: float
    last_used_at: float | None


class KeyMade(Shape):
    """A new gateway key. `secret` is shown this once."""

    key: KeyShape
    secret: str


class KeyBody(Shape):
    """A name for a new key."""

    name: str = Field(min_length=1, max_length=80)


class PersonShape(Shape):
    """Who is signed in."""

    id: int
    name: str
