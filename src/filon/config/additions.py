"""Reads `filon.endpoints`: more keys and limits of endpoints that are there by other ways."""

from collections.abc import Iterable, Mapping

from filon.config.addition import Addition, Additions
from filon.config.connection import Reading, key_in
from filon.config.routes import unknown_endpoint
from filon.config.shape.filon import LimitsSection
from filon.config.yaml import Entry, Node
from filon.providers.endpoint import Endpoint, EndpointLimits, Key

_THEN = "This key is not used."


def read_additions(
    section: Node,
    limits: Mapping[str, LimitsSection | None],
    reading: Reading,
    endpoints: Iterable[Endpoint],
) -> Additions:
    """What the block `filon` says of endpoints, by their exact names. `limits` are those of the
    same entries that are right; `endpoints` are all that there will be."""
    node = section.get("endpoints")
    names = tuple(one.name for one in endpoints)
    spelt = {name.casefold(): name for name in names} | {name: name for name in names}
    made: dict[str, Addition] = {}
    for entry in node.entries if node else ():
        name = spelt.get(entry.key) or spelt.get(entry.key.casefold())
        if name is None:
            message = unknown_endpoint(entry.key, names)
            reading.notes.warning("no-such-endpoint", message, entry)
            continue
        made[name] = Addition(keys=_keys(entry, reading), limits=_limits(limits.get(entry.key)))
    return made


def _keys(entry: Entry, reading: Reading) -> tuple[Key, ...]:
    listed = entry.node.entry("keys")
    return tuple(_key(item, reading) for item in (listed.node.items if listed else ()) if item.text)


def _key(item: Node, reading: Reading) -> Key:
    part = key_in(Entry("keys", item.line, item.column, item), reading, _THEN)
    theirs = "Keys that each person brings come later." if part.wanting else None
    why = part.fault or theirs
    if why is not None:
        reading.notes.warning("unusable-key", f"{why} {_THEN}", item)
    return part.key


def _limits(section: LimitsSection | None) -> EndpointLimits:
    if section is None:
        return EndpointLimits()
    return EndpointLimits(
        requests_per_minute=section.requests_per_minute,
        tokens_per_minute=section.tokens_per_minute,
        concurrent=section.concurrent,
    )
