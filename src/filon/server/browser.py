"""What people are served, and the metrics: `/api` and the pages.

With it come FastAPI and pydantic, more than half of what there is to load. A server has it from the
first request on that is not the gateway's: `server/app.py:Filon`.
"""

from collections.abc import Sequence
from functools import cache, partial
from types import ModuleType

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from filon import __version__
from filon.pipeline.ending import settled, trace_summary
from filon.pipeline.services import Progress
from filon.server import api_errors, figures, pages, told
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
from filon.server.house import ServerHouse
from filon.server.live import Live
from filon.server.shapes import ErrorShape


class Browser:
    """`/api` and the pages of a house, whose turns are told to open tabs from now on."""

    def __init__(self, house: ServerHouse) -> None:
        self._api = create_api(house)
        self._pages = create_pages(house)
        house.services.announce = partial(_announce, house.live)

    def at(self, path: str) -> ASGIApp:
        """What serves this path."""
        return self._api if path.startswith("/api/") else self._pages


def _announce(live: Live, progress: Progress) -> None:
    """Tells open tabs that a turn has begun or is settled, whoever asked for it."""
    owner = progress.turn.caller.owner_id
    if not live.is_watched(owner):
        return
    if settled(progress.turn) is None:
        shape, kind = told.running_trace(progress), "trace.started"
    else:
        shape, kind = told.trace(trace_summary(progress.turn)), "trace.settled"
    live.publish(owner, kind, {"trace": shape.model_dump()})


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
    """The pages and files, and the metrics beside them: apart, since the last route of the pages
    takes every path there is."""
    return _create(house, figures, pages)


def _create(house: ServerHouse | None, *modules: ModuleType) -> FastAPI:
    api = FastAPI(
        title="Filon",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        routes=list(_routes(*modules)),
    )
    api.state.house = house
    api_errors.install(api)
    return api


@cache
def _routes(*modules: ModuleType) -> Sequence[BaseRoute]:
    """The same for every house, since FastAPI works a route out when it is first asked for: that
    takes longer than opening a house, of which tests open hundreds."""
    routes = APIRouter(responses={"4XX": {"model": ErrorShape}, "5XX": {"model": ErrorShape}})
    for module in modules:
        routes.include_router(module.router)
    return tuple(routes.routes)
