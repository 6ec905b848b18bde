"""A real SQLite file per test, with two people in it."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from filon.store.store import Store

ME = 1
OTHER = 2


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the database of a test is or will be; its folder is not made yet."""
    return tmp_path / "home" / "filon.db"


@pytest.fixture
def url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


@pytest.fixture(scope="session")
async def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database to copy: running the migrations takes longer than most tests."""
    file = tmp_path_factory.mktemp("template") / "filon.db"
    store = await Store.open(f"sqlite+aiosqlite:///{file}")
    await store.people.first_person(1.0)
    await store.people.add("another", 2.0)
    await store.close()
    return file


@pytest.fixture
async def store(url: str, file: Path, template: Path) -> AsyncIterator[Store]:
    file.parent.mkdir()
    shutil.copyfile(template, file)
    store = await Store.open(url)
    yield store
    await store.close()
