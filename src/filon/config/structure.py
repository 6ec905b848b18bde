"""Looks through a whole file: what LibreChat refuses or passes over, what Filon leaves out."""

from collections.abc import Iterable
from functools import cache

from msgspec import UNSET, Struct, inspect

from filon.config import keys
from filon.config.environment import Environment
from filon.config.notes import Notes
from filon.config.shape.file import FilonFile, LibreChatFile
from filon.config.walk import Idle, Spot, Walk
from filon.config.wording import REFUSED, WORDS, listed, meant
from filon.config.yaml import Entry, Node

_CUSTOM = "endpoints.custom[]"
_NOTHING_SET = Environment()


class Looked(Struct, frozen=True, kw_only=True):
    """What a file holds, as far as it is right, and the keys that do nothing, in its order: with a
    key goes all that stands below it.

    `values` is None where the file is no map, or holds something that leaves no value at all.
    """

    values: LibreChatFile | None = None
    idle: tuple[Idle, ...] = ()


@cache
def _type_of(file: type[LibreChatFile]) -> inspect.Type:
    return inspect.type_info(file)


def look(root: Node, notes: Notes, environment: Environment = _NOTHING_SET, *, own: bool) -> Looked:
    """Walks the file. `own` says that it is a filon.yaml, which may have more."""
    if root.kind != "map":
        message = f"A configuration is a map of keys, not {WORDS[root.kind]}. {REFUSED}"
        notes.error("wrong-type", message, root)
        return Looked()
    walk = Walk(notes, environment)
    top = Spot("", "", "", root, "in part")
    made = walk.value(root, _type_of(FilonFile if own else LibreChatFile), top)
    idle = tuple(sorted(walk.idle, key=lambda one: (one.line, one.column)))
    _tell_idle(root, idle, notes)
    _tell_endpoints(root.get("endpoints"), notes)
    _tell_presets(root.get("modelSpecs"), notes)
    return Looked(values=None if made is UNSET else made, idle=idle)


def _tell_idle(root: Node, idle: Iterable[Idle], notes: Notes) -> None:
    """One note for all sections that Filon does not use, one for each key of an endpoint, and one
    for what is unused in each section that it uses in part."""
    groups: dict[str, list[Idle]] = {}
    for one in idle:
        if one.known:
            groups.setdefault(_group(one.pattern), []).append(one)
    for group, found in groups.items():
        message = f"Filon does not use {_named(group, found)} yet."
        for one in found if group else found[:1]:
            notes.note("not-used-yet", message, Entry(one.path, one.line, one.column, root))


def _group(pattern: str) -> str:
    above, _, _ = pattern.rpartition(".")
    if above in ("", "endpoints"):
        return ""
    return pattern if above == _CUSTOM else above


def _named(group: str, found: Iterable[Idle]) -> str:
    patterns = list(dict.fromkeys(one.pattern for one in found))
    if not group or len(patterns) == 1:
        return listed(_short(pattern) for pattern in patterns)
    return f"{listed(one.rpartition('.')[2] for one in patterns)} of {_short(group)}"


def _short(pattern: str) -> str:
    """A pattern as a person says it."""
    return pattern.removeprefix(f"{_CUSTOM}.").replace("[]", "").replace(".*", "")


def _tell_endpoints(section: Node | None, notes: Notes) -> None:
    """What keys of endpoints do to each other."""
    if section is None or section.kind != "map":
        return
    if not section.entries:
        notes.error("missing-key", f"endpoints must hold at least one key. {REFUSED}", section)
    if section.get("all") is not None:
        for one in section.entries:
            if one.key == "custom":
                for item in one.node.items:
                    _tell_titles(item, " Filon uses this line.", notes)
            elif one.key != "all":
                _tell_titles(one.node, "", notes)
    custom = section.get("custom")
    for item in custom.items if custom else ():
        parameters = item.get("customParams")
        if parameters is not None:
            _tell_definitions(parameters, notes)


def _tell_titles(node: Node, more: str, notes: Notes) -> None:
    """With endpoints.all, LibreChat reads no other title settings."""
    for entry in node.entries:
        if entry.key in keys.TITLES:
            message = (
                f"LibreChat passes over this {entry.key}: where endpoints.all is, it takes "
                f"everything about titles from there.{more}"
            )
            notes.warning("shadowed-by-all", message, entry)


def _tell_definitions(parameters: Node, notes: Notes) -> None:
    """LibreChat looks at these when it starts, after the file has passed."""
    chosen = parameters.entry("defaultParamsEndpoint")
    name = "custom" if chosen is None else chosen.node.text
    if name is None:
        return
    known = keys.PARAMETERS.get(name)
    if known is None and chosen is not None:
        message = f"LibreChat has no parameters of {name} and does not start."
        notes.error("bad-value", message + meant(name, keys.PARAMETERS), chosen.node)
    definitions = parameters.get("paramDefinitions")
    for item in definitions.items if definitions else ():
        key = item.get("key")
        if known is not None and key is not None and key.text and key.text not in known:
            message = f"LibreChat has no parameter {key.text} here and does not start."
            notes.error("bad-value", message + meant(key.text, known), key)


def _tell_presets(section: Node | None, notes: Notes) -> None:
    """Of an agent's preset LibreChat knows the endpoint; of any other it must be told."""
    listed = section.get("list") if section else None
    for item in listed.items if listed else ():
        preset = item.entry("preset")
        if preset is None or preset.node.kind != "map" or preset.node.get("endpoint") is not None:
            continue
        agent = preset.node.get("agent_id")
        if agent is None or not agent.text:
            notes.error("missing-key", f"endpoint is missing in preset. {REFUSED}", preset)
