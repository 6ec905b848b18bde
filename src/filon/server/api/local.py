"""The servers of models on this machine: looking for them, their models, pulling and deleting."""

from fastapi import APIRouter

from filon.conversation.errors import NotFound
from filon.providers.endpoint import Endpoint
from filon.providers.local import servers
from filon.providers.local.known import LocalModel, Seen
from filon.providers.local.servers import Server
from filon.server import told
from filon.server.given import House, Person
from filon.server.house import ServerHouse
from filon.server.local import Sighting
from filon.server.local_shapes import (
    LocalModelShape,
    LocalServerShape,
    LocalShape,
    PullBody,
    PullShape,
    PullsShape,
    SightingShape,
)
from filon.server.pulling import delete, manager
from filon.server.pulls import Pull
from filon.server.shapes import FactShape

router = APIRouter(prefix="/api/local", tags=["local"])


@router.get("")
async def list_servers(person: Person, house: House) -> LocalShape:
    """The local servers that are looked for, and what was seen of them last. Asks nobody."""
    return _servers(house)


@router.post("/look")
async def look(person: Person, house: House) -> LocalShape:
    """Looks for every local server again."""
    await house.locals.look()
    return _servers(house)


@router.get("/{name}")
async def show_server(name: str, person: Person, house: House) -> LocalServerShape:
    """Asks one server what it has, what is loaded, and with how much context."""
    endpoint = _endpoint(name, house)
    sighting = await house.locals.examine(endpoint)
    if sighting is None:
        raise _no_server(endpoint.label)
    return LocalServerShape(
        sighting=_sighting(sighting, endpoint),
        manages=sighting.server.manages,
        larger=sighting.server.larger,
        overflow=sighting.server.overflow,
        models=[_model(sighting.server, model) for model in sighting.seen.models],
        pulls=_pulls(endpoint, house),
    )


@router.get("/{name}/pulls")
async def list_pulls(name: str, person: Person, house: House) -> PullsShape:
    """How far the pulls of an endpoint are."""
    return PullsShape(pulls=_pulls(_endpoint(name, house), house))


@router.post("/{name}/pulls", status_code=202)
async def begin_pull(name: str, body: PullBody, person: Person, house: House) -> PullShape:
    """Has the server pull a model. It goes on when the page is closed."""
    return _pull(house.pulls.begin(_endpoint(name, house), body.model))


@router.delete("/{name}/pulls/{pull_id}", status_code=204)
async def end_pull(name: str, pull_id: str, person: Person, house: House) -> None:
    """Cancels a pull, or forgets one that is over. What came is kept by the server."""
    await house.pulls.end(_endpoint(name, house).name, pull_id)


@router.delete("/{name}/models", status_code=204)
async def delete_model(name: str, model: str, person: Person, house: House) -> None:
    """Has the server delete a model from its disk."""
    endpoint = _endpoint(name, house)
    manager(endpoint)
    services = house.services
    await delete(services.upstream, endpoint, model, services.directory.models(endpoint))
    await house.locals.examine(endpoint)
    house.live.publish_all("endpoints.changed", {})


def _endpoint(name: str, house: ServerHouse) -> Endpoint:
    endpoint = house.services.directory.endpoint(name)
    if endpoint is None:
        raise NotFound(f"There is no endpoint {name!r}.")
    return endpoint


def _no_server(label: str) -> NotFound:
    known = ", ".join(server.label for server in servers.SERVERS.values())
    return NotFound(
        f"{label} is no local server that Filon can look into.", fix=f"Those are {known}."
    )


def _servers(house: ServerHouse) -> LocalShape:
    shapes: list[SightingShape] = []
    for endpoint in house.services.directory.endpoints:
        server = servers.of(endpoint.provider)
        if server is None or endpoint.kind != "local":
            continue
        seen = house.locals.sightings.get(endpoint.name) or Sighting(
            endpoint=endpoint.name,
            server=server,
            address=endpoint.base_url,
            seen=Seen(state="unasked", told=""),
            seen_at=0.0,
        )
        shapes.append(_sighting(seen, endpoint))
    return LocalShape(servers=shapes)


def _sighting(sighting: Sighting, endpoint: Endpoint) -> SightingShape:
    return SightingShape(
        endpoint=sighting.endpoint,
        label=endpoint.label,
        server=sighting.server.label,
        address=sighting.address,
        state=sighting.state,
        told=sighting.seen.told,
        version=sighting.seen.version,
        models=len(sighting.seen.models),
        start=sighting.server.start,
        seen_at=sighting.seen_at or None,
    )


def _model(server: Server, model: LocalModel) -> LocalModelShape:
    window = model.window
    return LocalModelShape(
        name=model.name,
        size=model.size,
        parameters=model.parameters,
        quantisation=model.quantisation,
        family=model.family,
        loaded=model.loaded,
        memory=model.memory,
        on_gpu=model.on_gpu,
        abilities=list(model.abilities),
        used=FactShape(value=window.used, source=window.used_source),
        limit=FactShape(value=window.limit, source=window.limit_source),
        warning=servers.warning(server, model),
    )


def _pulls(endpoint: Endpoint, house: ServerHouse) -> list[PullShape]:
    return [_pull(one) for one in house.pulls.at(endpoint.name)]


def _pull(one: Pull) -> PullShape:
    return PullShape(
        id=one.id,
        model=one.model,
        state=one.state,
        status=one.progress.status,
        completed=one.progress.completed,
        total=one.progress.total,
        started=one.started,
        ended=one.ended,
        problem=told.problem(one.problem) if one.problem else None,
    )
