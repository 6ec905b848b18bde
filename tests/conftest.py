"""For every test: one event loop's kind, and no way out of the machine."""

import itertools
import random
from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings

from filon.practice.model import sampling
from tests import network

network.watch()

# `make test` gives the same verdict twice on the same code. New examples are looked for by hand:
# pytest --hypothesis-profile=wild
# No test fails because the machine is slow.
_PATIENT = [HealthCheck.too_slow]
# The same examples again find nothing new, so that half of the usual number will do.
settings.register_profile(
    "steady", derandomize=True, max_examples=50, deadline=None, suppress_health_check=_PATIENT
)
settings.register_profile("wild", deadline=None, suppress_health_check=_PATIENT)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def by_no_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """What practice says without a seed is drawn by chance, and now and then it slips; here it is
    the same at every run."""
    drawing = partial(_drawing, itertools.count())
    monkeypatch.setattr(sampling, "random", SimpleNamespace(Random=drawing))


def _drawing(seeds: Iterator[int], seed: str | None) -> random.Random:
    return random.Random(next(seeds) if seed is None else seed)


@pytest.fixture(autouse=True)
def stays_here() -> Iterator[None]:
    """Fails a test during which something reached for another machine, even where it was caught."""
    before = len(network.REFUSED)
    yield
    refused = network.REFUSED[before:]
    if refused:
        pytest.fail("left the machine: " + "; ".join(refused))
