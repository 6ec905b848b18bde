"""Conversations: what the list shows. Their messages are in `messages.py`."""

from functools import partial
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import asdict, replace
from sqlalchemy import Select, delete, insert, select, update

from filon.conversation.errors import NotFound
from filon.store.connection import AsyncConnection
from filon.store.database import Database
from filon.store.encoding import clean
from filon.store.tables import conversations, messages
from filon.store.writer import Writer

TitleBy = Literal["words", "model", "person"]


class ConversationRow(Struct, frozen=True, kw_only=True):
    """A conversation. `title_by` says whether its title is its first words, a model's or a
    person's; `preset` is the name of the preset it was last asked with; `active_id` is the last
    message of the branch in view; `updated_at` is the time of the last message."""

    id: str
    title: str
    title_by: TitleBy = "words"
    model: str | None = None
    preset: str | None = None
    active_id: str | None = None
    created_at: float
    updated_at: float


class Conversations:
    """Reads and changes conversations. `Messages.add` begins them."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    async def all(self, owner_id: int) -> tuple[ConversationRow, ...]:
        """This person's conversations, the one used last first."""
        query = (
            _columns()
            .where(conversations.c.owner_id == owner_id)
            .order_by(conversations.c.updated_at.desc(), conversations.c.id.desc())
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return tuple(ConversationRow(**row) for row in rows)

    async def get(self, owner_id: int, conversation_id: str) -> ConversationRow:
        """One conversation. Raises NotFound."""
        async with self._database.read() as connection:
            return await required(owner_id, conversation_id, connection)

    async def set_title(
        self, owner_id: int, conversation_id: str, title: str, by: TitleBy
    ) -> ConversationRow:
        """Names the conversation; only a person replaces a title that a person gave."""
        return await self._writer.write(partial(_set_title, owner_id, conversation_id, title, by))

    async def set_active(
        self, owner_id: int, conversation_id: str, message_id: str
    ) -> ConversationRow:
        """Chooses the branch that ends in this message. Raises NotFound when it has none such."""
        return await self._writer.write(partial(_set_active, owner_id, conversation_id, message_id))

    async def delete(self, owner_id: int, conversation_id: str) -> None:
        """Deletes the conversation and its messages; traces stay. Raises NotFound."""
        await self._writer.write(partial(_delete, owner_id, conversation_id))


def _columns() -> Select[Any]:
    kept = [column for column in conversations.c if column.name != "owner_id"]
    return select(*kept)


async def required(
    owner_id: int, conversation_id: str, connection: AsyncConnection
) -> ConversationRow:
    """The conversation, when this person has it; else NotFound, whoever else may have it."""
    query = _columns().where(
        conversations.c.owner_id == owner_id, conversations.c.id == conversation_id
    )
    row = (await connection.execute(query)).mappings().first()
    if row is None:
        raise NotFound(f"There is no conversation {conversation_id!r}.")
    return ConversationRow(**row)


async def save(
    owner_id: int, row: ConversationRow, connection: AsyncConnection, *, is_new: bool = False
) -> ConversationRow:
    """Inserts a new conversation, or changes one that this person is known to have."""
    row = replace(row, title=clean(row.title))
    values = asdict(row) | {"owner_id": owner_id}
    if is_new:
        await connection.execute(insert(conversations).values(values))
    else:
        await connection.execute(
            update(conversations)
            .where(conversations.c.owner_id == owner_id, conversations.c.id == row.id)
            .values(values)
        )
    return row


async def _set_title(
    owner_id: int, conversation_id: str, title: str, by: TitleBy, connection: AsyncConnection
) -> ConversationRow:
    known = await required(owner_id, conversation_id, connection)
    if known.title_by == "person" and by != "person":
        return known
    return await save(owner_id, replace(known, title=title, title_by=by), connection)


async def _set_active(
    owner_id: int, conversation_id: str, message_id: str, connection: AsyncConnection
) -> ConversationRow:
    known = await required(owner_id, conversation_id, connection)
    query = select(messages.c.id).where(
        messages.c.owner_id == owner_id,
        messages.c.conversation_id == conversation_id,
        messages.c.id == message_id,
    )
    if await connection.scalar(query) is None:
        raise NotFound(f"There is no message {message_id!r} in this conversation.")
    return await save(owner_id, replace(known, active_id=message_id), connection)


async def _delete(owner_id: int, conversation_id: str, connection: AsyncConnection) -> None:
    done = await connection.execute(
        delete(conversations).where(
            conversations.c.owner_id == owner_id, conversations.c.id == conversation_id
        )
    )
    if done.rowcount == 0:
        raise NotFound(f"There is no conversation {conversation_id!r}.")
