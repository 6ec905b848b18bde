"""The store as the rest of the program sees it: one object per noun over one database."""

from typing import Self

from sqlalchemy.ext.asyncio import AsyncConnection

from filon.kit.log import Log
from filon.store.conversations import Conversations
from filon.store.database import Database
from filon.store.keys import Keys
from filon.store.messages import Messages
from filon.store.models import Models
from filon.store.people import People
from filon.store.sessions import Sessions
from filon.store.traces import Traces
from filon.store.writer import Backlog, Writer


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
        self.models = Models(database, writer)

    @classmethod
    async def open(cls, url: str, log: Log | None = None) -> Self:
        """Opens the database, made or migrated first where needed. Raises StoreError."""
        database = await Database.open(url)
        return cls(database, Writer(database.writing, database.where, log))

    async def flush(self) -> None:
        """Returns when all that was handed over until now is stored."""
        await self._writer.write(_nothing)

    @property
    def backlog(self) -> Backlog:
        """How the writer stands."""
        return self._writer.backlog

    async def size(self) -> int:
        """Bytes that all stored data takes."""
        return await self._database.size()

    async def close(self) -> None:
        """Writes what is waiting and closes the database."""
        try:
            await self._writer.close()
        finally:
            await self._database.close()
