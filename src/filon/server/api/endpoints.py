"""Endpoints and models, with the source of every fact."""

from fastapi import APIRouter
from pydantic import BaseModel

from filon.kit import clock
from filon.providers.endpoint import Endpoint, ParameterRule
from filon.providers.models import Fact, facts
from filon.server import told
from filon.server.house import House, ServerHouse
from filon.server.security import Person
from filon.server.shapes import EndpointShape, FactShape, ModelShape
from filon.store.models import FetchedModels

router = APIRouter(prefix="/api", tags=["endpoints"])


class EndpointList(BaseModel):
    """All endpoints in their order."""

    endpoints: list[EndpointShape]


class ModelList(BaseModel):
    """All models of all endpoints, usable or not."""

    models: list[ModelShape]


@router.get("/endpoints")
async def list_endpoints(person: Person, house: House) -> EndpointList:
    """Every endpoint with its state, where its key comes from, and its models."""
    fetched = await house.store.models.all()
    shapes = [
        _endpoint(endpoint, house, fetched.get(endpoint.name))
        for endpoint in house.services.directory.endpoints
    ]
    return EndpointList(endpoints=shapes)


@router.get("/models")
async def list_models(person: Person, house: House) -> ModelList:
    """Every model that can be chosen, and those that cannot with the reason."""
    return ModelList(
        models=[
            shape
            for endpoint in house.services.directory.endpoints
            for shape in _models(endpoint, house)
        ]
    )


@router.post("/endpoints/{name}/fetch-models")
async def fetch_models(name: str, person: Person, house: House) -> EndpointShape:
    """Asks the provider for its list. A failure is told in `fetch_problem`."""
    row = await house.lists.fetch(person.id, name)
    endpoint = house.services.directory.endpoint(name)
    assert endpoint is not None
    return _endpoint(endpoint, house, row)


def _endpoint(
    endpoint: Endpoint, house: ServerHouse, fetched: FetchedModels | None
) -> EndpointShape:
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
        key=told.key_state(endpoint),
        fetch=endpoint.fetch,
        fetched_at=fetched.fetched_at if fetched else None,
        fetch_problem=told.problem(fetched.problem) if fetched else None,
        title_enabled=endpoint.title.enabled,
        title_model=endpoint.title.model,
        docs=endpoint.docs,
        add=[_rule(rule) for rule in endpoint.add],
        drop=[_rule(rule) for rule in endpoint.drop],
        headers=sorted(endpoint.headers),
        quirks=[
            f"{quirk.use} {quirk.name}{f' → {quirk.to}' if quirk.to else ''}: {quirk.because.why}"
            for quirk in endpoint.quirks
        ],
        models=_models(endpoint, house),
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
    return ModelShape(
        id=f"{endpoint.name}/{model}",
        endpoint=endpoint.name,
        endpoint_label=endpoint.label,
        model=model,
        display_label=endpoint.display_label or endpoint.label,
        usable=endpoint.state == "ready",
        reason=None if endpoint.state == "ready" else endpoint.reason,
        context=_fact(known.context),
        input_usd_per_mtok=_fact(known.input_usd_per_mtok),
        output_usd_per_mtok=_fact(known.output_usd_per_mtok),
        abilities=_fact(known.abilities),
        source=source,
    )


def _fact(fact: Fact) -> FactShape:
    return FactShape(value=fact.value, source=fact.source)
