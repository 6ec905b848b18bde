"""From a turn's outputs to the caller's reply.

The same protocol in and out is passed through piece by piece, with the two edits that the design
allows here: the caller's own name of the model, and usage that only we asked for.
"""

from filon.conversation.errors import Problem
from filon.conversation.events import Done, StreamEvent
from filon.conversation.reply import ReplyFold
from filon.pipeline.parameters import wants_usage
from filon.pipeline.turn import Chunk, Turn
from filon.protocols.wire import Protocol, StreamWriting
from filon.server.bodies import Door

_STREAM = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    # A proxy such as nginx would otherwise gather the stream before it passes it on.
    (b"x-accel-buffering", b"no"),
)


class Relay:
    """One reply on its way to the caller."""

    def __init__(self, door: Door, protocol: Protocol, turn: Turn) -> None:
        self._door = door
        self._protocol = protocol
        self._turn = turn
        self._alias = turn.request.model
        self._opened = False
        self._fold = ReplyFold()
        self._document: list[bytes] = []
        self._writer: StreamWriting | None = None
        self._finished = False
        # Set once the provider has accepted: whether its usage is only for us.
        self.drop_usage = False

    async def chunk(self, chunk: Chunk) -> None:
        """Passes a part of the reply on."""
        for event in chunk.events:
            self._fold.add(event)
            self._finished = self._finished or isinstance(event, Done)
        if not self._turn.request.stream:
            if chunk.whole:
                self._document += [piece.raw for piece in chunk.pieces]
        elif chunk.whole:
            await self._written(chunk.events)
        else:
            await self._edited(chunk)

    async def end(self, turn: Turn) -> None:
        """Closes the reply, with the turn's problem if it has one."""
        if self._opened:
            if turn.problem is not None:
                await self._broken_off(turn.problem)
            elif not self._finished and self._writer is not None:
                await self._body(self._writer.render(Done()))
            await self._door.send({"type": "http.response.body", "body": b""})
        elif turn.problem is not None:
            status, body = self._protocol.render_error(turn.problem)
            await self._door.reply(status, body, self._head(turn.problem))
        elif turn.request.stream:
            await self._open()
            await self._door.send({"type": "http.response.body", "body": b""})
        else:
            await self._door.reply(200, self._whole(turn), self._head())

    async def _edited(self, chunk: Chunk) -> None:
        drop_usage = self.drop_usage
        parts: list[bytes] = []
        for piece in chunk.pieces:
            if piece.model is None and not (drop_usage and piece.has_usage):
                parts.append(piece.raw)
                continue
            edited = self._protocol.edit_chunk(
                piece.raw, model_alias=self._alias, drop_usage=drop_usage
            )
            if edited is not None:
                parts.append(edited)
        await self._body(b"".join(parts))

    async def _written(self, events: tuple[StreamEvent, ...]) -> None:
        """The caller wants a stream and the provider sent one document."""
        if self._writer is None:
            self._writer = self._open_writer()
        await self._body(b"".join(self._writer.render(event) for event in events))

    def _open_writer(self) -> StreamWriting:
        return self._protocol.open_writer(
            id=self._turn.id,
            model=self._alias,
            created=int(self._turn.started),
            include_usage=wants_usage(self._turn.request.parameters),
        )

    async def _broken_off(self, problem: Problem) -> None:
        _, body = self._protocol.render_error(problem)
        await self._body(b"data: " + body.replace(b"\n", b" ") + b"\n\n")

    def _whole(self, turn: Turn) -> bytes:
        document = b"".join(self._document)
        if document:
            return self._protocol.edit_reply(document, self._alias)
        # The provider streamed although the caller wants one document.
        reply = self._fold.reply()
        return self._protocol.render_reply(
            reply, id=reply.id or turn.id, model=self._alias, created=int(turn.started)
        )

    async def _open(self) -> None:
        self._opened = True
        headers = [*_STREAM, *self._head()]
        await self._door.send({"type": "http.response.start", "status": 200, "headers": headers})

    async def _body(self, data: bytes) -> None:
        if not data:
            return
        if not self._opened:
            await self._open()
        await self._door.send({"type": "http.response.body", "body": data, "more_body": True})

    def _head(self, problem: Problem | None = None) -> tuple[tuple[bytes, bytes], ...]:
        return ((b"x-filon-trace", self._turn.id.encode()), *retry_after(problem))


def retry_after(problem: Problem | None) -> tuple[tuple[bytes, bytes], ...]:
    """The header by which a caller learns how long to wait, where that is known."""
    if problem is None or problem.retry_after is None:
        return ()
    return ((b"retry-after", str(max(1, round(problem.retry_after))).encode()),)
