"""One ASGI callable: the gateway's doors as raw ASGI, everything else FastAPI, one guard around."""

from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Literal

from fastapi import FastAPI
from msgspec import Struct
from starlette.types import ASGIApp, Receive, Scope, Send

from filon import __version__
from filon.conversation.errors import FilonError, InvalidRequest, NotFound, Problem, Stopped
from filon.protocols.registry import PROTOCOLS
from filon.server import errors, pages
from filon.server.api import chat, conversations, endpoints, keys, session, status, traces
from filon.server.bodies import Door, Replayed, read_body
from filon.server.gateway import Gateway
from filon.server.house import ServerHouse
from filon.server.practice_door import pass_on
from filon.server.security import Guard

Serve = Callable[[Gateway, Door], Awaitable[None]]

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class RawRoute(Struct, frozen=True):
    """A route outside FastAPI, with its authorisation, which a test looks at."""

    method: str
    path: str
    authorisation: Literal["api key", "open"]
    serve: Serve


RAW_ROUTES = (
    RawRoute("POST", "/v1/chat/completions", "api key", Gateway.chat_completions),
    RawRoute("GET", "/v1/models", "api key", Gateway.models),
)
# Practice is a provider of its own that anyone on this machine may ask; it costs nothing.
OPEN_PREFIX = "/practice"

_BY_PATH = {route.path: route for route in RAW_ROUTES}


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
            house = self._house
            await pass_on(
                Door(scope, receive, send),
                house.services.upstream,
                house.practice_port,
                house.settings.limits,
            )
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
        route = _BY_PATH.get(path)
        if route is not None and route.method == door.scope["method"]:
            await route.serve(self._house.gateway, door)
            return
        problem = _no_door(path, door.scope["method"], route)
        status, body = PROTOCOLS["openai_chat"].render_error(problem)
        allow = ((b"allow", route.method.encode()),) if route is not None else ()
        await door.reply(status, body, allow)


def _no_door(path: str, method: str, route: RawRoute | None) -> Problem:
    if route is not None:
        return InvalidRequest(
            f"{path} takes {route.method}, not {method}.", code="method_not_allowed", status=405
        ).problem
    known = ", ".join(f"{route.method} {route.path}" for route in RAW_ROUTES)
    return NotFound(f"There is no {method} {path} here.", fix=f"There is {known}.").problem


def create_api(house: ServerHouse | None) -> FastAPI:
    """The browser's API. Without a house it only describes itself."""
    return _create(house, session, conversations, chat, traces, endpoints, keys, status)


def create_pages(house: ServerHouse | None) -> FastAPI:
    """The pages and files: apart, since their last route takes every path there is."""
    return _create(house, pages)


def _create(house: ServerHouse | None, *modules: ModuleType) -> FastAPI:
    api = FastAPI(title="Filon", version=__version__, openapi_url=None, docs_url=None)
    api.state.house = house
    for module in modules:
        api.include_router(module.router)
    errors.install(api)
    return api


def create_app(house: ServerHouse) -> ASGIApp:
    """The server's ASGI application over an open house."""
    host = house.settings.host
    hosts = (*LOOPBACK, host, *house.settings.allowed_hosts)
    filon = Filon(house, create_api(house), create_pages(house))
    return Guard(filon, hosts, any_address=host not in LOOPBACK)
