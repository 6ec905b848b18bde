"""What an entry says of parameters and prices: customParams, add- and dropParams, tokenConfig."""

from typing import Any

from filon.config.connection import Reading
from filon.config.interpolate import names_variable
from filon.config.yaml import Entry, Node
from filon.providers.aliases import canonical, is_known
from filon.providers.endpoint import ParameterField, ParameterRule, TokenRate
from filon.trace.records import Because

# Settings of LibreChat's own that stand among its parameters; no provider knows them.
_SETTINGS = frozenset(
    {
        "artifacts",
        "fileTokenLimit",
        "greeting",
        "iconURL",
        "imageDetail",
        "maxContextTokens",
        "modelLabel",
        "promptPrefix",
        "resendFiles",
        "spec",
    }
)
# Those that change how LibreChat makes the request, and that Filon does not have yet.
_SWITCHES = frozenset({"promptCache", "useResponsesApi", "web_search"})
# The one that it has.
_STREAMING = "disableStreaming"
# Whoever asks decides these; a rule about them would contradict the request itself.
_FIXED = frozenset({"model", "messages", "stream"})
# LibreChat's client takes these out of addParams and sends none of them.
_LOST = frozenset(
    {
        "functions",
        "parallel_tool_calls",
        "prediction",
        "response_format",
        "seed",
        "stream_options",
        "tool_choice",
        "tools",
    }
)
# LibreChat looks for these under another name by the time it drops, and so finds nothing.
_KEPT = {
    "frequency_penalty": "frequencyPenalty",
    "max_tokens": "maxTokens",
    "presence_penalty": "presencePenalty",
}
# LibreChat never asks a custom endpoint for these.
_UNSENT = frozenset({"stream_options"})


def read_defaults(item: Node, reading: Reading) -> tuple[ParameterRule, ...]:
    """The defaults of `customParams.paramDefinitions`."""
    custom = item.get("customParams")
    definitions = custom.get("paramDefinitions") if custom else None
    rules: list[ParameterRule] = []
    for index, definition in enumerate(definitions.items if definitions else ()):
        name, default = definition.get("key"), definition.entry("default")
        if name is None or name.text is None or default is None or default.node.kind == "null":
            continue
        if name.text in _SETTINGS | _SWITCHES:
            message = f"Filon does not use the parameter {name.text} yet."
            reading.notes.note("not-used-yet", message, definition)
        elif canonical(name.text) in _FIXED:
            message = f"{name.text} has no default: each request says it."
            reading.notes.warning("no-effect", message, definition)
        else:
            where = f"customParams.paramDefinitions[{index}].default"
            rules.append(_rule(name.text, default.node.plain(), default, where, reading))
    return tuple(rules)


def read_names(item: Node) -> str:
    """Whose names for parameters the entry takes: `customParams.defaultParamsEndpoint`."""
    custom = item.get("customParams")
    chosen = custom.get("defaultParamsEndpoint") if custom else None
    return (chosen.text if chosen else None) or "custom"


def read_reasoning_format(item: Node, reading: Reading) -> ParameterRule | None:
    """How an effort to think goes out, where it is not OpenAI's own way."""
    custom = item.get("customParams")
    entry = custom.entry("reasoningFormat") if custom else None
    if entry is None or entry.node.text not in ("reasoning_object", "disabled"):
        return None
    where = "customParams.reasoningFormat"
    return _rule("reasoning_effort", entry.node.text, entry, where, reading)


def read_reasoning_key(item: Node) -> str | None:
    """In which field of the reply the thought comes. Filon reads both that there are."""
    custom = item.get("customParams")
    node = custom.get("reasoningKey") if custom else None
    return node.text if node else None


def read_fields(item: Node, reading: Reading) -> tuple[ParameterField, ...]:
    """How `customParams.paramDefinitions` wants its parameters shown."""
    custom = item.get("customParams")
    definitions = custom.get("paramDefinitions") if custom else None
    fields: list[ParameterField] = []
    for index, node in enumerate(definitions.items if definitions else ()):
        name, bounds, options = _text(node, "key"), node.get("range"), node.get("options")
        if name is None:
            continue
        default = node.get("default")
        where = f"customParams.paramDefinitions[{index}]"
        fields.append(
            ParameterField(
                name=name,
                because=Because(source=reading.source, line=node.line, rule=where),
                label=_text(node, "label"),
                description=_text(node, "description"),
                component=_text(node, "component"),
                default=default.plain() if default else None,
                low=_number(bounds, "min") if bounds else None,
                high=_number(bounds, "max") if bounds else None,
                step=_number(bounds, "step") if bounds else None,
                options=tuple(one.text for one in (options.items if options else ()) if one.text),
            )
        )
    return tuple(fields)


def _text(node: Node, key: str) -> str | None:
    found = node.get(key)
    return found.text if found else None


def read_added(item: Node, reading: Reading) -> tuple[ParameterRule, ...]:
    """`addParams`, in the order of the file."""
    node = item.get("addParams")
    rules: list[ParameterRule] = []
    for entry in node.entries if node else ():
        _tell_added(entry, reading)
        if entry.key not in _SWITCHES and canonical(entry.key) not in _FIXED:
            where = f"addParams.{entry.key}"
            rules.append(_rule(entry.key, entry.node.plain(), entry, where, reading))
    return tuple(rules)


