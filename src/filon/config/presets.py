"""Makes presets of `modelSpecs`, as LibreChat's users write it.

A preset that LibreChat would skip with a line in its log becomes a broken one with its reason.
What the file's shape has wrong is told by the schema; here is told what the words mean.
"""

import difflib
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from filon.config import interpolate, special
from filon.config.connection import Reading
from filon.config.preset import Instruction, Preset, Presets
from filon.config.preset_parameters import read_parameters
from filon.config.yaml import Entry, Node
from filon.providers import catalog
from filon.providers.endpoint import Endpoint
from filon.trace.records import Because

# LibreChat's own endpoints: the name Filon has for each, None where there is none yet.
_BUILT_IN = {
    "openAI": "openai",
    "anthropic": None,
    "google": None,
    "azureOpenAI": None,
    "bedrock": None,
    "agents": None,
    "assistants": None,
    "azureAssistants": None,
}
_SKIPS = "LibreChat skips the preset."
_PROMPTS = ("promptPrefix", "system", "instructions")
# What an entry may say of things that Filon does not have yet, or does not show.
_LATER = frozenset(
    {"authType", "hideBadgeRow", "webSearch", "fileSearch", "executeCode", "artifacts"}
    | {"mcpServers", "skills", "subagents", "memory", "askUserQuestion", "runInBackground"}
    | {"describeIntent"}
)


class _Target(Struct, frozen=True):
    """Where a preset leads, or why nowhere."""

    endpoint: str = ""
    model: str = ""
    found: Endpoint | None = None
    fault: str | None = None


class _Place(Struct, frozen=True):
    """What one entry is read with."""

    endpoints: tuple[Endpoint, ...]
    reading: Reading
    before: Sequence[Preset]


def read_presets(root: Node, reading: Reading, endpoints: Iterable[Endpoint]) -> Presets:
    """The presets of the file. `endpoints` are all that there will be: those of the file, those
    found, and practice's."""
    section = root.get("modelSpecs")
    listed = section.get("list") if section else None
    if section is None:
        return Presets()
    known = tuple(endpoints)
    made: list[Preset] = []
    for index, item in enumerate(listed.items if listed else ()):
        made.append(_preset(item, index, _Place(known, reading, made)))
    _tell_defaults(made, listed, reading)
    added = _added(section, known, reading)
    enforce = _flag(section, "enforce", False)
    _tell_enforced(section, enforce, reading)
    return Presets(
        listed=_sorted(made),
        enforce=enforce,
        prioritize=_flag(section, "prioritize", True),
        added_endpoints=added,
    )


def _preset(item: Node, index: int, place: _Place) -> Preset:
    where = f"modelSpecs.list[{index}]"
    reading = place.reading
    because = Because(source=reading.source, line=item.line, rule=where)
    name, fault = _name(item, index, place)
    label = _text(item, "label") or name
    inner = item.get("preset") or Node("null", None, item.line, item.column)
    target = _target(item, inner, place)
    fault = fault or target.fault
    _tell_later(item, reading)
    return Preset(
        name=name,
        label=label,
        because=because,
        endpoint=target.endpoint,
        model=target.model,
        description=_text(item, "description"),
        group=_text(item, "group"),
        group_icon=_text(item, "groupIcon"),
        order=_number(item, "order"),
        icon=_text(item, "iconURL") or _text(inner, "iconURL"),
        sender=_text(inner, "modelLabel"),
        is_default=_flag(item, "default", False),
        is_soft_default=_flag(item, "softDefault", False),
        system=_system(inner, f"{where}.preset", reading),
        greeting=_text(inner, "greeting"),
        starters=_starters(item),
        parameters=read_parameters(inner, f"{where}.preset", target.found, reading),
        state="broken" if fault else "ready",
        reason=fault,
        in_menu=_flag(item, "showInMenu", True),
        icon_in_menu=_flag(item, "showIconInMenu", True),
        icon_in_header=_flag(item, "showIconInHeader", True),
        on_landing=_flag(item, "showOnLanding", True),
    )


def _name(item: Node, index: int, place: _Place) -> tuple[str, str | None]:
    """The name by which a preset is told from all before it, and what is wrong with it."""
    entry = item.entry("name")
    stand_in = f"preset-{index + 1}"
    name = entry.node.text if entry else None
    if entry is None or name is None or not name.strip() or not name.isprintable():
        return _free(stand_in, place.before), "name must be text."
    twin = next((one for one in place.before if one.name == name), None)
    if twin is None:
        return name, None
    message = f"The name {name} is taken by the preset in line {twin.because.line}."
    more = " LibreChat lists both and always uses the first."
    place.reading.notes.warning("duplicate-name", message + more, entry.node)
    return _free(name, place.before), message


