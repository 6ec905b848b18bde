"""Who may come in: Host and Origin are checked for every request, policies set on every page, and
a session's cookie names a person."""

from collections.abc import Awaitable, Callable, Iterable
from urllib.parse import urlsplit

from filon.conversation.errors import Forbidden, InvalidRequest, Problem, Unauthenticated
from filon.kit.http.address import is_ip
from filon.protocols.wire import Protocol
from filon.server.door import Door, Serve
from filon.server.errors import refuse
from filon.server.house import ServerHouse
from filon.store.people import PersonRow

COOKIE = "filon_session"

# What the server says with every reply, the door's own and refusals of what is no HTTP included.
FOR_ALL = (("x-content-type-options", "nosniff"), ("cross-origin-resource-policy", "same-origin"))
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
_OWN_SITE = frozenset({b"same-origin", b"none"})
_MOST_SEEN = 64


class Guard:
    """Stands before all that serves. `protocol_at` is what is spoken at a path of the gateway, in
    which a refusal is told."""

    def __init__(
        self,
        serve: Serve,
        hosts: Iterable[str],
        *,
        any_address: bool,
        protocol_at: Callable[[str], Protocol] | None = None,
    ) -> None:
        self._serve = serve
        self._protocol_at = protocol_at
        self._hosts = frozenset(host.lower() for host in hosts)
        self._any_address = any_address
        # Host headers as they came and were found good; a few, with their ports.
        self._seen: set[bytes] = set()

    def __call__(self, door: Door) -> Awaitable[None] | None:
        if door.method != "POST" or not door.path.startswith(_PROGRAMS):
            door.policies = _FOR_PAGES
        refusal = self._refusal(door)
        if refusal is None:
            return self._serve(door)
        protocol = self._protocol_at(door.path) if self._protocol_at else None
        refuse(door, refusal, protocol)
        return None

    def _refusal(self, door: Door) -> Problem | None:
        said = door.first
        host = said.get(b"host", b"")
        if host not in self._seen and not self._learns(host):
            return InvalidRequest(
                f"This server does not answer to the name {host.decode('latin-1')!r}.",
                code="unknown_host",
                status=421,
                fix="Use the address that filon printed at its start, or add the name to "
                "FILON_ALLOWED_HOSTS.",
            ).problem
        origin = said.get(b"origin")
        if origin is None:
            # Programs send no such header.
            own = said.get(b"sec-fetch-site", b"none") in _OWN_SITE
        else:
            own = origin in (b"http://" + host, b"https://" + host)
        if own or door.method in _SAFE:
            return None
        return Forbidden(
            "The request comes from another site's page.",
            code="foreign_origin",
            fix="Programs send no Origin header; pages must be this server's own.",
        ).problem

    def _learns(self, host: bytes) -> bool:
        if not self._knows(host.decode("latin-1")):
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


async def signed_in(house: ServerHouse, cookie: str | None) -> PersonRow:
    """The person whose session the cookie names. Raises Unauthenticated."""
    owner_id = await house.sessions.check(cookie)
    person = await house.store.people.find(owner_id)
    if person is None:
        raise Unauthenticated("You are not signed in.", code="not_signed_in")
    return person
