"""Endpoints that need no file: providers whose key is set, local servers, practice."""

from collections.abc import Iterable

from filon.config.connection import USER_PROVIDED
from filon.config.environment import Environment
from filon.practice.dialects.dialect import Dialect, dialects
from filon.practice.dialects.dialect import names as dialect_names
from filon.practice.model.family import EMBEDDER, EMBEDDING, MODELS, Model
from filon.protocols.names import KEY_HEADERS
from filon.providers import catalog
from filon.providers.endpoint import Endpoint, Key, State, Title, TokenRate
from filon.providers.local import addresses, servers
from filon.providers.manifest import Manifest
from filon.trace.records import Because


def detected(environment: Environment, configured: Iterable[Endpoint]) -> tuple[Endpoint, ...]:
    """An endpoint for each provider whose key is set, and for local servers that need none; without
    those whose host or name an entry of the file has already. Nothing is probed."""
    taken = {catalog.host_of(endpoint.base_url) for endpoint in configured}
    names = {endpoint.name for endpoint in configured}
    made: list[Endpoint] = []
    for manifest in catalog.manifests():
        if manifest.name in names or catalog.hosts(manifest) & taken:
            continue
        endpoint = of_provider(manifest, environment) if is_detected(manifest) else None
        if endpoint is not None and catalog.host_of(endpoint.base_url) not in taken:
            made.append(endpoint)
    return tuple(made)


def of_provider(manifest: Manifest, environment: Environment) -> Endpoint | None:
    """The endpoint of a provider, if its key is set or none is needed."""
    key = _key(manifest, environment)
    place = _place(manifest, environment)
    return None if key is None or place is None else _endpoint(manifest, key, *place)


def _place(manifest: Manifest, environment: Environment) -> tuple[str, str | None] | None:
    """Where a provider is reached and, if a variable says so, which; None for a local server that
    is not wanted."""
    usual = manifest.base_url, None
    if servers.of(manifest.name) is None:
        return usual
    chosen = environment.get(addresses.VARIABLE)
    if chosen is not None:
        # The loader has told what is wrong with it, if anything is.
        wanted = addresses.wanted(chosen.value, strict=False)
        if manifest.name not in wanted:
            return None
        address = wanted[manifest.name]
        if address is not None:
            return address, f"{chosen.name} says so."
    variable = addresses.theirs(manifest.name)
    theirs = environment.get(variable) if variable else None
    address = addresses.from_theirs(manifest.name, theirs.value) if theirs else None
    return (address, f"{variable} says so.") if address else usual


def is_detected(manifest: Manifest) -> bool:
    """Whether setting its key is all that it takes for a provider to be there."""
    return manifest.kind != "practice" and manifest.undetected is None


def practice_endpoints(address: str, closed: str, tls: str) -> tuple[Endpoint, ...]:
    """The built-in provider once it listens at `address`: as itself, in each of its dialects, and
    behind the two doors of its own that nobody can get through."""
    return (
        *(_practice(dialect, address) for dialect in dialects()),
        _door("practice-closed", "Practice: closed port", closed),
        _door("practice-tls", "Practice: bad certificate", tls),
    )


def practice_names() -> frozenset[str]:
    """The names that practice takes."""
    own = catalog.practice().name
    named = (own if name == own else f"{own}-{name}" for name in dialect_names())
    return frozenset((*named, "practice-closed", "practice-tls"))


