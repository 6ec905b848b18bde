"""What the readers of all protocols share: the framing of a stream, and the end of its bytes."""

from typing import cast

from filon.conversation.errors import Problem
from filon.conversation.events import Broken, StreamEvent
from filon.conversation.reply import Reply
from filon.kit import sse
from filon.protocols.pieces import Piece, Refrain, refrain_of

_BLANKS = b" \t\r\n\xef\xbb\xbf"
_DOCUMENT = (b"{", b"[", b"<")
# How often a stream may be asked what its pieces have in common before it is taken for one whose
# pieces have nothing.
_LESSONS = 8


def unreadable(body: bytes, what: str, fix: str | None = None) -> Broken:
    """For bytes that are no reply."""
    return Broken(
        Problem(
            code="broken_reply",
            message=what,
            blame="provider",
            status=502,
            fix=fix or "Check that the endpoint's address is that of an API.",
            provider_body=body[:16_384].decode("utf-8", "replace"),
        )
    )


class FrameReader:
    """Reads one streamed reply; a protocol says what an event, a document and the end mean.

    After the last event all bytes still come back as pieces. A provider may answer a streaming
    request with one document, an error or a whole reply: then `whole` is True and the events come
    at the end, and `reply` is what they fold into where the protocol knows it without folding.
    """

    # Whether what `_piece` makes of a text depends on nothing that it remembers of other texts.
    recurs = True

    def __init__(self, limit: int = sse.DEFAULT_LIMIT) -> None:
        self.whole = False
        self.reply: Reply | None = None
        self._stream: sse.EventReader | None = None
        self._sniffed = False
        self._held_size = 0
        self._over = False  # no more events are to come
        self._lost = False  # the frames cannot be told apart any more
        self.refrain: Refrain | None = None
        self._learned: Refrain | None = None
        self._lessons = _LESSONS if self.recurs else 0
        self._limit = limit
        self._held: list[bytes] = []  # the document so far, or blanks before anything else

    def feed(self, data: bytes) -> list[StreamEvent]:
        """Takes the next bytes, cut anywhere, and gives the events they completed."""
        return [event for piece in self.read(data) for event in piece.events]

    def close(self) -> list[StreamEvent]:
        """The end of the bytes. It is Broken where the protocol wants more."""
        return [event for piece in self.end() for event in piece.events]

    def read(self, data: bytes) -> list[Piece]:
        """As `feed`, with the bytes that each event came from."""
        refrain = self.refrain
        if refrain is not None and refrain.said(data) is not None:
            return refrain.pieces(data)
        if not self._sniffed:
            data = self._sniff(data)
        if self.whole:
            return self._read_document(data)
        if not data or self._lost:
            return [Piece(data)] if data else []
        try:
            items = self._frames.feed(data)
        except sse.EventTooLarge as error:
            self._lost, self.refrain = True, None
            return [self._broken(data, f"The stream cannot be read: {error}.")]
        pieces = [self._item(item) for item in items]
        if self._lessons and pieces and pieces[-1].events:
            self._learn(pieces[-1])
        self.refrain = self._learned if self._frames.between and not self._over else None
        return pieces

    def _learn(self, piece: Piece) -> None:
        """Looks for what the pieces to come may repeat."""
        if piece.refrain is not None:
            return
        self._learned = refrain_of(piece, self._second)
        if self._learned is not None:
            self._lessons -= 1
            if not self._lessons:
                self._learned = None

    def _second(self, first: bytes, second: bytes) -> Piece:
        # By another reader, since what is tried may be no stream at all.
        reader = type(self)(self._limit)
        reader.alone(first)
        return reader.alone(second)

    def alone(self, raw: bytes) -> Piece:
        """The piece that these bytes are, however they were cut."""
        items = sse.EventReader(self._limit).feed(raw)
        if len(items) == 1 and isinstance(items[0], sse.Event):
            return self._piece(items[0])
        return Piece(raw)

    def end(self) -> list[Piece]:
        """As `close`, with the bytes that were left."""
        if self.whole:
            return self._end_document()
        if self._lost:
            return []
        items = self._frames.feed(b"".join(self._held)) if self._held else []
        self._held.clear()
        pieces = [self._item(item) for item in (*items, *self._frames.close())]
        what = None if self._over else self._missing()
        if what is not None:
            pieces.append(self._broken(b"", what, "Try again, or choose another endpoint."))
        return pieces

    def _piece(self, item: sse.Event) -> Piece:
        """The piece that an event with data is."""
        raise NotImplementedError

    def _document(self, body: bytes) -> list[StreamEvent]:
        """The events of one whole document."""
        raise NotImplementedError

    def _missing(self) -> str | None:
        """What is wrong with the stream ending here, in one sentence; None if nothing is."""
        raise NotImplementedError

    @property
    def _frames(self) -> sse.EventReader:
        # A document needs none.
        if self._stream is None:
            self._stream = sse.EventReader(self._limit)
        return self._stream

    def _broken(self, raw: bytes, what: str, fix: str | None = None) -> Piece:
        self._over = True
        return Piece(raw, (unreadable(raw, what, fix),))

    def _item(self, item: sse.Item) -> Piece:
        if type(item) is sse.Comment or self._over:
            return Piece(item.raw)
        learned = self._learned
        if learned is not None and learned.said(item.raw) is not None:
            return learned.pieces(item.raw)[0]
        return self._piece(cast(sse.Event, item))

    def _sniff(self, data: bytes) -> bytes:
        """Tells a document from a stream by its first character; holds blanks until it comes."""
        head = b"".join((*self._held, data)) if self._held else data
        first = head.lstrip(_BLANKS)[:1]
        if not first:
            self._held.append(data)
            return b""
        self._sniffed = True
        self.whole = first in _DOCUMENT
        self._held.clear()
        return head

    def _read_document(self, data: bytes) -> list[Piece]:
        self._held_size += len(data)
        if self._over:
            return [Piece(data)]
        if self._held_size > self._limit:
            return [self._broken(data, f"The reply is longer than {self._limit:,} bytes.")]
        self._held.append(data)
        return [Piece(data)] if data else []

    def _end_document(self) -> list[Piece]:
        if self._over:
            return []
        self._over = True
        return [Piece(b"", tuple(self._document(b"".join(self._held))))]
