"""What happens now, told to every open tab: one numbered stream of events per person.

A tab that comes back names the last number it saw and gets what it missed; when that is gone, it
gets the whole text so far of every answer that is being written.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from msgspec import Struct

from filon.kit import clock, sse
from filon.server.growing import grown

_REMEMBERED = 4096
# A tab that is this far behind reads too slowly; it is let go and will come back for the whole.
_BEHIND = 8192
_HEARTBEAT = 15.0
_GATHER = 0.012


class Event(Struct, frozen=True):
    """One event of one person, numbered within this run of the program."""

    number: int
    kind: str
    data: dict[str, Any]


class Subscription:
    """One open tab."""

    def __init__(self) -> None:
        self.waiting: asyncio.Queue[Event | None] = asyncio.Queue(_BEHIND)

    def offer(self, event: Event) -> bool:
        """Hands an event over; False when the tab is too far behind."""
        if self.waiting.full():
            return False
        self.waiting.put_nowait(event)
        return True


class Live:
    """All people's streams. Messages that are being written are kept whole for late comers."""

    def __init__(self) -> None:
        # Numbers of another run must not be mistaken for ours.
        self._run = f"{int(clock.now() * 1000):x}"
        self._number = 0
        self._past: dict[int, deque[Event]] = {}
        self._tabs: dict[int, set[Subscription]] = {}
        self._writing: dict[int, dict[str, dict[str, Any]]] = {}

    def publish(self, owner_id: int, kind: str, data: dict[str, Any]) -> None:
        """Tells every tab of a person."""
        self._number += 1
        event = Event(self._number, kind, data)
        self._remember(owner_id, event)
        tabs = self._tabs.get(owner_id, set())
        for tab in [tab for tab in tabs if not tab.offer(event)]:
            tabs.discard(tab)
            while not tab.waiting.empty():
                tab.waiting.get_nowait()
            tab.waiting.put_nowait(None)

    def publish_all(self, kind: str, data: dict[str, Any]) -> None:
        """Tells every tab of everybody, and who was here and may come back."""
        for owner_id in list(self._past.keys() | self._tabs.keys()):
            self.publish(owner_id, kind, data)

    def is_watched(self, owner_id: int) -> bool:
        """Whether any tab of this person is open."""
        return bool(self._tabs.get(owner_id))

    def _remember(self, owner_id: int, event: Event) -> None:
        self._past.setdefault(owner_id, deque(maxlen=_REMEMBERED)).append(event)
        writing = self._writing.setdefault(owner_id, {})
        match event.kind:
            case "message.started":
                message = event.data["message"]
                if message["state"] == "streaming":
                    writing[message["id"]] = dict(message)
            case "message.delta":
                whole = writing.get(event.data["message_id"])
                if whole is not None:
                    writing[whole["id"]] = grown(whole, event.data)
            case "message.finished":
                writing.pop(event.data["message"]["id"], None)
            case _:
                pass

    def writing(self, owner_id: int, message_id: str) -> dict[str, Any] | None:
        """The whole of a message that is being written now, as its shape."""
        return self._writing.get(owner_id, {}).get(message_id)

    async def frames(self, owner_id: int, since: str | None) -> AsyncIterator[bytes]:
        """The event stream of one tab as bytes, for as long as it is read."""
        tab = Subscription()
        backlog = self._backlog(owner_id, since)
        self._tabs.setdefault(owner_id, set()).add(tab)
        try:
            yield b": filon\n\n"
            for event in backlog:
                yield self._encode(event)
            while True:
                async for frame in self._next(tab):
                    yield frame
                if tab not in self._tabs.get(owner_id, set()):
                    return
        finally:
            self._tabs.get(owner_id, set()).discard(tab)

    async def _next(self, tab: Subscription) -> AsyncIterator[bytes]:
        try:
            async with asyncio.timeout(_HEARTBEAT):
                first = await tab.waiting.get()
        except TimeoutError:
            yield b": alive\n\n"
            return
        if first is None:
            return
        # A moment's wait lets the small pieces of a fast answer travel together.
        await asyncio.sleep(_GATHER)
        events = [first]
        while not tab.waiting.empty():
            event = tab.waiting.get_nowait()
            if event is None:
                return
            events.append(event)
        yield b"".join(self._encode(event) for event in merged(events))

    def _backlog(self, owner_id: int, since: str | None) -> list[Event]:
        past = self._past.get(owner_id, ())
        seen = self._seen(since)
        if seen is not None and (not past or past[0].number <= seen + 1 or seen >= self._number):
            return [event for event in past if event.number > seen]
        return [
            Event(self._number, "message.snapshot", {"message": message})
            for message in self._writing.get(owner_id, {}).values()
        ]

    def _seen(self, since: str | None) -> int | None:
        run, _, number = (since or "").partition(".")
        return int(number) if run == self._run and number.isdecimal() else None

    def _encode(self, event: Event) -> bytes:
        data = msgspec.json.encode(event.data)
        return sse.encode(data, event=event.kind, id=f"{self._run}.{event.number}")

    def close(self) -> None:
        """Ends every stream, so that the server can stop."""
        for tabs in self._tabs.values():
            for tab in tabs:
                while not tab.waiting.empty():
                    tab.waiting.get_nowait()
                tab.waiting.put_nowait(None)
        self._tabs.clear()


def merged(events: list[Event]) -> list[Event]:
    """The same events with neighbouring deltas of one message joined into one."""
    joined: list[Event] = []
    for event in events:
        last = joined[-1] if joined else None
        if (
            last is not None
            and event.kind == last.kind == "message.delta"
            and event.data["message_id"] == last.data["message_id"]
        ):
            joined[-1] = Event(event.number, event.kind, grown(last.data, event.data))
        else:
            joined.append(event)
    return joined
