"""What keeps the store from being written, while it lasts: a lock of another program, a full disk.

It says since when, what the log tells of it, and when it is time to look whether it is over.
"""

from typing import Any, Literal

from filon.kit import clock
from filon.kit.log import Log
from filon.store.connection import AsyncConnection
from filon.store.errors import StoreError

# Seconds after which a lock is told in the log; shorter ones are part of sharing a database.
NOTED = 1.0
# Seconds after which a lock counts as something that keeps the store from being written.
SERIOUS = 3.0
# Seconds for which somebody who waits for an answer is kept waiting because of a lock.
PATIENCE = 10.0
# Seconds after which it is looked whether an obstacle is gone, where no write finds it out.
LOOK_AGAIN = 2.0
# Bytes that must fit before a disk counts as having room again: more than SQLite keeps in memory
# until the commit, so that the disk itself is asked.
ROOM = 3_000_000

_LOCKED = "store_locked"
# What a write meets because of the place, and not because of what is written.
_OF_THE_PLACE = frozenset(
    {
        _LOCKED,
        "store_full",
        "store_disk",
        "store_readonly",
        "store_unreachable",
        "store_damaged",
        "store_no_database",
    }
)


def is_lock(error: BaseException | None) -> bool:
    """Whether another program's lock is what was met."""
    return isinstance(error, StoreError) and error.problem.code == _LOCKED


class Obstacle:
    """What stands in a writer's way, if anything does."""

    def __init__(self, where: str, log: Log | None) -> None:
        self._where = where
        self._log = log
        self._error: StoreError | None = None
        self._since = 0.0
        self._look_at = 0.0
        self._noted = False
        # Writes that were refused because of a lock, since somebody waited for them.
        self._refused = 0
        self._lost = 0

    @property
    def stands(self) -> bool:
        """Whether there is one."""
        return self._error is not None

    @property
    def code(self) -> str | None:
        """What keeps the store from being written now; None for nothing, and for a lock that may
        be let go in a moment."""
        if self._error is None or (is_lock(self._error) and self._lasts < SERIOUS):
            return None
        return self._error.problem.code

    @property
    def is_past_patience(self) -> bool:
        """Whether a lock has lasted for longer than anybody is to wait for it."""
        return is_lock(self._error) and self._lasts >= PATIENCE

    @property
    def until_look(self) -> float:
        """In how many seconds it is time to look whether it is gone."""
        return max(0.0, self._look_at - clock.monotonic())

    @property
    def _lasts(self) -> float:
        return clock.monotonic() - self._since

    def met(self, error: BaseException | None) -> None:
        """A write failed of this."""
        if not isinstance(error, StoreError) or error.problem.code not in _OF_THE_PLACE:
            return
        now = clock.monotonic()
        self._look_at = now + LOOK_AGAIN
        if self._error is None or is_lock(self._error) is not is_lock(error):
            self._end()
            self._since = now
        self._error = error
        if not self._noted and (not is_lock(error) or self._lasts >= NOTED):
            self._noted = True
            if is_lock(error):
                told = "another program holds the database locked; what is to be stored waits"
                self._tell("store.locked", "warning", told, None)
            else:
                self._tell("store.unwritable", "error", None, error.problem.message)

    def refused(self, count: int) -> None:
        """So many writes that somebody waited for were given up."""
        self._refused += count

    def lost(self, count: int) -> None:
        """So many writes that nobody waited for were given up."""
        self._lost += count

    def wrote(self) -> None:
        """A write succeeded. A lock is gone then; a disk may be too full for a larger one."""
        if is_lock(self._error):
            self._end()

    def gone(self) -> None:
        """The look was good."""
        self._end()

    async def look(self, connection: AsyncConnection) -> None:
        """The operation that finds out whether it is gone. It leaves nothing behind."""
        if is_lock(self._error):
            return
        await connection.exec_driver_sql("CREATE TABLE filon_room (room BLOB)")
        await connection.exec_driver_sql("INSERT INTO filon_room VALUES (zeroblob(?))", (ROOM,))
        await connection.exec_driver_sql("DROP TABLE filon_room")

    def _end(self) -> None:
        error, self._error = self._error, None
        if error is not None and self._noted:
            lasted = f"{self._lasts:.0f} s"
            if is_lock(error):
                told = f"the database was locked by another program for {lasted}; {self._balance()}"
                self._tell("store.unlocked", "warning", told, None)
            else:
                told = f"the database can be written again, after {lasted}"
                self._tell("store.writable", "warning", told, None)
        self._noted, self._refused, self._lost = False, 0, 0

    def _balance(self) -> str:
        parts = [
            f"{count:,} {word}"
            for count, word in (
                (self._refused, "refused to those who waited"),
                (self._lost, "lost"),
            )
            if count
        ]
        return ", ".join(parts) or "nothing was lost"

    def _tell(
        self,
        event: str,
        level: Literal["warning", "error"],
        told: str | None,
        reason: str | None,
    ) -> None:
        fields: dict[str, Any] = {"told": told, "database": self._where, "reason": reason}
        if self._log is not None:
            self._log.event(event, level=level, **fields)
