"""A provider's manifest: facts, and the quirks of its wire, each with its reason and its date.

The form is held strictly, for a fact in a misspelt key would be a fact that nobody reads.
"""

import difflib
import re
import tomllib
from datetime import date
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta, Struct

from filon.conversation.request import Wanted
from filon.providers.quirks import Name, Quirk
from filon.trace.records import Because

Sure = Literal["confirmed", "secondary", "unconfirmed"]
Kind = Literal["cloud", "local", "practice"]
About = Literal["address", "key", "models", "stream", "limits", "errors"]

_Source = Annotated[str, Meta(min_length=5)]


class KeyTable(Struct, frozen=True, forbid_unknown_fields=True):
    """Which environment variables may hold the key, the usual one first.

    `also` are names that are as usual, but that other programs set for their own ends, so that
    they alone are no sign that this provider is meant. `prefixes` are how its keys begin, `page`
    is where they are made.
    """

    env: Annotated[tuple[str, ...], Meta(min_length=1)]
    also: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    page: str | None = None


class ModelsTable(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the provider lists its models, which of them are known without asking, and which may
    stand in an example although nobody vouches for them. `embeddings` are known ones that make
    vectors of texts."""

    list: str | None = None
    known: tuple[str, ...] = ()
    example: tuple[str, ...] = ()
    embeddings: tuple[str, ...] = ()


class Fact(Struct, frozen=True, forbid_unknown_fields=True):
    """Something worth knowing that the program does not act on, for people who debug."""

    about: About
    says: Annotated[str, Meta(min_length=10)]
    sure: Sure
    source: _Source


class QuirkTable(Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[quirks]]` of the file. `name` may be several parameters that are treated alike.

    `seen` is when it was last true, `sure` how sure we are, `source` who says so. `wants` is
    whether it is about requests for answers or for vectors (embeddings), `protocol` in which one.
    """

    use: Name
    name: str | tuple[str, ...]
    why: Annotated[str, Meta(min_length=10)]
    seen: Annotated[str, Meta(pattern=r"^20\d\d-\d\d(-\d\d)?$")]
    sure: Sure
    source: _Source
    to: str | None = None
    low: float | None = None
    high: float | None = None
    value: Any = None
    models: tuple[str, ...] = ()
    unless: dict[str, Any] = {}
    wants: Wanted = "answer"
    protocol: str = "openai_chat"


class _File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]*$")]
    label: str
    protocol: str
    base_url: str
    checked_on: date
    sure: Sure
    source: _Source
    kind: Kind = "cloud"
    address: Literal["theirs", "yours"] = "theirs"
    hosts: tuple[str, ...] = ()
    key: KeyTable | None = None
    models: ModelsTable = ModelsTable()
    headers: dict[str, str] = {}
    docs: str | None = None
    status: str | None = None
    prices: str | None = None
    ask_usage: bool = True
    titles: bool = True
    undetected: str | None = None
    closed: str | None = None
    no_embeddings: str | None = None
    facts: tuple[Fact, ...] = ()
    quirks: tuple[QuirkTable, ...] = ()


class Manifest(Struct, frozen=True, kw_only=True):
    """The facts of one provider.

    `hosts` are further hosts, with their port where one is usual, that are this provider too;
    `*.` before a host stands for all below it. `own_address` says that each user has another
    address, of which `base_url` shows the form. `variables` are the environment variables that may
    hold its key; none means that no key is needed. `also`, `prefixes` and `key_page` are as in
    KeyTable, `examples` as in ModelsTable. `headers` are those that a request needs beside the key.
    `prices` is the provider's id in genai-prices. `ask_usage` says whether token counts must be
    asked for in a stream. `titles` says whether its models can make titles. `undetected` is why no
    endpoint is made for it although its key is set, `closed` since when and why it no longer
    answers. `embedders` are models known to make vectors, `no_embeddings` why it makes none.
    `checked_on` is the day on which its facts were last held against their sources.
    """

    name: str
    label: str
    kind: Kind
    protocol: str
    base_url: str
    own_address: bool
    hosts: tuple[str, ...]
    variables: tuple[str, ...]
    also: tuple[str, ...]
    prefixes: tuple[str, ...]
    key_page: str | None
    models: tuple[str, ...]
    models_line: int | None
    models_path: str | None
    examples: tuple[str, ...]
    headers: dict[str, str]
    docs: str | None
    status: str | None
    prices: str | None
    ask_usage: bool
    titles: bool
    undetected: str | None
    closed: str | None
    embedders: tuple[str, ...]
    no_embeddings: str | None
    checked_on: date
    sure: Sure
    source: str
    facts: tuple[Fact, ...]
    quirks: tuple[Quirk, ...]


class ManifestError(ValueError):
    """A manifest is not of the form: which file, which line and key, and what is wrong there."""


