"""One server with practice for all that a client does."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clients.program import install
from tests.journeys.conftest import template
from tests.journeys.site import Site, running, settings_of

__all__ = ["template"]


@pytest.fixture(scope="session", autouse=True)
def installed() -> None:
    install()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which a client runs and that it takes for its user's own."""
    return tmp_path_factory.mktemp("client")


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory, template: Path) -> AsyncIterator[Site]:
    settings = settings_of(tmp_path_factory.mktemp("clients") / "home")
    async with running(settings, template) as site:
        await site.browse("PUT", "/api/practice/speed", {"speed": 0})
        yield site
