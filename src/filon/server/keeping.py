"""Looks now and then at what is kept of traces, and deletes what is to go. The configuration's file
decides, where it says anything; else what was set on the page."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from filon.config.settings import Settings
from filon.conversation.errors import FilonError, InvalidRequest
from filon.kit import clock
from filon.kit.log import Log
from filon.store.store import Store
from filon.store.trace_keeping import Keep

# Seconds from the start to the first look, when a start is over, and from look to look.
_FIRST = 60.0
_EVERY = 3_600.0


class KeptByFile(InvalidRequest):
    """The file decides, so that the page cannot."""

    code = "kept_by_file"
    status = 409


class Keeper:
    """The looks. `start` begins them, `stop` ends them in good order."""

    def __init__(self, store: Store, settings: Callable[[], Settings], log: Log) -> None:
        self._store = store
        self._settings = settings
        self._log = log
        self._task: asyncio.Task[None] | None = None
        self._soon = asyncio.Event()
        # Owners of whose traces some were deleted by hand, so that pieces may be left over.
        self._left_over: set[int] = set()
        self.next_run: float | None = None
        self.deleted_last: int | None = None

    def start(self) -> None:
        """Begins to look."""
        self._task = asyncio.create_task(self._run(), name="filon-keeper")

    async def stop(self) -> None:
        """Ends what is going on at its next step."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    @property
    def by_file(self) -> Keep | None:
        """What the file says; None where it says nothing."""
        told = self._settings().retention
        if told.days is None and told.size is None:
            return None
        return Keep(days=told.days, bytes=told.size)

    @property
    def origin(self) -> str | None:
        """The line that says so."""
        origins = self._settings().origins
        found = origins.get("retention.days") or origins.get("retention.size")
        if found is None or self.by_file is None:
            return None
        return found.source if found.line is None else f"{found.source}:{found.line}"

    async def rule(self, owner_id: int) -> Keep:
        """What holds for a person."""
        by_file = self.by_file
        return by_file or await self._store.traces.keeping.get(owner_id) or Keep()

    async def set(self, owner_id: int, keep: Keep) -> None:
        """Sets it for a person, and looks soon. Raises KeptByFile."""
        if self.by_file is not None:
            raise KeptByFile(
                f"{self.origin} says for how long traces are kept.",
                fix="Change filon.retention there, or take it out.",
            )
        await self._store.traces.keeping.set(owner_id, keep)
        self._soon.set()

    def look_soon(self) -> None:
        """Looks as soon as what is going on is over."""
        self._soon.set()

    def left_over(self, owner_id: int) -> None:
        """Some traces were deleted by hand: what only they referred to shall go soon."""
        self._left_over.add(owner_id)
        self._soon.set()

    async def _run(self) -> None:
        wait = _FIRST
        while True:
            self.next_run = clock.now() + wait
            with suppress(TimeoutError):
                await asyncio.wait_for(self._soon.wait(), wait)
            self._soon.clear()
            wait = _EVERY
            try:
                await self._look()
            except FilonError as error:
                # The store has its trouble elsewhere too; the next look may do.
                self._log.event("keeping_failed", level="error", reason=str(error))

    async def _look(self) -> None:
        keeping, deleting = self._store.traces.keeping, self._store.traces.deleting
        deleted = 0
        for owner_id in await keeping.owners():
            deleted += await keeping.sweep(owner_id, await self.rule(owner_id), clock.now())
            if owner_id in self._left_over:
                self._left_over.discard(owner_id)
                await deleting.pieces(owner_id)
        self.deleted_last = deleted
        if deleted:
            self._log.event("traces_deleted", count=deleted)
        read = await self._store.traces.read_up()
        if read:
            self._log.event("traces_read_up", count=read)
