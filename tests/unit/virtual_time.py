"""An event loop whose clock jumps to whatever is next, so that hours of waiting take no time."""

import asyncio
import selectors

# Turns of the loop in which whatever wakes another has done so.
_TURNS = 6


class _Jumping(selectors.SelectSelector):
    """Instead of waiting, moves the loop's clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert timeout is not None, "everybody waits, and nothing is due"
        self.now += max(0.0, timeout)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop in virtual time."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Seconds from an arbitrary point."""
        return self._jumping.now

    def advance(self, seconds: float) -> None:
        """Lets all happen that happens in so many seconds; with 0, all that happens at once."""
        self.run_until_complete(_after(seconds))


async def _after(seconds: float) -> None:
    if seconds:
        await asyncio.sleep(seconds)
    for _ in range(_TURNS):
        await asyncio.sleep(0)
