"""Which names a server answers to, and which pages may send to it."""

import pytest

from filon.server.door import Door
from filon.server.security import Guard
from tests.unit.fake_line import FakeLine


async def inner(door: Door) -> None:
    door.reply(200, b"")


async def status_of(guard: Guard, method: str, **headers: str) -> int:
    line = FakeLine()
    pairs = [
        (name.replace("_", "-").encode(), value.encode("latin-1"))
        for name, value in headers.items()
    ]
    waiting = guard(line.door(method, "/api/x", *pairs))
    if waiting is not None:
        await waiting
    head = line.replies()[0][0]
    assert b"default-src 'none'" in head[b"content-security-policy"]
    return int(head[b""])


def guard(*, any_address: bool = False) -> Guard:
    return Guard(inner, ("127.0.0.1", "localhost", "::1", "Ore.example"), any_address=any_address)


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("127.0.0.1", True),
        ("127.0.0.1:8421", True),
        ("localhost:1", True),
        ("LOCALHOST", True),
        ("[::1]:8421", True),
        ("ore.example", True),
        ("evil.example", False),
        ("evil.example:8421", False),
        ("127.0.0.1.evil.example", False),
        ("192.168.1.5", False),
        ("2130706433", False),
        ("", False),
        ("localhost@evil.example", False),
        ("evil.example/localhost", False),
        ("localhost:evil", False),
        ("[::1", False),
        ("localhost\\evil", False),
        ("localhost evil", False),
    ],
)
async def test_a_name(host: str, known: bool) -> None:
    assert await status_of(guard(), "GET", host=host) == (200 if known else 421)


@pytest.mark.parametrize(
    ("host", "known"),
    [("192.168.1.5:8421", True), ("[fe80::1]", True), ("evil.example", False), ("10", False)],
)
async def test_a_server_for_all_answers_to_addresses(host: str, known: bool) -> None:
    assert await status_of(guard(any_address=True), "GET", host=host) == (200 if known else 421)


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost:8421", True),
        ("https://localhost:8421", True),
        ("http://localhost", False),
        ("http://localhost:8422", False),
        ("http://127.0.0.1:8421", False),
        ("http://localhost:8421.evil.example", False),
        ("null", False),
        ("", False),
    ],
)
async def test_an_origin(origin: str, allowed: bool) -> None:
    for method in ("POST", "PATCH", "DELETE", "PUT"):
        found = await status_of(guard(), method, host="localhost:8421", origin=origin)
        assert found == (200 if allowed else 403)
    assert await status_of(guard(), "GET", host="localhost:8421", origin=origin) == 200


@pytest.mark.parametrize(
    ("site", "allowed"),
    [("same-origin", True), ("none", True), ("cross-site", False), ("same-site", False)],
)
async def test_a_request_without_an_origin(site: str, allowed: bool) -> None:
    found = await status_of(guard(), "POST", host="localhost", sec_fetch_site=site)
    assert found == (200 if allowed else 403)


async def test_a_program_sends_neither() -> None:
    assert await status_of(guard(), "POST", host="localhost") == 200
