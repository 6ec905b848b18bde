"""Which models may answer a request, in their order, and for each whether it can. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from filon.accounts import scopes
from filon.config.preset import Preset
from filon.config.route import Route
from filon.conversation.errors import (
    EndpointNotReady,
    FilonError,
    Forbidden,
    InvalidRequest,
    UnknownModel,
)
from filon.conversation.request import ChatRequest, Wanted
from filon.conversation.rights import KeyRules
from filon.pipeline.directory import Directory
from filon.protocols.registry import VECTORS
from filon.providers import embeddings
from filon.providers.endpoint import Endpoint
from filon.trace.records import Candidate

NONE: Mapping[str, str] = {}


class Wish(Struct, frozen=True, kw_only=True):
    """A model that may answer. `why` says what names it. Where a request names others than the
    model that its key was admitted for, the scope judges each: `judged`; `route` is the route
    whose target it is, since a scope may allow that by its own name."""

    name: str
    why: str
    judged: bool = False
    route: str | None = None


class Looked(Struct, frozen=True, kw_only=True):
    """A wish as it was found. Either `endpoint` and `model` are set, or `error` says why not."""

    candidate: Candidate
    endpoint: Endpoint | None = None
    model: str = ""
    error: FilonError | None = None

    @property
    def name(self) -> str:
        """As `endpoint/model`."""
        endpoint, model = self.candidate.endpoint, self.candidate.model
        return f"{endpoint}/{model}" if endpoint and model else endpoint or model


class Asker(Struct, frozen=True, kw_only=True):
    """What a candidate must be good for: what is wanted, by whom, and not having `failed` for
    the same request."""

    wants: Wanted = "answer"
    rules: KeyRules = KeyRules()
    failed: Mapping[str, str] = {}


def wishes(request: ChatRequest, preset: Preset | None, directory: Directory) -> tuple[Wish, ...]:
    """All that a request asks for: the preset's model, the route's targets or the one that is
    named, then the request's own fallbacks. Raises EndpointNotReady for a broken route."""
    if preset is not None:
        first = (Wish(name=preset.target, why=f"the preset {preset.name} names it"),)
    else:
        first = tuple(_named(request.model, directory, "asked for by name", judged=False))
    others = (
        wish
        for number, name in enumerate(request.fallbacks, 1)
        for wish in _named(name, directory, f"fallback {number} of the request", judged=True)
    )
    return (*first, *others)


def _named(name: str, directory: Directory, why: str, *, judged: bool) -> Iterator[Wish]:
    route = directory.route(name)
    if route is None:
        yield Wish(name=name, why=why, judged=judged)
        return
    check_sound(route)
    for number, target in enumerate(route.targets, 1):
        of_route = f"target {number} of the route {route.name}"
        told = f"{why}: {of_route}" if judged else of_route
        yield Wish(name=target, why=told, judged=True, route=route.name)


def check_sound(route: Route) -> None:
    """Raises EndpointNotReady, with its reason, for a route that is wrong in the file."""
    if route.reason is not None:
        raise EndpointNotReady(
            f"The route {route.name} cannot be used: {route.reason}",
            code="route_not_ready",
            fix=f"Correct {route.because.source}, line {route.because.line}, or choose a model.",
            param="model",
            names={"route": route.name, "reason": route.reason},
        )


def look(wished: Iterable[Wish], directory: Directory, asker: Asker) -> tuple[Looked, ...]:
    """Every wish as it is found, each model once."""
    found: dict[str, Looked] = {}
    for wish in wished:
        looked = _look(wish, directory, asker)
        found.setdefault(looked.name, looked)
    return tuple(found.values())


def of_route(route: Route, directory: Directory, asker: Asker) -> tuple[Looked, ...]:
    """The targets of a route as they are found; none of a route that is broken."""
    if route.reason is not None:
        return ()
    return look(_named(route.name, directory, "", judged=False), directory, asker)


def _look(wish: Wish, directory: Directory, asker: Asker) -> Looked:
    place, _, bare = wish.name.rpartition("/")
    try:
        endpoint, model = directory.find(wish.name, asker.wants)
        place, bare = endpoint.name, model
        if wish.judged:
            _check_scope(wish, f"{place}/{bare}", endpoint, asker.rules)
        if asker.wants == "vectors":
            _check_embeds(endpoint, wish.name)
        check_usable(endpoint, model, asker.failed)
    except FilonError as error:
        reason = _reason(error)
        candidate = Candidate(endpoint=place, model=bare, kept=False, reason=reason)
        return Looked(candidate=candidate, error=error)
    why = wish.why
    if model not in _known(endpoint, directory, asker.wants):
        why = f"{why}; not in the list known here"
    candidate = Candidate(endpoint=place, model=bare, kept=True, reason=why)
    return Looked(candidate=candidate, endpoint=endpoint, model=model)


def _reason(error: FilonError) -> str:
    """What a name that nobody knows may mean, or lacks, is worth as much as that it is unknown."""
    told = error.problem
    return f"{told.message} {told.fix}" if isinstance(error, UnknownModel) else told.message


def _known(endpoint: Endpoint, directory: Directory, wants: Wanted) -> Sequence[str]:
    known = directory.models(endpoint)
    return (*known, *embeddings.embedders(endpoint)) if wants == "vectors" else known


def _check_scope(wish: Wish, name: str, endpoint: Endpoint, rules: KeyRules) -> None:
    """Raises Forbidden for a model that the key may use neither by its name nor by its route's."""
    if not rules.scoped:
        return
    if scopes.through_route(rules, wish.route or name, name, endpoint.name) is None:
        raise Forbidden(
            f"The key may not use {name}: its scope is {scopes.told(rules)}.",
            code="model_out_of_scope",
            param="model",
        )


def _check_embeds(endpoint: Endpoint, asked: str) -> None:
    """Raises InvalidRequest for an endpoint that makes no vectors."""
    reason = embeddings.against(endpoint)
    if reason is None and endpoint.protocol not in VECTORS:
        reason = f"its protocol, {endpoint.protocol}, has none."
    if reason is not None:
        raise InvalidRequest(
            f"{endpoint.label} makes no embeddings: {reason}",
            code="no_embeddings",
            fix=f"Choose a model of another endpoint in place of {asked}.",
            param="model",
            names={"endpoint": endpoint.label, "reason": reason},
        )


def check_usable(endpoint: Endpoint, model: str, failed: Mapping[str, str] = NONE) -> None:
    """Raises EndpointNotReady, with the reason, for a model that cannot be used. `failed` are
    those that have just failed for the same request, as `endpoint/model`, with what happened."""
    reason = endpoint.against(model)
    if reason is None and failed:
        happened = failed.get(f"{endpoint.name}/{model}")
        reason = happened and f"it has just failed for this request. {happened}"
    if reason is not None:
        raise EndpointNotReady(
            f"{endpoint.label} cannot be used: {reason}",
            fix=f"See Endpoints, {endpoint.name}, or choose another model.",
            param="model",
            names={"endpoint": endpoint.label, "reason": reason},
        )
