"""What serves a door: the gateway's routes by hand, everything else FastAPI, one guard around."""

import asyncio
import gc
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from filon.conversation.errors import FilonError, InvalidRequest, NotFound, Problem, Stopped
from filon.protocols.registry import named
from filon.protocols.wire import Protocol
from filon.server import described, errors
from filon.server.bodies import Replayed, read_body
from filon.server.door import Door, Serve
from filon.server.gateway import MODELS, Gateway, refuse
from filon.server.house import ServerHouse, ShuttingDown
from filon.server.misses import BASE_URLS, is_program, meant
from filon.server.practice_door import pass_on
from filon.server.probes import PROBES
from filon.server.security import Guard

if TYPE_CHECKING:
    from filon.server.browser import Browser

Serving = Callable[[Gateway, Door, Protocol], Awaitable[None]]

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class RawRoute(Struct, frozen=True):
    """A route outside FastAPI, with its authorisation, which a test looks at.

    `protocol` is what its callers speak. A path that ends in `{id}` is every path that goes on
    behind what stands before it, slashes and all.
    """

    method: str
    path: str
    authorisation: Literal["api key", "open"]
    protocol: str
    serve: Serving


async def _described(gateway: Gateway, door: Door, protocol: Protocol) -> None:
    door.reply(200, described.document(f"{route.method} {route.path}" for route in RAW_ROUTES))


RAW_ROUTES = (
    RawRoute("POST", "/v1/chat/completions", "api key", "openai_chat", Gateway.turn),
    RawRoute("POST", "/v1/messages", "api key", "anthropic_messages", Gateway.turn),
    RawRoute(
        "POST",
        "/v1/messages/count_tokens",
        "api key",
        "anthropic_messages",
        Gateway.count_tokens,
    ),
    RawRoute("POST", "/v1/responses", "api key", "openai_responses", Gateway.turn),
    RawRoute("POST", "/v1/embeddings", "api key", "openai_embeddings", Gateway.turn),
    RawRoute("GET", "/v1/models", "api key", "openai_chat", Gateway.models),
    RawRoute("GET", f"{MODELS}{{id}}", "api key", "openai_chat", Gateway.model),
    RawRoute("GET", described.PATH, "open", "openai_chat", _described),
)
# Practice is a provider of its own that anyone on this machine may ask; it costs nothing.
OPEN_PREFIX = "/practice"

_OPEN_END = "{id}"
# OpenAI's clients fetch, delete and cancel answers that were kept, or are made in the background.
_ASKS_FOR_KEPT = re.compile(
    r"(GET|DELETE) /v1/(responses|chat/completions)/.+|POST /v1/responses/[^/]+/cancel"
)


_AT = {route.path: route for route in RAW_ROUTES}
_SPOKEN = {route.path: named(route.protocol) for route in RAW_ROUTES}
_BELOW = {
    route.path.removesuffix(_OPEN_END): route
    for route in RAW_ROUTES
    if route.path.endswith(_OPEN_END)
}


def route_of(path: str) -> RawRoute | None:
    """The door behind this path, whatever the method."""
    route = _AT.get(path)
    if route is None:
        for stem, below in _BELOW.items():
            if path.startswith(stem) and path != stem:
                return below
    return route


def protocol_at(path: str) -> Protocol:
    """What is spoken at a path of the gateway, also by those who miss their door by a little."""
    route = (
        route_of(path)
        or route_of(meant(path))
        or next((route for route in RAW_ROUTES if path.startswith(f"{route.path}/")), None)
    )
    return named(route.protocol if route else "openai_chat")


class Filon:
    """Everything that is served, by its path."""

    def __init__(self, house: ServerHouse) -> None:
        self._house = house
        self._browser: asyncio.Future[Browser] | None = None

    def __call__(self, door: Door) -> Awaitable[None] | None:
        path = door.path
        route = _AT.get(path)
        if route is not None and route.method == door.method:
            return self._through(route, door)
        if path.startswith("/v1/"):
            return self._gateway(door)
        if path == OPEN_PREFIX or path.startswith(OPEN_PREFIX + "/"):
            return pass_on(door, self._house)
        if route_of(meant(path)) is not None and is_program(door):
            return self._gateway(door)
        if path in PROBES and door.method in ("GET", "HEAD"):
            serving = PROBES[path](door, self._house)
            return errors.guarded(serving, door, protocol_at(path), self._house.services.log)
        return self._browse(door)

    async def _browse(self, door: Door) -> None:
        """Hands a request on with its whole body: FastAPI sets no limit of size or time."""
        try:
            body = await read_body(door, self._house.services.limits)
        except Stopped:
            return
        except FilonError as error:
            errors.refuse(door, error.problem)
            return
        if self._browser is None:
            # In a thread, since the gateway goes on meanwhile.
            self._browser = asyncio.ensure_future(asyncio.to_thread(_browser, self._house))
        browser = await asyncio.shield(self._browser)
        await browser.at(door.path)(door.scope, Replayed(body, door.receive), door.send)

    def _gateway(self, door: Door) -> Awaitable[None] | None:
        route = route_of(door.path)
        if route is not None and route.method == door.method:
            return self._through(route, door)
        status, body = protocol_at(door.path).render_error(_no_door(door, route))
        door.reply(status, body, b"" if route is None else b"allow: %b\r\n" % route.method.encode())
        return None

    def _through(self, route: RawRoute, door: Door) -> Awaitable[None] | None:
        protocol = _SPOKEN[route.path]
        if self._house.closing:
            refuse(door, protocol, ShuttingDown().problem)
            return None
        serving = route.serve(self._house.gateway, door, protocol)
        return errors.guarded(serving, door, protocol, self._house.services.log)


def _browser(house: ServerHouse) -> "Browser":
    from filon.server.browser import Browser

    browser = Browser(house)
    if gc.get_freeze_count():
        # It stays to the end too: `cli/serve.py` says what it costs to look through it.
        gc.freeze()
    return browser


def _no_door(door: Door, route: RawRoute | None) -> Problem:
    path, method = door.path, door.method
    if route is not None:
        return InvalidRequest(
            f"{path} takes {route.method}, not {method}.", code="method_not_allowed", status=405
        ).problem
    if _ASKS_FOR_KEPT.fullmatch(f"{method} {path}"):
        return NotFound(
            f"There is no {method} {path} here: Filon keeps no answers for its callers, and asks "
            "no provider for one that it keeps.",
            code="answers_are_not_kept",
            fix="Use the answer as it comes. A request that goes on from it brings the whole "
            "conversation along.",
        ).problem
    near = route_of(meant(path))
    if near is not None:
        return NotFound(
            f"There is no {method} {path} here, but {near.method} {meant(path)}.", fix=BASE_URLS
        ).problem
    known = ", ".join(f"{route.method} {route.path}" for route in RAW_ROUTES)
    return NotFound(f"There is no {method} {path} here.", fix=f"There is {known}.").problem


def create_app(house: ServerHouse) -> Serve:
    """All that the server serves, over an open house."""
    host = house.settings.host
    hosts = (*LOOPBACK, host, *house.settings.allowed_hosts)
    filon = Filon(house)
    return Guard(filon, hosts, any_address=host not in LOOPBACK, protocol_at=protocol_at)
