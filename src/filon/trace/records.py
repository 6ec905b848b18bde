"""The records of a trace, one type per stage and one `Attempt` per HTTP exchange.

Times are Unix seconds as floats; durations inside records are seconds from the record's own
`started`. No header here carries a key, from the first; other secrets `filon.trace.recorder` masks
before a record is kept.

What is as usual is not stored: it was a seventh of a trace. So a field that has a default keeps it
for ever; a new field may have any.
"""

from typing import Any, Literal, NewType

from msgspec import Struct, field

from filon.conversation.errors import Problem
from filon.conversation.finding import Finding
from filon.conversation.message import Message
from filon.conversation.rights import Allowance
from filon.conversation.usage import Usage
from filon.trace.frames import Frame, Frames

Headers = tuple[tuple[str, str], ...]
# Headers in which no key stands. `filon.trace.masks` makes them: a record never has others.
MaskedHeaders = NewType("MaskedHeaders", Headers)
NO_HEADERS = MaskedHeaders(())


class Because(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The line that caused something: a place in a file, or a word for where no file is at work.

    `source` is a file's name (`librechat.yaml`, `deepseek.toml`) or one of "you", "preset",
    "default", "filon", "provider". `line` counts from 1. `rule` is the key there: `dropParams[0]`.
    `why` is the reason in words, where the line has one.
    """

    source: str
    line: int | None = None
    rule: str | None = None
    why: str | None = None


class Body(Struct, frozen=True):
    """Bytes of a request or reply, with the offsets at which they may be cut for storage.

    The offsets lie at message boundaries; the pieces joined are exactly `data`.
    """

    data: bytes
    cuts: tuple[int, ...] = ()


class Record(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every record has. `error` is set where the stage failed."""

    started: float = 0.0
    ended: float = 0.0
    error: Problem | None = None


class Change(Struct, frozen=True, kw_only=True):
    """One thing in which a replay differs from its parent: "endpoint", "model", "messages", "body"
    or the name of a parameter, with its values as JSON. Of messages and body there are none here:
    they stand in the traces."""

    name: str
    before: Any = None
    after: Any = None


class Received(Record, frozen=True, kw_only=True, tag="received"):
    """The request as it came: who asked, by which door, in which protocol, with which bytes.

    `caller` is "chat", "gateway", "cli", "title", "replay" or "request"; `key` the display prefix
    of the API key.
    `tags` and `metadata` are what the request's own headers say of it, `timeout` how many seconds
    they allow, `strict` that they forbid what the key's leniency allows. `masked` counts the
    secrets that are masked in the body.
    Of a replay, `replay_of` is the parent's id, `replay_as` "asked" or "wire", and `changes` what
    was changed.
    """

    caller: str = ""
    protocol: str
    method: str = ""
    path: str
    headers: MaskedHeaders = NO_HEADERS
    body: Body
    key: str | None = None
    tags: tuple[str, ...] = ()
    metadata: dict[str, str | int | float | bool] = {}
    timeout: float | None = None
    strict: bool | None = None
    masked: int = 0
    replay_of: str | None = None
    replay_as: str | None = None
    changes: tuple[Change, ...] = ()


class Admitted(Record, frozen=True, kw_only=True, tag="admitted"):
    """Whether the caller may do this: by what right, what was checked and how much was left.

    `error` says why not. `key_id` is the key's; `models` and `endpoints` are its patterns, empty
    where it may use all, and `through` is the one that let the model in. `limits` are as this
    request left them, `tokens` what was counted for it beforehand, an estimate. `tags`, `lenient`
    and `explain_errors` are as the key has them.
    """

    stage: str = "admit"
    owner_id: int
    by: str
    key_id: str | None = None
    models: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()
    through: str | None = None
    limits: tuple[Allowance, ...] = ()
    tokens: int | None = None
    tags: tuple[str, ...] = ()
    lenient: bool | None = None
    explain_errors: bool | None = None


class SourcedMessage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message that will be sent, with where it came from.

    `origin` is "request", "history", "this message", "preset", "system" or "title". `tokens` is an
    estimate. `because` is the line of configuration that says it, if one does.
    """

    message: Message
    origin: str
    tokens: int
    because: Because | None = None


class Assembled(Record, frozen=True, kw_only=True, tag="assembled"):
    """The messages we will really send, in order.

    `in_request` says that they are those of the request as it came; then none are kept here, and
    `filon.trace.messages` reads them from there. `images` says that there are some among these.
    """

    stage: str = "assemble"
    messages: tuple[SourcedMessage, ...] = ()
    tokenizer: str
    in_request: bool = False
    images: bool = False


class Candidate(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One endpoint and model that could have answered, kept or passed over, and why."""

    endpoint: str
    model: str
    kept: bool
    reason: str


class Routed(Record, frozen=True, kw_only=True, tag="routed"):
    """Where the request goes and what was passed over."""

    stage: str = "route"
    candidates: tuple[Candidate, ...]
    endpoint: str
    model: str


Verdict = Literal["kept", "defaulted", "added", "renamed", "clamped", "dropped", "no_effect"]


class Decision(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one parameter.

    `name` is as it was asked, `sent_as` the name on the wire (None when not sent). `wanted` and
    `sent` are the values as JSON; None when there was none. `because` is the line that decided.
    """

    name: str
    decision: Verdict
    because: Because
    wanted: Any = None
    sent: Any = None
    sent_as: str | None = None
    note: str | None = None


class Translated(Record, frozen=True, kw_only=True, tag="translated"):
    """The request as the provider's wire wants it. What really left is in `Attempt`."""

    stage: str = "translate"
    protocol: str
    decisions: tuple[Decision, ...]
    method: str
    url: str
    headers: MaskedHeaders
    body: Body


class Recalled(Record, frozen=True, kw_only=True, tag="recalled"):
    """Whether an earlier answer was used. `reason` says why not."""

    stage: str = "recall"
    hit: bool
    reason: str


class Timing(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The phases of one exchange in seconds from its start; None where a phase did not happen.

    `dns`, `connect`, `proxy` (the tunnel through one) and `tls` are durations, in this order; a
    reused connection has none of them. `sent` is when the last byte of the
    request left, `first_byte` when the head of the reply came, `first_output` when the first
    bytes that a reader can see came, `ended` when the exchange was over. `retried_stale` says that
    a connection kept from before turned out to be closed, and that the request was sent once more.
    """

    dns: float | None = None
    connect: float | None = None
    tls: float | None = None
    sent: float | None = None
    first_byte: float | None = None
    first_output: float | None = None
    ended: float | None = None
    reused: bool = False
    retried_stale: bool = False
    proxy: float | None = None


class Attempt(Record, frozen=True, kw_only=True, tag="attempt"):
    """One HTTP exchange with a provider, captured at the socket's edge after every change.

    `waited` is how many seconds the turn waited before it, for a place in the endpoint's line or
    to try again; `then` says what was done after it failed, and why. `masked` counts the secrets
    that are masked in the request's body. `through` is the proxy that it went by way of, without
    who asked it; then `address` is that of the proxy. In traces of versions before 0026 each frame
    stood `apart`; whoever reads a trace gets `frames`.
    """

    stage: str = "send"
    number: int
    endpoint: str
    model: str
    method: str
    url: str
    address: str | None
    request_headers: MaskedHeaders
    request_body: Body
    status: int | None
    reply_headers: MaskedHeaders = NO_HEADERS
    frames: Frames = field(default=Frames(), name="reply")
    apart: tuple[Frame, ...] = field(default=(), name="frames")
    frames_cut: int = 0
    timing: Timing = Timing()
    findings: tuple[Finding, ...] = ()
    retry_after: float | None = None
    waited: float = 0.0
    then: str | None = None
    masked: int = 0
    through: str | None = None


class Cost(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the turn cost in USD, or why that is unknown.

    `usd` None means unknown (`why` says so) unless `kind` is "free" (practice) or "local".
    `arithmetic` is the sum as a reader can check it; `source` names the price list and its version.
    Of a figure that the provider reported, `reckoned_usd` is what the list at `reckoned_source`
    says, with its prices and its arithmetic.
    """

    kind: Literal["priced", "reported", "unknown", "free", "local"]
    usd: float | None = None
    input_usd_per_mtok: float | None = None
    cached_usd_per_mtok: float | None = None
    output_usd_per_mtok: float | None = None
    arithmetic: str | None = None
    source: str | None = None
    why: str | None = None
    written_usd_per_mtok: float | None = None
    reckoned_usd: float | None = None
    reckoned_source: str | None = None


class Settled(Record, frozen=True, kw_only=True, tag="settled"):
    """How it ended. `outcome` is "complete", "stopped", "partial" or "failed".

    `usage` is what the provider reported; `estimated` is our count where it did not.
    `ttft` is seconds from the start of the turn to the first output, `rate` output tokens per
    second after it. `thought_field` is the wire's name for what the model thought, if it did:
    `reasoning_content`, `thinking`, `summary`, ... `model` is the model as the reply names it.
    `findings` are notices of what is odd about an answer that came.
    """

    stage: str = "settle"
    outcome: Literal["complete", "stopped", "partial", "failed"]
    usage: Usage | None
    estimated: Usage | None
    cost: Cost
    finish_reason: str | None
    ttft: float | None
    rate: float | None
    thought_field: str | None = None
    message: Message | None = None
    message_id: str | None = None
    conversation_id: str | None = None
    model: str | None = None
    findings: tuple[Finding, ...] = ()


class StageFailed(Record, frozen=True, kw_only=True, tag="failed"):
    """A stage that ended with an error before it could leave its own record."""

    stage: str


AnyRecord = (
    Received
    | Admitted
    | Assembled
    | Routed
    | Translated
    | Recalled
    | Attempt
    | Settled
    | StageFailed
)
