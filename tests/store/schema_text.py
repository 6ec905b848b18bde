"""The schema as text. Run this file to write what is checked in, after a migration was added."""

import asyncio
import re
import sqlite3
import tempfile
from pathlib import Path

import filon.store
from filon.store.store import Store

# SQLite writes a column that is added behind the last one, on the same line.
_ADDED = re.compile(r", (\w+ [A-Z])")

CHECKED_IN = Path(filon.store.__file__).parent / "schema" / "sqlite.sql"


def schema_of(file: Path) -> str:
    """All that makes up the schema, tables first, in the order of their names; a column that was
    added later on a line of its own, as the others."""
    connection = sqlite3.connect(file)
    found = connection.execute(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'"
        " ORDER BY type DESC, name"
    ).fetchall()
    connection.close()
    statements = [
        "\n".join(line.rstrip().replace("\t", "  ") for line in sql.splitlines()) + ";"
        for sql in (_ADDED.sub(r",\n  \1", sql) for (sql,) in found)
    ]
    return "\n\n".join(statements) + "\n"


async def fresh(folder: Path) -> str:
    file = folder / "fresh.db"
    await (await Store.open(f"sqlite+aiosqlite:///{file}")).close()
    return schema_of(file)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        CHECKED_IN.write_text(asyncio.run(fresh(Path(made))), encoding="utf-8")
