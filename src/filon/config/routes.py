"""Makes routes of `filon.routes`. A route that is wrong becomes one with its reason, and a target
that leads nowhere is passed over when the route is used: neither takes anything else down."""

import difflib
from collections.abc import Collection, Iterable

from msgspec import Struct

from filon.config import interpolate
from filon.config.connection import Reading
from filon.config.route import Route
from filon.config.yaml import Entry, Node
from filon.providers import catalog
from filon.providers.endpoint import Endpoint
from filon.trace.records import Because

# What stands before the slash of a preset's name, which no target can be.
_PRESET = "preset"


class _Known(Struct, frozen=True):
    """What a route's name and its targets are compared with. `endpoints` are names."""

    endpoints: tuple[str, ...]
    routes: frozenset[str]


def read_routes(
    section: Node, reading: Reading, endpoints: Iterable[Endpoint]
) -> tuple[Route, ...]:
    """The routes of the block `filon`, in its order. `endpoints` are all that there will be."""
    node = section.get("routes")
    entries = node.entries if node else ()
    known = _Known(tuple(one.name for one in endpoints), frozenset(entry.key for entry in entries))
    return tuple(_route(entry, known, reading) for entry in entries)


def _route(entry: Entry, known: _Known, reading: Reading) -> Route:
    name, node = entry.key, entry.node
    told = node.get("description")
    fault = _name(entry, known, reading)
    targets = tuple(
        one.text for one in _targets(node) if one.text and _may_lead(one, name, known, reading)
    )
    if fault is None and not targets:
        fault = f"No target of {name} can be read: write endpoint/model."
    return Route(
        name=name,
        targets=targets,
        description=told.text if told else None,
        because=Because(source=reading.source, line=entry.line, rule=f"filon.routes.{name}"),
        reason=fault,
    )


def _targets(node: Node) -> tuple[Node, ...]:
    """The targets as they are written: one, a list, or under their own key."""
    if node.kind == "map":
        inner = node.get("targets")
        return inner.items if inner else ()
    return (node,) if node.kind == "string" else node.items


def _name(entry: Entry, known: _Known, reading: Reading) -> str | None:
    """What is wrong with the name: a model's has a slash, an endpoint's is taken."""
    name = entry.key
    taken = {one.casefold() for one in known.endpoints}
    message = None
    if not name.strip() or not name.isprintable():
        message = "A route needs a name that can be read."
    elif "/" in name:
        message = f"A slash divides endpoint and model, so no route can be called {name}."
    elif name.casefold() in taken:
        message = f"{name} is the name of an endpoint, so no route can be called so."
    if message is not None:
        reading.notes.error("route-name", f"{message} Filon leaves the route out.", entry)
    return message


def _may_lead(node: Node, route: str, known: _Known, reading: Reading) -> bool:
    """Whether a target may be tried. One whose endpoint is not there may come to be there."""
    text = node.text or ""
    if text in known.routes:
        other = "itself" if text == route else f"another route, {text}"
        message = f"{route} leads to {other}. A route leads to models alone."
        reading.notes.error("route-to-route", f"{message} Filon leaves the target out.", node)
        return False
    if interpolate.names_variable(text):
        message = "Variables are not filled in inside routes."
        reading.notes.warning("no-interpolation", message, node)
    message = _lost(text, known.endpoints)
    if message is not None:
        reading.notes.warning("unknown-target", message, node)
    return True


def _lost(target: str, names: Collection[str]) -> str | None:
    """Why a target leads to no endpoint, in one sentence and a guess."""
    head = target
    # An endpoint's name may hold slashes itself.
    while "/" in head:
        head = head.rpartition("/")[0]
        if head.casefold() in {one.casefold() for one in names}:
            return None
    name = target.partition("/")[0]
    passed = "It is passed over."
    if "/" not in target:
        return f"{target} names no endpoint: a target is written endpoint/model. {passed}"
    if name == _PRESET:
        return f"{target} is a preset; a target is a model. {passed}"
    return _missing(name, names, passed)


def _missing(name: str, names: Collection[str], then: str) -> str:
    """That there is no endpoint of this name, because of what, and which may be meant."""
    manifest = catalog.by_name(name.lower())
    if manifest is not None and manifest.variables and manifest.undetected is None:
        return f"There is no endpoint {name}: {interpolate.unset(manifest.variables[:1])} {then}"
    # A provider that is not set up may be meant as well; its key is then what is missing next.
    possible = (*names, *(one.name for one in catalog.manifests()))
    spelt = {one.casefold(): one for one in possible}
    near = difflib.get_close_matches(name.casefold(), spelt, n=1, cutoff=0.7)
    hint = f" Did you mean {spelt[near[0]]}?" if near else ""
    return f"There is no endpoint {name}. {then}{hint}"


def unknown_endpoint(name: str, names: Collection[str]) -> str:
    """The same for a key of `filon.endpoints`."""
    return _missing(name, names, "The entry has no effect.")