def _free(name: str, before: Sequence[Preset]) -> str:
    taken = {preset.name for preset in before}
    candidates = (name if number == 1 else f"{name}-{number}" for number in range(1, 10**6))
    return next(candidate for candidate in candidates if candidate not in taken)


def _target(item: Node, inner: Node, place: _Place) -> _Target:
    entry = inner.entry("endpoint")
    notes = place.reading.notes
    if entry is None or not entry.node.text:
        message = "preset.endpoint is missing."
        if entry is not None:
            notes.error("preset-skipped", f"{message} {_SKIPS}", entry)
        elif inner.get("agent_id"):
            message = "Filon does not have LibreChat's agents yet."
            notes.warning("unsupported", message, inner.entry("agent_id") or item)
        # Without either LibreChat refuses the file, which `structure` tells.
        return _Target(fault=message)
    asked = entry.node.text
    if asked == "custom":
        message = "endpoint is custom, which is no endpoint's name."
        names = [one.name for one in place.endpoints if one.kind == "custom"]
        hint = f" Write the entry's own name, such as {names[0]}." if names else ""
        notes.error("preset-skipped", f"{message} {_SKIPS}{hint}", entry.node)
        return _Target(fault=message + hint)
    endpoint = _endpoint(asked, place.endpoints)
    if endpoint is None:
        return _Target(fault=_unknown_endpoint(asked, entry, place))
    _tell_found(asked, endpoint, entry, place)
    model, fault = _model(inner, endpoint, entry, place)
    if endpoint.state != "ready":
        fault = f"{endpoint.label} cannot be used: {endpoint.reason}"
    return _Target(endpoint.name, model, endpoint, fault)


def _endpoint(asked: str, endpoints: Sequence[Endpoint]) -> Endpoint | None:
    """The endpoint of this name: exactly, as LibreChat's own, or in other letter case."""
    own = _BUILT_IN.get(asked)
    loose = [one for one in endpoints if one.name.casefold() == asked.casefold()]
    exact = [one for one in endpoints if asked in (one.name, one.label)]
    built_in = [one for one in endpoints if own is not None and one.name == own]
    return (exact or built_in or loose or [None])[0]


def _unknown_endpoint(asked: str, entry: Entry, place: _Place) -> str:
    """Tells that there is no such endpoint, and gives the reason to show."""
    manifest = catalog.by_name(_BUILT_IN.get(asked) or asked.lower())
    if manifest is not None and manifest.variables:
        message = f"{manifest.label} is not set up: {interpolate.why_unset(manifest.variables[:1])}"
        place.reading.notes.warning("unset-variable", message, entry.node)
        return message
    if asked in _BUILT_IN:
        message = f"Filon does not have LibreChat's endpoint {asked} yet."
        place.reading.notes.warning("unsupported", message, entry.node)
        return message
    names = {one.name.casefold(): one.name for one in place.endpoints}
    near = difflib.get_close_matches(asked.casefold(), names, n=1, cutoff=0.6)
    hint = f" Did you mean {names[near[0]]}?" if near else ""
    message = f"There is no endpoint {asked}."
    place.reading.notes.error("preset-skipped", f"{message} {_SKIPS}{hint}", entry.node)
    return message + hint


def _tell_found(asked: str, endpoint: Endpoint, entry: Entry, place: _Place) -> None:
    """Says where LibreChat would not find the endpoint that Filon has found."""
    notes = place.reading.notes
    if endpoint.kind == "custom" and asked not in (endpoint.name, endpoint.label):
        message = f"LibreChat knows {endpoint.label} only by this spelling, and skips the preset."
        notes.warning("preset-skipped", message, entry.node)
    elif endpoint.kind != "custom" and asked not in _BUILT_IN:
        message = (
            f"LibreChat has no endpoint {asked} without an entry of endpoints.custom and skips the "
            "preset. Filon has one."
        )
        notes.note("differs", message, entry.node)


def _model(inner: Node, endpoint: Endpoint, at: Entry, place: _Place) -> tuple[str, str | None]:
    """The model's id, and what is wrong with it."""
    entry = inner.entry("model")
    notes = place.reading.notes
    asked = entry.node.text if entry else None
    if entry is None or not asked:
        if not endpoint.models:
            return "", f"preset.model is missing, and no model of {endpoint.label} is known."
        message = f"model is missing, so the first of {endpoint.label} is used: "
        notes.note("default-model", message + f"{endpoint.models[0]}.", at)
        return endpoint.models[0], None
    if interpolate.names_variable(asked):
        message = "Variables are not filled in inside modelSpecs, here as in LibreChat."
        notes.warning("no-interpolation", message, entry.node)
    listed = asked.partition(":")[0] if endpoint.kind == "practice" else asked
    is_closed = endpoint.kind in ("custom", "practice") and not endpoint.fetch
    if not is_closed or not endpoint.models or listed in endpoint.models:
        return asked, None
    near = difflib.get_close_matches(asked, endpoint.models, n=1, cutoff=0.6)
    hint = f" Did you mean {near[0]}?" if near else ""
    message = f"{endpoint.label} has no model {asked} in its models.default."
    more = " LibreChat refuses each request with it."
    notes.warning("unknown-model", f"{message}{more}{hint}", entry.node)
    return asked, message + hint


