"""The store as the rest of the program sees it: one object per noun over one database."""

from typing import Self

from filon.kit.log import Log
from filon.store.connection import AsyncConnection
from filon.store.conversations import Conversations
from filon.store.database import Database
from filon.store.keys import Keys
from filon.store.lineage import Lineage
from filon.store.messages import Messages
from filon.store.models import Models
from filon.store.people import People
from filon.store.sessions import Sessions
from filon.store.traces import Traces
from filon.store.writer import Backlog, Op, T, Writer


async def _nothing(_: AsyncConnection) -> None:
    """An operation that only takes its place in the queue."""


class Store:
    """Everything stored. Get one with `open`; `close` writes what is waiting."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer
        self.people = People(database, writer)
        self.sessions = Sessions(database, writer)
        self.keys = Keys(database, writer)
        self.conversations = Conversations(database, writer)
        self.messages = Messages(database, writer)
        self.traces = Traces(database, writer)
        self.lineage = Lineage(database)
        self.models = Models(database, writer)

    @classmethod
    async def open(cls, url: str, log: Log | None = None) -> Self:
        """Opens the database, made or migrated first where needed. Raises StoreError."""
        database = await Database.open(url)
        return cls(database, Writer(database.writing, database.where, log))

    async def write(self, op: Op[T]) -> T:
        """Runs an operation that belongs to no noun, such as one that fills the database, after all
        that was handed over before it. It is durable when this returns."""
        return await self._writer.write(op)

    async def flush(self) -> None:
        """Returns when all that was handed over until now is stored."""
        await self._writer.write(_nothing)

    @property
    def backlog(self) -> Backlog:
        """How the writer stands."""
        return self._writer.backlog

    def touch(self) -> None:
        """Has the writer try where it has nothing to do, so that its backlog knows of a lock that
        nobody has met yet."""
        if not self._writer.backlog.waiting:
            self._writer.offer(_nothing)

    async def size(self) -> int:
        """Bytes that all stored data takes."""
        return await self._database.size()

    async def close(self) -> None:
        """Writes what is waiting and closes the database."""
        try:
            await self._writer.close()
        finally:
            await self._database.close()
