"""The watch over the network is itself tried: by socket, by name, by asyncio and aiohttp."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import aiohttp
import pytest

from tests import network

STRANGER = "192.0.2.1"


def take() -> list[str]:
    """What was refused, taken out, so that this test does not fail for it."""
    refused = list(network.REFUSED)
    network.REFUSED.clear()
    return refused


def by_socket() -> None:
    with socket.socket() as one:
        one.connect((STRANGER, 9))


def by_name() -> None:
    socket.getaddrinfo("example.org", 80)


def by_datagram() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.sendto(b"x", (STRANGER, 9))


@pytest.mark.parametrize("way", [by_socket, by_name, by_datagram])
def test_a_stranger_is_refused_and_named(way: Callable[[], None]) -> None:
    with pytest.raises(network.LeftTheMachine):
        way()
    (told,) = take()
    assert "192.0.2.1" in told or "example.org" in told
    assert "test_network_guard.py" in told


async def by_asyncio() -> None:
    await asyncio.open_connection(STRANGER, 9)


async def by_aiohttp() -> None:
    async with aiohttp.ClientSession() as session:
        await session.get(f"http://{STRANGER}/")


async def by_aiohttp_name() -> None:
    async with aiohttp.ClientSession() as session:
        await session.get("http://example.org/")


@pytest.mark.parametrize("way", [by_asyncio, by_aiohttp, by_aiohttp_name])
async def test_a_loop_is_watched_too(way: Callable[[], Awaitable[None]]) -> None:
    with pytest.raises(OSError, match=r"refused|connect"):
        await way()
    assert take()


def test_a_name_that_is_reserved_is_unknown_here() -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("nothing.invalid", 443)
    assert take() == []


async def test_this_machine_may_be_reached() -> None:
    server = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        _, writer = await asyncio.open_connection("localhost", port)
        writer.close()
        await writer.wait_closed()
