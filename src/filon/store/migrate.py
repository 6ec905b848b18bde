"""Brings a database to the revision that this program knows; most starts find it there already.

A new one is made of the tables as they are now, an older one takes the migrations that it lacks; a
test compares what both ways lead to.
"""

from sqlalchemy import Connection, inspect, text

from filon.store.connection import AsyncConnection
from filon.store.errors import StoreError
from filon.store.trace_tables import metadata

# All revisions, oldest first. Kept here so that a start compares without importing Alembic,
# which costs 130 ms; a test compares this list with the migrations themselves.
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
# Found in the installed package, wherever that is.
_SCRIPTS = "filon.store:migrations"


async def bring_up_to_date(connection: AsyncConnection, where: str) -> None:
    """Makes what is missing, all of it or, where a part fails, nothing.

    `where` names the database in error messages.
    """
    async with connection.begin():
        revision = await connection.run_sync(_revision, where)
        if revision is None:
            await connection.run_sync(_make)
            return
    if revision == REVISIONS[-1]:
        return
    if revision not in REVISIONS:
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
            await connection.run_sync(upgrade)
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


def _make(connection: Connection) -> None:
    metadata.create_all(connection, checkfirst=False)
    # As Alembic makes it.
    connection.execute(
        text(
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,"
            " CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
    )
    connection.execute(
        text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": REVISIONS[-1]}
    )


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Runs the migrations that a database lacks of this revision, in its connection's
    transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", _SCRIPTS)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).first()
        if broken is not None:
            raise StoreError(f"a migration left {broken[0]} with rows that refer to nothing.")