def parse(text: str, source: str) -> Manifest:
    """Reads a manifest. `source` is its file's name, for the quirks' reasons. Raises
    ManifestError."""
    try:
        file = msgspec.convert(tomllib.loads(text), _File)
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(f"{source}: this is not TOML: {error}.") from error
    except msgspec.ValidationError as error:
        raise ManifestError(_told(str(error), text, source)) from error
    starts = _starts(text)
    _check(file, source, starts)
    key = file.key
    return Manifest(
        name=file.name,
        label=file.label,
        kind=file.kind,
        protocol=file.protocol,
        base_url=file.base_url,
        own_address=file.address == "yours",
        hosts=file.hosts,
        variables=key.env if key else (),
        also=key.also if key else (),
        prefixes=key.prefixes if key else (),
        key_page=key.page if key else None,
        models=file.models.known,
        models_line=_line(text, "models"),
        models_path=file.models.list,
        examples=file.models.example,
        headers=file.headers,
        docs=file.docs,
        status=file.status,
        prices=file.prices,
        ask_usage=file.ask_usage,
        titles=file.titles,
        undetected=file.undetected,
        closed=file.closed,
        embedders=file.models.embeddings,
        no_embeddings=file.no_embeddings,
        checked_on=file.checked_on,
        sure=file.sure,
        source=file.source,
        facts=file.facts,
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
            wants=table.wants,
            protocol=table.protocol,
        )
        for name in names
    )


def _check(file: _File, source: str, starts: list[int]) -> None:
    """What the types cannot say."""
    if f"{file.name}.toml" != source:
        raise ManifestError(f"{source}: name is {file.name!r}; it must be as the file is called.")
    if len(starts) != len(file.quirks):
        raise ManifestError(f"{source}: each quirk must begin with a line [[quirks]] of its own.")
    for index, (table, line) in enumerate(zip(file.quirks, starts, strict=True)):
        fault = _quirk_fault(table)
        if fault:
            raise ManifestError(f"{source}, line {line}: quirks[{index}] {fault}")


def _quirk_fault(table: QuirkTable) -> str | None:
    bounded = table.low is not None or table.high is not None
    if (table.use == "rename") != (table.to is not None):
        return 'needs both use = "rename" and to, or neither.'
    if (table.use == "clamp") != bounded:
        return 'needs both use = "clamp" and low or high, or neither.'
    if (table.use == "add") != (table.value is not None):
        return 'needs both use = "add" and value, or neither.'
    return None


def _starts(text: str) -> list[int]:
    lines = enumerate(text.splitlines(), 1)
    return [number for number, line in lines if line.strip() == "[[quirks]]"]


def _line(text: str, key: str) -> int | None:
    """The line of a key of the file itself."""
    lines = enumerate(text.splitlines(), 1)
    return next((number for number, line in lines if re.match(rf"{key}\b", line)), None)


_TABLES: dict[str, type[Struct]] = {
    "": _File,
    "key": KeyTable,
    "models": ModelsTable,
    "facts": Fact,
    "quirks": QuirkTable,
}
_CHOICES: dict[str, tuple[str, ...]] = {
    "use": get_args(Name),
    "sure": get_args(Sure),
    "kind": get_args(Kind),
    "about": get_args(About),
    "address": ("theirs", "yours"),
    "wants": get_args(Wanted),
}
_FORMS = {
    "name": "small letters, digits, - and _, with a letter first",
    "seen": 'a month or a day, such as "2026-11" or "2026-11-27"',
    "checked_on": "a day, such as 2026-11-27",
}


def _told(problem: str, text: str, source: str) -> str:
    """The problem with its file, line and key, and what may stand there."""
    what, _, path = problem.partition(" - at `$")
    path = path.rstrip("`").lstrip(".")
    table = re.match(r"\w*", path)
    name = table[0] if table else ""
    key = path.rpartition(".")[2]
    form = _TABLES[name if name in _TABLES else ""]
    unknown = re.search(r"unknown field `(.*)`", what)
    missing = re.search(r"missing required field `(.*)`", what)
    if unknown:
        near = difflib.get_close_matches(unknown[1], form.__struct_fields__, n=1)
        hint = f"did you mean {near[0]}?" if near else "the keys are: " + _listed(form)
        what = f"there is no key {unknown[1]} here; {hint}"
    elif missing:
        what = f"{missing[1]} is missing"
    elif key in _CHOICES and "enum" in what:
        what = f"{what}; it may be: {', '.join(_CHOICES[key])}"
    elif key in _FORMS:
        what = f"{what}; it is {_FORMS[key]}"
    line = _place(text, path, unknown[1] if unknown and not path else name)
    where = f"{source}, line {line}" if line else source
    return f"{where}: {path + ': ' if path else ''}{what}"


def _place(text: str, path: str, key: str) -> int | None:
    index = re.match(r"quirks\[(\d+)\]", path)
    starts = _starts(text)
    if index and int(index[1]) < len(starts):
        return starts[int(index[1])]
    return _line(text, re.escape(key)) if key else None


def _listed(form: type[Struct]) -> str:
    return ", ".join(form.__struct_fields__)
