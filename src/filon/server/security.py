"""Who may come in: Host and Origin are checked for every request, headers set on every reply, and
each route names its authorisation.

Authorisation is a dependency of the route, never a matter of the path: a path can be made to look
different to a middleware than to the router (CVE-2026-48710).
"""

import ipaddress
from collections.abc import Iterable
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from filon.conversation.errors import Forbidden, InvalidRequest, Problem, Unauthenticated
from filon.server.errors import problem_at
from filon.store.people import PersonRow

COOKIE = "filon_session"

_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'; manifest-src 'self'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """Wraps the whole application as plain ASGI."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str], *, any_address: bool) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._any_address = any_address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        guarded = _WithHeaders(send)
        if refusal is not None:
            await problem_at(scope["path"], refusal)(scope, receive, guarded)
            return
        await self._app(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> Problem | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._knows(host):
            return InvalidRequest(
                f"This server does not answer to the name {host!r}.",
                code="unknown_host",
                status=421,
                fix="Use the address that filon printed at its start, or add the name to "
                "FILON_ALLOWED_HOSTS.",
            ).problem
        if scope["method"] in _SAFE or _same_origin(headers, host):
            return None
        return Forbidden(
            "The request comes from another site's page.",
            code="foreign_origin",
            fix="Programs send no Origin header; pages must be this server's own.",
        ).problem

    def _knows(self, host: str) -> bool:
        name = _name_of(host)
        if name is None:
            return False
        if name in self._hosts:
            return True
        # A page of another site can point its own name at us, but not an address.
        return self._any_address and _is_address(name)


class _WithHeaders:
    """Adds the security headers to a reply that does not set them itself."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)


def _name_of(host: str) -> str | None:
    # The header is not a URL: anything but a name and a port is somebody trying.
    if not host or any(mark in host for mark in "/?#@\\ \t"):
        return None
    try:
        parts = urlsplit(f"//{host}")
        name, _ = parts.hostname, parts.port
    except ValueError:
        return None
    return name.lower() if name else None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _same_origin(headers: Headers, host: str) -> bool:
    origin = headers.get("origin")
    if origin is not None:
        return origin in (f"http://{host}", f"https://{host}")
    return headers.get("sec-fetch-site", "none") in ("same-origin", "none")


async def signed_in(request: Request) -> PersonRow:
    """The person whose session the cookie names. Raises Unauthenticated."""
    house = request.app.state.house
    owner_id = await house.sessions.check(request.cookies.get(COOKIE))
    person = await house.store.people.find(owner_id)
    if person is None:
        raise Unauthenticated("You are not signed in.", code="not_signed_in")
    return person


async def anyone() -> None:
    """Marks a route that needs no authorisation, so that this is a choice and not a slip."""


Person = Annotated[PersonRow, Depends(signed_in)]
