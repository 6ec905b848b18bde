"""A server below HTTP for each file of tests, and the clients that ask it."""

from collections.abc import AsyncIterator

import pytest

from filon.kit.http import Upstream
from filon.kit.http.upstream import Http1Upstream
from tests.journeys.http.peer import CLIENTS, SERVING, Backend, Peer


@pytest.fixture(scope="module")
def anyio_backend() -> Backend:
    return SERVING


@pytest.fixture(scope="module")
async def peer() -> AsyncIterator[Peer]:
    async with Peer().listening() as peer:
        yield peer


@pytest.fixture(params=CLIENTS)
async def client(request: pytest.FixtureRequest) -> AsyncIterator[Upstream]:
    upstream = CLIENTS[request.param]()
    yield upstream
    await upstream.close()


@pytest.fixture
async def own() -> AsyncIterator[Upstream]:
    upstream = Http1Upstream()
    yield upstream
    await upstream.close()
