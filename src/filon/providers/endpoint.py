"""One configured connection, whatever it came from: a file's entry, a key found, or practice."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from filon.providers.quirks import Quirk
from filon.trace.records import Because

State = Literal["ready", "not_configured", "broken"]
KeySource = Literal["environment", "file", "none_needed", "missing", "user_provided"]


class Key(Struct, frozen=True, kw_only=True):
    """A provider's key and where it comes from. `value` is secret and never leaves the process
    except to its own endpoint: the key and the address are one inseparable pair.

    `variable` names the environment variable it was, or should have been, read from; `place` is
    the file and line of that variable, such as `.env:3`, where it is not the process's own.
    """

    source: KeySource
    value: str | None = None
    variable: str | None = None
    place: str | None = None

    @property
    def masked(self) -> str | None:
        """Enough of the key to recognise it."""
        if self.value is None:
            return None
        return f"…{self.value[-4:]}" if len(self.value) >= 12 else "…"


class ParameterRule(Struct, frozen=True, kw_only=True):
    """One line of configuration about one parameter: its name, perhaps a value, and its place."""

    name: str
    because: Because
    value: Any = None


class TokenRate(Struct, frozen=True, kw_only=True):
    """What the configuration says of one model's price and context (`tokenConfig`).

    Prices are USD per million tokens, `context` is tokens.
    """

    model: str
    because: Because
    input_usd: float
    output_usd: float
    context: int | None = None
    cached_usd: float | None = None


class Title(Struct, frozen=True, kw_only=True):
    """How conversations get their titles. `model` None means the conversation's own model."""

    enabled: bool
    model: str | None = None
    because: Because


class Endpoint(Struct, frozen=True, kw_only=True):
    """A connection to a provider.

    `name` is what stands before the slash in `endpoint/model`. `origin` is where the endpoint was
    defined. `state` "ready" means that it can be tried; otherwise `reason` says in one sentence
    what is missing and what to do. `models` are the ids known without asking, `fetch` whether
    the provider may be asked for more. `headers` are sent as they are. `defaults`, `add` and
    `drop` are the configuration's rules in file order; `quirks` the manifest's. `rates` are the
    configuration's own prices. `secrets` are what must never be shown of the headers and of the
    address, beside the key.
    """

    name: str
    label: str
    provider: str
    protocol: str
    base_url: str
    key: Key
    origin: Because
    kind: Literal["custom", "detected", "local", "practice"]
    state: State = "ready"
    reason: str | None = None
    models: tuple[str, ...] = ()
    models_because: Because | None = None
    models_path: str | None = "/models"
    fetch: bool = False
    headers: Mapping[str, str] = {}
    defaults: tuple[ParameterRule, ...] = ()
    add: tuple[ParameterRule, ...] = ()
    drop: tuple[ParameterRule, ...] = ()
    quirks: tuple[Quirk, ...] = ()
    display_label: str | None = None
    icon: str | None = None
    title: Title
    docs: str | None = None
    ask_usage: bool = True
    rates: tuple[TokenRate, ...] = ()
    secrets: tuple[str, ...] = ()
