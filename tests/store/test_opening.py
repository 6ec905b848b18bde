"""Opening a database: new, existing, too new, of others, broken, locked."""

import asyncio
import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from filon.store import database, migrate
from filon.store.database import Database
from filon.store.errors import StoreError
from filon.store.store import Store
from tests.store.made import conversation, message


async def test_a_new_home_is_made_and_private(url: str, file: Path) -> None:
    await (await Store.open(url)).close()
    assert (mode(file), mode(file.parent)) == (0o600, 0o700)


async def test_a_second_open_finds_the_data(url: str) -> None:
    store = await Store.open(url)
    await store.people.first_person(1.0)
    await store.messages.add(1, [message("m1")], conversation())
    await store.close()
    store = await Store.open(url)
    assert [row.id for row in await store.messages.tree(1, "c1")] == ["m1"]
    await store.close()


async def test_an_existing_database_needs_no_migration(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await (await Store.open(url)).close()
    monkeypatch.setattr(migrate, "upgrade", None)
    await (await Store.open(url)).close()


async def test_two_programs_that_start_at_once_migrate_once(url: str) -> None:
    opened = await asyncio.gather(Store.open(url), Store.open(url))
    for store in opened:
        assert (await store.people.first_person(1.0)).id == 1
        await store.close()


async def test_the_connections_are_set_up(store: Store, url: str) -> None:
    opened = await Database.open(url)
    async with opened.writing.begin():
        for name, wanted in {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1}.items():
            assert await opened.writing.scalar(text(f"PRAGMA {name}")) == wanted
    async with opened.read() as connection:
        assert await connection.scalar(text("PRAGMA query_only")) == 1
    await opened.close()


async def test_a_reader_cannot_write(url: str) -> None:
    opened = await Database.open(url)
    with pytest.raises(StoreError, match="may not be written"):
        async with opened.read() as connection:
            await connection.execute(text("DELETE FROM people"))
    await opened.close()


async def test_a_reader_that_was_cancelled_harms_no_other(store: Store) -> None:
    tasks = [asyncio.create_task(store.conversations.all(1)) for _ in range(20)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for _ in range(10):
        assert await store.conversations.all(1) == ()


async def refusal(url: str) -> StoreError:
    with pytest.raises(StoreError) as caught:
        await Store.open(url)
    assert "\n" not in str(caught.value)
    return caught.value


async def test_a_newer_database_is_refused(url: str, file: Path) -> None:
    await (await Store.open(url)).close()
    change(file, "UPDATE alembic_version SET version_num = '9999'")
    error = await refusal(url)
    assert error.problem.code == "store_newer"
    assert "9999" in str(error)


async def test_a_database_of_another_program_is_refused_and_untouched(url: str, file: Path) -> None:
    file.parent.mkdir()
    change(file, "CREATE TABLE theirs (id)")
    assert (await refusal(url)).problem.code == "store_foreign"
    assert tables(file) == {"theirs"}


@pytest.fixture
def diary(file: Path) -> Iterator[Path]:
    """A file that is no database, and must be the same after the test."""
    file.parent.mkdir()
    file.write_bytes(b"dear diary " * 1000)
    yield file
    assert file.read_bytes() == b"dear diary " * 1000


async def test_a_file_that_is_no_database_is_refused_and_untouched(url: str, diary: Path) -> None:
    error = await refusal(url)
    assert error.problem.code == "store_no_database"
    assert str(diary) in str(error)


@pytest.fixture
def folder(file: Path) -> Path:
    file.mkdir(parents=True)
    return file


@pytest.mark.usefixtures("folder")
async def test_a_folder_in_place_of_the_file_is_refused(url: str) -> None:
    assert (await refusal(url)).problem.code == "store_unreachable"


async def test_a_home_that_cannot_be_made_is_refused(url: str, file: Path) -> None:
    file.parent.write_text("a file where the home should be")
    assert (await refusal(url)).problem.code == "store_unreachable"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_a_file_that_may_not_be_written_is_refused(url: str, file: Path) -> None:
    await (await Store.open(url)).close()
    change_mode(file, 0o400)
    assert (await refusal(url)).problem.code == "store_unreachable"


async def test_a_locked_database_is_told(
    url: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await (await Store.open(url)).close()
    monkeypatch.setitem(database._DRIVER, "timeout", 0.05)  # pyright: ignore[reportPrivateUsage]
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        assert (await refusal(url)).problem.code == "store_locked"
    finally:
        other.close()
    await (await Store.open(url)).close()


@pytest.mark.parametrize("name", ["a b", "a?b=c", "100%25", "a#b", "filón"])
async def test_a_home_may_have_any_name(tmp_path: Path, name: str) -> None:
    file = tmp_path / name / "filon.db"
    await (await Store.open(f"sqlite+aiosqlite:///{file}")).close()
    assert "people" in tables(file)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://me:secret@host/db",
        "nonsense",
        "sqlite://",
        "sqlite+aiosqlite:///",
        "sqlite+aiosqlite:///:memory:",
    ],
)
async def test_an_address_that_is_not_supported_is_told_without_its_password(url: str) -> None:
    assert "secret" not in str(await refusal(url))


BROKEN = """
from alembic import op
revision, down_revision = "9999", "%s"
def upgrade():
    op.execute("CREATE TABLE half (id INTEGER)")
    op.execute("DELETE FROM people")
    op.execute("SELECT * FROM nothing")
"""


async def test_a_migration_that_fails_leaves_the_old_data(
    url: str, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await Store.open(url)
    await store.people.first_person(1.0)
    await store.messages.add(1, [message("m1")], conversation())
    await store.close()
    before = tables(file)
    scripts = tmp_path / "migrations"
    (scripts / "versions").mkdir(parents=True)
    ours = Path(migrate.__file__).parent / "migrations"
    for script in ("env.py", *(f"versions/{each.name}" for each in ours.glob("versions/*.py"))):
        (scripts / script).write_bytes((ours / script).read_bytes())
    (scripts / "versions" / "9999_broken.py").write_text(BROKEN % migrate.REVISIONS[-1])
    with monkeypatch.context() as patch:
        patch.setattr(migrate, "_SCRIPTS", str(scripts))
        patch.setattr(migrate, "REVISIONS", (*migrate.REVISIONS, "9999"))
        assert "nothing" in str(await refusal(url))
    assert tables(file) == before
    store = await Store.open(url)
    assert await store.people.find(1) is not None
    assert len(await store.messages.tree(1, "c1")) == 1
    await store.close()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def change_mode(path: Path, wanted: int) -> None:
    path.chmod(wanted)


def change(file: Path, statement: str) -> None:
    connection = sqlite3.connect(file)
    connection.execute(statement)
    connection.commit()
    connection.close()


def tables(file: Path) -> set[str]:
    connection = sqlite3.connect(file)
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()
    return names
