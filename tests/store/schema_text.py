"""The schema as text. Run this file to write what is checked in, after a migration was added."""

import re
import sqlite3
import tempfile
from pathlib import Path

from sqlalchemy import create_engine

import filon.store
from filon.store import migrate

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


def migrated(file: Path, revision: str = "head") -> Path:
    """A database that took every migration up to this one, as the oldest ones there are did."""
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        migrate.upgrade(connection, revision)
    engine.dispose()
    return file


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        text = schema_of(migrated(Path(made) / "migrated.db"))
        CHECKED_IN.write_text(text, encoding="utf-8")
