"""Messages: the tree of a conversation, and answers while they are written."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import RowMapping, Select, insert, literal, select, update

from filon.conversation.errors import NotFound, Problem
from filon.conversation.message import Message, Part, Reasoning, Role, Text
from filon.store import conversations
from filon.store.connection import AsyncConnection
from filon.store.conversations import ConversationRow
from filon.store.database import Database
from filon.store.encoding import clean, from_blob, from_json, to_blob, to_json
from filon.store.tables import messages
from filon.store.writer import Writer

State = Literal["streaming", "complete", "stopped", "partial", "failed"]

INTERRUPTED = Problem(
    code="interrupted",
    message="The program stopped while this was being written.",
    blame="filon",
    status=500,
    fix="Regenerate the answer.",
)


class Chip(Struct, frozen=True, kw_only=True):
    """The figures under an answer. Tokens; USD; seconds; output tokens per second.

    `estimated` marks counts that are ours; `lost` counts the parameters that did not reach the
    wire or had no effect there. `thought` is how long a thought came before anything else did,
    `thought_field` the wire's name for it. `dropped` and `changed` name the parameters that did
    not reach the model or reached it otherwise, `because` the place that decided each of them.
    `notices` are the codes of what is odd about the answer, `answered` the model that it names
    where another was asked.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    estimated: bool = False
    cost_kind: str = "unknown"
    cost_usd: float | None = None
    ttft: float | None = None
    rate: float | None = None
    total: float | None = None
    lost: int = 0
    finish_reason: str | None = None
    thought: float | None = None
    thought_field: str | None = None
    dropped: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    because: dict[str, str] = {}
    notices: tuple[str, ...] = ()
    answered: str | None = None


class MessageRow(Struct, frozen=True, kw_only=True):
    """A message of the tree. `sender` is the name above it, `model` is `endpoint/model`, `preset`
    the name of the preset that an answer was asked with.

    `content` is the whole message where `text` and `reasoning` do not say all of it.
    """

    id: str
    conversation_id: str
    parent_id: str | None
    role: Role
    text: str
    reasoning: str = ""
    content: Message | None = None
    sender: str
    model: str | None = None
    preset: str | None = None
    state: State = "complete"
    problem: Problem | None = None
    chip: Chip | None = None
    trace_id: str | None = None
    created_at: float
    updated_at: float

    @property
    def message(self) -> Message:
        """What a model reads or wrote."""
        return self.content or _plain(self.role, self.text, self.reasoning)


class Ending(Struct, frozen=True, kw_only=True):
    """How an answer ended, and all that is known of it then. `at` is Unix seconds."""

    state: State
    text: str
    reasoning: str = ""
    content: Message | None = None
    model: str | None = None
    problem: Problem | None = None
    chip: Chip | None = None
    trace_id: str | None = None
    at: float


