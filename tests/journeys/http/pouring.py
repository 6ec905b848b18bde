"""Our own client, with bodies taken by `pour` and not piece by piece."""

import math
from collections.abc import AsyncGenerator

from filon.kit.http import Exchange, HttpFailure, Outgoing, Phases
from filon.kit.http.upstream import Http1Upstream

# Parts that are taken before it is said to be enough for now.
_AT_ONCE = 3


def never() -> float:
    """There is time."""
    return math.inf


class Sink:
    """Takes parts, now and then as many as it wants at once."""

    def __init__(self, at_once: int = _AT_ONCE) -> None:
        self.came: list[bytes] = []
        self._at_once = at_once

    def take(self, part: bytes) -> bool:
        self.came.append(part)
        return len(self.came) % self._at_once != 0


class PouredExchange:
    """An exchange whose `chunks` are poured."""

    def __init__(self, inner: Exchange) -> None:
        self._inner = inner
        self.status = inner.status
        self.headers = inner.headers
        self.address = inner.address
        self.read = inner.read
        self.pour = inner.pour
        self.close = inner.close

    @property
    def over(self) -> bool:
        return self._inner.over

    async def chunks(self) -> AsyncGenerator[bytes]:
        sink = Sink()
        failure: HttpFailure | None = None
        more = True
        while more:
            given = len(sink.came)
            try:
                await self._inner.pour(sink.take, never)
            except HttpFailure as error:
                failure = error
            for part in sink.came[given:]:
                yield part
            more = failure is None and len(sink.came) > given
        if failure is not None:
            raise failure


class PouredUpstream(Http1Upstream):
    """Our own client, poured."""

    async def open(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, request: Outgoing, phases: Phases, until: float | None = None
    ) -> PouredExchange:
        return PouredExchange(await super().open(request, phases, until))
