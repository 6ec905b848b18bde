"""For every test: one event loop's kind, and no way out of the machine."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests import network

network.watch()

# `make test` gives the same verdict twice on the same code. New examples are looked for by hand:
# pytest --hypothesis-profile=wild
# No test fails because the machine is slow.
_PATIENT = [HealthCheck.too_slow]
settings.register_profile("steady", derandomize=True, deadline=None, suppress_health_check=_PATIENT)
settings.register_profile("wild", deadline=None, suppress_health_check=_PATIENT)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def stays_here() -> Iterator[None]:
    """Fails a test during which something reached for another machine, even where it was caught."""
    before = len(network.REFUSED)
    yield
    refused = network.REFUSED[before:]
    if refused:
        pytest.fail("left the machine: " + "; ".join(refused))