def _practice(dialect: Dialect, address: str) -> Endpoint:
    """One dialect as an endpoint. It meets the quirks of the provider whose dialect it is."""
    own = catalog.practice()
    manifest = catalog.by_name(dialect.provider) or own
    source = f"{dialect.name}.toml"
    name = _name_of(dialect)
    main = name == own.name
    speaking = tuple(model for model in MODELS if model.name in dialect.models)
    embeds = EMBEDDING in dialect.models
    return Endpoint(
        name=name,
        label=own.label if main else f"{own.label}: {dialect.label}",
        provider=manifest.name,
        protocol=dialect.protocol,
        auth=(KEY_HEADERS.get(dialect.protocol, "bearer"),),
        base_url=address + dialect.roots[0],
        key=Key(source="none_needed", value=dialect.key),
        origin=Because(source=source, rule="roots", why="Practice is built in."),
        kind="practice",
        models=tuple(dialect.prefix + model.name for model in speaking),
        models_because=Because(source=source, rule="models"),
        models_path=None,
        quirks=manifest.quirks,
        # The echo would make a title of the request itself.
        title=Title(
            enabled=own.titles,
            model=dialect.prefix + dialect.models[0],
            because=Because(source=source, rule="titles"),
        ),
        ask_usage=manifest.ask_usage,
        rates=tuple(_rate(dialect, one) for one in (*speaking, *((EMBEDDER,) if embeds else ()))),
        embedders=(dialect.prefix + EMBEDDING,) if embeds else (),
        aside=not main,
    )


def _rate(dialect: Dialect, model: Model) -> TokenRate:
    return TokenRate(
        model=dialect.prefix + model.name,
        because=Because(source=f"{dialect.name}.toml", rule="models"),
        input_usd=model.input_usd,
        output_usd=model.output_usd,
        context=model.context,
    )


def _door(name: str, label: str, address: str) -> Endpoint:
    own = catalog.practice()
    because = Because(source="practice.toml", rule="doors", why="Practice is built in.")
    return Endpoint(
        name=name,
        label=label,
        provider=own.name,
        protocol=own.protocol,
        base_url=f"{address}/v1",
        key=Key(source="none_needed"),
        origin=because,
        kind="practice",
        models=("pocket",),
        models_because=because,
        models_path=None,
        title=Title(enabled=False, because=because),
        aside=True,
    )


def _name_of(dialect: Dialect) -> str:
    own = catalog.practice().name
    return own if dialect.provider == own else f"{own}-{dialect.name}"


def _key(manifest: Manifest, environment: Environment) -> Key | None:
    """The provider's key; None if it needs one and has none."""
    found = [variable for name in manifest.variables if (variable := environment.get(name))]
    if not found:
        needed = manifest.variables and manifest.kind != "local"
        return None if needed else Key(source="none_needed")
    first = found[0]
    if first.value.strip() == USER_PROVIDED:
        return Key(source="user_provided", variable=first.name, place=first.place)
    return Key(
        source="environment",
        value=first.value.strip(),
        variable=first.name,
        place=first.place,
    )


def _endpoint(manifest: Manifest, key: Key, base_url: str, moved: str | None) -> Endpoint:
    source = f"{manifest.name}.toml"
    kind = "detected" if manifest.kind == "cloud" else manifest.kind
    why = f"{key.variable} is set." if key.variable else moved
    state, reason = _state(manifest, key)
    return Endpoint(
        name=manifest.name,
        label=manifest.label,
        provider=manifest.name,
        protocol=manifest.protocol,
        auth=(KEY_HEADERS.get(manifest.protocol, "bearer"),),
        base_url=base_url.rstrip("/"),
        key=key,
        origin=Because(source=source, rule="base_url", why=why),
        kind=kind,
        state=state,
        reason=reason,
        models=manifest.models,
        models_because=Because(source=source, line=manifest.models_line, rule="models.known"),
        models_path=manifest.models_path,
        fetch=manifest.models_path is not None,
        quirks=manifest.quirks,
        title=Title(enabled=manifest.titles, because=Because(source=source, rule="titles")),
        docs=manifest.docs,
        ask_usage=manifest.ask_usage,
    )


def _state(manifest: Manifest, key: Key) -> tuple[State, str | None]:
    """Whether the endpoint can be used, and in one or two sentences why not."""
    if key.source == "user_provided":
        reason = (
            f"{key.variable} is {USER_PROVIDED}: keys that each person brings come later. "
            "Write a key there."
        )
        return "not_configured", reason
    if key.value is not None and not (key.value.isascii() and key.value.isprintable()):
        return "broken", f"{key.variable} holds a letter that cannot be sent."
    return "ready", None