def _tell_added(entry: Entry, reading: Reading) -> None:
    notes = reading.notes
    if entry.key == "web_search" and entry.node.value is True:
        message = (
            "With web_search LibreChat calls /responses instead of /chat/completions, which most "
            "providers answer with 404. Filon sends nothing for it."
        )
        notes.warning("web-search-switch", message, entry)
    elif entry.key in _SWITCHES:
        message = (
            f"{entry.key} is a switch of LibreChat, not a field of the request. Filon does not "
            "have it yet and sends nothing for it."
        )
        notes.warning("unsupported", message, entry)
    elif canonical(entry.key) in _FIXED:
        message = f"{entry.key} cannot be added: each request says it."
        notes.warning("no-effect", message, entry)
    elif entry.key == "headers":
        message = (
            "In addParams this becomes a field of the request's body. HTTP headers stand in "
            "headers, beside addParams."
        )
        notes.warning("headers-in-params", message, entry)
    elif entry.key in _LOST:
        message = f"LibreChat does not send {entry.key} from addParams. Filon does."
        notes.note("add-unsent", message, entry)
    if any(names_variable(text) for text in _texts(entry.node)):
        message = "Variables are not filled in inside addParams, here as in LibreChat."
        notes.warning("no-interpolation", message, entry.node)


def read_dropped(item: Node, reading: Reading) -> tuple[ParameterRule, ...]:
    """`dropParams`, in the order of the file."""
    node = item.get("dropParams")
    rules: list[ParameterRule] = []
    for index, name in enumerate(node.items if node else ()):
        if name.text is None:
            continue
        if canonical(name.text) == "stream":
            message = (
                f"LibreChat drops no {name.text}; there, addParams needs disableStreaming: true. "
                "Filon asks for the whole reply at once."
            )
            reading.notes.note("drop-kept", message, name)
        elif canonical(name.text) in _FIXED:
            message = f"{name.text} cannot be dropped: each request says it."
            reading.notes.warning("no-effect", message, name)
            continue
        if name.text in _KEPT:
            message = (
                f"LibreChat does not drop {name.text} where a person has set it. Filon does. "
                f"{_KEPT[name.text]} works in both."
            )
            reading.notes.note("drop-kept", message, name)
        elif name.text in _UNSENT:
            message = (
                f"LibreChat never sends {name.text} to a custom endpoint, so it drops nothing. "
                "Filon drops it."
            )
            reading.notes.note("drop-unsent", message, name)
        elif not is_known(name.text) and name.text not in (*_SWITCHES, _STREAMING):
            message = f"Filon knows no field {name.text}; it is dropped where it appears."
            reading.notes.note("unknown-parameter", message, name)
        because = Because(source=reading.source, line=name.line, rule=f"dropParams[{index}]")
        rules.append(ParameterRule(name=name.text, because=because))
    return tuple(rules)


def tell_both(
    item: Node, added: tuple[ParameterRule, ...], dropped: tuple[ParameterRule, ...], to: Reading
) -> None:
    """Says where dropParams takes away what addParams gives."""
    gone = {canonical(rule.name): rule for rule in dropped}
    node = item.get("addParams")
    for rule in added:
        entry = node.entry(rule.name) if node else None
        if entry is not None and canonical(rule.name) in gone:
            line = gone[canonical(rule.name)].because.line
            message = f"{rule.name} is added here and dropped in line {line}; dropping wins."
            to.notes.warning("added-and-dropped", message, entry)


def read_rates(item: Node, reading: Reading) -> tuple[TokenRate, ...]:
    """`tokenConfig`: prices and contexts by model."""
    node = item.get("tokenConfig")
    rates: list[TokenRate] = []
    for entry in node.entries if node else ():
        prompt, completion = _number(entry.node, "prompt"), _number(entry.node, "completion")
        if prompt is None or completion is None:
            continue
        context = _number(entry.node, "context")
        rule = f"tokenConfig.{entry.key}"
        rates.append(
            TokenRate(
                model=entry.key,
                because=Because(source=reading.source, line=entry.line, rule=rule),
                input_usd=float(prompt),
                output_usd=float(completion),
                context=None if context is None else int(context),
                cached_usd=_number(entry.node, "cacheRead"),
                written_usd=_number(entry.node, "cacheWrite"),
            )
        )
    return tuple(rates)


def _number(node: Node, key: str) -> float | None:
    """A number that can be reckoned with; not a NaN, not an infinity."""
    found = node.get(key)
    if found is None or found.kind != "number" or not abs(found.value) < 1e15:
        return None
    return found.value


def _rule(name: str, value: Any, at: Entry, where: str, reading: Reading) -> ParameterRule:
    because = Because(source=reading.source, line=at.line, rule=where)
    return ParameterRule(name=name, value=value, because=because)


def _texts(node: Node) -> list[str]:
    """Every string inside a value."""
    if node.text is not None:
        return [node.text]
    inner = [entry.node for entry in node.entries] or list(node.items)
    return [text for one in inner for text in _texts(one)]
