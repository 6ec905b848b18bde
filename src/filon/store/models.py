"""The lists of models that endpoints gave when asked. They belong to the machine, to no person."""

from collections.abc import Sequence
from functools import partial

from msgspec import Struct
from sqlalchemy import RowMapping, delete, insert, select, update

from filon.conversation.errors import Problem
from filon.store.connection import AsyncConnection
from filon.store.database import Database
from filon.store.encoding import from_json, to_json
from filon.store.tables import fetched_models
from filon.store.writer import Writer


class FetchedModels(Struct, frozen=True, kw_only=True):
    """What an endpoint answered: the last list it gave, when, and the last problem since."""

    endpoint: str
    models: tuple[str, ...] = ()
    fetched_at: float | None = None
    problem: Problem | None = None


class Models:
    """Reads and writes fetched lists of models."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    async def all(self) -> dict[str, FetchedModels]:
        """What is known of each endpoint, by its name."""
        async with self._database.read() as connection:
            rows = (await connection.execute(select(fetched_models))).mappings().all()
        return {row["endpoint"]: _from_row(row) for row in rows}

    async def fetched(self, endpoint: str, models: tuple[str, ...], at: float) -> FetchedModels:
        """Keeps a list; an earlier problem is over."""
        known = {"models": to_json(models), "fetched_at": at, "problem": None}
        return await self._writer.write(partial(_save, endpoint, known))

    async def forget(self, endpoints: Sequence[str]) -> None:
        """Drops the lists of endpoints that lead elsewhere now."""
        if endpoints:
            await self._writer.write(partial(_forget, tuple(endpoints)))

    async def failed(self, endpoint: str, problem: Problem) -> FetchedModels:
        """Keeps a problem beside the list that was got before."""
        return await self._writer.write(partial(_save, endpoint, {"problem": to_json(problem)}))


async def _forget(endpoints: tuple[str, ...], connection: AsyncConnection) -> None:
    await connection.execute(delete(fetched_models).where(fetched_models.c.endpoint.in_(endpoints)))


async def _save(
    endpoint: str, values: dict[str, str | float | None], connection: AsyncConnection
) -> FetchedModels:
    here = fetched_models.c.endpoint == endpoint
    done = await connection.execute(update(fetched_models).where(here).values(values))
    if done.rowcount == 0:
        await connection.execute(
            insert(fetched_models).values({"models": "[]", **values, "endpoint": endpoint})
        )
    row = (await connection.execute(select(fetched_models).where(here))).mappings().one()
    return _from_row(row)


def _from_row(row: RowMapping) -> FetchedModels:
    return FetchedModels(
        endpoint=row["endpoint"],
        models=from_json(row["models"], tuple[str, ...]),
        fetched_at=row["fetched_at"],
        problem=None if row["problem"] is None else from_json(row["problem"], Problem),
    )
