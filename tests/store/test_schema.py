"""The migrations, the tables in the code and the checked-in text say the same."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory

from filon.store import migrate
from filon.store.store import Store
from tests.store.schema_text import CHECKED_IN, migrated, schema_of


def test_a_migrated_database_is_as_checked_in(tmp_path: Path) -> None:
    file = migrated(tmp_path / "migrated.db")
    assert schema_of(file) == CHECKED_IN.read_text(encoding="utf-8"), (
        "if the change is meant: python -m tests.store.schema_text"
    )


async def test_a_new_database_is_as_a_migrated_one(tmp_path: Path) -> None:
    file = migrated(tmp_path / "migrated.db")
    new = tmp_path / "new.db"
    await (await Store.open(f"sqlite+aiosqlite:///{new}")).close()
    assert schema_of(new) == schema_of(file)
    assert content_of(new) == content_of(file)


@pytest.mark.parametrize("revision", migrate.REVISIONS[:-1])
async def test_an_older_database_becomes_as_a_new_one(tmp_path: Path, revision: str) -> None:
    file = migrated(tmp_path / "older.db", revision)
    await (await Store.open(f"sqlite+aiosqlite:///{file}")).close()
    assert schema_of(file) == CHECKED_IN.read_text(encoding="utf-8")
    assert content_of(file)["alembic_version"] == [(migrate.REVISIONS[-1],)]


def content_of(file: Path) -> dict[str, Any]:
    """Every row of every table, and how the one of Alembic is made."""
    with closing(sqlite3.connect(file)) as connection:
        tables = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        found: dict[str, Any] = {
            name: connection.execute(f"SELECT * FROM {name}").fetchall()
            for name, _ in tables.fetchall()
        }
        (made,) = connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'alembic_version'"
        ).fetchone()
    return {**found, "made": " ".join(made.split()).replace("( ", "(").replace(" )", ")")}


def test_the_known_revisions_are_the_migrations() -> None:
    scripts = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))
    found = [script.revision for script in scripts.walk_revisions()]
    assert tuple(reversed(found)) == migrate.REVISIONS
