"""A line in which callers are served in turn: one request of each, and first come, first served
within one. It knows nothing of what is waited for."""

import asyncio
from collections import deque


class Waiter:
    """One that waits. `place` is the number of its place once it is served; it fails when it is
    turned away. `tokens` is what it needs, `since` the monotonic time at which it came."""

    __slots__ = ("caller", "place", "since", "tokens")

    def __init__(self, caller: str, tokens: int, since: float) -> None:
        self.caller = caller
        self.tokens = tokens
        self.since = since
        self.place: asyncio.Future[int] = asyncio.get_running_loop().create_future()


class Line:
    """The callers in the order of their turns, each with its waiters. A caller that has none left
    loses its turn, and comes last when it comes again."""

    def __init__(self) -> None:
        self._callers: dict[str, deque[Waiter]] = {}
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def join(self, waiter: Waiter) -> None:
        """Adds one at the end of its caller's own line."""
        self._callers.setdefault(waiter.caller, deque()).append(waiter)
        self._length += 1

    def next(self) -> Waiter | None:
        """Whose turn it is."""
        return next((own[0] for own in self._callers.values()), None)

    def serve(self, waiter: Waiter) -> None:
        """Takes out the one whose turn it was; its caller's turn comes last now."""
        own = self._callers.pop(waiter.caller)
        own.popleft()
        self._length -= 1
        if own:
            self._callers[waiter.caller] = own

    def leave(self, waiter: Waiter) -> None:
        """Takes out one that waits no more, if it is there."""
        own = self._callers.get(waiter.caller, deque())
        if waiter not in own:
            return
        own.remove(waiter)
        self._length -= 1
        if not own:
            del self._callers[waiter.caller]

    def last_of_longest(self, caller: str) -> Waiter:
        """The newest waiter of whoever has most of them; of this caller where several have."""
        most = max(len(own) for own in self._callers.values())
        mine = self._callers.get(caller, deque())
        longest = mine if len(mine) == most else max(self._callers.values(), key=len)
        return longest[-1]

    def up_to(self, waiter: Waiter) -> list[Waiter]:
        """All that are served up to this one, itself included, if nobody comes or leaves."""
        mine = self._callers[waiter.caller]
        turns = mine.index(waiter)
        served = list(mine)[: turns + 1]
        share = turns + 1
        for caller, own in self._callers.items():
            if caller == waiter.caller:
                # Those after it in the order have had a turn less by then.
                share = turns
            else:
                served += list(own)[:share]
        return served
