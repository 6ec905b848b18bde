"""The form of a provider's manifest: facts, and the quirks of its wire, each with its reason."""

import tomllib
from typing import Any, Literal

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field

from filon.providers.quirks import Name, Quirk
from filon.trace.records import Because

Sure = Literal["confirmed", "secondary", "unconfirmed"]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KeyTable(_Table):
    """Which environment variables may hold the key, the usual one first."""

    env: tuple[str, ...] = Field(min_length=1)


class ModelsTable(_Table):
    """Where the provider lists its models, and which of them are known without asking."""

    list: str | None = None
    known: tuple[str, ...] = ()


class QuirkTable(_Table):
    """One `[[quirks]]` of the file. `name` may be several parameters that are treated alike.

    `seen` is when it was last true, `sure` how sure we are, `source` who says so.
    """

    use: Name
    name: str | tuple[str, ...]
    to: str | None = None
    low: float | None = None
    high: float | None = None
    value: Any = None
    models: tuple[str, ...] = ()
    unless: dict[str, Any] = {}
    why: str = Field(min_length=10)
    seen: str = Field(pattern=r"^20\d\d-\d\d(-\d\d)?$")
    sure: Sure
    source: str = Field(min_length=5)


class _File(_Table):
    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    label: str
    kind: Literal["cloud", "local", "practice"] = "cloud"
    protocol: str
    base_url: str
    hosts: tuple[str, ...] = ()
    key: KeyTable | None = None
    models: ModelsTable = ModelsTable()
    docs: str | None = None
    prices: str | None = None
    ask_usage: bool = True
    titles: bool = True
    quirks: tuple[QuirkTable, ...] = ()


class Manifest(Struct, frozen=True, kw_only=True):
    """The facts of one provider.

    `hosts` are further hosts, with their port where one is usual, that are this provider too.
    `variables` are the environment variables that may hold its key; none means that no key is
    needed. `prices` is the provider's id in genai-prices. `ask_usage` says whether token counts
    must be asked for in a stream. `titles` says whether its models can make titles.
    """

    name: str
    label: str
    kind: Literal["cloud", "local", "practice"]
    protocol: str
    base_url: str
    hosts: tuple[str, ...]
    variables: tuple[str, ...]
    models: tuple[str, ...]
    models_line: int | None
    models_path: str | None
    docs: str | None
    prices: str | None
    ask_usage: bool
    titles: bool
    quirks: tuple[Quirk, ...]


def parse(text: str, source: str) -> Manifest:
    """Reads a manifest. `source` is its file's name, for the quirks' reasons."""
    file = _File.model_validate(tomllib.loads(text))
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines, 1) if line.strip() == "[[quirks]]"]
    listing = [number for number, line in enumerate(lines, 1) if line.startswith("models")]
    return Manifest(
        name=file.name,
        label=file.label,
        kind=file.kind,
        protocol=file.protocol,
        base_url=file.base_url,
        hosts=file.hosts,
        variables=file.key.env if file.key else (),
        models=file.models.known,
        models_line=listing[0] if listing else None,
        models_path=file.models.list,
        docs=file.docs,
        prices=file.prices,
        ask_usage=file.ask_usage,
        titles=file.titles,
        quirks=tuple(
            quirk
            for index, (table, line) in enumerate(zip(file.quirks, starts, strict=True))
            for quirk in _quirks(table, Because(source=source, line=line, rule=f"quirks[{index}]"))
        ),
    )


def _quirks(table: QuirkTable, place: Because) -> tuple[Quirk, ...]:
    """A quirk per parameter that the table names."""
    because = Because(
        source=place.source,
        line=place.line,
        rule=place.rule,
        why=f"{table.why} ({table.sure}, seen {table.seen}: {table.source})",
    )
    names = (table.name,) if isinstance(table.name, str) else table.name
    return tuple(
        Quirk(
            use=table.use,
            name=name,
            because=because,
            to=table.to,
            low=table.low,
            high=table.high,
            value=table.value,
            models=table.models,
            unless=table.unless,
        )
        for name in names
    )
