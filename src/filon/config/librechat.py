"""Makes endpoints of `endpoints.custom`, as LibreChat's users write it.

An entry that LibreChat would silently leave out becomes a broken endpoint with its reason.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from filon.config import interpolate
from filon.config.connection import (
    AddressPart,
    KeyPart,
    Reading,
    read_address,
    read_key,
)
from filon.config.found import practice_names
from filon.config.parameters import (
    read_added,
    read_defaults,
    read_dropped,
    read_fields,
    read_names,
    read_rates,
    read_reasoning_format,
    read_reasoning_key,
    tell_both,
)
from filon.config.shared import Shared
from filon.config.wording import LEFT_OUT
from filon.config.yaml import Node
from filon.protocols.names import CLIENT_PATHS, KEY_HEADERS
from filon.providers import catalog
from filon.providers.endpoint import Endpoint, State
from filon.providers.manifest import Manifest
from filon.trace.records import Because

# LibreChat's own endpoints; it refuses a custom one that is called so.
RESERVED = frozenset(
    {
        "agents",
        "anthropic",
        "assistants",
        "azureAssistants",
        "azureOpenAI",
        "bedrock",
        "custom",
        "google",
        "openAI",
    }
)


class _Name(Struct, frozen=True):
    name: str
    label: str
    fault: str | None = None


class _Models(Struct, frozen=True):
    ids: tuple[str, ...]
    fetch: bool
    because: Because | None
    fault: str | None = None
    query: bool = False
    about: Mapping[str, str] = {}


def read_endpoints(root: Node, reading: Reading) -> tuple[Endpoint, ...]:
    """The endpoints of the file, in its order."""
    section = root.get("endpoints")
    listed = section.get("custom") if section else None
    everyone = section.get("all") if section else None
    made: list[Endpoint] = []
    for index, item in enumerate(listed.items if listed else ()):
        made.append(_endpoint(item, index, everyone, made, reading))
    return tuple(made)


def _endpoint(
    item: Node, index: int, everyone: Node | None, before: Sequence[Endpoint], reading: Reading
) -> Endpoint:
    because = Because(source=reading.source, line=item.line, rule=f"endpoints.custom[{index}]")
    name = _name(item, index, before, reading)
    key, address = read_key(item, reading), read_address(item, reading)
    models = _models(item, reading)
    shared = Shared(item, everyone, reading)
    headers = shared.headers
    added, dropped = read_added(item, reading), read_dropped(item, reading)
    tell_both(item, added, dropped, reading)
    manifest = catalog.by_entry(name.label, address.base_url)
    _tell_namesake(item, name.label, address, manifest, reading)
    _tell_closed(item, manifest, reading)
    protocol = _protocol(item)
    state, reason = _state(item, name.fault, models.fault, key, address)
    if manifest is not None and manifest.closed and state == "ready":
        state, reason = "broken", manifest.closed
    return Endpoint(
        name=name.name,
        label=name.label,
        provider=manifest.name if manifest else "custom",
        protocol=protocol,
        auth=(KEY_HEADERS.get(protocol, "bearer"),),
        base_url=_whole(address.base_url, protocol),
        key=key.key,
        origin=because,
        kind="custom",
        state=state,
        reason=reason,
        models=models.ids,
        models_because=models.because,
        models_path=manifest.models_path if manifest else "/models",
        fetch=models.fetch,
        models_query=models.query,
        about=models.about,
        url=address.url,
        headers=headers.headers,
        defaults=read_defaults(item, reading),
        add=added,
        drop=dropped,
        quirks=manifest.quirks if manifest else (),
        parameter_names=read_names(item),
        reasoning_format=read_reasoning_format(item, reading),
        reasoning_key=read_reasoning_key(item),
        fields=read_fields(item, reading),
        stream_rate=shared.stream_rate(),
        display_label=_text(item, "modelDisplayLabel"),
        icon=_text(item, "iconURL"),
        title=shared.title(),
        docs=manifest.docs if manifest else None,
        ask_usage=manifest.ask_usage if manifest else True,
        rates=read_rates(item, reading),
        secrets=tuple(dict.fromkeys((*headers.secrets, *address.secrets))),
    )


def _text(item: Node, key: str) -> str | None:
    node = item.get(key)
    return node.text if node else None


def _name(item: Node, index: int, before: Sequence[Endpoint], reading: Reading) -> _Name:
    """The endpoint's name, by which it is told from all before it."""
    entry = item.entry("name")
    stand_in = _free(f"custom-{index + 1}", before)
    if item.kind != "map":
        return _Name(stand_in, stand_in, "This entry is not a map with name, apiKey and baseURL.")
    if entry is None:
        message = "name is missing."
        reading.notes.error("incomplete-endpoint", f"{message} {LEFT_OUT}", item)
        return _Name(stand_in, stand_in, message)
    label = entry.node.text
    if label is None or not label.strip() or not label.isprintable():
        return _Name(
            stand_in, stand_in, f"name must be text (line {entry.line}): put it in quotes."
        )
    if interpolate.names_variable(label):
        message = "Variables are not filled in inside name, here as in LibreChat."
        reading.notes.warning("no-interpolation", message, entry.node)
    if label in RESERVED:
        message = f"LibreChat has an endpoint {label} of its own and refuses a file with another."
        reading.notes.error("reserved-name", message, entry.node)
    return _unique(label, item, before, reading)


