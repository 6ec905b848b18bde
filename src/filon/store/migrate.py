"""Brings a database to the revision that this program knows; most starts find it there already."""

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from filon.store.errors import StoreError

# All revisions, oldest first. Kept here so that a start compares without importing Alembic,
# which costs 130 ms; a test compares this list with the migrations themselves.
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
# Found in the installed package, wherever that is.
_SCRIPTS = "filon.store:migrations"


async def bring_up_to_date(connection: AsyncConnection, where: str) -> None:
    """Runs the migrations that are missing, all of them or, when one fails, none.

    `where` names the database in error messages.
    """
    async with connection.begin():
        revision = await connection.run_sync(_revision, where)
    if revision == REVISIONS[-1]:
        return
    if revision is not None and revision not in REVISIONS:
        raise StoreError(
            f"{where}: the data was written by a newer Filon (revision {revision}, this one knows "
            f"{REVISIONS[-1]}): install that version, or choose another home folder.",
            code="store_newer",
        )
    # Rebuilding a table that others refer to would delete their rows. SQLite ignores this
    # pragma inside a transaction, hence the driver's own connection.
    await pragma(connection, "foreign_keys = OFF")
    try:
        async with connection.begin():
            await connection.run_sync(_upgrade)
    finally:
        await pragma(connection, "foreign_keys = ON")


async def pragma(connection: AsyncConnection, words: str) -> None:
    """Sets what SQLite lets nobody set within a transaction; nothing elsewhere."""
    if connection.dialect.name == "sqlite":
        raw = await connection.get_raw_connection()
        if raw.driver_connection is not None:
            await raw.driver_connection.execute(f"PRAGMA {words}")


def _revision(connection: Connection, where: str) -> str | None:
    """The database's revision; None when it is empty."""
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        return connection.scalar(text("SELECT version_num FROM alembic_version"))
    if tables:
        raise StoreError(
            f"{where}: this is a database of another program: "
            "move it away, or choose another home folder.",
            code="store_foreign",
        )
    return None


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", _SCRIPTS)
    config.attributes["connection"] = connection
    command.upgrade(config, REVISIONS[-1])
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).first()
        if broken is not None:
            raise StoreError(f"a migration left {broken[0]} with rows that refer to nothing.")
