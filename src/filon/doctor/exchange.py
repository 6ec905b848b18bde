"""The doctor's requests: a whole reply for a list, and a streamed chat that is read in two goes."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from filon.conversation.errors import BrokenReply, Problem, ProviderError
from filon.conversation.events import Broken, Done, Finished, TextDelta, UsageReported, is_output
from filon.conversation.finding import Finding
from filon.conversation.usage import Usage
from filon.kit import clock
from filon.kit.http import Exchange, HttpFailure, Outgoing, Phases, Upstream
from filon.kit.redact import Redactor
from filon.pipeline.failures import broken, refused, silent, unreachable
from filon.pipeline.turn import Wire
from filon.protocols.pieces import Piece
from filon.protocols.registry import PROTOCOLS
from filon.providers.endpoint import Endpoint

# A list of models can be long; OpenRouter's is half a megabyte.
_LIST_SIZE = 16 * 1024 * 1024
_ERROR_SIZE = 256 * 1024

_PAGE = re.compile(rb"^\s*(<!doctype html|<html|<head|<body)", re.IGNORECASE)


class Reply(Struct, frozen=True, kw_only=True):
    """A reply that is here as a whole."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def good(self) -> bool:
        """Whether its status says that it worked."""
        return 200 <= self.status < 300

    @property
    def is_page(self) -> bool:
        """Whether it is a page for people."""
        return _PAGE.match(self.body[:512]) is not None

    @property
    def location(self) -> str | None:
        """Where it points, for a redirect."""
        if not 300 <= self.status < 400:
            return None
        return next((value for name, value in self.headers if name.lower() == "location"), None)


async def fetch(
    upstream: Upstream,
    url: str,
    headers: Sequence[tuple[str, str]],
    *,
    connect: float,
    total: float,
) -> Reply:
    """GETs an address. Times are seconds. Raises HttpFailure; its kind is "silent" when nothing
    came in time."""
    outgoing = Outgoing(
        method="GET", url=url, headers=tuple(headers), body=b"", connect_timeout=connect
    )
    try:
        async with asyncio.timeout(total):
            exchange = await upstream.open(outgoing, Phases())
            try:
                body = await _whole(exchange, _LIST_SIZE)
            finally:
                await exchange.close()
    except TimeoutError:
        raise HttpFailure("silent", f"nothing for {total:.0f} s") from None
    return Reply(status=exchange.status, headers=exchange.headers, body=body)


async def _whole(exchange: Exchange, most: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in exchange.chunks():
        parts.append(part)
        size += len(part)
        if size > most:
            break
    return b"".join(parts)


class Chat:
    """One streamed chat. `problem` and `finding` stand where it failed; nothing is raised."""

    def __init__(
        self, endpoint: Endpoint, model: str, wire: Wire, *, redactor: Redactor, answer: float
    ) -> None:
        self.wire = wire
        self.status: int | None = None
        self.problem: Problem | None = None
        self.finding: Finding | None = None
        self.first: float | None = None
        self.frames = 0
        self.text = ""
        self.usage: Usage | None = None
        self.finish_reason: str | None = None
        self.done = False
        self._redactor = redactor
        self._answer = answer
        self._asked = (endpoint, model, wire.url)
        self._protocol = PROTOCOLS[wire.protocol]
        self._reader = self._protocol.open_reader()
        self._exchange: Exchange | None = None
        self._chunks: AsyncIterator[bytes] | None = None
        self._ended = False
        self._started = clock.monotonic()

    @property
    def whole(self) -> bool:
        """Whether the reply is one document and no stream."""
        return self._reader.whole

    async def open(self, upstream: Upstream, connect: float) -> None:
        """Sends it and waits for the head of the reply."""
        outgoing = Outgoing(
            method=self.wire.method,
            url=self.wire.url,
            headers=self.wire.headers,
            body=self.wire.body.data,
            connect_timeout=connect,
        )
        self._started = clock.monotonic()
        try:
            async with asyncio.timeout(self._answer):
                self._exchange = await upstream.open(outgoing, Phases())
                self.status = self._exchange.status
                if not 200 <= self.status < 300:
                    await self._refuse(self._exchange)
        except HttpFailure as failure:
            self._fail(unreachable(failure, *self._asked))
        except TimeoutError:
            self._fail(silent(*self._asked, self._answer, began=False))

    async def _refuse(self, exchange: Exchange) -> None:
        body = self._redactor.data(await _whole(exchange, _ERROR_SIZE))
        status = exchange.status
        told = self._protocol.parse_error(status, exchange.headers, body, now=clock.now())
        told = replace(told, provider_status=told.provider_status or status)
        self._fail(refused(told, *self._asked))

    async def begin(self) -> None:
        """Reads until there is something to see, or the end."""
        while self.first is None and await self._more():
            pass

    async def finish(self) -> None:
        """Reads to the end."""
        while await self._more():
            pass

    async def _more(self) -> bool:
        if self._exchange is None or self.problem is not None or self._ended:
            return False
        if self._chunks is None:
            self._chunks = aiter(self._exchange.chunks())
        try:
            async with asyncio.timeout(self._answer):
                data = await anext(self._chunks, None)
        except HttpFailure as failure:
            self._fail(unreachable(failure, *self._asked))
            return False
        except TimeoutError:
            self._fail(silent(*self._asked, self._answer, began=self.first is not None))
            return False
        self._ended = data is None
        self._take(self._reader.end() if data is None else self._reader.read(data))
        return not self._ended and self.problem is None

    def _take(self, pieces: Sequence[Piece]) -> None:
        for piece in pieces:
            self.frames += bool(piece.events)
            for event in piece.events:
                if isinstance(event, Broken):
                    self._break(event.problem)
                    return
                if is_output(event) or isinstance(event, Finished):
                    self.first = self.first or clock.monotonic() - self._started
                match event:
                    case TextDelta(text=text):
                        self.text += text
                    case UsageReported(usage=usage):
                        self.usage = usage
                    case Finished(reason=reason):
                        self.finish_reason = reason
                    case Done():
                        self.done = True
                    case _:
                        pass

    def _break(self, problem: Problem) -> None:
        if problem.provider_status is None and problem.code == BrokenReply.code:
            self._fail(broken(problem, *self._asked))
        else:
            self._fail(refused(problem, *self._asked))

    def _fail(self, failed: tuple[ProviderError, tuple[Finding, ...]]) -> None:
        error, findings = failed
        self.problem = error.problem
        self.finding = findings[0] if findings else finding_of(error.problem)

    async def close(self) -> None:
        """Ends the exchange, which stops the provider."""
        if self._exchange is not None:
            await self._exchange.close()


def finding_of(problem: Problem) -> Finding:
    """A problem for which there is no diagnosis, as a finding."""
    return Finding(
        code=problem.code,
        title=problem.message,
        evidence=problem.provider_body or "",
        causes=(),
        fix=problem.fix or "Read the provider's own words.",
        names=problem.names,
    )
