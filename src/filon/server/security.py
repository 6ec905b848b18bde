"""Who may come in: Host and Origin are checked for every request, headers set on every reply, and
each route names its authorisation.

Authorisation is a dependency of the route, never a matter of the path: a path can be made to look
different to a middleware than to the router (CVE-2026-48710).
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from filon.conversation.errors import Forbidden, InvalidRequest, Problem, Unauthenticated
from filon.kit.http.address import is_ip
from filon.protocols.wire import Protocol
from filon.server.errors import problem_at
from filon.store.people import PersonRow

COOKIE = "filon_session"

Pairs = tuple[tuple[bytes, bytes], ...]

_FOR_ALL = (
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_FOR_PAGES = (
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        b"img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; base-uri 'none'; "
        b"form-action 'self'; frame-ancestors 'none'; manifest-src 'self'",
    ),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)
# What is posted there gets no page in reply, so that a page's policies would only cost time.
_PROGRAMS = "/v1/"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_ASKED = frozenset({b"host", b"origin", b"sec-fetch-site"})
_MOST_SEEN = 64


class Guard:
    """Wraps the whole application as plain ASGI. `protocol_at` is what is spoken at a path of the
    gateway, in which a refusal is told."""

    def __init__(
        self,
        app: ASGIApp,
        hosts: Iterable[str],
        *,
        any_address: bool,
        protocol_at: Callable[[str], Protocol] | None = None,
    ) -> None:
        self._app = app
        self._protocol_at = protocol_at
        self._hosts = frozenset(host.lower() for host in hosts)
        self._any_address = any_address
        # Host headers as they came and were found good; a few, with their ports.
        self._seen: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        programs = scope["method"] == "POST" and scope["path"].startswith(_PROGRAMS)
        guarded = _WithHeaders(send, _FOR_ALL if programs else (*_FOR_ALL, *_FOR_PAGES))
        if refusal is not None:
            path: str = scope["path"]
            protocol = self._protocol_at(path) if self._protocol_at else None
            await problem_at(path, refusal, protocol)(scope, receive, guarded)
            return
        await self._app(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> Problem | None:
        host, origin, site = _said(scope)
        if host not in self._seen and not self._learns(host):
            return InvalidRequest(
                f"This server does not answer to the name {host!r}.",
                code="unknown_host",
                status=421,
                fix="Use the address that filon printed at its start, or add the name to "
                "FILON_ALLOWED_HOSTS.",
            ).problem
        if scope["method"] in _SAFE or _same_origin(host, origin, site):
            return None
        return Forbidden(
            "The request comes from another site's page.",
            code="foreign_origin",
            fix="Programs send no Origin header; pages must be this server's own.",
        ).problem

    def _learns(self, host: str) -> bool:
        if not self._knows(host):
            return False
        if len(self._seen) < _MOST_SEEN:
            self._seen.add(host)
        return True

    def _knows(self, host: str) -> bool:
        name = _name_of(host)
        if name is None:
            return False
        if name in self._hosts:
            return True
        # A page of another site can point its own name at us, but not an address.
        return self._any_address and is_ip(name)


class _WithHeaders:
    """Adds the security headers to a reply that does not set them itself."""

    def __init__(self, send: Send, headers: Pairs) -> None:
        self._send = send
        self._headers = headers

    def __call__(self, message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            own: list[tuple[bytes, bytes]] = list(message.get("headers", ()))
            names = {name.lower() for name, _ in own}
            own += [pair for pair in self._headers if pair[0] not in names]
            message["headers"] = own
        return self._send(message)


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


def _said(scope: Scope) -> tuple[str, str | None, str]:
    """What the headers Host, Origin and Sec-Fetch-Site say, in one pass: every request goes through
    here. Of one that comes twice the first counts."""
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in _ASKED:
            found.setdefault(name, value)
    origin = found.get(b"origin")
    return (
        found.get(b"host", b"").decode("latin-1"),
        None if origin is None else origin.decode("latin-1"),
        found.get(b"sec-fetch-site", b"none").decode("latin-1"),
    )


def _same_origin(host: str, origin: str | None, site: str) -> bool:
    if origin is not None:
        return origin in (f"http://{host}", f"https://{host}")
    return site in ("same-origin", "none")


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
