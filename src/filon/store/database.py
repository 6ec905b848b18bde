"""The connections: one that writes, a few that read, and what must be true of each.

Only SQLite so far. What is special to it stands here, in `migrate.py` and in `errors.py`.
"""

import asyncio
import os
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from errno import EACCES
from pathlib import Path
from typing import Any, Self

from sqlalchemy import URL, Engine, create_engine, event, text
from sqlalchemy import Connection as SyncConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.util import await_only

from filon.kit import clock
from filon.store.connection import AsyncConnection, dispose
from filon.store.driver import Connection
from filon.store.errors import StoreError, explain
from filon.store.histogram import merged_in_sql
from filon.store.migrate import bring_up_to_date, pragma

_ADDRESS = "sqlite+aiosqlite:///"
# More would only wait for each other: SQLite's work is done under few locks and on few cores.
READERS = 4
# Seconds that a connection waits for another program's lock.
_PATIENCE = 10.0
# Seconds between two looks where SQLite does not wait itself.
_MOMENT = 0.02
# Seconds that each try of the writer waits for it. `writer` tries again, and can see meanwhile to
# those who wait.
LOCK_WAIT = 0.25


class Database:
    """An open database at its newest revision. Get one with `open`.

    `writing` is the only connection that writes; `filon.store.writer` alone may use it.
    """

    def __init__(self, writing: AsyncConnection, readers: Engine, where: str) -> None:
        self.writing = writing
        self.where = where
        self._readers = readers

    @classmethod
    async def open(cls, url: str) -> Self:
        """Opens the database, made or migrated first where needed. Raises StoreError."""
        path = _path(url)
        _prepare(path)
        where, address = str(path), URL.create("sqlite+aiosqlite", database=str(path))
        writers, readers = _writers(address), _readers(address)
        writing = AsyncConnection(writers)
        async with AsyncExitStack() as on_failure:
            on_failure.push_async_callback(dispose, writers)
            try:
                await writing.start()
                on_failure.push_async_callback(writing.close)
                await bring_up_to_date(writing, where)
                await pragma(writing, f"busy_timeout = {LOCK_WAIT * 1000:.0f}")
                # What a statement changes is kept as it was until it ends. In a file that is as
                # much to write again as a batch of traces; but a migration may need more of it
                # than there is memory.
                await pragma(writing, "temp_store = MEMORY")
            except SQLAlchemyError as error:
                raise explain(error, where) from error
            on_failure.pop_all()
        return cls(writing, readers, where)

    async def close(self) -> None:
        """Closes every connection."""
        await dispose(self._readers)
        await self.writing.close()
        await dispose(self.writing.sync_engine)

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection]:
        """A connection that reads. Each statement sees all that was committed before it."""
        try:
            async with AsyncConnection(self._readers) as connection:
                yield connection
        except SQLAlchemyError as error:
            raise explain(error, self.where) from error

    async def size(self) -> int:
        """Bytes that the database takes, its unused pages included."""
        async with self.read() as connection:
            pages = await connection.scalar(text("PRAGMA page_count"))
            page = await connection.scalar(text("PRAGMA page_size"))
        return int(pages or 0) * int(page or 0)


def _path(url: str) -> Path:
    """The file that the address names. Not parsed as an address: a folder may be called `a?b`."""
    name = url.removeprefix(_ADDRESS)
    if name in {url, "", ":memory:"}:
        scheme = url.partition(":")[0]
        raise StoreError(
            f"a {scheme} database is not supported so far: use {_ADDRESS}/path/to/filon.db.",
            code="store_unsupported",
        )
    return Path(name)


def _prepare(path: Path) -> None:
    """Makes the folder and the file. What is stored is private, hence the modes."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            # SQLite gives the files beside the database (-wal, -shm) the mode of the database.
            path.touch(mode=0o600)
        # An existing database is not opened here to see whether it can be: closing it again would
        # take away the locks of any other connection that this process has to it.
        elif not path.is_file() or not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(EACCES, "not a file that this user may write")
    except OSError as error:
        raise StoreError(
            f"{path}: the database cannot be opened ({error.strerror}): "
            "make this path a file in a folder that this user may write, or choose another home.",
            code="store_unreachable",
        ) from error


# Without this the driver opens transactions at moments of its own choosing, and commits before
# DDL. With it there are only those that we begin.
_DRIVER = {"async_creator_fn": Connection, "isolation_level": None, "timeout": _PATIENCE}


def _writers(address: URL) -> Engine:
    engine = create_engine(
        address, connect_args=_DRIVER, pool_size=1, max_overflow=0, pool_reset_on_return=None
    )
    event.listen(engine, "connect", _set_up_writer)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _readers(address: URL) -> Engine:
    engine = create_engine(
        address,
        connect_args=_DRIVER,
        pool_size=READERS,
        max_overflow=0,
        # There is nothing to roll back after reading, and each rollback is a change of thread.
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        pool_reset_on_return=None,
    )
    event.listen(engine, "connect", _set_up_reader)
    return engine


def _set_up_writer(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    # Of a new database. A trace is some seven kilobytes: with the usual 4 KB a row takes a quarter
    # more system calls.
    cursor.execute("PRAGMA page_size = 8192")
    # Readers go on while the writer writes.
    _write_ahead(cursor)
    # In WAL mode a program that is killed loses nothing committed at NORMAL; a power failure may
    # lose the last moments, but never leaves a damaged file. FULL would sync at each commit.
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # A burst must not leave a large journal on the disk for ever; 64 MiB.
    cursor.execute("PRAGMA journal_size_limit = 67108864")
    # 4 MiB of pages: a large batch of traces, and the ends of the indexes, where all of it goes.
    cursor.execute("PRAGMA cache_size = -4096")
    cursor.close()
    # What the sums of traces' times are added up by: see `trace_counted.py`.
    connection.create_function("filon_histograms", 2, merged_in_sql, deterministic=True)


def _write_ahead(cursor: Any) -> None:
    """Where another program makes the same database at this moment, SQLite does not wait for it
    as it does elsewhere (seen with 3.40, 2026-11)."""
    last = clock.monotonic() + _PATIENCE
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or clock.monotonic() >= last:
                raise
            await_only(asyncio.sleep(_MOMENT))
        else:
            return


def _set_up_reader(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    # A reader that tries to write is a fault, and shall be seen as one.
    cursor.execute("PRAGMA query_only = ON")
    cursor.close()


def _begin_immediate(connection: SyncConnection) -> None:
    # A plain BEGIN takes the write lock late, and then fails at once instead of waiting for it.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
