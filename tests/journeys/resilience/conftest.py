"""One server before two recording providers, for each file of tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.recorder import Recorder
from tests.journeys.resilience.resilient import resilient
from tests.journeys.site import Site


@pytest.fixture(scope="module")
async def recorder() -> AsyncIterator[Recorder]:
    async with Recorder().listening() as recorder:
        yield recorder


@pytest.fixture(scope="module")
async def second() -> AsyncIterator[Recorder]:
    async with Recorder().listening() as recorder:
        yield recorder


@pytest.fixture(scope="module")
async def site(
    tmp_path_factory: pytest.TempPathFactory,
    template: Path,
    recorder: Recorder,
    second: Recorder,
) -> AsyncIterator[Site]:
    home = tmp_path_factory.mktemp("resilience") / "home"
    async with resilient(home, template, recorder, second) as site:
        yield site
