"""The one writer: it takes operations from a bounded queue and commits what is waiting together.

A gateway's traces do not wait for the disk, only, when it cannot follow, for room in the queue.
While another program holds the database locked, a batch is kept and tried again and again.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, TypeVar

from msgspec import Struct

from filon.conversation.errors import FilonError
from filon.kit import clock
from filon.kit.log import Log
from filon.store import obstacle
from filon.store.connection import AsyncConnection
from filon.store.errors import StoreError
from filon.store.inserts import ROWS_AT_ONCE, Inserts
from filon.store.obstacle import Obstacle, is_lock
from filon.store.transactions import Op, Outcome, Transactions

__all__ = ["ROWS_AT_ONCE", "Backlog", "Inserts", "Op", "Writer"]

T = TypeVar("T")

# Operations that may wait, and the bytes of rows among them; then callers wait.
QUEUE_LENGTH = 2_000
QUEUE_BYTES = 64 * 1024 * 1024
# What one transaction takes at most, so that an answer's end never waits long behind traces.
BATCH_LENGTH = 500
BATCH_BYTES = 8 * 1024 * 1024
# Seconds for which operations that nobody awaits may gather; the promise is 0.25 at most.
LINGER = 0.1
# Seconds between two tries at a locked database, beside the short wait of each
# (`database.LOCK_WAIT`).
_PAUSE = 0.05


class _Item(Struct, frozen=True):
    op: Op[Any]
    reply: "asyncio.Future[Any] | None"
    weight: int


_Tried = tuple[_Item, Outcome]


class Backlog(Struct, frozen=True, kw_only=True):
    """How a writer stands. `waiting` operations with `bytes` of rows are not taken up yet; `stored`
    and `lost` count inserts since the start. `takes` says whether there is room for more, `trouble`
    is the code of what keeps the database from being written, where that is more than a moment."""

    waiting: int
    bytes: int
    stored: int
    lost: int
    takes: bool
    stopped: bool
    trouble: str | None = None


class Writer:
    """Owns the writing connection. `close` writes all that is waiting before it returns."""

    def __init__(self, connection: AsyncConnection, where: str, log: Log | None = None) -> None:
        self._transactions = Transactions(connection, where)
        self._where = where
        self._log = log
        self._queue: deque[_Item] = deque()
        # Set when something came, or may have come to its end.
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        # Set where a batch must not wait for more: somebody awaits a result, or it is large.
        self._hurry = asyncio.Event()
        self._bytes = 0
        # Operations from the call that brings them until they are taken into a batch.
        self._outstanding = 0
        self._batch: list[_Item] = []
        self._batch_bytes = 0
        self._awaited = False
        # What somebody waits for, in the batch, in the queue or before it.
        self._replies: set[asyncio.Future[Any]] = set()
        self._obstacle = Obstacle(where, log)
        self._closing = False
        self._close_by = 0.0
        self._failure: StoreError | None = None
        self._stored = 0
        self._lost = 0
        self._task = asyncio.create_task(self._run(), name="filon-writer")
        self._task.add_done_callback(self._ended)

    async def write(self, op: Op[T]) -> T:
        """Runs the operation, and returns its result once it is durable, or raises its error."""
        reply: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        item = _Item(op, reply, _weight(op))
        self._replies.add(reply)
        try:
            if self.has_room:
                await self._put(item)
            else:
                await self._put_unless_told(item, reply)
            return await reply
        finally:
            self._replies.discard(reply)

    async def enqueue(self, op: Op[object]) -> None:
        """Hands the operation over; waits only for room. Its error, if any, goes to the log."""
        await self._put(_Item(op, None, _weight(op)))

    @property
    def has_room(self) -> bool:
        """Whether `offer` would take an operation."""
        return (
            self._failure is None
            and not self._closing
            and self._bytes <= QUEUE_BYTES
            and self._outstanding < QUEUE_LENGTH
        )

    @property
    def backlog(self) -> Backlog:
        """How much is waiting, and what became of what was not."""
        return Backlog(
            waiting=self._outstanding,
            bytes=self._bytes,
            stored=self._stored,
            lost=self._lost,
            takes=self.has_room,
            stopped=self._failure is not None,
            trouble=self._obstacle.code,
        )

    def offer(self, op: Op[object]) -> bool:
        """As `enqueue`, where there is room; else does nothing and returns False."""
        if not self.has_room:
            return False
        self._outstanding += 1
        self._came(_Item(op, None, _weight(op)))
        return True

    async def close(self) -> None:
        """Writes what is waiting, then ends; what cannot be written because of a lock is given up
        after a while. Raises what ended the writer before its time."""
        self._closing = True
        self._close_by = clock.monotonic() + obstacle.PATIENCE
        self._wake()
        await asyncio.wait([self._task])
        if self._failure is not None:
            raise self._failure

    async def _put(self, item: _Item) -> None:
        self._check()
        self._outstanding += 1
        try:
            while self._is_crowded and self._failure is None:
                self._room.clear()
                await self._room.wait()
            self._came(item)
        except asyncio.CancelledError:
            self._outstanding -= 1
            self._wake()
            raise
        if self._failure is not None:
            # Nobody empties the queue any more; this lets the next caller out.
            self._drain()
            raise self._failure

    @property
    def _is_crowded(self) -> bool:
        return self._bytes > QUEUE_BYTES or len(self._queue) >= QUEUE_LENGTH

    def _came(self, item: _Item) -> None:
        self._queue.append(item)
        self._news.set()
        self._bytes += item.weight
        is_much = self._outstanding >= BATCH_LENGTH or self._bytes >= BATCH_BYTES
        if is_much or item.reply is not None:
            self._hurry.set()

    async def _put_unless_told(self, item: _Item, reply: "asyncio.Future[Any]") -> None:
        """Waits for room, but no longer than until the caller is told that it was in vain."""
        putting = asyncio.ensure_future(self._put(item))
        try:
            await asyncio.wait({putting, reply}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            done = putting.done()
            putting.cancel()
        if done:
            await putting

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._closing:
            raise StoreError("the store is closed.", code="store_closed")

    def _wake(self) -> None:
        self._hurry.set()
        self._news.set()

    async def _run(self) -> None:
        while not (self._closing and self._outstanding == 0):
            await self._gather()
            if self._batch:
                await self._commit()
            self._batch_bytes, self._awaited = 0, False
            if self._obstacle.stands and not self._obstacle.until_look:
                await self._look()

    async def _gather(self) -> None:
        """Fills the batch: what is waiting, and what comes while nobody awaits a result."""
        if not self._queue:
            self._news.clear()
            look = self._obstacle.until_look if self._obstacle.stands else None
            with suppress(TimeoutError):
                async with asyncio.timeout(look):
                    await self._news.wait()
        self._take_waiting()
        if not self._batch:
            return
        if self._awaited or self._closing or self._is_full:
            return
        self._hurry.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER):
                await self._hurry.wait()
        self._take_waiting()

    @property
    def _is_full(self) -> bool:
        return len(self._batch) >= BATCH_LENGTH or self._batch_bytes >= BATCH_BYTES

    def _take_waiting(self) -> None:
        while self._queue and not self._is_full:
            self._take(self._queue.popleft())

    def _take(self, item: _Item) -> None:
        if not _was_told(item):
            self._batch.append(item)
            self._batch_bytes += item.weight
            self._awaited = self._awaited or item.reply is not None
        self._outstanding -= 1
        self._bytes -= item.weight
        self._room.set()

    async def _commit(self) -> None:
        """Writes the batch. What meets a lock is kept and tried again, for as long as it lasts or
        somebody wants it to wait."""
        while self._batch:
            outcomes = await self._transactions.write([item.op for item in self._batch])
            tried = [*zip(self._batch, outcomes, strict=True)]
            held = [one for one in tried if is_lock(one[1].error)]
            self._settle([one for one in tried if not is_lock(one[1].error)] if held else tried)
            self._batch = [item for item, _ in held]
            if not held:
                return
            self._obstacle.met(held[0][1].error)
            if self._closing and clock.monotonic() >= self._close_by:
                self._batch = []
                self._settle(held)
                return
            if self._obstacle.is_past_patience:
                self._refuse(held[0][1].error)
            await asyncio.sleep(_PAUSE)

    def _refuse(self, error: FilonError | None) -> None:
        """Tells all who wait that it is in vain. What nobody waits for is kept."""
        told = [reply for reply in self._replies if not reply.done()]
        for reply in told:
            reply.set_exception(error or StoreError(self._where))
        self._obstacle.refused(len(told))
        self._batch = [item for item in self._batch if not _was_told(item)]

    def _settle(self, tried: Sequence[_Tried]) -> None:
        """Tells what became of operations, and takes it as a sign of how the database stands."""
        failed = [(item, told.error) for item, told in tried if told.error is not None]
        inserted = sum([type(item.op) is Inserts for item, _ in tried])
        lost = sum([type(item.op) is Inserts for item, _ in failed])
        self._stored += inserted - lost
        self._lost += lost
        for item, told in tried:
            if item.reply is not None:
                self._tell(item.reply, told)
        self._report_lost([error for item, error in failed if item.reply is None])
        if len(failed) < len(tried):
            self._obstacle.wrote()
        for error in {id(error): error for _, error in failed}.values():
            self._obstacle.met(error)

    async def _look(self) -> None:
        """Whether what stood in the way is gone."""
        told = await self._transactions.alone(self._obstacle.look)
        if told.error is None:
            self._obstacle.gone()
        else:
            self._obstacle.met(told.error)

    def _tell(self, reply: "asyncio.Future[Any]", told: Outcome) -> None:
        if reply.done():
            return
        if told.error is None:
            reply.set_result(told.result)
        else:
            reply.set_exception(told.error)

    def _report_lost(self, errors: Sequence[FilonError]) -> None:
        """What nobody waits for is told in the log, once per reason: on a full disk a line for each
        trace would be what fills it next."""
        self._obstacle.lost(len(errors))
        for reason, count in Counter(map(str, errors)).items():
            self._report("store.lost", reason=reason, count=count)

    def _report(self, event: str, **fields: Any) -> None:
        if self._log is not None:
            self._log.event(event, level="error", **fields)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """When the task ends before its time, everyone who waits or comes later is told."""
        cause = asyncio.CancelledError() if task.cancelled() else task.exception()
        if cause is None:
            return
        self._report("store.writer_stopped", error=repr(cause))
        self._failure = StoreError(
            f"{self._where}: the writer has stopped ({cause!r}): restart Filon and report this.",
            code="store_stopped",
        )
        self._failure.__cause__ = cause
        for item in [*self._batch, *self._drain()]:
            if item.reply is not None:
                self._tell(item.reply, Outcome(error=self._failure))
        self._room.set()

    def _drain(self) -> list[_Item]:
        left = [*self._queue]
        self._queue.clear()
        return left


def _was_told(item: _Item) -> bool:
    """Whether its caller knows already that it failed, so that it must not be done any more."""
    reply = item.reply
    return reply is not None and reply.done() and not reply.cancelled()


def _weight(op: Op[Any]) -> int:
    return op.weight if isinstance(op, Inserts) else 0
