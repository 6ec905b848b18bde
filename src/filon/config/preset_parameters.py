"""The parameters of a preset. LibreChat keeps other names for each kind of endpoint and takes away,
without a word, what does not fit; Filon knows a parameter by all of its names."""

from collections.abc import Mapping

from filon.config.connection import Reading
from filon.config.yaml import Entry, Node
from filon.providers.aliases import canonical, is_known, wire_name
from filon.providers.endpoint import Endpoint, ParameterRule
from filon.trace.records import Because

# What a preset holds beside parameters.
OWN = frozenset(
    {"endpoint", "endpointType", "model", "modelLabel", "promptPrefix", "system", "instructions"}
    | {"greeting", "iconURL", "title", "presetId", "defaultPreset", "order", "spec", "chatGptLabel"}
)
# Settings of LibreChat's own that no provider knows.
_UNUSED = frozenset(
    {"resendFiles", "resendImages", "imageDetail", "maxContextTokens", "fileTokenLimit"}
    | {"artifacts", "examples", "region", "agent_id", "assistant_id", "tools"}
)
# Switches that change how LibreChat makes its request.
_SWITCHES = frozenset(
    {"promptCache", "useResponsesApi", "web_search", "thinkingLevel", "thinkingDisplay"}
    | {"effort", "url_context"}
)
# Switches that mean something where an endpoint takes Anthropic's names, or wants an object.
_ANTHROPIC = frozenset({"thinking", "thinkingBudget"})
_SUMMARY = "reasoning_summary"
# The request itself says these.
_FIXED = frozenset({"model", "messages", "stream"})

# Not fields of the request, yet of use.
_OTHERS = frozenset({"disableStreaming", _SUMMARY, *_ANTHROPIC})
_OTHER_NAMES = frozenset(map(canonical, _OTHERS))

# How each kind of endpoint spells what they all have.
_OPENAI: Mapping[str, str] = {"max_tokens": "max_tokens", "top_p": "top_p"}
_GOOGLE: Mapping[str, str] = {
    "max_tokens": "maxOutputTokens", "top_p": "topP", "top_k": "topK",
}  # fmt: skip
_BEDROCK: Mapping[str, str] = {"max_tokens": "maxTokens", "top_p": "topP", "top_k": "topK"}
_SPELLINGS: Mapping[str, Mapping[str, str]] = {
    "google": _GOOGLE,
    "anthropic": _GOOGLE,
    "bedrock": _BEDROCK,
}
# Those that LibreChat lets through to an endpoint of OpenAI's kind.
_LET_THROUGH = frozenset(
    {"temperature", "top_p", "presence_penalty", "frequency_penalty", "stop", "max_tokens"}
    | {"reasoning_effort", "verbosity"}
)


def read_parameters(
    preset: Node, where: str, endpoint: Endpoint | None, reading: Reading
) -> tuple[ParameterRule, ...]:
    """The parameters of the map `preset`, in its order; a name that nobody knows is none. `where`
    is its place, such as `modelSpecs.list[0].preset`; `endpoint` the one that it leads to."""
    kind = (endpoint.parameter_names if endpoint else "custom").partition("-")[0]
    rules: list[ParameterRule] = []
    taken: dict[str, Entry] = {}
    for entry in preset.entries:
        if entry.key in OWN or entry.node.kind == "null":
            continue
        if entry.key in _UNUSED or _is_idle(entry.key, endpoint):
            _tell_unused(entry, reading)
        elif canonical(entry.key) in _FIXED:
            message = f"{entry.key} cannot be set in a preset: each request says it."
            reading.notes.warning("no-effect", message, entry)
        elif canonical(entry.key) in taken:
            first = taken[canonical(entry.key)]
            message = f"{entry.key} is {first.key} of line {first.line} again, which holds."
            reading.notes.warning("no-effect", message, entry)
        elif entry.key in _OTHERS or is_known(entry.key):
            taken[canonical(entry.key)] = entry
            _tell_spelling(entry, kind, reading)
            because = Because(source=reading.source, line=entry.line, rule=f"{where}.{entry.key}")
            rules.append(ParameterRule(name=entry.key, value=entry.node.plain(), because=because))
    return tuple(rules)


def _is_idle(name: str, endpoint: Endpoint | None) -> bool:
    """Whether this is a switch that does nothing at this endpoint."""
    if name in _ANTHROPIC:
        return endpoint is None or not endpoint.thinks_by_switch
    if name == _SUMMARY:
        return endpoint is None or endpoint.reasoning_format is None
    return name in _SWITCHES


def _tell_unused(entry: Entry, reading: Reading) -> None:
    if entry.node.value in (False, "") or entry.key == "tools":
        return
    message = f"Filon does not use {entry.key} of a preset yet, and sends nothing for it."
    if entry.key not in _UNUSED:
        reading.notes.warning("unsupported", message, entry)
    else:
        reading.notes.note("not-used-yet", message, entry)


def _tell_spelling(entry: Entry, kind: str, reading: Reading) -> None:
    """Says where LibreChat would take this parameter away."""
    spelt = _SPELLINGS.get(kind, _OPENAI).get(canonical(entry.key))
    if spelt is not None and spelt != entry.key:
        message = (
            f"An endpoint of this kind calls it {spelt}; LibreChat takes {entry.key} away without "
            f"a word. Filon sends it as {wire_name(entry.key)}."
        )
        reading.notes.warning("wrong-parameter", message, entry)
    elif kind not in _SPELLINGS and canonical(entry.key) not in _LET_THROUGH | _OTHER_NAMES:
        message = f"LibreChat takes {entry.key} away from this endpoint's presets. Filon sends it."
        reading.notes.note("differs", message, entry)
