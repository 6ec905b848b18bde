"""What a whole file may hold: keys that LibreChat refuses, or passes over, or Filon leaves out.

LibreChat is strict at the top level, directly under `endpoints` and in `customParams`; elsewhere
it passes over unknown keys without a word, which is where a word is needed most.
"""

import difflib
from collections.abc import Iterable, Mapping

from filon.config import keys
from filon.config.keys import Key
from filon.config.notes import Notes
from filon.config.yaml import Entry, Node
from filon.providers.aliases import is_known

_REFUSED = "LibreChat refuses the file for it."

_WORDS = {
    "null": "nothing",
    "bool": "true or false",
    "number": "a number",
    "string": "text",
    "date": "a date",
    "binary": "bytes",
    "list": "a list",
    "map": "a map",
}
_WANTED = {
    "string": "text",
    "bool": "true or false",
    "number": "a number",
    "map": "a map",
    "list": "a list",
    "strings": "a list of texts",
    "models": "a list of model ids",
}


def look(root: Node, notes: Notes, *, own: bool) -> None:
    """Walks the file. `own` says that it is a filon.yaml, which may have more."""
    if root.kind != "map":
        message = f"A configuration is a map of keys, not {_WORDS[root.kind]}. {_REFUSED}"
        notes.error("wrong-type", message, root)
        return
    table = {**keys.TOP, **keys.FILON_TOP} if own else keys.TOP
    for entry in root.entries:
        if entry.key in table:
            _version(entry, notes) if entry.key == "version" else _kind(entry, table, notes)
        else:
            _unknown_top(entry, table, notes)
    if not own and root.get("version") is None:
        message = f'version is missing, such as version: "1.3.13". {_REFUSED}'
        notes.error("missing-key", message, root)
    _unused(root, notes, own)
    _interface(root.get("interface"), notes)
    _endpoints(root.entry("endpoints"), notes)


def _version(entry: Entry, notes: Notes) -> None:
    if entry.node.kind == "string":
        return
    shown = entry.node.plain()
    message = (
        f'version must be text: write version: "{shown}". {_REFUSED}'
        if entry.node.kind == "number"
        else f"version must be text, not {_WORDS[entry.node.kind]}. {_REFUSED}"
    )
    notes.error("version-type", message, entry.node)


def _unknown_top(entry: Entry, table: Mapping[str, Key], notes: Notes) -> None:
    if entry.key in keys.GONE_FROM_TOP:
        message = f"{entry.key} now stands in {keys.GONE_FROM_TOP[entry.key]}. {_REFUSED}"
        notes.error("misplaced-key", message, entry)
    elif entry.key in keys.FILON_TOP:
        message = f"{entry.key} belongs in a filon.yaml. {_REFUSED}"
        notes.error("misplaced-key", message, entry)
    elif entry.key in keys.ENDPOINTS:
        message = f"{entry.key} belongs in endpoints. {_REFUSED}"
        notes.error("misplaced-key", message, entry)
    else:
        message = f"There is no key {entry.key} at the top level. {_REFUSED}"
        notes.error("unknown-key", message + _meant(entry.key, table), entry)


def _unused(root: Node, notes: Notes, own: bool) -> None:
    """One note for all sections that Filon does not read yet."""
    unused = [
        entry for entry in root.entries if entry.key in keys.TOP and entry.key not in keys.USED_TOP
    ]
    section = root.get("endpoints")
    built_in = [
        entry
        for entry in (section.entries if section else ())
        if entry.key in keys.ENDPOINTS and entry.key not in keys.USED_ENDPOINTS
    ]
    names = [entry.key for entry in unused] + [f"endpoints.{entry.key}" for entry in built_in]
    if names:
        first = min([*unused, *built_in], key=lambda entry: entry.line)
        notes.note("not-used-yet", f"Filon does not use {_list(names)} yet.", first)
    for entry in root.entries:
        if own and entry.key in keys.FILON_TOP:
            notes.warning("unsupported", f"Filon does not read {entry.key} yet.", entry)


def _interface(node: Node | None, notes: Notes) -> None:
    for entry in node.entries if node else ():
        if entry.key in keys.GONE_FROM_INTERFACE:
            message = f"LibreChat no longer reads interface.{entry.key}."
            notes.warning("deprecated-key", message, entry)


def _endpoints(section: Entry | None, notes: Notes) -> None:
    if section is None or section.node.kind != "map":
        return
    if not section.node.entries:
        notes.error("missing-key", f"endpoints must hold at least one key. {_REFUSED}", section)
    for entry in section.node.entries:
        if entry.key not in keys.ENDPOINTS:
            _unknown_endpoint(entry, notes)
            continue
        _kind(entry, keys.ENDPOINTS, notes)
        if entry.key == "custom":
            for item in entry.node.items:
                _custom(item, notes)
        elif entry.key in keys.BUILT_IN:
            _built_in(entry, notes)
    _titles(section.node, notes)


