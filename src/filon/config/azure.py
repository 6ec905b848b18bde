"""Makes one endpoint of `endpoints.azureOpenAI`, whose models each have an address of their own.

All groups become one endpoint, as LibreChat lists them: people choose a model, and where it is
deployed is no choice of theirs. A group that cannot be used takes only its own models with it.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from msgspec import Struct
from msgspec.structs import replace

from filon.config import interpolate
from filon.config.connection import (
    CHAT_PATH,
    Reading,
    fill_in,
    key_in,
    read_headers,
    secret_values,
)
from filon.config.parameters import read_added, read_dropped, tell_both
from filon.config.shared import Shared
from filon.config.yaml import Entry, Node
from filon.providers import catalog
from filon.providers.catalog import host_of
from filon.providers.endpoint import Auth, Endpoint, Key, ParameterRule, Target
from filon.providers.quirks import Quirk
from filon.trace.records import Because

NAME = "azureOpenAI"

_WAITS = "The models of this group wait for it."

# Since this version Azure counts the tokens of a stream when it is asked to; earlier ones refuse
# the field (secondary: Azure's table of API versions).
_COUNTS_SINCE = "2024-09-01"


class _Group(Struct, frozen=True, kw_only=True):
    """What the models of a group share. `reason` says why none of them can be used."""

    node: Node
    rule: str
    name: str
    key: Key
    reason: str | None
    serverless: bool
    headers: Mapping[str, str]
    secrets: tuple[str, ...]
    add: tuple[ParameterRule, ...]
    drop: tuple[ParameterRule, ...]


class _Filled(Struct, frozen=True):
    """A text with its variables in, or the reason why it is not there."""

    text: str
    reason: str | None = None
    secrets: tuple[str, ...] = ()


def read_azure(section: Entry, everyone: Node | None, reading: Reading) -> Endpoint:
    """The endpoint; broken where no group has a model."""
    listed = section.node.get("groups")
    groups: list[_Group] = []
    targets: dict[str, Target] = {}
    secrets: list[str] = []
    for index, node in enumerate(listed.items if listed else ()):
        group = _group(node, f"endpoints.{NAME}.groups[{index}]", groups, reading)
        groups.append(group)
        models = node.get("models")
        for entry in models.entries if models else ():
            if entry.key in targets:
                _tell_twice(entry, targets[entry.key], reading)
                continue
            targets[entry.key], hidden = _target(group, entry, reading)
            secrets += hidden
        secrets += group.secrets
    shared = Shared(section.node, everyone, reading)
    endpoint = Endpoint(
        name=NAME,
        label="Azure OpenAI",
        provider="azure",
        protocol="openai_chat",
        base_url=_common([target.url for target in targets.values()]),
        key=groups[0].key if groups else Key(source="missing"),
        origin=Because(source=reading.source, line=section.line, rule=f"endpoints.{NAME}"),
        kind="custom",
        models=tuple(targets),
        models_because=Because(source=reading.source, line=section.line, rule="groups"),
        models_path=None,
        quirks=_quirks(),
        targets=targets,
        title=shared.title(),
        headers=shared.headers.headers,
        stream_rate=shared.stream_rate(),
        secrets=tuple(dict.fromkeys((*secrets, *shared.headers.secrets))),
    )
    return _judged(endpoint)


def from_variables(everyone: Node | None, reading: Reading) -> Endpoint:
    """The one deployment that LibreChat's older variables name. They are read where the file has no
    section; LibreChat still does so, and calls them deprecated."""
    names = (
        ("instanceName", "AZURE_OPENAI_API_INSTANCE_NAME"),
        ("deploymentName", "AZURE_OPENAI_API_DEPLOYMENT_NAME"),
        ("version", "AZURE_OPENAI_API_VERSION"),
    )
    key = next((n for n in _KEYS if reading.environment.get(n)), _KEYS[0])
    listed = reading.environment.get("AZURE_OPENAI_MODELS")
    deployment = reading.environment.get("AZURE_OPENAI_API_DEPLOYMENT_NAME")
    given = listed or deployment
    models = [one.strip() for one in (given.value if given else "").split(",") if one.strip()]
    group = _map(
        ("group", _word("variables")),
        ("apiKey", _word(f"${{{key}}}")),
        *((name, _word(f"${{{variable}}}")) for name, variable in names),
        ("models", _map(*((one, Node("bool", True, 1, 1)) for one in models))),
    )
    section = Entry(NAME, 1, 1, _map(("groups", Node("list", (group,), 1, 1))))
    made = read_azure(section, everyone, reading)
    because = Because(source="environment", rule=names[0][1], why=f"{names[0][1]} is set.")
    targets = {name: replace(one, because=because) for name, one in made.targets.items()}
    return replace(made, kind="detected", origin=because, models_because=because, targets=targets)


_KEYS = ("AZURE_API_KEY", "AZURE_OPENAI_API_KEY")


def _word(text: str) -> Node:
    return Node("string", text, 1, 1)


def _map(*pairs: tuple[str, Node]) -> Node:
    return Node("map", tuple(Entry(key, 1, 1, node) for key, node in pairs), 1, 1)


def _quirks() -> tuple[Quirk, ...]:
    """Azure serves OpenAI's models, which want there what they want at OpenAI."""
    openai = catalog.by_name("openai")
    return openai.quirks if openai else ()


