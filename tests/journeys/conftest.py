"""Whole servers for journeys: one beside a recording provider, one beside practice alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from filon.practice.service import Practice
from filon.store.store import Store
from tests.journeys.recorder import Recorder
from tests.journeys.site import PROVIDER_KEY, Site, running, settings_of

RECORDED = """
version: 1.2.1
endpoints:
  custom:
    - name: rec
      apiKey: "${REC_KEY}"
      baseURL: "%s"
      models: {default: [m-1, m-2]}
      modelDisplayLabel: Recorded
      titleConvo: false
    - name: fast
      apiKey: none
      baseURL: "%s"
      models: {default: [echo]}
      headers: {x-practice-speed: "0"}
      titleConvo: false
"""


@pytest.fixture(scope="session")
async def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database to copy: running the migrations takes longer than most tests."""
    file = tmp_path_factory.mktemp("template") / "filon.db"
    store = await Store.open(f"sqlite+aiosqlite:///{file}")
    await store.people.first_person(1.0)
    await store.people.add("another", 2.0)
    await store.close()
    return file


@pytest.fixture(scope="session")
async def practice() -> AsyncIterator[str]:
    """A practice provider of its own; its base URL."""
    service = Practice()
    port = await service.start()
    yield f"http://127.0.0.1:{port}/v1"
    await service.stop()


@pytest.fixture
async def recorder() -> AsyncIterator[Recorder]:
    async with Recorder().listening() as recorder:
        yield recorder


@pytest.fixture
async def site(
    tmp_path: Path, template: Path, recorder: Recorder, practice: str
) -> AsyncIterator[Site]:
    """A server with `rec`, which is recorded, and `fast`, which is practice without delays."""
    config = RECORDED % (recorder.url, practice)
    settings = settings_of(tmp_path / "home", config, {"REC_KEY": PROVIDER_KEY})
    async with running(settings, template) as site:
        yield site
