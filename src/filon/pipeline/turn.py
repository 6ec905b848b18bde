"""One request on its way through the pipeline. Frozen: each stage returns a new one."""

from collections.abc import Awaitable, Iterable, Mapping
from typing import Any, Literal
from typing import Protocol as Shape

from msgspec import Struct
from msgspec.structs import replace

from filon.accounts.limits import Reservation
from filon.config.preset import Preset
from filon.conversation.errors import Problem
from filon.conversation.events import StreamEvent
from filon.conversation.message import Message
from filon.conversation.request import ChatRequest
from filon.conversation.rights import KeyRules
from filon.conversation.usage import Usage
from filon.kit import clock
from filon.kit.ids import new_id
from filon.protocols.pieces import Piece, Refrain
from filon.providers.endpoint import Endpoint
from filon.trace.records import AnyRecord, Body, Headers, Received

CallerKind = Literal["chat", "gateway", "cli", "title", "replay", "request"]


class Caller(Struct, frozen=True, kw_only=True):
    """Who asks, and by what right. `by` is told in the trace; `key` is a key's display prefix,
    `key_name` its name, `key_id` what its use is counted under, `rules` what it may do.

    `lenient` lets what a protocol cannot carry be dropped with a decision, where otherwise the
    request is refused. `explain` adds Filon's own account of an error to it, as `error.filon`.
    """

    kind: CallerKind
    owner_id: int
    by: str
    key: str | None = None
    key_id: str | None = None
    key_name: str | None = None
    rules: KeyRules = KeyRules()
    lenient: bool = False
    explain: bool = False


class Thread(Struct, frozen=True, kw_only=True):
    """The place in a conversation that a chat's turn answers.

    `leaf_id` is the message to be answered, `answer_id` the row that the answer is written to.
    """

    conversation_id: str
    leaf_id: str
    answer_id: str | None = None


class Wire(Struct, frozen=True, kw_only=True):
    """The request as it will leave. `only_we_asked_usage` says that the caller did not want the
    usage that the provider will report, so that it is taken out of a relayed reply."""

    protocol: str
    method: str
    url: str
    headers: Headers
    body: Body
    stream: bool
    only_we_asked_usage: bool = False


class Answer(Struct, frozen=True, kw_only=True):
    """What came back, folded. `began` is seconds from the turn's start to the first output,
    `thought_field` the wire's name for what the model thought, `model` the model as the reply
    names it."""

    message: Message | None = None
    finish_reason: str | None = None
    usage: Usage | None = None
    began: float | None = None
    ended: float | None = None
    thought_field: str | None = None
    model: str | None = None

    @property
    def tokens(self) -> int:
        """All tokens as the provider counted them; 0 where it did not."""
        if self.usage is None:
            return 0
        return (self.usage.input_tokens or 0) + (self.usage.output_tokens or 0)


class Repair(Struct, frozen=True, kw_only=True):
    """A change that a provider's refusal asked for: `parameter` (its name on the wire) is sent as
    `to`, or not at all. `code` is the finding's, `said` the provider's words."""

    parameter: str
    to: str | None = None
    code: str
    said: str


