"""One ASGI callable: the gateway's doors as raw ASGI, everything else FastAPI, one guard around."""

import re
from collections.abc import Awaitable, Callable, Sequence
from functools import cache, partial
from types import ModuleType
from typing import Literal

from fastapi import APIRouter, FastAPI
from msgspec import Struct
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from filon import __version__
from filon.conversation.errors import FilonError, InvalidRequest, NotFound, Problem, Stopped
from filon.protocols.registry import named
from filon.protocols.wire import Protocol
from filon.server import described, errors, heading, pages, probes
from filon.server.api import (
    chat,
    config,
    conversations,
    doctor,
    endpoints,
    exports,
    keys,
    local,
    manifests,
    practice,
    presets,
    replays,
    requests,
    session,
    status,
    traces,
)
from filon.server.bodies import Door, Replayed, read_body
from filon.server.gateway import MODELS, Gateway
from filon.server.house import ServerHouse, ShuttingDown
from filon.server.misses import BASE_URLS, is_program, meant
from filon.server.practice_door import pass_on
from filon.server.security import Guard
from filon.server.shapes import ErrorShape

Serve = Callable[[Gateway, Door, Protocol], Awaitable[None]]

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
    serve: Serve


async def _described(gateway: Gateway, door: Door, protocol: Protocol) -> None:
    await door.reply(
        200, described.document(f"{route.method} {route.path}" for route in RAW_ROUTES)
    )


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


def route_of(path: str) -> RawRoute | None:
    """The door behind this path, whatever the method."""
    for route in RAW_ROUTES:
        stem = route.path.removesuffix(_OPEN_END)
        if path == route.path or (stem != route.path and path.startswith(stem) and path != stem):
            return route
    return None


def protocol_at(path: str) -> Protocol:
    """What is spoken at a path of the gateway, also by those who miss their door by a little."""
    route = (
        route_of(path)
        or route_of(meant(path))
        or next((route for route in RAW_ROUTES if path.startswith(f"{route.path}/")), None)
    )
    return named(route.protocol if route else "openai_chat")


class Filon:
    """The whole server as one ASGI application."""

    def __init__(self, house: ServerHouse, api: ASGIApp, pages: ASGIApp) -> None:
        self._house = house
        self._api = api
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        if path.startswith("/v1/"):
            await self._gateway(path, Door(scope, receive, send))
        elif path == OPEN_PREFIX or path.startswith(OPEN_PREFIX + "/"):
            await pass_on(Door(scope, receive, send), self._house)
        elif route_of(meant(path)) is not None and is_program(Door(scope, receive, send)):
            await self._gateway(path, Door(scope, receive, send))
        else:
            app = self._api if path.startswith("/api/") else self._pages
            await self._with_body(app, Door(scope, receive, send))

    async def _with_body(self, app: ASGIApp, door: Door) -> None:
        """Hands a request on with its whole body: FastAPI sets no limit of size or time."""
        try:
            body = await read_body(door, self._house.services.limits)
        except Stopped:
            return
        except FilonError as error:
            reply = errors.problem_response(error.problem)
            await reply(door.scope, door.receive, door.send)
            return
        await app(door.scope, Replayed(body, door.receive), door.send)

    async def _gateway(self, path: str, door: Door) -> None:
        route = route_of(path)
        protocol = named(route.protocol) if route is not None else protocol_at(path)
        if route is not None and route.method == door.scope["method"]:
            if self._house.closing:
                problem = ShuttingDown().problem
                status, body = protocol.render_error(problem)
                await door.reply(status, body, heading.of_problem(problem))
                return
            serve = partial(_served, route, self._house.gateway, protocol)
            await errors.guarded(serve, door, protocol, self._house.services.log)
            return
        problem = _no_door(path, door.scope["method"], route)
        status, body = protocol.render_error(problem)
        allow = ((b"allow", route.method.encode()),) if route is not None else ()
        await door.reply(status, body, allow)


async def _served(route: RawRoute, gateway: Gateway, protocol: Protocol, door: Door) -> None:
    await route.serve(gateway, door, protocol)


def _no_door(path: str, method: str, route: RawRoute | None) -> Problem:
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


def create_api(house: ServerHouse | None) -> FastAPI:
    """The browser's API. Without a house it only describes itself."""
    return _create(
        house,
        session,
        conversations,
        chat,
        traces,
        exports,
        replays,
        requests,
        endpoints,
        doctor,
        manifests,
        config,
        presets,
        keys,
        local,
        practice,
        status,
    )


def create_pages(house: ServerHouse | None) -> FastAPI:
    """The pages and files, and what machines ask for beside them: apart, since the last route of
    the pages takes every path there is."""
    return _create(house, probes, pages)


def _create(house: ServerHouse | None, *modules: ModuleType) -> FastAPI:
    api = FastAPI(
        title="Filon",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        routes=list(_routes(*modules)),
    )
    api.state.house = house
    errors.install(api)
    return api


@cache
def _routes(*modules: ModuleType) -> Sequence[BaseRoute]:
    """The same for every house, since FastAPI works a route out when it is first asked for: that
    takes longer than opening a house, of which tests open hundreds."""
    routes = APIRouter(responses={"4XX": {"model": ErrorShape}, "5XX": {"model": ErrorShape}})
    for module in modules:
        routes.include_router(module.router)
    return tuple(routes.routes)


def create_app(house: ServerHouse) -> ASGIApp:
    """The server's ASGI application over an open house."""
    host = house.settings.host
    hosts = (*LOOPBACK, host, *house.settings.allowed_hosts)
    filon = Filon(house, create_api(house), create_pages(house))
    return Guard(filon, hosts, any_address=host not in LOOPBACK, protocol_at=protocol_at)
