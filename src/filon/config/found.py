"""Endpoints that need no file: providers whose key is set, local servers, practice."""

from collections.abc import Iterable

from filon.config.environment import Environment
from filon.providers import catalog
from filon.providers.endpoint import Endpoint, Key, Title
from filon.providers.manifest import Manifest
from filon.trace.records import Because


def detected(environment: Environment, configured: Iterable[Endpoint]) -> tuple[Endpoint, ...]:
    """An endpoint for each provider whose key is set, then for each local server that Filon knows
    of; without those whose host or name an entry of the file has already. Nothing is probed."""
    taken = {catalog.host_of(endpoint.base_url) for endpoint in configured}
    names = {endpoint.name for endpoint in configured}
    made: list[Endpoint] = []
    for manifest in catalog.manifests():
        if manifest.name in names or catalog.hosts(manifest) & taken:
            continue
        key = _key(manifest, environment)
        if manifest.kind != "practice" and key is not None:
            made.append(_endpoint(manifest, key, manifest.base_url))
    return tuple(made)


def practice_endpoint(base_url: str) -> Endpoint:
    """The built-in provider, once it listens at this address."""
    manifest = next(one for one in catalog.manifests() if one.kind == "practice")
    return _endpoint(manifest, Key(source="none_needed"), base_url)


def _key(manifest: Manifest, environment: Environment) -> Key | None:
    """The provider's key; None if it needs one and has none."""
    if not manifest.variables:
        return Key(source="none_needed")
    found = [variable for name in manifest.variables if (variable := environment.get(name))]
    if not found:
        return None
    first = found[0]
    return Key(
        source="environment",
        value=first.value.strip(),
        variable=first.name,
        place=first.place,
    )


def _endpoint(manifest: Manifest, key: Key, base_url: str) -> Endpoint:
    source = f"{manifest.name}.toml"
    kind = "detected" if manifest.kind == "cloud" else manifest.kind
    why = f"{key.variable} is set." if key.variable else None
    sendable = key.value is None or (key.value.isascii() and key.value.isprintable())
    return Endpoint(
        name=manifest.name,
        label=manifest.label,
        provider=manifest.name,
        protocol=manifest.protocol,
        base_url=base_url.rstrip("/"),
        key=key,
        origin=Because(source=source, rule="base_url", why=why),
        kind=kind,
        state="ready" if sendable else "broken",
        reason=None if sendable else f"{key.variable} holds a letter that cannot be sent.",
        models=manifest.models,
        models_because=Because(source=source, line=manifest.models_line, rule="models.known"),
        models_path=manifest.models_path,
        fetch=manifest.models_path is not None,
        quirks=manifest.quirks,
        title=Title(enabled=manifest.titles, because=Because(source=source, rule="titles")),
        docs=manifest.docs,
        ask_usage=manifest.ask_usage,
    )
