"""May this caller do this? The key itself is checked at the edge, before a body is read; what it
may use and how much of it is decided here."""

from collections.abc import Awaitable

from filon.accounts import scopes
from filon.accounts.limits import Taken
from filon.config.preset import Preset
from filon.config.route import Route
from filon.conversation import tokens
from filon.conversation.errors import FilonError, Problem, UnknownModel
from filon.conversation.request import ChatRequest
from filon.conversation.rights import KeyRules
from filon.kit.memo import Memo
from filon.pipeline.directory import PRESET, Directory
from filon.pipeline.services import Services
from filon.pipeline.turn import Caller, Turn
from filon.trace.records import Admitted

# The record of whoever may ask for everything, as often as they like.
_FREE: Memo[Admitted] = Memo()


def admit(turn: Turn, services: Services) -> Turn | Awaitable[Turn]:
    """Checks the key's scope, then its limits, which take the request only if all do. The record
    says what was checked, and holds the reason where the turn ends here."""
    caller = turn.caller
    free = _FREE.get(None, caller)
    if free is not None:
        return turn.after(free)
    lets_in = "*"
    if caller.rules.scoped:
        name, lets_in = let_in(caller.rules, turn.request, services.directory)
        if lets_in is None:
            refused = scopes.refused(called(caller), name, caller.rules)
            return _noted(turn, None, Taken(), None, refused)
    if caller.key_id is not None and caller.rules.limited:
        return _within_limits(turn, lets_in, services)
    record = _record(caller, lets_in, Taken(), None, None)
    return turn.after(record if caller.rules.scoped else _FREE.keep(record, None, caller))


async def _within_limits(turn: Turn, lets_in: str, services: Services) -> Turn:
    caller = turn.caller
    assert caller.key_id is not None
    counts = caller.rules.tokens_per_minute is not None
    estimate = tokens.of_request(turn.request) if counts else None
    taken = await services.rates.take(
        caller.owner_id, caller.key_id, caller.rules, estimate or 0, called(caller)
    )
    return _noted(turn, lets_in, taken, estimate, taken.refused)


def let_in(rules: KeyRules, request: ChatRequest, directory: Directory) -> tuple[str, str | None]:
    """The name that a scope judges, and what lets it in, if anything does. A route is let in with
    its name or with any target; `route` then passes over the targets that are not."""
    preset = directory.preset(request.model)
    route = directory.route(request.model) if preset is None else None
    if route is None:
        name, endpoint = _subject(request, preset, directory)
        return name, scopes.through(rules, name, endpoint)
    if not rules.scoped:
        return route.name, "*"
    found = (_through(rules, route, target, request, directory) for target in route.targets)
    return route.name, next((pattern for pattern in found if pattern is not None), None)


def _through(
    rules: KeyRules, route: Route, target: str, request: ChatRequest, directory: Directory
) -> str | None:
    try:
        endpoint, model = directory.find(target, request.wants)
    except UnknownModel:
        return scopes.through_route(rules, route.name, target, target.partition("/")[0])
    return scopes.through_route(rules, route.name, f"{endpoint.name}/{model}", endpoint.name)


def _subject(
    request: ChatRequest, preset: Preset | None, directory: Directory
) -> tuple[str, str | None]:
    """The model as its scope has it, `endpoint/model` or `preset/name`, and the endpoint that the
    request would go to. What nobody knows keeps its name; it fails later, for its own reason."""
    asked = request.model
    if preset is not None:
        return f"{PRESET}/{preset.name}", preset.endpoint or None
    try:
        endpoint, model = directory.find(asked, request.wants)
    except UnknownModel:
        return asked, None
    return f"{endpoint.name}/{model}", endpoint.name


def called(caller: Caller) -> str:
    """A key as sentences name it."""
    return caller.key_name or caller.by


def _noted(
    turn: Turn,
    lets_in: str | None,
    taken: Taken,
    estimate: int | None,
    refused: FilonError | None,
) -> Turn:
    problem = None if refused is None else refused.problem
    record = _record(turn.caller, lets_in, taken, estimate, problem)
    return turn.after(record, reserved=taken.reservation, problem=problem)


def _record(
    caller: Caller,
    lets_in: str | None,
    taken: Taken,
    estimate: int | None,
    problem: Problem | None,
) -> Admitted:
    is_key = caller.key_id is not None
    return Admitted(
        owner_id=caller.owner_id,
        by=caller.by,
        key_id=caller.key_id,
        models=caller.rules.models,
        endpoints=caller.rules.endpoints,
        through=lets_in if is_key else None,
        limits=taken.limits,
        tokens=estimate,
        tags=caller.rules.tags,
        lenient=caller.lenient if is_key else None,
        explain_errors=caller.explain if is_key else None,
        error=problem,
    )