class Turn(Struct, frozen=True, kw_only=True):
    """Everything known of one request so far.

    `started` is Unix time in seconds, `begun` the same moment in seconds of the monotonic clock: a
    turn counts its time from there, so that nothing in it takes less than no time when the clock
    is set back. `reserved` is what `admit` took of the key's limits, for
    `settle` to settle. `preset` is set by `assemble`, `endpoint` and `model` by
    `route`, `wire` by `translate`, `answer` by `send`. `failed` has the models,
    as `endpoint/model`, that `route` must pass over, and what happened there. `about` is the place
    in a conversation that the turn only speaks of, as a title's does. `timeout` is how many seconds
    the whole turn may take. `waited` is how many seconds it has waited, in an endpoint's line or to
    try again, without an attempt that followed. `exact` is a body that is sent as it stands,
    whatever the rules say, `repair` what a first attempt taught.
    """

    id: str
    started: float
    begun: float
    caller: Caller
    request: ChatRequest
    received: Received
    thread: Thread | None = None
    about: Thread | None = None
    reserved: Reservation | None = None
    preset: Preset | None = None
    endpoint: Endpoint | None = None
    model: str | None = None
    wire: Wire | None = None
    answer: Answer = Answer()
    problem: Problem | None = None
    failed: Mapping[str, str] = {}
    timeout: float | None = None
    waited: float = 0.0
    exact: Body | None = None
    repair: Repair | None = None
    records: tuple[AnyRecord, ...] = ()

    def elapsed(self) -> float:
        """Seconds since it began."""
        return clock.monotonic() - self.begun

    def now(self) -> float:
        """Unix time in seconds, as it would be had nobody set the clock since it began."""
        return self.started + clock.monotonic() - self.begun

    def after(self, record: AnyRecord, **changes: Any) -> "Turn":
        """The turn behind a stage that ends now: with what it changed, and its record, stamped with
        its time."""
        # It began where the one before it ended: between two nothing takes time.
        stamped = replace(record, started=self.records[-1].ended, ended=self.now())
        return replace(self, records=(*self.records, stamped), **changes)

    def noting(self, record: AnyRecord) -> "Turn":
        """The turn with one more record."""
        return replace(self, records=(*self.records, record))


def begin(
    caller: Caller,
    request: ChatRequest,
    received: Received,
    *,
    thread: Thread | None = None,
    id: str | None = None,
    timeout: float | None = None,
) -> Turn:
    """A new turn that starts now. `received` is stamped with the time and who asked, and is its
    first record."""
    now = clock.now()
    stamped = replace(received, started=now, ended=now, caller=caller.kind, key=caller.key)
    return Turn(
        id=id or new_id("t"),
        started=now,
        begun=clock.monotonic(),
        caller=caller,
        request=request,
        received=stamped,
        thread=thread,
        timeout=timeout,
        records=(stamped,),
    )


class Chunk(Struct, frozen=True, kw_only=True):
    """Part of the reply: each piece with its bytes as they came and the events they hold, and the
    `events` of them all.

    `whole` says that the reply is one document and no stream, whatever was asked for.
    """

    pieces: tuple[Piece, ...]
    events: tuple[StreamEvent, ...]
    whole: bool


def chunk_of(pieces: Iterable[Piece]) -> Chunk:
    """The part of a stream that is these pieces."""
    given = tuple(pieces)
    events = tuple([event for piece in given for event in piece.events])
    return Chunk(pieces=given, events=events, whole=False)


class Opened(Struct, frozen=True, kw_only=True):
    """The provider accepted: its reply's status and headers, before any of its body.

    `only_we_asked_usage` says that the usage it will report is not for the caller. `turn` is as
    it stood when the attempt of this `number` began. `at` is when the head of the reply was here,
    in seconds of the monotonic clock; `waited` how many seconds of the turn went into waiting for
    providers until then.
    """

    status: int
    headers: Headers
    only_we_asked_usage: bool
    turn: Turn
    number: int
    at: float
    waited: float


class Taker(Shape):
    """Who takes what comes back of a turn, as it comes."""

    def opened(self, opened: Opened, /) -> None:
        """A provider has accepted; what follows is its reply."""
        ...

    def chunk(self, chunk: Chunk, /) -> Awaitable[None] | None:
        """A part of the reply. What this returns is waited for before the provider is read on."""
        ...

    def said(self, raw: bytes, refrain: Refrain, /) -> Awaitable[None] | None:
        """The same of a part that says nothing but text, as its refrain has it: most of a stream's
        parts do, and need not be taken apart once more."""
        ...

    def ended(self, turn: Turn, /) -> None:
        """Nothing more will come: the turn with its last record."""
        ...


class Nobody:
    """Takes nothing: what counts is the turn."""

    def opened(self, opened: Opened, /) -> None:
        """Nobody needs to know."""

    def chunk(self, chunk: Chunk, /) -> Awaitable[None] | None:
        """It stands in the turn."""

    def said(self, raw: bytes, refrain: Refrain, /) -> Awaitable[None] | None:
        """As a chunk."""
        return self.chunk(chunk_of(refrain.pieces(raw)))

    def ended(self, turn: Turn, /) -> None:
        """It is returned."""
