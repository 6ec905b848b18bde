"""What every protocol is made of: the values that cross its border, and the shape it has."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from typing import Protocol as Shape

from msgspec import Struct

from filon.conversation.errors import Problem
from filon.conversation.events import StreamEvent
from filon.conversation.reply import Reply
from filon.conversation.request import ChatRequest

Headers = Sequence[tuple[str, str]]


class WireBody(Struct, frozen=True):
    """A body to send, with the offsets at which it may be cut for storage.

    The offsets lie at message boundaries; the pieces joined are exactly `data`. A message's piece
    is the same bytes in each body that has the message at that place.
    """

    data: bytes
    cuts: tuple[int, ...] = ()


class Piece(Struct, frozen=True):
    """One piece of a stream as it came: its bytes, and the events parsed from them.

    The `raw` of all pieces, joined, is the stream. `model` is the model the piece names, and
    `has_usage` says that it has a member for usage, so that a relay knows what there is to edit.
    """

    raw: bytes
    events: tuple[StreamEvent, ...] = ()
    model: str | None = None
    has_usage: bool = False


class StreamReading(Shape):
    """Reads one streamed reply. `whole` turns True when the body is no stream but one document."""

    whole: bool

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
    """`render_reply`: a whole reply under the given id and model name."""

    def __call__(self, reply: Reply, *, id: str, model: str, created: int) -> bytes: ...


class ReadsError(Shape):
    """`parse_error`: never raises; `now` is Unix time, to reckon a retry date."""

    def __call__(self, status: int, headers: Headers, body: bytes, *, now: float) -> Problem: ...


class EditsChunk(Shape):
    """`edit_chunk`: None when nothing of the chunk is left."""

    def __call__(
        self, raw: bytes, *, model_alias: str | None = None, drop_usage: bool = False
    ) -> bytes | None: ...


class EditsReply(Shape):
    """`edit_reply`: a whole reply's body under the caller's own name of the model."""

    def __call__(self, body: bytes, model_alias: str | None) -> bytes: ...


class OpensWriter(Shape):
    """`open_writer`: a writer for one streamed reply."""

    def __call__(
        self, *, id: str, model: str, created: int, include_usage: bool = False
    ) -> StreamWriting: ...


class Protocol(Struct, frozen=True, kw_only=True):
    """A wire format as the functions that read and write it. `path` follows the base URL."""

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
    render_error: Callable[[Problem], tuple[int, bytes]]
    edit_chunk: EditsChunk
    edit_reply: EditsReply


Registry = Mapping[str, Protocol]
