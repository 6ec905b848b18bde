"""`filon models`: which models there are, and the pulling and deleting of those of Ollama."""

import asyncio
import sys
from contextlib import aclosing
from pathlib import Path

import msgspec
from msgspec.structs import replace

from filon.cli.console import finish, plain, settings_of
from filon.cli.models_shown import card, cloud_rows, local_rows, route_rows, size
from filon.cli.pull_bar import Told, bar
from filon.config.route import Route
from filon.conversation.errors import FilonError, InvalidRequest, NotFound
from filon.kit import clock
from filon.pipeline.candidates import Asker, of_route
from filon.providers.endpoint import Endpoint
from filon.providers.local import servers
from filon.providers.local.known import LocalModel
from filon.providers.models import ModelFacts, facts
from filon.server.house import ServerHouse
from filon.server.local import Sighting
from filon.server.pulling import delete, manager, missing, pull


def run_list(endpoint: str | None, config: Path | None, *, as_json: bool) -> int:
    """Prints the models of all endpoints, or of one."""
    return finish(_list(endpoint, config, as_json=as_json))


def run_show(model: str, config: Path | None, *, as_json: bool) -> int:
    """Prints all that is known of one model, each fact with its source."""
    return finish(_show(model, config, as_json=as_json))


def run_pull(model: str, config: Path | None) -> int:
    """Has Ollama pull a model, and shows how far it is."""
    return finish(_pull(model, config))


def run_rm(model: str, config: Path | None, *, yes: bool) -> int:
    """Has Ollama delete a model, after a question."""
    return finish(_rm(model, config, yes=yes))


async def _open(config: Path | None) -> ServerHouse:
    settings = replace(settings_of(config), log_level="error")
    return await ServerHouse.open(settings, serving=False)


async def _list(name: str | None, config: Path | None, *, as_json: bool) -> int:
    house = await _open(config)
    try:
        chosen = _chosen(house, name)
        looked = await asyncio.gather(*(_look(house, endpoint) for endpoint in chosen))
        chosen = [house.services.directory.endpoint(one.name) or one for one in chosen]
        if as_json:
            rows = [
                row
                for endpoint, sighting in zip(chosen, looked, strict=True)
                for row in _json_rows(house, endpoint, sighting)
            ]
            rows += [_route_row(house, route) for route in _routes(house, name)]
            sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(rows), indent=2))
            sys.stdout.write("\n")
            return 0
        for endpoint, sighting in zip(chosen, looked, strict=True):
            sys.stdout.write(plain(_section(house, endpoint, sighting)))
        routes = _routes(house, name)
        if routes:
            told = [(one, of_route(one, house.services.directory, Asker())) for one in routes]
            sys.stdout.write(plain("\n".join(("routes", *route_rows(told))) + "\n"))
    finally:
        await house.close()
    return 0


def _routes(house: ServerHouse, name: str | None) -> tuple[Route, ...]:
    """All routes, where no single endpoint is meant."""
    return house.services.directory.routes if name is None else ()


def _chosen(house: ServerHouse, name: str | None) -> list[Endpoint]:
    directory = house.services.directory
    if name is None:
        return [one for one in directory.endpoints if not one.aside]
    return [_endpoint(house, name)]


def _endpoint(house: ServerHouse, name: str) -> Endpoint:
    directory = house.services.directory
    found = directory.endpoint(name)
    if found is None:
        known = ", ".join(one.name for one in directory.endpoints if not one.aside)
        raise NotFound(f"There is no endpoint {name}.", fix=f"There are {known}.")
    return found


async def _look(house: ServerHouse, endpoint: Endpoint) -> Sighting | None:
    """Asks a local server what it has; nobody else is asked by a list."""
    near = endpoint.kind in ("local", "practice") or servers.of(endpoint.provider) is not None
    return await house.locals.examine(endpoint) if near else None


def _section(house: ServerHouse, endpoint: Endpoint, sighting: Sighting | None) -> str:
    head = f"{endpoint.name}  {endpoint.label}"
    if sighting is not None and sighting.seen.version:
        head += f" {sighting.seen.version}"
    lines = [head]
    if endpoint.state != "ready":
        return f"{head}\n  {endpoint.state.replace('_', ' ')}: {endpoint.reason}\n\n"
    if sighting is not None and sighting.state == "found" and sighting.seen.models:
        lines += local_rows(sighting)
    else:
        models = house.services.directory.models(endpoint)
        lines += cloud_rows(endpoint, models, _source(house, endpoint))
    return "\n".join(lines) + "\n\n"


def _source(house: ServerHouse, endpoint: Endpoint) -> str:
    if house.services.directory.fetched.get(endpoint.name):
        return "its own list"
    because = endpoint.models_because or endpoint.origin
    return because.source if because.line is None else f"{because.source}:{because.line}"