def _unique(label: str, item: Node, before: Sequence[Endpoint], reading: Reading) -> _Name:
    entry = item.get("name") or item
    name = label
    if "/" in name:
        name = name.replace("/", "-")
        message = (
            f"LibreChat does not find an endpoint with a slash in its name. Filon calls it {name} "
            f"in model ids ({name}/model) and shows {label}."
        )
        reading.notes.warning("slash-in-name", message, entry)
    if name in _built_in():
        message = f"{name} is the name of the provider that is built in. Choose another."
        reading.notes.warning("reserved-name", message, entry)
        return _Name(_free(name, before), label, message)
    twin = next((one for one in before if one.name == name), None)
    if twin is not None:
        message = f"The name {label} is taken by the entry in line {twin.origin.line}."
        reading.notes.warning("duplicate-name", message, entry)
        return _Name(_free(name, before), label, message)
    return _Name(name, label)


def _built_in() -> frozenset[str]:
    """The names of endpoints that are always there."""
    return practice_names()


def _free(name: str, before: Sequence[Endpoint]) -> str:
    """This name with a number behind it that no endpoint has yet."""
    taken = {endpoint.name for endpoint in before} | _built_in()
    candidates = (name if number == 1 else f"{name}-{number}" for number in range(1, 10**6))
    return next(candidate for candidate in candidates if candidate not in taken)


def _models(item: Node, reading: Reading) -> _Models:
    entry = item.entry("models")
    if entry is None:
        message = "models is missing."
        if item.kind == "map":
            reading.notes.error("incomplete-endpoint", f"{message} {LEFT_OUT}", item)
        return _Models((), False, None, message)
    fetch_node = entry.node.get("fetch")
    fetch = fetch_node is not None and fetch_node.value is True
    query = entry.node.get("userIdQuery")
    listed = entry.node.entry("default")
    names = [(_model(one), one) for one in (listed.node.items if listed else ())]
    ids = tuple(dict.fromkeys(name for name, _ in names if name))
    for name, one in names:
        if name and interpolate.names_variable(name):
            message = "Variables are not filled in inside models, here as in LibreChat."
            reading.notes.warning("no-interpolation", message, one)
    if entry.node.kind == "map" and listed is None:
        message = "models.default is missing; LibreChat refuses the file."
        more = " In Filon, press Load models." if fetch else ""
        reading.notes.error("missing-key", message + more, entry)
    at = listed or entry
    rule = "models.default" if listed else "models"
    because = Because(source=reading.source, line=at.line, rule=rule)
    fault = None if ids or fetch else "models.default must list at least one model."
    items = listed.node.items if listed else ()
    told = {_model(one): _text(one, "description") for one in items}
    return _Models(
        ids=ids,
        fetch=fetch,
        because=because,
        fault=fault,
        query=query is not None and query.value is True,
        about={name: text for name, text in told.items() if name and text},
    )


def _model(node: Node) -> str | None:
    return node.text if node.text is not None else _text(node, "name")


def _tell_namesake(
    item: Node, label: str, address: AddressPart, manifest: Manifest | None, reading: Reading
) -> None:
    """Says that a name alone does not make an entry this provider."""
    namesake = catalog.by_name(label.strip().lower())
    host = catalog.host_of(address.base_url)
    if namesake is None or manifest is not None or host is None or address.missing:
        return
    if namesake.kind != "cloud" or namesake.own_address:
        return
    message = (
        f"{host} is not a host of {namesake.label}, so what Filon knows of {namesake.label} is "
        "not applied to this entry."
    )
    reading.notes.note("other-host", message, item.get("name") or item)


def _tell_closed(item: Node, manifest: Manifest | None, reading: Reading) -> None:
    """Says that nobody answers at this provider's address any more."""
    if manifest is not None and manifest.closed:
        reading.notes.warning("closed-service", manifest.closed, item.get("baseURL") or item)


def _state(
    item: Node, name: str | None, models: str | None, key: KeyPart, address: AddressPart
) -> tuple[State, str | None]:
    """Whether the endpoint can be used, and in one sentence why not."""
    fault = name or key.fault or address.fault or models
    if fault:
        return "broken", fault
    missing = tuple(dict.fromkeys((*key.missing, *address.missing)))
    if missing:
        return "not_configured", interpolate.why_unset(missing)
    wanting = key.wanting or address.wanting
    return ("not_configured", wanting) if wanting else ("ready", None)


def _protocol(item: Node) -> str:
    """The entry's `provider` chooses that provider's own protocol; all others speak OpenAI's."""
    named = catalog.by_name(_text(item, "provider") or "")
    return named.protocol if named is not None else "openai_chat"


def _whole(base_url: str, protocol: str) -> str:
    """The address with what LibreChat's client for the protocol would append to it."""
    path = CLIENT_PATHS.get(protocol, "")
    bare = base_url.rstrip("/")
    return bare + path if bare and path and not bare.endswith(path) else base_url