def _unknown_endpoint(entry: Entry, notes: Notes) -> None:
    if entry.key in keys.TOP:
        message = f"{entry.key} belongs at the top level, not in endpoints. {_REFUSED}"
        notes.error("misplaced-key", message, entry)
        return
    message = (
        f"LibreChat has no endpoint {entry.key}. {_REFUSED} Other providers are entries of "
        "endpoints.custom."
    )
    notes.error("unknown-key", message + _meant(entry.key, keys.ENDPOINTS), entry)


def _built_in(section: Entry, notes: Notes) -> None:
    own = keys.BUILT_IN[section.key]
    if own is None:
        return
    table = {**keys.SHARED, **own}
    if section.key == "all":
        table.pop("baseURL")
    variables = keys.FROM_VARIABLES.get(section.key, {})
    for entry in section.node.entries:
        if entry.key in table:
            _kind(entry, table, notes)
        elif entry.key in variables:
            message = (
                f"LibreChat passes over endpoints.{section.key}.{entry.key}: it reads the "
                f"variable {variables[entry.key]}."
            )
            notes.warning("no-effect", message, entry)
        else:
            where = f"endpoints.{section.key}"
            _passed_over(entry, where, table, notes)


def _custom(item: Node, notes: Notes) -> None:
    if item.kind != "map":
        message = f"An endpoint is a map of keys, not {_WORDS[item.kind]}. {_REFUSED}"
        notes.error("wrong-type", message, item)
        return
    for entry in item.entries:
        if entry.key in keys.CUSTOM:
            _kind(entry, keys.CUSTOM, notes)
            if entry.key not in keys.USED_CUSTOM and not _is_default(entry):
                notes.note("not-used-yet", f"Filon does not use {entry.key} yet.", entry)
        else:
            _unknown_in_custom(entry, notes)
    _models(item.get("models"), notes)
    _headers(item.get("headers"), notes)
    _custom_params(item.get("customParams"), notes)
    _token_config(item.get("tokenConfig"), notes)
    web_search = (item.get("addParams") or item).entry("web_search")
    if web_search is not None and item.get("addParams") and web_search.node.kind != "bool":
        message = f"addParams.web_search must be true or false. {_REFUSED}"
        notes.error("wrong-type", message, web_search.node)


def _is_default(entry: Entry) -> bool:
    """Whether a key says only what Filon does anyway."""
    return (entry.key, entry.node.value) == ("titleMethod", "completion")


def _unknown_in_custom(entry: Entry, notes: Notes) -> None:
    if entry.key in keys.GONE_FROM_CUSTOM:
        notes.warning("deprecated-key", f"LibreChat no longer reads {entry.key}.", entry)
    elif entry.key in keys.PLACES_OF_CUSTOM:
        message = (
            f"{entry.key} has no effect here. It belongs in {keys.PLACES_OF_CUSTOM[entry.key]}."
        )
        notes.warning("misplaced-key", message, entry)
    elif is_known(entry.key):
        message = f"{entry.key} has no effect here. A parameter belongs in addParams."
        notes.warning("misplaced-key", message, entry)
    else:
        _passed_over(entry, "a custom endpoint", keys.CUSTOM, notes)


def _models(node: Node | None, notes: Notes) -> None:
    for entry in node.entries if node else ():
        if entry.key in keys.MODELS:
            _kind(entry, keys.MODELS, notes)
            if entry.key == "default" and entry.node.kind == "list" and not entry.node.items:
                message = f"models.default must list at least one model. {_REFUSED}"
                notes.error("missing-key", message, entry)
            if entry.key == "userIdQuery" and entry.node.value is True:
                notes.note("not-used-yet", "Filon does not use models.userIdQuery yet.", entry)
        elif entry.key in keys.CUSTOM:
            message = (
                f"{entry.key} has no effect in models. It belongs one level up, beside models."
            )
            notes.warning("misplaced-key", message, entry)
        else:
            _passed_over(entry, "models", keys.MODELS, notes)


def _headers(node: Node | None, notes: Notes) -> None:
    for entry in node.entries if node else ():
        if entry.node.kind != "string":
            message = (
                f"The header {entry.key} must be text, not {_WORDS[entry.node.kind]}: put it in "
                f"quotes. {_REFUSED} Filon does not send it."
            )
            notes.error("wrong-type", message, entry.node)


def _custom_params(node: Node | None, notes: Notes) -> None:
    if node is None or node.kind != "map":
        return
    for entry in node.entries:
        if entry.key in keys.CUSTOM_PARAMS:
            _kind(entry, keys.CUSTOM_PARAMS, notes)
        else:
            message = f"There is no key {entry.key} in customParams. {_REFUSED}"
            notes.error("unknown-key", message + _meant(entry.key, keys.CUSTOM_PARAMS), entry)
    for name in ("defaultParamsEndpoint", "reasoningFormat", "reasoningKey"):
        entry = node.entry(name)
        if entry is not None and entry.node.value not in ("custom", "openAI", "reasoning_effort"):
            notes.note("not-used-yet", f"Filon does not use customParams.{name} yet.", entry)
    _definitions(node, notes)