async def _show(asked: str, config: Path | None, *, as_json: bool) -> int:
    house = await _open(config)
    try:
        endpoint, name = _split(house, asked)
        sighting = await _look(house, endpoint)
        endpoint = house.services.directory.endpoint(endpoint.name) or endpoint
        local = _described(sighting, name)
        known = house.services.directory.models(endpoint)
        if sighting is not None and sighting.state == "found" and local is None:
            raise missing(endpoint, name, known)
        if local is None and name not in known:
            raise NotFound(
                f"{endpoint.label} lists no model {name}.",
                fix=f"filon models list {endpoint.name} shows those it has.",
            )
        about = facts(endpoint, local.name if local else name, clock.now())
        if as_json:
            row = _json_row(endpoint, local.name if local else name, about, local)
            sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(row), indent=2))
            sys.stdout.write("\n")
        else:
            sys.stdout.write(plain(card(endpoint, name, about, local, sighting)))
    finally:
        await house.close()
    return 0


def _described(sighting: Sighting | None, name: str) -> LocalModel | None:
    """The model of this name; Ollama takes a name without its `:latest`."""
    if sighting is None:
        return None
    wanted = (name, f"{name}:latest")
    return next((one for one in sighting.seen.models if one.name in wanted), None)


def _split(house: ServerHouse, asked: str) -> tuple[Endpoint, str]:
    """The endpoint and the model of `endpoint/model`, where a name may hold slashes itself."""
    head = asked
    while "/" in head:
        head = head.rpartition("/")[0]
        found = house.services.directory.endpoint(head)
        if found is not None:
            return found, asked[len(head) + 1 :]
    endpoint = asked.partition("/")[0]
    if "/" in asked:
        _endpoint(house, endpoint)
    raise InvalidRequest(
        f"{asked!r} names no endpoint.", fix="Write endpoint/model, such as ollama/mistral:7b."
    )


async def _pull(asked: str, config: Path | None) -> int:
    house = await _open(config)
    try:
        endpoint, name = await _managed(house, asked)
        here = house.services.directory.models(endpoint)
        steps = pull(house.services.upstream, endpoint, name, here)
        told = Told()
        try:
            with bar(f"{endpoint.name}/{name}") as show:
                async with aclosing(steps):
                    async for progress in steps:
                        told = told.after(progress)
                        show(progress)
        except (asyncio.CancelledError, KeyboardInterrupt):
            sys.stderr.write(
                f"filon: stopped {told.where()}. {endpoint.label} keeps what came; the same "
                "command goes on from there.\n"
            )
            return 130
        sys.stdout.write(f"{endpoint.name}/{name} is here.\n")
    finally:
        await house.close()
    return 0


async def _rm(asked: str, config: Path | None, *, yes: bool) -> int:
    house = await _open(config)
    try:
        endpoint, name = await _managed(house, asked)
        sighting = house.locals.sightings.get(endpoint.name)
        found = _described(sighting, name)
        here = [one.name for one in sighting.seen.models] if sighting else []
        if found is None:
            raise missing(endpoint, name, here)
        if not yes and not _agreed(f"Delete {endpoint.name}/{found.name} ({size(found.size)})?"):
            sys.stderr.write("filon: nothing was deleted.\n")
            return 1
        await delete(house.services.upstream, endpoint, found.name, here)
        sys.stdout.write(f"{endpoint.name}/{found.name} is deleted.\n")
    finally:
        await house.close()
    return 0


async def _managed(house: ServerHouse, asked: str) -> tuple[Endpoint, str]:
    """The endpoint, which must be an Ollama that answers, and the name of the model."""
    endpoint, name = _split(house, asked)
    manager(endpoint)
    sighting = await house.locals.examine(endpoint)
    if sighting is None or sighting.state != "found":
        raise FilonError(
            sighting.reason if sighting and sighting.reason else f"{endpoint.label} is not there.",
            code="local_not_found",
            status=503,
        )
    return house.services.directory.endpoint(endpoint.name) or endpoint, name


def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        sys.stderr.write("filon: this needs an answer; without a terminal, give --yes.\n")
        return False
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _json_rows(
    house: ServerHouse, endpoint: Endpoint, sighting: Sighting | None
) -> list[dict[str, object]]:
    now = clock.now()
    models = house.services.directory.models(endpoint)
    described = sighting.seen.models if sighting and sighting.state == "found" else ()
    local = {one.name: one for one in described}
    names = tuple(local) or models
    return [
        _json_row(endpoint, name, facts(endpoint, name, now), local.get(name)) for name in names
    ]


def _json_row(
    endpoint: Endpoint, name: str, about: ModelFacts, local: LocalModel | None
) -> dict[str, object]:
    return {
        "id": f"{endpoint.name}/{name}",
        "endpoint": endpoint.name,
        "model": name,
        "usable": endpoint.state == "ready",
        "reason": endpoint.reason,
        "facts": about,
        "local": local,
    }


def _route_row(house: ServerHouse, route: Route) -> dict[str, object]:
    looked = of_route(route, house.services.directory, Asker())
    usable = any(one.endpoint is not None for one in looked)
    return {
        "id": route.name,
        "endpoint": None,
        "model": None,
        "usable": usable,
        "reason": route.reason,
        "targets": route.targets,
    }
