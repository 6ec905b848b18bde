"""Which traces belong to one another: the replays of one, and the answers to one message."""

from msgspec import Struct
from sqlalchemy import select

from filon.store.database import Database
from filon.store.tables import messages
from filon.store.trace_tables import traces

# More are not shown beside a trace.
MOST = 50


class Answered(Struct, frozen=True):
    """The place of an answer in its conversation: the message that it answers, and the traces of
    the other answers to it, the oldest first."""

    parent_id: str | None = None
    trace_ids: tuple[str, ...] = ()


class Lineage:
    """Reads relations between traces."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def replays(self, owner_id: int, trace_id: str) -> tuple[str, ...]:
        """The traces that repeat this one, newest first, at most `MOST`."""
        query = (
            select(traces.c.public_id)
            .where(traces.c.owner_id == owner_id, traces.c.replay_of == trace_id)
            .order_by(traces.c.started_at.desc())
            .limit(MOST)
        )
        async with self._database.read() as connection:
            return tuple((await connection.execute(query)).scalars().all())

    async def answered(self, owner_id: int, message_id: str) -> Answered:
        """What stands beside an answer; nothing where it was deleted."""
        mine = messages.c.owner_id == owner_id
        async with self._database.read() as connection:
            parent_id = await connection.scalar(
                select(messages.c.parent_id).where(mine, messages.c.id == message_id)
            )
            if parent_id is None:
                return Answered()
            query = (
                select(messages.c.trace_id)
                .where(
                    mine,
                    messages.c.parent_id == parent_id,
                    messages.c.id != message_id,
                    messages.c.trace_id.is_not(None),
                )
                .order_by(messages.c.created_at)
                .limit(MOST)
            )
            found = (await connection.execute(query)).scalars().all()
        return Answered(parent_id, tuple(one for one in found if one is not None))
