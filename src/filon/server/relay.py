"""From a turn's outputs to the caller's reply.

The same protocol in and out is passed through piece by piece, with the edits that the design
allows here: the caller's own name of the model, usage that only we asked for, and Filon's own
account of an error. Where the provider speaks another protocol, each event is written anew.
"""

from collections.abc import Awaitable

from filon.conversation.errors import Problem
from filon.conversation.events import Broken, Done, StreamEvent
from filon.conversation.reply import ReplyFold
from filon.pipeline.parameters import wants_usage
from filon.pipeline.turn import Chunk, Opened, Turn, chunk_of
from filon.protocols.pieces import Around, Piece, Refrain
from filon.protocols.wire import Protocol, StreamWriting
from filon.server import explained, heading
from filon.server.door import Door
from filon.server.heading import Watch

_STREAM = (
    b"content-type: text/event-stream; charset=utf-8\r\n"
    b"cache-control: no-cache\r\n"
    # A proxy such as nginx would otherwise gather the stream before it passes it on.
    b"x-accel-buffering: no\r\n"
)


class Relay:
    """One reply on its way to the caller, who speaks `protocol`."""

    def __init__(self, door: Door, protocol: Protocol, turn: Turn, watch: Watch) -> None:
        self._door = door
        self._protocol = protocol
        self._turn = turn
        self._watch = watch
        self._alias = turn.request.model
        self._stream = turn.request.stream
        self._opened: Opened | None = None
        # Whether what comes is in the caller's own protocol.
        self._same = True
        self._drops_usage = False
        # What the stream repeats, and that as the caller gets it.
        self._refrain: Refrain | None = None
        self._around: Around | None = None
        self._document: list[bytes] = []
        self._fold: ReplyFold | None = None
        self._writer: StreamWriting | None = None
        self._finished = False

    def opened(self, opened: Opened, /) -> None:
        """A provider has accepted; what follows is its reply."""
        self._opened = opened
        self._drops_usage = opened.only_we_asked_usage
        wire = opened.turn.wire
        self._same = wire is None or wire.protocol == self._protocol.name

    def chunk(self, chunk: Chunk, /) -> Awaitable[None] | None:
        """Passes a part of the reply on, and waits for a caller that reads slowly."""
        if not self._stream:
            if chunk.whole and self._same:
                for piece in chunk.pieces:
                    self._document.append(piece.raw)
            else:
                self._folded(chunk.events)
        elif chunk.whole or not self._same:
            self._written(chunk.events)
        else:
            pieces = chunk.pieces
            alone = len(pieces) == 1
            self._body(self._edited(pieces[0]) if alone else b"".join(map(self._edited, pieces)))
        return self._door.drain() if self._door.line.full else None

    def said(self, raw: bytes, refrain: Refrain, /) -> Awaitable[None] | None:
        """As a chunk that says this, with the edits of the refrain."""
        if refrain is not self._refrain:
            self._learn(refrain)
        door = self._door
        if self._around is None or not (self._stream and self._same and door.begun):
            return self.chunk(chunk_of(refrain.pieces(raw)))
        door.write(refrain.edited(raw, self._around))
        return door.drain() if door.line.full else None

    def ended(self, turn: Turn, /) -> None:
        """Closes the reply, with the turn's problem if it has one."""
        if self._door.begun:
            if turn.problem is not None:
                self._broken_off(turn, turn.problem)
            elif self._writer is not None and not self._finished:
                self._body(self._writer.render(Done()))
            self._door.end()
        elif turn.problem is not None:
            status, body = self._protocol.render_error(turn.problem, turn.id)
            if self._turn.caller.explain:
                body = explained.in_body(body, explained.account(turn.problem, turn))
            self._door.reply(status, body, self._head(turn))
        elif self._stream:
            self._begin()
            self._door.end()
        else:
            self._door.reply(200, self._whole(turn), self._head(turn))

    def _folded(self, events: tuple[StreamEvent, ...]) -> None:
        self._fold = self._fold or ReplyFold()
        for event in events:
            self._fold.add(event)

    def _edited(self, piece: Piece) -> bytes:
        """The piece as the caller gets it; empty when nothing of it is left."""
        raw, refrain = piece.raw, piece.refrain
        if refrain is not None:
            if refrain is not self._refrain:
                self._learn(refrain)
            if self._around is not None:
                return refrain.edited(raw, self._around)
        if piece.model is None and not (piece.has_usage and self._drops_usage):
            return raw
        return self._edit_raw(raw) or b""

    def _learn(self, refrain: Refrain) -> None:
        self._refrain, self._around = refrain, refrain.around(self._edit_raw)

    def _edit_raw(self, raw: bytes) -> bytes | None:
        return self._protocol.edit_chunk(raw, model_alias=self._alias, drop_usage=self._drops_usage)

    def _written(self, events: tuple[StreamEvent, ...]) -> None:
        """The caller wants a stream, and what came is one document or another protocol's."""
        if self._writer is None:
            self._writer = self._open_writer()
        self._finished = self._finished or any(isinstance(event, Done) for event in events)
        self._body(b"".join(self._writer.render(event) for event in events))

    def _open_writer(self) -> StreamWriting:
        return self._protocol.open_writer(
            id=self._turn.id,
            model=self._alias,
            created=int(self._turn.started),
            include_usage=wants_usage(self._turn.request.parameters),
            asked=self._turn.request.parameters,
        )

    def _broken_off(self, turn: Turn, problem: Problem) -> None:
        frames = (self._writer or self._open_writer()).render(Broken(problem))
        if self._turn.caller.explain:
            frames = explained.in_frames(frames, explained.account(problem, turn))
        self._body(frames)

    def _whole(self, turn: Turn) -> bytes:
        document = b"".join(self._document)
        if document:
            return self._protocol.edit_reply(document, self._alias)
        # The provider streamed although the caller wants one document, or speaks another protocol.
        reply = (self._fold or ReplyFold()).reply()
        return self._protocol.render_reply(
            reply,
            id=reply.id or turn.id,
            model=self._alias,
            created=int(turn.started),
            asked=self._turn.request.parameters,
        )

    def _begin(self) -> None:
        self._door.stream(_STREAM + self._head(self._turn))

    def _body(self, data: bytes) -> None:
        if data:
            if not self._door.begun:
                self._begin()
            self._door.write(data)

    def _head(self, turn: Turn) -> bytes:
        lines = heading.of_turn(turn, self._opened, self._watch, self._protocol.request_id)
        return lines if turn.problem is None else lines + heading.of_problem(turn.problem)
