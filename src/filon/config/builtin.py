"""LibreChat's own endpoints: those that Filon has work as LibreChat sets them up, by variables and
by their section of the file; the others are shown where somebody has set them up."""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from filon.config import azure, found, interpolate
from filon.config.connection import CHAT_PATH, USER_PROVIDED, Reading
from filon.config.environment import Environment, Variable
from filon.config.shared import Shared
from filon.config.yaml import Entry, Node
from filon.providers import catalog
from filon.providers.endpoint import Endpoint, Key, Title
from filon.providers.manifest import Manifest
from filon.trace.records import Because

# Lists the endpoints that LibreChat shows, in their order.
SHOWN = "ENDPOINTS"


class _Own(Struct, frozen=True, kw_only=True):
    """An endpoint of LibreChat's. `provider` is the manifest that stands behind it, `keys` are the
    variables that set it up where there is none. `models` and `address` name variables, `headers`
    are those that LibreChat sends where a variable is set. `needs` is what is still missing."""

    name: str
    label: str = ""
    provider: str | None = None
    keys: tuple[str, ...] = ()
    models: str | None = None
    address: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    needs: str = ""


_OWN = (
    _Own(
        name="openAI",
        provider="openai",
        models="OPENAI_MODELS",
        address="OPENAI_REVERSE_PROXY",
        headers=(("OpenAI-Organization", "OPENAI_ORGANIZATION"),),
    ),
    _Own(name="google", provider="google", models="GOOGLE_MODELS"),
    _Own(name="anthropic", provider="anthropic", models="ANTHROPIC_MODELS"),
    _Own(
        name="bedrock",
        label="AWS Bedrock",
        keys=("BEDROCK_AWS_ACCESS_KEY_ID", "BEDROCK_AWS_BEARER_TOKEN", "BEDROCK_AWS_PROFILE"),
        models="BEDROCK_AWS_MODELS",
        needs="the protocol of Amazon Bedrock",
    ),
    _Own(
        name="assistants",
        label="Assistants",
        keys=("ASSISTANTS_API_KEY",),
        models="ASSISTANTS_MODELS",
        needs="the protocol of OpenAI's Assistants",
    ),
    _Own(
        name="azureAssistants",
        label="Azure Assistants",
        keys=("AZURE_ASSISTANTS_API_KEY",),
        models="AZURE_ASSISTANTS_MODELS",
        needs="the protocol of OpenAI's Assistants",
    ),
)

_NAMES = frozenset((azure.NAME, *(own.name for own in _OWN)))

_AZURE_ALONE = (
    "AZURE_OPENAI_API_INSTANCE_NAME",
    "AZURE_OPENAI_API_DEPLOYMENT_NAME",
    "AZURE_OPENAI_API_VERSION",
)


def read_own(
    root: Node | None, reading: Reading, configured: Sequence[Endpoint]
) -> tuple[Endpoint, ...]:
    """LibreChat's own endpoints that somebody has set up, in LibreChat's order. `configured` are
    the custom ones, of which none is doubled unless the file has a section for it."""
    section = root.get("endpoints") if root else None
    everyone = section.get("all") if section else None
    made: list[Endpoint] = []
    for own in _OWN:
        entry = section.entry(own.name) if section else None
        endpoint = (
            _provided(own, entry, everyone, reading, configured)
            if own.provider
            else _waiting(own, entry, reading)
        )
        if endpoint is not None:
            made.append(endpoint)
    entry = section.entry(azure.NAME) if section else None
    if entry is not None and entry.node.kind == "map":
        made.append(azure.read_azure(entry, everyone, reading))
    elif all(reading.environment.get(name) for name in _AZURE_ALONE):
        made.append(azure.from_variables(everyone, reading))
    _tell_hidden(section, reading)
    return tuple(made)


def _tell_hidden(section: Node | None, reading: Reading) -> None:
    """Says where the variable ENDPOINTS leaves out what the file sets up."""
    shown = reading.environment.get(SHOWN)
    for entry in section.entries if section and shown else ():
        if entry.key in _NAMES and shown and entry.key not in _split(shown.value):
            message = (
                f"The variable {SHOWN} is set and does not list {entry.key}, so LibreChat does not "
                "show it. Filon keeps it aside: it is found by its name."
            )
            reading.notes.warning("endpoints-variable", message, entry)