def _system(inner: Node, where: str, reading: Reading) -> Instruction | None:
    """The first system prompt of the preset that says something."""
    found = [entry for key in _PROMPTS if (entry := inner.entry(key)) and entry.node.text]
    for entry in found[1:]:
        message = f"{entry.key} has no effect beside {found[0].key} in line {found[0].line}."
        reading.notes.warning("no-effect", message, entry)
    if not found:
        return None
    entry = found[0]
    text = entry.node.text or ""
    for name in special.unknown(text):
        near = special.nearest(name)
        hint = f" Did you mean {{{{{near}}}}}?" if near else ""
        message = f"{{{{{name}}}}} is no special variable and stays as it is.{hint}"
        reading.notes.warning("unknown-placeholder", message, entry.node)
    if interpolate.names_variable(text):
        message = "Variables are not filled in inside modelSpecs, here as in LibreChat."
        reading.notes.warning("no-interpolation", message, entry.node)
    because = Because(source=reading.source, line=entry.line, rule=f"{where}.{entry.key}")
    return Instruction(text=text, because=because)


def _starters(item: Node) -> tuple[str, ...]:
    node = item.get("conversation_starters")
    texts = (one.text for one in (node.items if node else ()))
    return tuple(text.strip() for text in texts if text and text.strip())


def _tell_later(item: Node, reading: Reading) -> None:
    for entry in item.entries:
        if entry.key in _LATER and entry.node.value not in (False, None, ()):
            message = f"Filon does not use {entry.key} of a preset yet."
            reading.notes.note("not-used-yet", message, entry)
        elif entry.key == "groupIcon":
            message = "Filon reads groupIcon and shows no icon beside a group's name."
            reading.notes.note("not-used-yet", message, entry)


def _tell_defaults(made: Sequence[Preset], listed: Node | None, reading: Reading) -> None:
    """LibreChat takes the first default there is."""
    for key, name in (("is_default", "default"), ("is_soft_default", "softDefault")):
        items = zip(made, listed.items if listed else (), strict=False)
        marked = [(preset, item) for preset, item in items if getattr(preset, key)]
        for _, item in marked[1:]:
            first = marked[0][0]
            message = f"{name} has no effect: {first.name} in line {first.because.line} has it too."
            reading.notes.warning("no-effect", message, item.entry(name) or item)


def _tell_enforced(section: Node, enforce: bool, reading: Reading) -> None:
    entry = section.entry("enforce")
    if entry is None or not enforce:
        return
    added = section.entry("addedEndpoints")
    if added is not None and added.node.items:
        message = f"enforce in line {entry.line} leaves no use for it: only presets are taken."
        reading.notes.warning("no-effect", message, added)
    message = "enforce holds in the chat. A program with a key may still name any model."
    reading.notes.note("enforced-in-chat", message, entry)


def _added(section: Node, endpoints: Sequence[Endpoint], reading: Reading) -> tuple[str, ...]:
    node = section.get("addedEndpoints")
    names: list[str] = []
    for one in node.items if node else ():
        found = _endpoint(one.text or "", endpoints)
        if found is not None:
            names.append(found.name)
        elif one.text and one.text not in _BUILT_IN:
            near = difflib.get_close_matches(one.text, [e.name for e in endpoints], n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            message = f"There is no endpoint {one.text}.{hint}"
            reading.notes.warning("unknown-endpoint", message, one)
    return tuple(dict.fromkeys(names))


def _sorted(made: Sequence[Preset]) -> tuple[Preset, ...]:
    """By `order`, those without one behind, else as in the file; one default at most."""
    seen = {"is_default": False, "is_soft_default": False}
    single: list[Preset] = []
    for preset in made:
        kept = {key: getattr(preset, key) and not seen[key] for key in seen}
        seen = {key: seen[key] or kept[key] for key in seen}
        single.append(replace(preset, **kept))
    return tuple(sorted(single, key=_place_of))


def _place_of(preset: Preset) -> float:
    return preset.order if preset.order is not None else float("inf")


def _text(item: Node, key: str) -> str | None:
    node = item.get(key)
    return (node.text or None) if node else None


def _number(item: Node, key: str) -> float | None:
    node = item.get(key)
    if node is None or node.kind != "number" or not abs(node.value) < 1e15:
        return None
    return node.value


def _flag(item: Node, key: str, usual: bool) -> bool:
    node = item.get(key)
    return node.value if node is not None and node.kind == "bool" else usual
