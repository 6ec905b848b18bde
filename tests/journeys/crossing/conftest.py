"""One server between callers and providers of different protocols, for each file of tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from filon.conversation.rights import KeyRules
from tests.journeys.crossing.between import between
from tests.journeys.recorder import Recorder
from tests.journeys.site import ME, Site


@pytest.fixture(scope="module")
async def recorder() -> AsyncIterator[Recorder]:
    async with Recorder().listening() as recorder:
        yield recorder


@pytest.fixture(scope="module")
async def site(
    tmp_path_factory: pytest.TempPathFactory, template: Path, recorder: Recorder
) -> AsyncIterator[Site]:
    async with between(tmp_path_factory.mktemp("between") / "home", template, recorder) as site:
        yield site


@pytest.fixture(scope="module")
async def lenient(site: Site) -> str:
    return (await site.house.keys.make(ME, "lenient", KeyRules(lenient=True))).secret
