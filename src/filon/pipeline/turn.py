"""One request on its way through the pipeline. Frozen: each stage returns a new one."""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from filon.conversation.errors import Problem
from filon.conversation.events import StreamEvent
from filon.conversation.message import Message
from filon.conversation.request import ChatRequest
from filon.conversation.usage import Usage
from filon.kit import clock
from filon.kit.ids import new_id
from filon.protocols.wire import Piece
from filon.providers.endpoint import Endpoint
from filon.trace.records import AnyRecord, Body, Headers, Received

CallerKind = Literal["chat", "gateway", "cli", "title"]


class Caller(Struct, frozen=True, kw_only=True):
    """Who asks, and by what right. `by` is told in the trace; `key` is a key's display prefix."""

    kind: CallerKind
    owner_id: int
    by: str
    key: str | None = None


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
    """What came back, folded. `began` is seconds from the turn's start to the first output."""

    message: Message | None = None
    finish_reason: str | None = None
    usage: Usage | None = None
    began: float | None = None
    ended: float | None = None


class Turn(Struct, frozen=True, kw_only=True):
    """Everything known of one request so far.

    `started` is Unix time in seconds. `endpoint` and `model` are set by `route`, `wire` by
    `translate`, `answer` by `send`. `failed_candidates` are models that `route` must pass over.
    """

    id: str
    started: float
    caller: Caller
    request: ChatRequest
    received: Received
    thread: Thread | None = None
    endpoint: Endpoint | None = None
    model: str | None = None
    wire: Wire | None = None
    answer: Answer = Answer()
    problem: Problem | None = None
    failed_candidates: tuple[str, ...] = ()
    records: tuple[AnyRecord, ...] = ()

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
) -> Turn:
    """A new turn that starts now. `received` is stamped with the time and who asked."""
    now = clock.now()
    stamped = replace(received, started=now, ended=now, caller=caller.kind, key=caller.key)
    return Turn(
        id=id or new_id("t"),
        started=now,
        caller=caller,
        request=request,
        received=stamped,
        thread=thread,
    )


class Chunk(Struct, frozen=True, kw_only=True):
    """Part of the reply: each piece with its bytes as they came and the events they hold.

    `whole` says that the reply is one document and no stream, whatever was asked for.
    """

    pieces: tuple[Piece, ...]
    whole: bool

    @property
    def events(self) -> tuple[StreamEvent, ...]:
        """All events of the chunk."""
        return tuple(event for piece in self.pieces for event in piece.events)


class Opened(Struct, frozen=True, kw_only=True):
    """The provider accepted: its reply's status and headers, before any of its body.

    `only_we_asked_usage` says that the usage it will report is not for the caller.
    """

    status: int
    headers: Headers
    only_we_asked_usage: bool


class Ended(Struct, frozen=True, kw_only=True):
    """The turn is over and settled."""

    turn: Turn


Output = Opened | Chunk | Ended
