"""Time as practice has it: the machine's, or a virtual one that tests and labs move by hand."""

import asyncio
from typing import Protocol

from filon.kit import clock as machine


class Clock(Protocol):
    """Seconds, and waiting. Limits, pace and schedules ask nothing else for the time."""

    def now(self) -> float:
        """Unix time in seconds."""
        ...

    def monotonic(self) -> float:
        """Seconds that only go forward."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Waits, or says that the time has passed."""
        ...


class RealClock:
    """The machine's time."""

    def now(self) -> float:
        return machine.now()

    def monotonic(self) -> float:
        return machine.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class VirtualClock:
    """A time that stands still until someone waits for it or moves it on.

    Waiting costs nothing: the clock jumps to the end of the wait, and other tasks get a turn.
    """

    def __init__(self, start: float = 1_767_225_600.0) -> None:
        self._start = start
        self._passed = 0.0

    def now(self) -> float:
        return self._start + self._passed

    def monotonic(self) -> float:
        return self._passed

    async def sleep(self, seconds: float) -> None:
        self._passed += max(0.0, seconds)
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        """Moves the time on."""
        self._passed += seconds
