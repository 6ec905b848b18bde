"""A real SQLite file per test, with two people in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from filon.store.store import Store

ME = 1
OTHER = 2


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'home' / 'filon.db'}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "filon.db"


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    store = await Store.open(url)
    await store.people.first_person(1.0)
    await store.people.add("another", 2.0)
    yield store
    await store.close()
