"""Shows an answer piece by piece with pauses (`streamRate`), while it is read at full speed: what
the trace says of the provider's times stays true."""

import asyncio
from collections.abc import Callable

from filon.conversation.errors import UnknownModel
from filon.conversation.events import StreamEvent
from filon.pipeline.directory import Directory


def pause_of(directory: Directory, model: str) -> float | None:
    """The pause of the endpoint that `endpoint/model` names, or of a route's first, in
    milliseconds; None where it has none, or where it has just been taken out of the file."""
    try:
        return directory.first(model)[0].stream_rate
    except UnknownModel:
        return None


Tell = Callable[[tuple[StreamEvent, ...]], None]


class Pace:
    """Hands events on to `tell`. Without a pause (milliseconds) that is at once, and together."""

    def __init__(self, tell: Tell, pause: float | None) -> None:
        self._tell = tell
        self._pause = (pause or 0.0) / 1000
        self._waiting: asyncio.Queue[StreamEvent] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def add(self, events: tuple[StreamEvent, ...]) -> None:
        """More of the answer came."""
        if not self._pause:
            self._tell(events)
            return
        for event in events:
            self._waiting.put_nowait(event)
        if self._task is None:
            self._task = asyncio.ensure_future(self._run())

    async def end(self) -> None:
        """Returns when everything has been told."""
        await self._waiting.join()

    def stop(self) -> None:
        """What has not been told yet is not told any more."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while True:
            event = await self._waiting.get()
            self._tell((event,))
            await asyncio.sleep(self._pause)
            self._waiting.task_done()
