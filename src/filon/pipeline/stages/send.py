"""The only stage that talks to a provider: one attempt, recorded as it happens."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence

from msgspec.structs import replace

from filon.conversation.errors import BrokenReply, Problem, ProviderError
from filon.conversation.events import Broken, StreamEvent, is_output
from filon.conversation.reply import ReplyFold
from filon.kit import clock
from filon.kit.http import Exchange, HttpFailure, Outgoing
from filon.pipeline.failures import refused, silent, unreachable
from filon.pipeline.recording import Recording
from filon.pipeline.services import Progress, Services
from filon.pipeline.turn import Answer, Chunk, Opened, Output
from filon.protocols.registry import PROTOCOLS
from filon.protocols.wire import Piece
from filon.trace.recorder import clean
from filon.trace.records import Attempt

# An error's body is read for its words; a page of a proxy can be long.
_ERROR_BODY = 256 * 1024


async def send(progress: Progress, services: Services) -> AsyncGenerator[Output]:
    """One exchange with the endpoint that `route` chose.

    Yields Opened, then a Chunk for each piece of the reply. Raises ProviderError. Whatever
    happens, the attempt's record and the answer so far stand in the turn afterwards.
    """
    call = _Call(progress, services)
    try:
        exchange = await call.open()
        yield Opened(
            status=exchange.status,
            headers=exchange.headers,
            only_we_asked_usage=call.wire.only_we_asked_usage,
        )
        async for chunk in call.chunks(exchange):
            yield chunk
    except ProviderError as error:
        # Some providers say the key that they refuse, and the caller need not own it.
        call.recording.problem = error.problem = clean(error.problem, services.redactor)
        raise
    finally:
        await call.end(progress)


class _Call:
    """One exchange while it lasts."""

    def __init__(self, progress: Progress, services: Services) -> None:
        turn = progress.turn
        assert turn.endpoint is not None
        assert turn.wire is not None
        self.turn = turn
        self.endpoint = turn.endpoint
        self.wire = turn.wire
        self.limits = services.limits
        self.upstream = services.upstream
        self.redactor = services.redactor
        self.log = services.log
        self.protocol = PROTOCOLS[turn.wire.protocol]
        number = 1 + sum(isinstance(record, Attempt) for record in turn.records)
        self.recording = Recording(turn, turn.wire, number, services.limits.frames_kept)
        self.fold = ReplyFold()
        self.exchange: Exchange | None = None
        self.events_in_last = 0
        progress.recording = self.recording

    async def open(self) -> Exchange:
        """Sends the request; returns the reply's head when it is a good one."""
        request = Outgoing(
            method=self.wire.method,
            url=self.wire.url,
            headers=self.wire.headers,
            body=self.wire.body.data,
            connect_timeout=self.limits.connect,
        )
        try:
            async with asyncio.timeout(self.limits.first_payload):
                exchange = await self.upstream.open(request, self.recording.phases)
        except HttpFailure as failure:
            raise self._unreachable(failure) from failure
        except TimeoutError:
            raise silent(self.endpoint, self.limits.first_payload, began=False) from None
        self.exchange = exchange
        self.recording.opened(exchange)
        self.log.event(
            "answered",
            trace=self.turn.id,
            endpoint=self.endpoint.name,
            url=self.wire.url,
            status=exchange.status,
            seconds=self.recording.phases.since(),
        )
        if not 200 <= exchange.status < 300:
            raise await self._refusal(exchange)
        return exchange

    async def chunks(self, exchange: Exchange) -> AsyncIterator[Chunk]:
        """The reply's body, parsed as it comes. Raises ProviderError where it breaks."""
        reader = self.protocol.open_reader()
        async for data in self._timed(exchange):
            pieces = reader.read(data)
            self._note(data, pieces)
            good, problem = _until_broken(pieces)
            if good:
                yield Chunk(pieces=good, whole=reader.whole)
            if problem is not None:
                raise self._broken(problem)
        pieces = reader.end()
        self._fold(pieces)
        good, problem = _until_broken(pieces)
        if good:
            yield Chunk(pieces=good, whole=reader.whole)
        if problem is not None:
            raise self._broken(problem)

    async def _timed(self, exchange: Exchange) -> AsyncIterator[bytes]:
        """The body's bytes, as long as payload keeps coming: comments and blank lines are no
        payload, since providers send them for ever while nothing happens."""
        source = aiter(exchange.chunks())
        allowed = self.limits.first_payload
        last = clock.monotonic()
        while True:
            try:
                async with asyncio.timeout(max(0.0, last + allowed - clock.monotonic())):
                    data = await anext(source, None)
            except TimeoutError:
                began = self.recording.first_output is not None
                raise silent(self.endpoint, allowed, began=began) from None
            except HttpFailure as failure:
                raise self._unreachable(failure) from failure
            if data is None:
                return
            self.events_in_last = 0
            yield data
            if self.events_in_last:
                last = clock.monotonic()
                allowed = self.limits.between_payloads

    def _note(self, data: bytes, pieces: Sequence[Piece]) -> None:
        events = self._fold(pieces)
        self.events_in_last = len(events)
        kinds = dict.fromkeys(_kind(event) for event in events)
        self.recording.frame(data, " ".join(kinds), any(is_output(event) for event in events))

    def _fold(self, pieces: Sequence[Piece]) -> list[StreamEvent]:
        events = [event for piece in pieces for event in piece.events]
        for event in events:
            self.fold.add(event)
        return events

    async def _refusal(self, exchange: Exchange) -> ProviderError:
        size = 0
        try:
            async for data in self._timed(exchange):
                self.recording.frame(data, "error", False)
                size += len(data)
                if size > _ERROR_BODY:
                    break
        except ProviderError:
            # The status tells enough where its body does not come.
            pass
        # Masked before it is shortened: of a key that is cut off, nobody would know the rest.
        body = self.redactor.data(self.recording.received())
        told = self.protocol.parse_error(exchange.status, exchange.headers, body, now=clock.now())
        # A redirect is no error to the protocol, and yet its status is what there is to tell.
        return self._told(replace(told, provider_status=told.provider_status or exchange.status))

    def _broken(self, problem: Problem) -> ProviderError:
        if problem.provider_status is None and problem.code == BrokenReply.code:
            message = f"{self.endpoint.label}: {problem.message}"
            return BrokenReply(replace(problem, message=message))
        return self._told(problem)

    def _told(self, told: Problem) -> ProviderError:
        error, findings = refused(told, self.endpoint, self.turn.model or "", self.wire.url)
        self.recording.findings = findings
        self.recording.retry_after = told.retry_after
        return error

    def _unreachable(self, failure: HttpFailure) -> ProviderError:
        error, findings = unreachable(failure, self.endpoint, self.turn.model or "", self.wire.url)
        self.recording.findings = findings
        return error

    async def end(self, progress: Progress) -> None:
        """Closes the connection, which stops the provider, and leaves what came in the turn."""
        if self.exchange is not None:
            await self.exchange.close()
        progress.recording = None
        record = self.recording.record()
        turn = replace(progress.turn, answer=self._answer(record))
        progress.turn = turn.noting(record)

    def _answer(self, record: Attempt) -> Answer:
        reply = self.fold.reply()
        offset = record.started - self.turn.started
        first = record.timing.first_output
        return Answer(
            message=reply.first.message if reply.first.parts else None,
            finish_reason=reply.first.finish_reason,
            usage=reply.usage,
            began=None if first is None else first + offset,
            ended=None if record.timing.ended is None else record.timing.ended + offset,
        )


def _until_broken(pieces: Sequence[Piece]) -> tuple[tuple[Piece, ...], Problem | None]:
    """The pieces before the first that reports an error, and that error."""
    good: list[Piece] = []
    for piece in pieces:
        for event in piece.events:
            if isinstance(event, Broken):
                return tuple(good), event.problem
        good.append(piece)
    return tuple(good), None


def _kind(event: StreamEvent) -> str:
    return str(type(event).__struct_config__.tag)