def _judged(endpoint: Endpoint) -> Endpoint:
    reasons = [target.reason for target in endpoint.targets.values()]
    if not reasons:
        reason = "No group names a model. A group needs group, apiKey, instanceName and models."
        return replace(endpoint, state="broken", reason=reason)
    if all(reasons):
        return replace(endpoint, state="not_configured", reason=reasons[0])
    return endpoint


def _common(urls: Sequence[str]) -> str:
    """What stands for the address where there are several: the first one's scheme and host."""
    for url in urls:
        if host_of(url) is not None:
            parts = urlsplit(url)
            return f"{parts.scheme}://{parts.netloc}"
    return ""


def _group(node: Node, rule: str, before: Sequence[_Group], reading: Reading) -> _Group:
    name = _text(node, "group") or ""
    twin = next((one for one in before if name and one.name == name), None)
    if twin is not None:
        message = f"The group {name} stands in line {twin.node.line} too. LibreChat refuses that."
        reading.notes.error("duplicate-name", message, node.entry("group") or node)
    serverless = node.get("serverless")
    key, reason = _key(node, reading)
    headers = read_headers(node, reading, "additionalHeaders")
    added, dropped = read_added(node, reading), read_dropped(node, reading)
    tell_both(node, added, dropped, reading)
    return _Group(
        node=node,
        rule=rule,
        name=name,
        key=key,
        reason=reason,
        serverless=serverless is not None and serverless.value is True,
        headers=headers.headers,
        secrets=(*headers.secrets, *((key.value,) if key.value else ())),
        add=added,
        drop=dropped,
    )


def _key(node: Node, reading: Reading) -> tuple[Key, str | None]:
    entry = node.entry("apiKey")
    if entry is None or not (entry.node.text or "").strip():
        return Key(source="missing"), "apiKey is missing in this group."
    part = key_in(entry, reading, then=_WAITS)
    unset = interpolate.why_unset(part.missing) if part.missing else None
    return part.key, part.fault or unset or part.wanting


def _tell_twice(entry: Entry, first: Target, reading: Reading) -> None:
    message = (
        f"The model {entry.key} stands in line {first.because.line} too. LibreChat refuses that; "
        "Filon takes the first. Give one of them another name; the deployment may stay."
    )
    reading.notes.error("duplicate-name", message, entry)


def _target(group: _Group, entry: Entry, reading: Reading) -> tuple[Target, tuple[str, ...]]:
    """Where this model is reached, and what of its address must not be shown."""
    model = entry.key
    deployment = _filled(group, entry.node, "deploymentName", reading)
    version = _filled(group, entry.node, "version", reading)
    if group.serverless:
        url, hidden = _serverless(group, version.text, entry, reading)
        named, auth = model, _SERVERLESS
        fault = version.reason
    else:
        url, hidden = _deployed(group, deployment.text, version.text, entry, reading)
        named, auth = deployment.text or model, _DEPLOYED
        fault = deployment.reason or version.reason
        fault = fault or _lacking(group, entry, deployment.text, version.text, reading)
    fault = group.reason or fault or url.reason
    target = Target(
        url=url.text,
        model=named,
        because=Because(
            source=reading.source, line=entry.line, rule=f"{group.rule}.models.{model}"
        ),
        key=group.key,
        auth=auth,
        headers=group.headers,
        add=group.add,
        drop=group.drop,
        ask_usage=not group.serverless and _counts(version.text),
        reason=fault,
    )
    return target, hidden


_DEPLOYED: tuple[Auth, ...] = ("api-key",)
# LibreChat's client sends its own header beside the one that these servers want.
_SERVERLESS: tuple[Auth, ...] = ("bearer", "api-key")


def _counts(version: str) -> bool:
    return not version[:1].isdigit() or version[:10] >= _COUNTS_SINCE