def _definitions(node: Node, notes: Notes) -> None:
    chosen = node.get("defaultParamsEndpoint")
    openai = chosen is None or chosen.text in ("custom", "openAI", "azureOpenAI")
    definitions = node.get("paramDefinitions")
    for item in definitions.items if definitions else ():
        key = item.entry("key")
        if key is None or key.node.text is None:
            message = f"A parameter definition needs its key, as text. {_REFUSED}"
            notes.error("missing-key", message, key or item)
        elif openai and key.node.text not in keys.OPENAI_PARAMETERS:
            message = f"LibreChat has no parameter {key.node.text} here and does not start."
            meant = _meant(key.node.text, keys.OPENAI_PARAMETERS)
            notes.error("bad-value", message + meant, key.node)


def _token_config(node: Node | None, notes: Notes) -> None:
    for model in node.entries if node else ():
        if model.node.kind != "map":
            message = f"The prices of {model.key} must be a map. {_REFUSED}"
            notes.error("wrong-type", message, model.node)
            continue
        for entry in model.node.entries:
            if entry.key in keys.TOKEN_CONFIG:
                _kind(entry, keys.TOKEN_CONFIG, notes)
            else:
                _passed_over(entry, "tokenConfig", keys.TOKEN_CONFIG, notes)
        for name in ("prompt", "completion", "context"):
            if model.node.get(name) is None:
                message = f"{name} is missing for {model.key} in tokenConfig. {_REFUSED}"
                notes.error("missing-key", message, model)


def _titles(section: Node, notes: Notes) -> None:
    """With endpoints.all, LibreChat reads no other title settings."""
    if section.get("all") is None:
        return
    for one in section.entries:
        if one.key == "custom":
            for item in one.node.items:
                _tell_titles(item, " Filon uses this line.", notes)
        elif one.key != "all":
            _tell_titles(one.node, "", notes)


def _tell_titles(node: Node, more: str, notes: Notes) -> None:
    for entry in node.entries:
        if entry.key.startswith("title") and entry.key in keys.CUSTOM:
            message = (
                f"LibreChat passes over this {entry.key}: where endpoints.all is, it takes "
                f"everything about titles from there.{more}"
            )
            notes.warning("no-effect", message, entry)


def _kind(entry: Entry, table: Mapping[str, Key], notes: Notes) -> None:
    """Whether the value is of the kind that its key needs."""
    key, node = table[entry.key], entry.node
    if not _fits(key, node):
        message = f"{entry.key} must be {_WANTED[key.kind]}, not {_WORDS[node.kind]}."
        hint = _hint(key, node)
        notes.error("wrong-type", f"{message} {hint}{_REFUSED}", node)
        return
    if key.choices and node.text not in key.choices:
        message = f"{entry.key} must be {_list(key.choices, 'or')}, not {node.text}. {_REFUSED}"
        notes.error("bad-value", message, node)
        return
    for item in node.items if key.kind in ("strings", "models") else ():
        named = key.kind == "models" and item.get("name") is not None
        if item.kind != "string" and not named:
            message = f"{entry.key} must list texts; this is {_WORDS[item.kind]}. {_REFUSED}"
            notes.error("wrong-type", message, item)


def _fits(key: Key, node: Node) -> bool:
    kind = "list" if key.kind in ("strings", "models") else key.kind
    return kind in ("any", node.kind)


def _hint(key: Key, node: Node) -> str:
    text = (node.text or "").lower()
    if key.kind == "bool" and text in ("yes", "no", "on", "off", "true", "false"):
        right = "true" if text in ("yes", "on", "true") else "false"
        return f"{node.text} is text in this YAML; write {right} without quotes. "
    if key.kind in ("strings", "models") and node.kind == "string":
        return f"Write [{node.text}]. "
    if key.kind == "string" and node.kind in ("number", "bool", "date"):
        return "Put it in quotes. "
    return ""


def _passed_over(entry: Entry, where: str, table: Mapping[str, Key], notes: Notes) -> None:
    message = f"{entry.key} is no key of {where}, so it has no effect."
    notes.warning("unknown-key", message + _meant(entry.key, table), entry)


def _meant(key: str, known: Iterable[str]) -> str:
    """A guess at what was meant; letter case is the commonest slip."""
    by_small = {name.lower().replace("_", ""): name for name in known}
    small = key.lower().replace("_", "").replace("-", "")
    near = difflib.get_close_matches(small, by_small, n=1, cutoff=0.75)
    return f" Did you mean {by_small[near[0]]}?" if near else ""


def _list(names: Iterable[str], word: str = "and") -> str:
    *first, last = names
    return f"{', '.join(first)} {word} {last}" if first else last