class Messages:
    """Reads and writes messages."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    async def add(
        self, owner_id: int, rows: Sequence[MessageRow], begin: ConversationRow | None = None
    ) -> ConversationRow:
        """Adds messages in order, a parent before its answer, all or none; with `begin` into a
        new conversation. The last one becomes the active one.

        Raises NotFound when the conversation or a parent is not there.
        """
        if not rows:
            raise ValueError("there is nothing to add")
        return await self._writer.write(partial(_add, owner_id, tuple(rows), begin))

    async def checkpoint(
        self, owner_id: int, message_id: str, text: str, reasoning: str, at: float
    ) -> None:
        """Keeps what has come so far of an open answer. Not waited for."""
        await self._writer.enqueue(partial(_checkpoint, owner_id, message_id, text, reasoning, at))

    async def finish(self, owner_id: int, message_id: str, ending: Ending) -> MessageRow | None:
        """Closes an answer; durable when this returns. None when it was deleted meanwhile."""
        return await self._writer.write(partial(_finish, owner_id, message_id, ending))

    async def get(self, owner_id: int, message_id: str) -> MessageRow:
        """One message. Raises NotFound."""
        async with self._database.read() as connection:
            found = await _find(owner_id, message_id, connection)
        if found is None:
            raise NotFound(f"There is no message {message_id!r}.")
        return found

    async def tree(self, owner_id: int, conversation_id: str) -> tuple[MessageRow, ...]:
        """All messages of a conversation, oldest first."""
        query = (
            select(messages)
            .where(messages.c.owner_id == owner_id, messages.c.conversation_id == conversation_id)
            .order_by(messages.c.created_at, messages.c.id)
        )
        return await self._all(query)

    async def path(self, owner_id: int, message_id: str) -> tuple[MessageRow, ...]:
        """The branch from the root to this message. Raises NotFound."""
        found = await self._all(_branch(owner_id, message_id))
        if not found:
            raise NotFound(f"There is no message {message_id!r}.")
        return found

    async def close_open(self, at: float) -> int:
        """At start-up, whoever owns them: answers that a dead program was writing become
        partial. Returns how many."""
        return await self._writer.write(partial(_close_open, at))

    async def _all(self, query: Select[Any]) -> tuple[MessageRow, ...]:
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return tuple(_from_row(row) for row in rows)


def _plain(role: Role, text: str, reasoning: str) -> Message:
    parts: tuple[Part, ...] = (Reasoning(reasoning),) if reasoning else ()
    return Message(role=role, parts=(*parts, Text(text)) if text or not parts else parts)


def _branch(owner_id: int, message_id: str) -> Select[Any]:
    mine = messages.c.owner_id == owner_id
    chain = (
        select(messages.c.id, messages.c.parent_id, literal(0).label("depth"))
        .where(mine, messages.c.id == message_id)
        .cte("chain", recursive=True)
    )
    chain = chain.union_all(
        select(messages.c.id, messages.c.parent_id, chain.c.depth + 1)
        .join(chain, messages.c.id == chain.c.parent_id)
        .where(mine)
    )
    return (
        select(messages)
        .join(chain, messages.c.id == chain.c.id)
        .where(mine)
        .order_by(chain.c.depth.desc())
    )


async def _find(owner_id: int, message_id: str, connection: AsyncConnection) -> MessageRow | None:
    query = select(messages).where(messages.c.owner_id == owner_id, messages.c.id == message_id)
    row = (await connection.execute(query)).mappings().first()
    return None if row is None else _from_row(row)


async def _add(
    owner_id: int,
    rows: tuple[MessageRow, ...],
    begin: ConversationRow | None,
    connection: AsyncConnection,
) -> ConversationRow:
    last = rows[-1]
    if any(row.conversation_id != last.conversation_id for row in rows):
        raise ValueError("one call adds to one conversation")
    known = begin or await conversations.required(owner_id, last.conversation_id, connection)
    asked = {"model": last.model, "preset": last.preset} if last.model else {}
    now = replace(known, active_id=last.id, updated_at=last.created_at, **asked)
    now = await conversations.save(owner_id, now, connection, is_new=begin is not None)
    await _check_parents(owner_id, rows, connection)
    await connection.execute(insert(messages), [_to_row(owner_id, row) for row in rows])
    return now


async def _check_parents(
    owner_id: int, rows: tuple[MessageRow, ...], connection: AsyncConnection
) -> None:
    known: set[str | None] = {None}
    for row in rows:
        query = select(messages.c.id).where(
            messages.c.owner_id == owner_id,
            messages.c.conversation_id == row.conversation_id,
            messages.c.id == row.parent_id,
        )
        if row.parent_id not in known and await connection.scalar(query) is None:
            raise NotFound(f"There is no message {row.parent_id!r} in this conversation.")
        known.add(row.id)


async def _checkpoint(
    owner_id: int,
    message_id: str,
    text: str,
    reasoning: str,
    at: float,
    connection: AsyncConnection,
) -> None:
    await connection.execute(
        update(messages)
        .where(
            messages.c.owner_id == owner_id,
            messages.c.id == message_id,
            messages.c.state == "streaming",
        )
        .values(text=clean(text), reasoning=clean(reasoning), updated_at=at)
    )


async def _finish(
    owner_id: int, message_id: str, ending: Ending, connection: AsyncConnection
) -> MessageRow | None:
    known = await _find(owner_id, message_id, connection)
    if known is None:
        return None
    ended = replace(
        known,
        state=ending.state,
        text=clean(ending.text),
        reasoning=clean(ending.reasoning),
        content=_odd(known.role, ending.text, ending.reasoning, ending.content),
        model=ending.model or known.model,
        problem=ending.problem,
        chip=ending.chip,
        trace_id=ending.trace_id or known.trace_id,
        updated_at=ending.at,
    )
    await connection.execute(
        update(messages)
        .where(messages.c.owner_id == owner_id, messages.c.id == message_id)
        .values(_to_row(owner_id, ended))
    )
    return ended


async def _close_open(at: float, connection: AsyncConnection) -> int:
    done = await connection.execute(
        update(messages)
        .where(messages.c.state == "streaming")
        .values(state="partial", problem=to_json(INTERRUPTED), updated_at=at)
    )
    return done.rowcount


def _odd(role: Role, text: str, reasoning: str, content: Message | None) -> Message | None:
    """The message, when `text` and `reasoning` do not say all of it."""
    return None if content == _plain(role, text, reasoning) else content


def _json(value: Problem | Chip | None) -> str | None:
    return None if value is None else to_json(value)


def _to_row(owner_id: int, row: MessageRow) -> dict[str, Any]:
    content = _odd(row.role, row.text, row.reasoning, row.content)
    return {
        "id": row.id,
        "owner_id": owner_id,
        "conversation_id": row.conversation_id,
        "parent_id": row.parent_id,
        "role": row.role,
        "text": clean(row.text),
        "reasoning": clean(row.reasoning),
        "parts": None if content is None else to_blob(content),
        "sender": clean(row.sender),
        "model": row.model,
        "preset": row.preset,
        "state": row.state,
        "problem": _json(row.problem),
        "chip": _json(row.chip),
        "trace_id": row.trace_id,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def _from_row(row: RowMapping) -> MessageRow:
    parts, problem, chip = row["parts"], row["problem"], row["chip"]
    return MessageRow(
        id=row["id"],
        conversation_id=row["conversation_id"],
        parent_id=row["parent_id"],
        role=row["role"],
        text=row["text"],
        reasoning=row["reasoning"],
        content=None if parts is None else from_blob(parts, Message),
        sender=row["sender"],
        model=row["model"],
        preset=row["preset"],
        state=row["state"],
        problem=None if problem is None else from_json(problem, Problem),
        chip=None if chip is None else from_json(chip, Chip),
        trace_id=row["trace_id"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )
