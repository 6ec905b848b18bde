"""What every protocol is made of: the values that cross its border, and the shape it has."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from typing import Protocol as Shape

from msgspec import Struct

from filon.conversation.errors import Problem
from filon.conversation.events import StreamEvent
from filon.conversation.message import Message
from filon.conversation.reply import Reply
from filon.conversation.request import ChatRequest
from filon.protocols.carrying import CarriedMessages
from filon.protocols.crossing import Crossed
from filon.protocols.pieces import Piece, Refrain

Headers = Sequence[tuple[str, str]]


class WireBody(Struct, frozen=True):
    """A body to send, with the offsets at which it may be cut for storage.

    The offsets lie at message boundaries; the pieces joined are exactly `data`. A message's piece
    is the same bytes in each body that has the message at that place.
    """

    data: bytes
    cuts: tuple[int, ...] = ()


class StreamReading(Shape):
    """Reads one streamed reply. `whole` turns True when the body is no stream but one document;
    `reply` is then what its events fold into, where that is known without folding them. `refrain`
    is what the next bytes may repeat: a piece that it makes of them need not be read here."""

    whole: bool
    reply: Reply | None
    refrain: Refrain | None

    def feed(self, data: bytes) -> list[StreamEvent]:
        """Takes the next bytes, cut anywhere, and gives the events they completed."""
        ...

    def close(self) -> list[StreamEvent]:
        """The end of the bytes."""
        ...

    def read(self, data: bytes) -> list[Piece]:
        """As `feed`, with the bytes that each event came from."""
        ...

    def end(self) -> list[Piece]:
        """As `close`, with the bytes that were left."""
        ...


class StreamWriting(Shape):
    """Writes one streamed reply."""

    def render(self, event: StreamEvent) -> bytes:
        """The frames for one event; empty for what this protocol does not tell."""
        ...


class ReadsRequest(Shape):
    """`parse_request`: raises InvalidRequest, in words and with `param`."""

    def __call__(self, body: bytes) -> ChatRequest: ...


class WritesRequest(Shape):
    """`render_request`: the body with exactly these parameters, `stream` among them if wanted."""

    def __call__(
        self, request: ChatRequest, parameters: Sequence[tuple[str, Any]], model: str
    ) -> WireBody: ...


class WritesReply(Shape):
    """`render_reply`: a whole reply under the given id and model name. `asked` are the caller's own
    parameters, for a protocol that repeats them."""

    def __call__(
        self,
        reply: Reply,
        *,
        id: str,
        model: str,
        created: int,
        asked: Mapping[str, Any] | None = None,
    ) -> bytes: ...


class ReadsError(Shape):
    """`parse_error`: never raises; `now` is Unix time, to reckon a retry date."""

    def __call__(self, status: int, headers: Headers, body: bytes, *, now: float) -> Problem: ...


class WritesError(Shape):
    """`render_error`: a status and a body. `request_id` is what the caller would quote in a
    complaint, for a protocol whose bodies say it."""

    def __call__(self, problem: Problem, request_id: str | None = None) -> tuple[int, bytes]: ...


class EditsChunk(Shape):
    """`edit_chunk`: None when nothing of the chunk is left."""

    def __call__(
        self, raw: bytes, *, model_alias: str | None = None, drop_usage: bool = False
    ) -> bytes | None: ...


class EditsReply(Shape):
    """`edit_reply`: a whole reply's body under the caller's own name of the model."""

    def __call__(self, body: bytes, model_alias: str | None) -> bytes: ...


class OpensWriter(Shape):
    """`open_writer`: a writer for one streamed reply. `asked` is as for `render_reply`."""

    def __call__(
        self,
        *,
        id: str,
        model: str,
        created: int,
        include_usage: bool = False,
        asked: Mapping[str, Any] | None = None,
    ) -> StreamWriting: ...


class Leaves(Shape):
    """`to_chat`: parameters in the words of openai_chat, the pivot. Raises InvalidRequest for what
    must not be lost in silence."""

    def __call__(self, parameters: Mapping[str, Any], /) -> Crossed: ...


class Enters(Shape):
    """`from_chat`: parameters from the pivot's words; `messages` are those they go with."""

    def __call__(
        self, parameters: Mapping[str, Any], /, *, messages: Sequence[Message] = ()
    ) -> Crossed: ...


def as_they_are(parameters: Mapping[str, Any], /, *, messages: Sequence[Message] = ()) -> Crossed:
    """The crossing of the pivot itself."""
    return Crossed(parameters=parameters)


def as_they_stand(request: ChatRequest) -> CarriedMessages:
    """The messages of the pivot itself."""
    return CarriedMessages(request.messages)


def without_loss(messages: Sequence[Message]) -> tuple[tuple[str, str], ...]:
    """The pivot says all of its own messages."""
    return ()


class Protocol(Struct, frozen=True, kw_only=True):
    """A wire format as the functions that read and write it. `path` follows the base URL, and
    `headers` go with every request. `passed` are headers of a caller's that go on to a provider of
    the same protocol, whose values are lists with commas.
    `request_id` is the header of a reply in which its clients look for an id that they log."""

    name: str
    label: str
    path: str
    parse_request: ReadsRequest
    render_request: WritesRequest
    parse_reply: Callable[[bytes], list[StreamEvent]]
    render_reply: WritesReply
    open_reader: Callable[[], StreamReading]
    open_writer: OpensWriter
    parse_error: ReadsError
    render_error: WritesError
    edit_chunk: EditsChunk
    edit_reply: EditsReply
    request_id: str = "x-request-id"
    to_chat: Leaves = as_they_are
    from_chat: Enters = as_they_are
    messages_to_chat: Callable[[ChatRequest], CarriedMessages] = as_they_stand
    lost_from_chat: Callable[[Sequence[Message]], tuple[tuple[str, str], ...]] = without_loss
    headers: tuple[tuple[str, str], ...] = ()
    passed: tuple[str, ...] = ()
