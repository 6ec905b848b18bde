"""Every route says who may use it, and one that does not say so fails here."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from filon.server.app import OPEN_PREFIX, RAW_ROUTES
from filon.server.browser import create_api, create_pages
from filon.server.figures import observer
from filon.server.given import Person, anyone, person_of
from filon.server.probes import PROBES

# Whoever adds to this list opens a door to strangers, so it is written out here once more.
FOR_ANYONE = {
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/{path:path}"),
}
DOORS_FOR_ANYONE = {("GET", "/v1/openapi.json")}
PROBES_FOR_ANYONE = {"/health", "/ready"}


def routes_of(app: FastAPI) -> list[APIRoute]:
    """All routes, through routers that are included as a whole; anything else fails."""
    return [*_routes(app.router)]


def _routes(router: Any) -> Iterator[APIRoute]:
    for route in router.routes:
        inner = getattr(route, "original_router", None)
        if isinstance(route, APIRoute):
            yield route
        elif inner is not None:
            yield from _routes(inner)
        else:
            raise AssertionError(f"{route!r} is no route whose authorisation could be seen")


def calls_of(dependant: Dependant) -> set[Any]:
    """Every function that runs before the route does."""
    return {dependant.call}.union(*(calls_of(inner) for inner in dependant.dependencies))


def without_authorisation(app: FastAPI) -> list[str]:
    """The routes that name neither a signed-in person, nor who may read metrics, nor anyone."""
    return [
        f"{sorted(route.methods or ())} {route.path}"
        for route in routes_of(app)
        if not calls_of(route.dependant) & {person_of, observer, anyone}
    ]


def test_every_route_names_its_authorisation() -> None:
    assert len(routes_of(create_api(None))) > 15
    for app in (create_api(None), create_pages(None)):
        assert without_authorisation(app) == []


def test_only_these_are_for_anyone() -> None:
    found = {
        (method, route.path)
        for app in (create_api(None), create_pages(None))
        for route in routes_of(app)
        if not calls_of(route.dependant) & {person_of, observer}
        for method in route.methods or ()
    }
    assert found == FOR_ANYONE


def test_everything_of_the_api_is_for_a_signed_in_person() -> None:
    app = create_api(None)
    paths = [route for route in routes_of(app) if route.path.startswith("/api")]
    assert paths
    assert all(person_of in calls_of(route.dependant) for route in paths)


def test_a_raw_route_asks_for_a_key() -> None:
    for route in RAW_ROUTES:
        assert route.path.startswith("/v1/")
        is_open = (route.method, route.path) in DOORS_FOR_ANYONE
        assert route.authorisation == ("open" if is_open else "api key")


def test_only_these_probes_are_for_anyone() -> None:
    assert set(PROBES) == PROBES_FOR_ANYONE


def test_the_one_open_prefix_is_practice() -> None:
    assert OPEN_PREFIX == "/practice"


# The rule itself, tried on what it must find.


def bare() -> str:
    return "for whoever comes"


def personal(person: Person) -> str:
    return person.name


@pytest.mark.parametrize("nested", [False, True])
def test_a_route_without_authorisation_is_found(nested: bool) -> None:
    router = APIRouter()
    router.add_api_route("/bare", bare)
    router.add_api_route("/mine", personal)
    router.add_api_route("/all", bare, dependencies=[Depends(anyone)])
    app = FastAPI(openapi_url=None)
    if nested:
        outer = APIRouter(prefix="/outer")
        outer.include_router(router)
        app.include_router(outer)
    else:
        app.include_router(router)
    (found,) = without_authorisation(app)
    assert found.endswith("/bare")


def test_a_mount_is_refused() -> None:
    app = FastAPI(openapi_url=None)
    app.mount("/files", FastAPI())
    with pytest.raises(AssertionError, match="no route whose"):
        without_authorisation(app)
