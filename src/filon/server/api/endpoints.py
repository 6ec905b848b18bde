"""Endpoints and models, with the source of every fact."""

import asyncio
from collections import Counter

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from filon.config.route import Route
from filon.conversation.errors import NotFound
from filon.kit import clock
from filon.pipeline.candidates import Asker, of_route
from filon.pipeline.directory import Directory
from filon.providers.endpoint import Endpoint, ParameterRule
from filon.providers.local import servers
from filon.providers.models import Fact, facts, warm
from filon.server import standing, told
from filon.server.given import House, Person
from filon.server.house import ServerHouse
from filon.server.shapes import EndpointShape, FactShape, ModelShape, TargetShape
from filon.server.standing_shapes import StandingList
from filon.store.models import FetchedModels

router = APIRouter(prefix="/api", tags=["endpoints"])


class EndpointList(BaseModel):
    """All endpoints in their order."""

    endpoints: list[EndpointShape]


class ModelList(BaseModel):
    """All models of all endpoints, usable or not, and behind them the routes."""

    models: list[ModelShape]


async def _priced() -> None:
    """Reads the price list where nobody has yet, while everybody else is served."""
    await asyncio.to_thread(warm)


_PRICED = [Depends(_priced)]


@router.get("/endpoints", dependencies=_PRICED)
async def list_endpoints(person: Person, house: House) -> EndpointList:
    """Every endpoint with its state, where its key comes from, and its models."""
    fetched = await house.store.models.all()
    shapes = [
        _endpoint(endpoint, house, fetched.get(endpoint.name))
        for endpoint in house.services.directory.endpoints
    ]
    return EndpointList(endpoints=shapes)


@router.get("/endpoints/standing")
async def list_standings(person: Person, house: House) -> StandingList:
    """How each endpoint stands now: which of its keys are left alone, what runs and waits."""
    services = house.services
    standings = standing.standings(
        services.directory.endpoints,
        services.breakers.state(),
        await services.slots.loads(),
        Counter(one.turn.endpoint.name for one in services.running.values() if one.turn.endpoint),
        clock.now(),
    )
    return StandingList(endpoints=standings)


@router.get("/models", dependencies=_PRICED)
async def list_models(person: Person, house: House) -> ModelList:
    """Every model that can be chosen, and those that cannot with the reason."""
    directory = house.services.directory
    models = [shape for one in directory.endpoints for shape in _models(one, house)]
    return ModelList(models=[*models, *(_route(route, directory) for route in directory.routes)])


@router.post("/endpoints/{name}/fetch-models", dependencies=_PRICED)
async def fetch_models(name: str, person: Person, house: House) -> EndpointShape:
    """Asks the provider for its list. A failure is told in `fetch_problem`."""
    found = house.services.directory.endpoint(name)
    if found is not None:
        # A local server says more in its own way than its list does, and shows what it is.
        await house.locals.examine(found)
    if found is not None and found.kind == "local" and found.name in house.locals.sightings:
        house.live.publish(person.id, "endpoints.changed", {})
        row = (await house.store.models.all()).get(found.name)
    else:
        row = await house.lists.fetch(person.id, name)
    endpoint = house.services.directory.endpoint(name)
    if endpoint is None:
        raise NotFound(f"The endpoint {name!r} was removed while it was asked.")
    return _endpoint(endpoint, house, row)


def _endpoint(
    endpoint: Endpoint, house: ServerHouse, fetched: FetchedModels | None
) -> EndpointShape:
    # A list of where the endpoint led before is forgotten here first, and only then in the store.
    has_list = endpoint.name in house.services.directory.fetched
    return EndpointShape(
        name=endpoint.name,
        label=endpoint.label,
        provider=endpoint.provider,
        kind=endpoint.kind,
        protocol=endpoint.protocol,
        base_url=endpoint.base_url,
        state=endpoint.state,
        reason=endpoint.reason,
        origin=told.where(endpoint.origin),
        key=told.key_state(endpoint.key),
        more_keys=[told.key_state(key) for key in endpoint.more_keys],
        fetch=endpoint.fetch,
        fetched_at=fetched.fetched_at if fetched and has_list else None,
        fetch_problem=told.problem(fetched.problem) if fetched else None,
        title_enabled=endpoint.title.enabled,
        title_model=endpoint.title.model,
        docs=endpoint.docs,
        add=[_rule(rule) for rule in endpoint.add],
        drop=[_rule(rule) for rule in endpoint.drop],
        headers=sorted(endpoint.headers),
        quirks=[
            f"{quirk.use} {quirk.name}{f' → {quirk.to}' if quirk.to else ''}"
            f"{' (embeddings)' if quirk.wants == 'vectors' else ''}: {quirk.because.why}"
            for quirk in endpoint.quirks
        ],
        models=_models(endpoint, house),
        aside=endpoint.aside,
        local_server=server.label if (server := servers.of(endpoint.provider)) else None,
    )


def _rule(rule: ParameterRule) -> str:
    because = rule.because
    return f"{rule.name} · {because.source}:{because.line}" if because.line else rule.name


def _models(endpoint: Endpoint, house: ServerHouse) -> list[ModelShape]:
    directory = house.services.directory
    was_fetched = bool(directory.fetched.get(endpoint.name))
    return [
        _model(endpoint, model, "fetched" if was_fetched else _source(endpoint))
        for model in directory.models(endpoint)
    ]


def _source(endpoint: Endpoint) -> str:
    because = endpoint.models_because or endpoint.origin
    return because.source if because.line is None else f"{because.source}:{because.line}"


def _model(endpoint: Endpoint, model: str, source: str) -> ModelShape:
    known = facts(endpoint, model, clock.now())
    reason = endpoint.against(model)
    return ModelShape(
        id=f"{endpoint.name}/{model}",
        endpoint=endpoint.name,
        endpoint_label=endpoint.label,
        model=model,
        display_label=endpoint.display_label or endpoint.label,
        usable=reason is None,
        aside=endpoint.aside,
        practice=endpoint.kind == "practice",
        reason=reason,
        about=endpoint.about.get(model),
        context=_fact(known.context),
        input_usd_per_mtok=_fact(known.input_usd_per_mtok),
        output_usd_per_mtok=_fact(known.output_usd_per_mtok),
        abilities=_fact(known.abilities),
        source=source,
    )


def _route(route: Route, directory: Directory) -> ModelShape:
    """A route beside the models. Its facts are those of whichever target answers."""
    looked = of_route(route, directory, Asker())
    usable = [one.endpoint for one in looked if one.endpoint is not None]
    reason = route.reason or (None if usable else "None of its targets can be used.")
    unknown = FactShape(value=None, source=None)
    return ModelShape(
        id=route.name,
        endpoint="",
        endpoint_label="",
        model=route.name,
        display_label=route.name,
        usable=reason is None,
        practice=bool(usable) and all(one.kind == "practice" for one in usable),
        about=route.description,
        reason=reason,
        context=unknown,
        input_usd_per_mtok=unknown,
        output_usd_per_mtok=unknown,
        abilities=unknown,
        source=f"{route.because.source}:{route.because.line}",
        targets=[
            TargetShape(id=one.name, reason=None if one.candidate.kept else one.candidate.reason)
            for one in looked
        ],
    )


def _fact(fact: Fact) -> FactShape:
    return FactShape(value=fact.value, source=fact.source)