def _split(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _provided(
    own: _Own,
    entry: Entry | None,
    everyone: Node | None,
    reading: Reading,
    configured: Sequence[Endpoint],
) -> Endpoint | None:
    """The endpoint of a provider that Filon knows, as LibreChat would have it."""
    manifest = catalog.by_name(own.provider or "")
    if manifest is None or manifest.name in {one.name for one in configured}:
        return None
    taken = {catalog.host_of(one.base_url) for one in configured}
    if entry is None and catalog.hosts(manifest) & taken:
        return None
    made = found.of_provider(manifest, reading.environment)
    if made is None:
        if entry is None:
            return None
        made = _without_key(manifest, entry, reading)
    if entry is not None:
        origin = _place_of(own, entry, made.origin.why, reading)
        made = replace(made, origin=origin)
        _tell_address(own, entry, reading)
    return _dressed(made, own, entry, everyone, reading)


def _place_of(own: _Own, entry: Entry, why: str | None, reading: Reading) -> Because:
    rule = f"endpoints.{own.name}"
    return Because(source=reading.source, line=entry.line, rule=rule, why=why)


def _without_key(manifest: Manifest, entry: Entry, reading: Reading) -> Endpoint:
    """The section is there and its key is not."""
    variable = manifest.variables[0]
    message = f"{variable} is not set."
    told = f"{message} LibreChat does not list the endpoint then; Filon shows what is missing."
    reading.notes.warning("unset-variable", told, entry)
    given = Variable(name=variable, value="-")
    made = found.of_provider(manifest, Environment(file={variable: given}))
    assert made is not None
    return replace(
        made,
        key=Key(source="missing", variable=variable),
        state="not_configured",
        reason=interpolate.why_unset((variable,)),
        origin=replace(made.origin, why=None),
    )


def _tell_address(own: _Own, entry: Entry, reading: Reading) -> None:
    address = entry.node.entry("baseURL")
    if address is not None:
        instead = f": it reads the variable {own.address}" if own.address else ""
        message = f"LibreChat passes over endpoints.{own.name}.baseURL{instead}. So does Filon."
        reading.notes.warning("no-effect", message, address)


def _dressed(
    made: Endpoint, own: _Own, entry: Entry | None, everyone: Node | None, reading: Reading
) -> Endpoint:
    """With LibreChat's variables and the settings of the file."""
    environment = reading.environment
    shared = Shared(entry.node if entry else None, everyone, reading)
    named = [(header, environment.get(variable)) for header, variable in own.headers]
    headers = {header: one.value.strip() for header, one in named if one is not None}
    address = environment.get(own.address) if own.address else None
    if address is not None and address.value.strip() != USER_PROVIDED:
        made = _addressed(made, address)
    models = environment.get(own.models) if own.models else None
    if models is not None:
        made = _listing(made, models)
    if entry is not None or everyone is not None:
        made = replace(made, title=shared.title(), stream_rate=shared.stream_rate())
    return replace(
        made,
        headers={**made.headers, **headers, **shared.headers.headers},
        secrets=(*made.secrets, *shared.headers.secrets),
    )


def _addressed(made: Endpoint, address: Variable) -> Endpoint:
    text = address.value.strip().rstrip("/").removesuffix(CHAT_PATH)
    if catalog.host_of(text) is None:
        reason = f"{address.name} is not an address that begins with http:// or https://."
        return replace(made, state="broken", reason=reason)
    why = f"{address.name} is set."
    origin = replace(made.origin, why=f"{made.origin.why} {why}" if made.origin.why else why)
    return replace(made, base_url=text, origin=origin)


def _listing(made: Endpoint, models: Variable) -> Endpoint:
    """A list in a variable is all that is shown, as in LibreChat."""
    ids = tuple(dict.fromkeys(_split(models.value)))
    because = Because(source=models.place or "environment", rule=models.name)
    return replace(made, models=ids, models_because=because, fetch=False)


def _waiting(own: _Own, entry: Entry | None, reading: Reading) -> Endpoint | None:
    """An endpoint that Filon cannot serve yet, if somebody has a key for it."""
    variables = (reading.environment.get(name) for name in own.keys)
    key = next((one for one in variables if one and one.value.strip() != USER_PROVIDED), None)
    if key is None:
        return None
    because = Because(source=own.name, rule=key.name, why=f"{key.name} is set.")
    if entry is not None:
        because = _place_of(own, entry, because.why, reading)
    models = reading.environment.get(own.models) if own.models else None
    made = Endpoint(
        name=own.name,
        label=own.label,
        provider=own.name,
        protocol=own.name,
        base_url="",
        key=Key(source="environment", value=key.value.strip(), variable=key.name, place=key.place),
        origin=because,
        kind="detected",
        state="not_configured",
        reason=f"LibreChat's endpoint {own.name} needs {own.needs}, which comes later.",
        models_path=None,
        title=Title(enabled=False, because=because),
    )
    return made if models is None else _listing(made, models)


def arranged(endpoints: Iterable[Endpoint], environment: Environment) -> tuple[Endpoint, ...]:
    """In the order of the variable ENDPOINTS, where it is set. Those of LibreChat's own that it
    does not list are kept aside: found by their name, and not shown by themselves."""
    listed = environment.get(SHOWN)
    if listed is None:
        return tuple(endpoints)
    order = _split(listed.value)
    places = {name: place for place, name in enumerate(order)}
    names = {own.provider or own.name: own.name for own in _OWN} | {azure.NAME: azure.NAME}
    ranked: list[tuple[int, Endpoint]] = []
    for endpoint in endpoints:
        custom = endpoint.kind == "custom" and endpoint.name != azure.NAME
        name = "custom" if custom else names.get(endpoint.name)
        hidden = name is not None and name != "custom" and name not in places
        # LibreChat shows the custom ones in any case, and last where they are not listed.
        place = places.get(name or "", len(order))
        ranked.append((place, replace(endpoint, aside=True) if hidden else endpoint))
    return tuple(endpoint for _, endpoint in sorted(ranked, key=_place))


def _place(ranked: tuple[int, Endpoint]) -> int:
    return ranked[0]
