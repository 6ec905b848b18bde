"""The two doors of the practice provider: a port that refuses, and one with bad TLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest

from filon.practice.faults import doors as doors_module
from filon.practice.faults.doors import Doors

CERTIFICATE = Path(doors_module.__file__).with_name("expired.pem")


# Both loops are in use: uvicorn takes uvloop, practice alone takes asyncio's own.
@pytest.fixture(scope="module", params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": request.param}


@pytest.fixture
async def doors() -> AsyncIterator[Doors]:
    both = Doors()
    await both.start()
    yield both
    await both.stop()


async def test_the_closed_port_refuses_for_as_long_as_it_is_held(doors: Doors) -> None:
    for _ in range(3):
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", doors.closed_port)
    # Nobody else can open it meanwhile.
    with pytest.raises(OSError, match="in use"):
        await asyncio.get_running_loop().create_server(
            asyncio.Protocol, "127.0.0.1", doors.closed_port
        )
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectorError) as raised:
            await session.get(f"http://127.0.0.1:{doors.closed_port}/v1/models")
        assert isinstance(raised.value.os_error, ConnectionRefusedError)


def trusting(context: ssl.SSLContext) -> ssl.SSLContext:
    """Trusts the door's certificate, so that its age is all that is wrong with it."""
    context.load_verify_locations(CERTIFICATE)
    return context


def as_usual(context: ssl.SSLContext) -> ssl.SSLContext:
    return context


@pytest.mark.parametrize(("prepare", "says"), [(as_usual, "self.signed"), (trusting, "expired")])
async def test_the_certificate_is_refused(
    doors: Doors, prepare: Callable[[ssl.SSLContext], ssl.SSLContext], says: str
) -> None:
    context = prepare(ssl.create_default_context())
    with pytest.raises(ssl.SSLCertVerificationError, match=says):
        await asyncio.open_connection("127.0.0.1", doors.tls_port, ssl=context)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectorCertificateError, match=says):
            await session.get(f"https://127.0.0.1:{doors.tls_port}/v1/models", ssl=context)


async def test_a_client_that_checks_nothing_is_told_so(doors: Doors) -> None:
    async with aiohttp.ClientSession() as session:
        url = f"https://localhost:{doors.tls_port}/v1/models"
        async with session.get(url, ssl=False) as response:
            assert response.status == 403
            assert (await response.json())["error"]["code"] == "certificate_not_checked"


async def test_plain_http_at_the_tls_port_gets_no_answer(doors: Doors) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.tls_port)
    writer.write(b"GET / HTTP/1.1\r\nhost: practice\r\n\r\n")
    got, _ = await rest(reader)
    assert b"HTTP" not in got
    writer.close()
    await asyncio.gather(writer.wait_closed(), return_exceptions=True)


async def test_the_doors_are_given_back() -> None:
    doors = Doors()
    await doors.stop()
    await doors.start()
    closed, tls = doors.closed_port, doors.tls_port
    assert closed != tls
    # A client that stays does not hold them.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    reader, writer = await asyncio.open_connection("127.0.0.1", tls, ssl=context)
    writer.write(b"GET / HTTP/1.1\r\nhost: practice\r\n\r\n")
    assert await reader.readuntil(b"certificate_not_checked")
    await doors.stop()
    assert (doors.closed_port, doors.tls_port) == (0, 0)
    assert (await rest(reader))[0] in (b'"}}', b"")
    writer.close()
    await asyncio.gather(writer.wait_closed(), return_exceptions=True)
    for port in (closed, tls):
        taken = await asyncio.get_running_loop().create_server(asyncio.Protocol, "127.0.0.1", port)
        taken.close()


async def test_an_address_that_is_not_here_is_told() -> None:
    doors = Doors()
    with pytest.raises(OSError, match="address"):
        await doors.start("192.0.2.1")
    assert (doors.closed_port, doors.tls_port) == (0, 0)


async def rest(reader: asyncio.StreamReader) -> tuple[bytes, type[Exception] | None]:
    """All that still comes, and the exception with which it ends."""
    got = b""
    try:
        while data := await reader.read(65536):
            got += data
    except ConnectionError as error:
        return got, type(error)
    return got, None
