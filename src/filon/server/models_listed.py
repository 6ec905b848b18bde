"""GET /v1/models: what a key may use, each model with what is known of it under `filon`.

Unknown is null. The members beside `filon` are those that OpenAI's clients read, or Anthropic's.
"""

from collections.abc import Iterator
from typing import Any

from filon.accounts import scopes
from filon.config.preset import Preset
from filon.config.route import Route
from filon.conversation.errors import UnknownModel
from filon.conversation.request import ChatRequest, Wanted
from filon.conversation.rights import KeyRules
from filon.pipeline.candidates import Asker, check_sound, check_usable, of_route
from filon.pipeline.directory import PRESET, Directory
from filon.pipeline.presets import check_ready
from filon.pipeline.stages.admit import let_in
from filon.providers.embeddings import embedders
from filon.providers.endpoint import Endpoint
from filon.providers.models import facts

Entry = dict[str, Any]

_WANTS: tuple[Wanted, ...] = ("answer", "vectors")


def listed(directory: Directory, rules: KeyRules, when: float) -> list[Entry]:
    """The models of every endpoint that is ready and not kept aside, behind them those that make
    embeddings, then the presets, and then the routes that lead somewhere. `when` is Unix time in
    seconds: prices change."""
    found = [
        _model(endpoint, model, when)
        for endpoint in directory.endpoints
        if endpoint.state == "ready" and not endpoint.aside
        for model in _models(directory, endpoint)
        if endpoint.against(model) is None
        if scopes.through(rules, f"{endpoint.name}/{model}", endpoint.name) is not None
    ]
    presets = [
        _preset(preset, directory, when)
        for preset in directory.presets.listed
        if preset.state == "ready"
        if scopes.through(rules, f"{PRESET}/{preset.name}", preset.endpoint or None) is not None
    ]
    routes = [_route(route) for route in directory.routes if _leads(route, directory, rules)]
    return [*found, *presets, *routes]


def one(directory: Directory, asked: str, rules: KeyRules, when: float) -> Entry:
    """The model, preset or route of this name, kept aside or not. Raises UnknownModel, also for
    one beyond the scope, and EndpointNotReady with the reason."""
    preset = directory.preset(asked)
    if preset is not None:
        _check_scope(asked, rules, f"{PRESET}/{preset.name}", preset.endpoint or None)
        check_ready(preset)
        return _preset(preset, directory, when)
    route = directory.route(asked)
    if route is not None:
        return _sound(route, directory, rules)
    try:
        endpoint, model = directory.find(asked)
    except UnknownModel:
        endpoint, model = directory.find(asked, "vectors")
        if model not in embedders(endpoint):
            raise
    _check_scope(asked, rules, f"{endpoint.name}/{model}", endpoint.name)
    check_usable(endpoint, model)
    return _model(endpoint, model, when)


def as_list(entries: list[Entry]) -> Entry:
    """The list as OpenAI's clients read it."""
    return {"object": "list", "data": entries}


def as_anthropic(entry: Entry) -> Entry:
    """A model as Anthropic's clients read it."""
    return {
        "type": "model",
        "id": entry["id"],
        "display_name": entry["id"],
        # What Anthropic itself says of a model whose day is not known.
        "created_at": "1970-01-01T00:00:00Z",
        "filon": entry["filon"],
    }


def as_anthropic_list(entries: list[Entry]) -> Entry:
    """The list as Anthropic's clients read it, on one page."""
    return {
        "data": [as_anthropic(entry) for entry in entries],
        "has_more": False,
        "first_id": entries[0]["id"] if entries else None,
        "last_id": entries[-1]["id"] if entries else None,
    }


def _check_scope(asked: str, rules: KeyRules, name: str, endpoint: str | None) -> None:
    if scopes.through(rules, name, endpoint) is None:
        raise _beyond(asked)


def _beyond(asked: str) -> UnknownModel:
    # The same words as for what is not there: a list does not tell what it leaves out.
    return UnknownModel(
        f"There is no model {asked} for this key.",
        fix="GET /v1/models lists every model that it may use.",
        param="model",
    )


def _leads(route: Route, directory: Directory, rules: KeyRules) -> bool:
    """Whether any target can be used, for answers or for vectors."""
    return any(
        one.endpoint is not None
        for wants in _WANTS
        for one in of_route(route, directory, Asker(wants=wants, rules=rules))
    )


def _sound(route: Route, directory: Directory, rules: KeyRules) -> Entry:
    _, pattern = let_in(rules, ChatRequest(model=route.name, messages=()), directory)
    if pattern is None:
        raise _beyond(route.name)
    check_sound(route)
    return _route(route)


def _route(route: Route) -> Entry:
    """A route has no facts of its own: they are those of whichever target answers."""
    told = {**_NOTHING, "targets": list(route.targets), "description": route.description}
    return _entry(route.name, "filon", told)


def _models(directory: Directory, endpoint: Endpoint) -> Iterator[str]:
    known = directory.models(endpoint)
    yield from known
    yield from (model for model in embedders(endpoint) if model not in known)


def _model(endpoint: Endpoint, model: str, when: float) -> Entry:
    owner = "filon-practice" if endpoint.kind == "practice" else endpoint.provider
    return _entry(f"{endpoint.name}/{model}", owner, _told(endpoint, model, when))


def _preset(preset: Preset, directory: Directory, when: float) -> Entry:
    """A preset has the facts of the model that it stands for."""
    told: Entry = {**_NOTHING, "target": preset.target}
    try:
        endpoint, model = directory.find(preset.target)
    except UnknownModel:
        pass
    else:
        told = {**_told(endpoint, model, when), "target": preset.target}
    return _entry(f"{PRESET}/{preset.name}", preset.because.source, told)


def _entry(name: str, owner: str, told: Entry) -> Entry:
    return {"id": name, "object": "model", "created": 0, "owned_by": owner, "filon": told}


# Every member that there is, as it stands where nothing is known.
_NOTHING: Entry = {
    "endpoint": None,
    "provider": None,
    "model": None,
    "practice": None,
    "context": None,
    "input_usd_per_mtok": None,
    "cached_usd_per_mtok": None,
    "output_usd_per_mtok": None,
    "abilities": None,
    "target": None,
    "targets": None,
    "description": None,
    "sources": {"context": None, "price": None, "abilities": None},
}


def _told(endpoint: Endpoint, model: str, when: float) -> Entry:
    known = facts(endpoint, model, when)
    return {
        **_NOTHING,
        "endpoint": endpoint.name,
        "provider": endpoint.provider,
        "model": model,
        "practice": endpoint.kind == "practice",
        "context": known.context.value,
        "input_usd_per_mtok": known.input_usd_per_mtok.value,
        "cached_usd_per_mtok": known.cached_usd_per_mtok.value,
        "output_usd_per_mtok": known.output_usd_per_mtok.value,
        "abilities": known.abilities.value,
        "sources": {
            "context": known.context.source,
            "price": known.input_usd_per_mtok.source,
            "abilities": known.abilities.source,
        },
    }
