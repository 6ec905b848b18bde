"""Signing in by link and by password, the cookie, and signing out."""

from http.cookies import Morsel, SimpleCookie
from urllib.parse import urlencode

import pytest

from filon.server.security import COOKIE
from tests.journeys.site import ME, Reply, Site

FORM = {"content-type": "application/x-www-form-urlencoded"}
PASSWORD = "a vein of ore & more"


def cookie_of(reply: Reply) -> "Morsel[str]":
    return SimpleCookie(reply.headers["set-cookie"])[COOKIE]


async def me(site: Site, value: str) -> Reply:
    return await site.ask("GET", "/api/me", headers={"cookie": f"{COOKIE}={value}"})


async def by_password(site: Site, password: str) -> Reply:
    data = urlencode({"password": password}).encode()
    origin = {"origin": site.url}
    return await site.ask("POST", "/sign-in", data=data, headers=FORM | origin)


async def test_the_link_signs_in_once(site: Site) -> None:
    token = await site.house.sessions.make_link_token(ME)
    reply = await site.ask("GET", f"/sign-in?token={token}")
    assert (reply.status, reply.headers["location"]) == (303, "/")
    cookie = cookie_of(reply)
    assert (await me(site, cookie.value)).json == {"id": ME, "name": "you"}
    again = await site.ask("GET", f"/sign-in?token={token}")
    assert again.status == 401
    assert "set-cookie" not in again.headers
    assert "has been used" in again.text


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Site) -> None:
    token = await site.house.sessions.make_link_token(ME)
    reply = await site.ask("GET", f"/sign-in?token={token}")
    cookie = cookie_of(reply)
    assert cookie["httponly"]
    assert cookie["samesite"].lower() == "lax"
    assert cookie["path"] == "/"
    assert cookie["domain"] == ""
    assert int(cookie["max-age"]) > 0
    assert len(cookie.value) >= 32
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("token", ["", "x", "'; drop table people; --", "%00", "a" * 5000])
async def test_a_wrong_link_is_refused_with_a_page(site: Site, token: str) -> None:
    reply = await site.ask("GET", f"/sign-in?token={token}")
    assert reply.status == 401
    assert reply.headers["content-type"].startswith("text/html")
    assert "set-cookie" not in reply.headers


async def test_signing_out_ends_the_session(site: Site) -> None:
    assert (await site.browse("GET", "/api/me")).status == 200
    reply = await site.browse("POST", "/api/sign-out")
    assert reply.status == 204
    assert cookie_of(reply).value == ""
    assert (await site.browse("GET", "/api/me")).status == 401


async def test_one_session_ends_and_another_goes_on(site: Site) -> None:
    other = await site.house.sessions.begin(ME)
    await site.browse("POST", "/api/sign-out")
    assert (await me(site, other)).status == 200


async def test_the_page_says_how_and_in_the_reader_s_language(site: Site) -> None:
    english = await site.ask("GET", "/sign-in")
    assert english.status == 200
    assert "filon serve" in english.text
    assert "<form" not in english.text
    spanish = await site.ask("GET", "/sign-in", headers={"accept-language": "es-MX,es;q=0.9"})
    assert "Entrar en Filon" in spanish.text


async def test_a_password_signs_in_where_one_is_set(site: Site) -> None:
    await site.house.passwords.set(ME, PASSWORD)
    assert "<form" in (await site.ask("GET", "/sign-in")).text
    reply = await by_password(site, PASSWORD)
    assert (reply.status, reply.headers["location"]) == (303, "/")
    assert (await me(site, cookie_of(reply).value)).status == 200


async def test_a_wrong_password_is_refused(site: Site) -> None:
    await site.house.passwords.set(ME, PASSWORD)
    for wrong in ("", "no", PASSWORD + " ", "x" * 5000):
        reply = await by_password(site, wrong)
        assert reply.status == 401, wrong
        assert "set-cookie" not in reply.headers
        assert PASSWORD not in reply.text


async def test_guessing_is_slowed_down(site: Site) -> None:
    await site.house.passwords.set(ME, PASSWORD)
    statuses = [(await by_password(site, f"guess {number}")).status for number in range(6)]
    assert statuses == [401] * 5 + [429]
    assert (await by_password(site, PASSWORD)).status == 429


async def test_no_password_opens_where_none_is_set(site: Site) -> None:
    for password in ("", "None", "you"):
        assert (await by_password(site, password)).status == 401


async def test_the_form_of_another_site_is_refused(site: Site) -> None:
    await site.house.passwords.set(ME, PASSWORD)
    data = urlencode({"password": PASSWORD}).encode()
    for origin in ("https://evil.example", "null"):
        reply = await site.ask("POST", "/sign-in", data=data, headers=FORM | {"origin": origin})
        assert reply.status == 403
        assert "set-cookie" not in reply.headers


async def test_every_page_carries_the_security_headers(site: Site) -> None:
    replies = [
        await site.ask("GET", "/sign-in"),
        await site.ask("GET", "/nothing.js"),
        await site.ask("GET", "/api/me"),
        await site.ask("GET", "/v1/models"),
        await site.ask("GET", "/practice/v1/models"),
        await site.ask("GET", "/api/me", headers={"host": "evil.example"}),
    ]
    for reply in replies:
        policy = reply.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert "server" not in reply.headers or "uvicorn" not in reply.headers["server"]
        assert "access-control-allow-origin" not in reply.headers
