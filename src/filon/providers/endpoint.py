"""One configured connection, whatever it came from: a file's entry, a key found, or practice."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from filon.providers.local.known import Window
from filon.providers.quirks import Quirk
from filon.trace.records import Because

State = Literal["ready", "not_configured", "broken"]
KeySource = Literal["environment", "file", "none_needed", "missing", "user_provided"]
# The headers that carry the key; Azure wants its own, and takes OpenAI's beside it.
Auth = Literal["bearer", "api-key", "x-api-key"]
TitleMethod = Literal["completion", "structured", "functions"]


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
    written_usd: float | None = None


class EndpointLimits(Struct, frozen=True, kw_only=True):
    """How much an endpoint is asked for at most; None where nothing bounds it."""

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    concurrent: int | None = None


class Title(Struct, frozen=True, kw_only=True):
    """How conversations get their titles. `model` None means the conversation's own model.

    `method` "structured" asks for an answer in a JSON schema, "functions" for a tool call.
    `prompt` holds `{convo}`; `template` is how the conversation is written there, with `{input}`
    and `{output}`. `endpoint` is another endpoint to ask. `timing` "immediate" asks beside the
    answer, for which there is only the question to go by.
    """

    enabled: bool
    model: str | None = None
    because: Because
    method: TitleMethod = "completion"
    prompt: str | None = None
    template: str | None = None
    endpoint: str | None = None
    timing: Literal["immediate", "final"] = "final"
    role: Literal["system", "user", "assistant"] = "user"


class ParameterField(Struct, frozen=True, kw_only=True):
    """How one parameter is shown to a person (`customParams.paramDefinitions`).

    LibreChat bounds its slider by `low`, `high` and `step`; a request is not clamped to them.
    """

    name: str
    because: Because
    label: str | None = None
    description: str | None = None
    component: str | None = None
    default: Any = None
    low: float | None = None
    high: float | None = None
    step: float | None = None
    options: tuple[str, ...] = ()


class Target(Struct, frozen=True, kw_only=True):
    """Where one model of an endpoint is reached, where its models have several addresses.

    `url` is the whole address of a chat request, `model` the name that stands in its body.
    `ask_usage` is as for an endpoint. `reason` says why this model cannot be used, though others
    of the endpoint may.
    """

    url: str
    model: str
    because: Because
    key: Key
    auth: tuple[Auth, ...] = ("bearer",)
    headers: Mapping[str, str] = {}
    add: tuple[ParameterRule, ...] = ()
    drop: tuple[ParameterRule, ...] = ()
    ask_usage: bool = True
    reason: str | None = None


class Endpoint(Struct, frozen=True, kw_only=True):
    """A connection to a provider.

    `name` is what stands before the slash in `endpoint/model`. `origin` is where the endpoint was
    defined. `state` "ready" means that it can be tried; otherwise `reason` says in one sentence
    what is missing and what to do. `models` are the ids known without asking, `fetch` whether
    the provider may be asked for more; `models_query` adds who asks to that request, `about` is
    what the configuration says of a model. `url` is the whole address of a chat request where it
    is not `base_url` and the protocol's path. `auth` are the headers that carry the key.
    `headers` may hold placeholders, which are filled in for each request. `defaults`, `add` and
    `drop` are the configuration's rules in file order; `quirks` the manifest's. `parameter_names`
    is whose names for parameters the entry takes. `reasoning_format` is how an effort to think is
    sent, `reasoning_key` where the thought comes. `fields` are how parameters are shown.
    `stream_rate` is a pause between pieces of a shown answer, in milliseconds. `rates` are the
    configuration's own prices. `secrets` are what must never be shown of the headers and of the
    address, beside the key. `aside` keeps its models out of lists that nobody searched.
    `windows` is what a local server said of its models' context, once it was looked at.
    `targets` has an address for each model, where they have several; `at` chooses the `target`.
    `embedders` are models that make vectors of texts, beside those that `embeddings.py` knows of.
    `more_keys` are used beside `key`, in turn; one without a value names what is missing. `limits`
    bound what the endpoint is asked for.
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
    models_query: bool = False
    about: Mapping[str, str] = {}
    url: str | None = None
    auth: tuple[Auth, ...] = ("bearer",)
    headers: Mapping[str, str] = {}
    defaults: tuple[ParameterRule, ...] = ()
    add: tuple[ParameterRule, ...] = ()
    drop: tuple[ParameterRule, ...] = ()
    quirks: tuple[Quirk, ...] = ()
    parameter_names: str = "custom"
    reasoning_format: ParameterRule | None = None
    reasoning_key: str | None = None
    fields: tuple[ParameterField, ...] = ()
    stream_rate: float | None = None
    display_label: str | None = None
    icon: str | None = None
    title: Title
    docs: str | None = None
    ask_usage: bool = True
    rates: tuple[TokenRate, ...] = ()
    secrets: tuple[str, ...] = ()
    aside: bool = False
    windows: Mapping[str, Window] = {}
    targets: Mapping[str, Target] = {}
    target: Target | None = None
    embedders: tuple[str, ...] = ()
    more_keys: tuple[Key, ...] = ()
    limits: EndpointLimits = EndpointLimits()

    @property
    def thinks_by_switch(self) -> bool:
        """Whether LibreChat's switches for Anthropic's way of thinking count here."""
        return self.parameter_names == "anthropic"

    def at(self, model: str) -> "Endpoint":
        """The endpoint as this model is reached: with the address, key and rules of its target,
        where it has one, and without any targets."""
        target = self.targets.get(model)
        if target is None:
            return self
        return replace(
            self,
            url=target.url,
            target=target,
            ask_usage=target.ask_usage,
            key=target.key,
            auth=target.auth,
            headers={**self.headers, **target.headers},
            add=(*self.add, *target.add),
            drop=(*self.drop, *target.drop),
            targets={},
        )

    def against(self, model: str) -> str | None:
        """Why this model cannot be used, in one sentence; None if it can."""
        if self.state != "ready":
            return self.reason or "it is not ready."
        target = self.targets.get(model)
        return target.reason if target is not None else None


def is_same_place(old: Endpoint | None, new: Endpoint) -> bool:
    """Whether an endpoint leads where it led, with the same key; true where none was before."""
    if old is None:
        return True
    return _place(old) == _place(new)


def _place(endpoint: Endpoint) -> tuple[object, ...]:
    targets = {name: (one.url, one.key.value) for name, one in endpoint.targets.items()}
    return endpoint.base_url, endpoint.url, endpoint.key.value, targets
