"""The migrations, the tables in the code and the checked-in text say the same."""

from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from filon.store import migrate
from filon.store.tables import metadata
from tests.store.schema_text import CHECKED_IN, fresh, schema_of


async def test_a_migrated_database_is_as_checked_in(tmp_path: Path) -> None:
    migrated = await fresh(tmp_path)
    assert migrated == CHECKED_IN.read_text(encoding="utf-8"), (
        "if the change is meant: python -m tests.store.schema_text"
    )


def test_the_tables_in_the_code_are_as_checked_in(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'made.db'}")
    metadata.create_all(engine)
    engine.dispose()
    assert schema_of(tmp_path / "made.db") == CHECKED_IN.read_text(encoding="utf-8")


def test_the_known_revisions_are_the_migrations() -> None:
    scripts = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))
    found = [script.revision for script in scripts.walk_revisions()]
    assert tuple(reversed(found)) == migrate.REVISIONS
