"""Which models a key may use: patterns in which `*` stands for anything. Pure."""

import re
from collections.abc import Iterable
from functools import lru_cache

from filon.conversation.errors import Forbidden, InvalidRequest
from filon.conversation.rights import KeyRules

LONGEST = 200
MOST = 100


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    literal = (re.escape(part) for part in pattern.casefold().split("*"))
    return re.compile(".*".join(literal), re.DOTALL)


def matches(pattern: str, name: str) -> bool:
    """Whether the pattern is this name. `*` stands for anything, slashes included; letter case
    does not matter, and nothing else is special."""
    return _compiled(pattern).fullmatch(name.casefold()) is not None


def through(rules: KeyRules, name: str, endpoint: str | None) -> str | None:
    """What lets a model in: the pattern, "*" where the key has none, None where nothing does.

    `name` is as GET /v1/models has it: `endpoint/model` or `preset/name`. `endpoint` is where the
    request would go, None where that is not known. A pattern without a slash is compared with the
    model's id alone, whichever endpoint has it.
    """
    at = None
    if rules.endpoints and endpoint is not None:
        at = next((one for one in rules.endpoints if matches(one, endpoint)), None)
        if at is None:
            return None
    if not rules.models:
        return "*" if at is None else f"{at}/*"
    model = name[len(endpoint) + 1 :] if endpoint and _is_at(name, endpoint) else name
    for pattern in rules.models:
        if matches(pattern, name) or ("/" not in pattern and matches(pattern, model)):
            return pattern
    return None


def through_route(rules: KeyRules, route: str, name: str, endpoint: str) -> str | None:
    """What lets a model in that a route leads to: a pattern for the model itself, or one for the
    route's name. Its endpoint must be allowed in either case."""
    return through(rules, name, endpoint) or through(rules, route, endpoint)


def told(rules: KeyRules) -> str:
    """The scope in words; nothing where there is none."""
    parts: list[str] = []
    if rules.models:
        parts.append(f"the models {', '.join(rules.models)}")
    if rules.endpoints:
        parts.append(f"the endpoints {', '.join(rules.endpoints)}")
    return " at ".join(parts)


def _in_short(rules: KeyRules) -> str:
    """The scope without words of any language."""
    places = ", ".join(rules.endpoints)
    return ", ".join(rules.models or ("*",)) + (f" @ {places}" if places else "")


def refused(key: str, name: str, rules: KeyRules) -> Forbidden:
    """What a key is told that asks for a model beyond its scope."""
    scope = told(rules)
    return Forbidden(
        f"The key {key} may not use {name}: its scope is {scope}.",
        code="model_out_of_scope",
        fix="GET /v1/models lists what it may use; Settings, Keys widens its scope.",
        param="model",
        names={"key": key, "model": name, "scope": _in_short(rules)},
    )


def checked(patterns: Iterable[str], param: str) -> tuple[str, ...]:
    """The patterns, each once. Raises InvalidRequest for one that can match nothing."""
    kept = tuple(dict.fromkeys(pattern.strip() for pattern in patterns))
    if len(kept) > MOST:
        raise InvalidRequest(f"A key has at most {MOST} patterns for {param}.", param=param)
    for pattern in kept:
        if not pattern or len(pattern) > LONGEST or not pattern.isprintable():
            raise InvalidRequest(
                f"{pattern[:60]!r} is no pattern for {param}.",
                fix=f"Write mistral/*, preset/* or mistral/mistral-small-latest; up to {LONGEST} "
                "letters.",
                param=param,
            )
    return kept


def _is_at(name: str, endpoint: str) -> bool:
    return name.casefold().startswith(f"{endpoint.casefold()}/")