def _lacking(
    group: _Group, entry: Entry, deployment: str, version: str, reading: Reading
) -> str | None:
    wanted = {"deploymentName": deployment, "version": version}
    lacking = [key for key, value in wanted.items() if not value]
    if not lacking:
        return None
    message = f"{' and '.join(lacking)} of {entry.key} stand neither here nor in its group."
    if len(lacking) == 1:
        message = f"{lacking[0]} of {entry.key} stands neither here nor in its group."
    reading.notes.error("missing-key", f"{message} LibreChat refuses that.", entry)
    return message


def _filled(group: _Group, own: Node, key: str, reading: Reading) -> _Filled:
    """The model's own text, else its group's, with variables in."""
    entry = own.entry(key) or group.node.entry(key)
    if entry is None or not (entry.node.text or "").strip():
        return _Filled("")
    return _fill(entry, reading)


def _fill(entry: Entry, reading: Reading) -> _Filled:
    filled = fill_in(entry, reading, then=_WAITS)
    reason = interpolate.why_unset(filled.missing) if filled.missing else None
    return _Filled(filled.value, reason, secret_values(filled.used))


def _serverless(
    group: _Group, version: str, at: Entry, reading: Reading
) -> tuple[_Filled, tuple[str, ...]]:
    """The address as given, and the path of chats behind it."""
    entry = group.node.entry("baseURL")
    if entry is None or not (entry.node.text or "").strip():
        message = f"baseURL is missing, which the group {group.name} needs, being serverless."
        reading.notes.error("missing-key", f"{message} LibreChat refuses that.", group.node)
        return _Filled("", message), ()
    filled = _fill(entry, reading)
    if filled.reason:
        return filled, filled.secrets
    parts = _parts(filled.text)
    if parts is None:
        return _no_address(filled.text, entry, reading), filled.secrets
    path = parts.path.rstrip("/").removesuffix(CHAT_PATH) + CHAT_PATH
    return _Filled(_joined(parts, path, version)), filled.secrets


def _deployed(
    group: _Group, deployment: str, version: str, at: Entry, reading: Reading
) -> tuple[_Filled, tuple[str, ...]]:
    """Azure's own form, or that of a gateway before it, with `${INSTANCE_NAME}` and
    `${DEPLOYMENT_NAME}` filled in by what the group says."""
    instance = _filled(group, group.node, "instanceName", reading)
    if not instance.text:
        message = f"instanceName is missing in the group {group.name}."
        reading.notes.error("missing-key", f"{message} LibreChat refuses that.", group.node)
        return _Filled("", message), ()
    if instance.reason:
        return instance, ()
    entry = group.node.entry("baseURL")
    if entry is None or not (entry.node.text or "").strip():
        host = instance.text if "." in instance.text else f"{instance.text}.openai.azure.com"
        address, hidden = f"https://{host}/openai/deployments", ()
    else:
        filled = _gateway(entry, instance.text, deployment, reading)
        if filled.reason:
            return filled, filled.secrets
        address, hidden = filled.text, filled.secrets
    parts = _parts(address)
    if parts is None:
        return _no_address(address, entry or at, reading), hidden
    path = parts.path.rstrip("/").removesuffix(CHAT_PATH).removesuffix(f"/{deployment}")
    path = f"{path}/{quote(deployment)}{CHAT_PATH}"
    return _Filled(_joined(parts, path, version)), hidden


def _gateway(entry: Entry, instance: str, deployment: str, reading: Reading) -> _Filled:
    text = (entry.node.text or "").replace("${INSTANCE_NAME}", instance)
    text = text.replace("${DEPLOYMENT_NAME}", deployment)
    named = replace(entry, node=replace(entry.node, value=text))
    return _fill(named, reading)


def _parts(address: str) -> SplitResult | None:
    if host_of(address) is None or any(character.isspace() for character in address):
        return None
    return urlsplit(address)


def _no_address(text: str, entry: Entry, reading: Reading) -> _Filled:
    fault = f"baseURL is not an address that begins with http:// or https://: {text}"
    reading.notes.warning("bad-address", fault, entry.node)
    return _Filled(text, fault)


def _joined(parts: SplitResult, path: str, version: str) -> str:
    """The address with the version of the API, unless it says one itself."""
    query = parts.query
    if version and "api-version=" not in query:
        query = f"{query}&api-version={quote(version)}".lstrip("&")
    return urlunsplit((parts.scheme, parts.netloc, path, query, ""))


def _text(node: Node, key: str) -> str | None:
    found = node.get(key)
    return found.text if found else None
