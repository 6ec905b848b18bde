"""What is known of how one provider speaks: facts as data, each with how sure it is.

The files in `data/` hold nothing but facts; what they name is done by the modules beside this one.
"""

import tomllib
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Literal

import msgspec
from msgspec import Struct

from filon.practice.limits import Limits
from filon.practice.refusal import Kind

Sure = Literal["confirmed", "secondary", "unconfirmed", "practice"]


class Fact(Struct, frozen=True, forbid_unknown_fields=True):
    """One fact: what holds, how sure, who says so. "practice" marks a choice of our own."""

    use: Any
    sure: Sure
    source: str = ""


class Wire(Struct, frozen=True, forbid_unknown_fields=True):
    """How replies look.

    `reasoning`: hidden, reasoning_content, reasoning, details (reasoning and reasoning_details),
    parts (the content is a list), blocks (one of several kinds of content). `usage`: asked (an
    extra chunk, where it was asked for), extra (an extra chunk in any case), finish (on the chunk
    with the reason), events (with the first and with the last). `calls`: pieces, or whole
    (each in one delta). `comment`: what a stream says while nothing comes yet. `rates`: the style
    of the rate-limit headers. `id`: the beginning of a reply's id. `marks`: named peculiarities,
    done by whoever writes or reads what they are about.
    """

    reasoning: Fact
    usage: Fact
    calls: Fact
    rates: Fact
    id: Fact
    comment: Fact | None = None
    marks: tuple[Fact, ...] = ()


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of some parameters.

    `does`: accept, ignore, reject, or clamp (to `low` and `high`). `means` is the usual name for
    the same. `only` limits the rule to models that reason ("reasoning") or do not ("plain").
    `unless` are values to which the rule does not apply, `but` are values of other parameters that
    lift it. `kind`, `message` and `code` are the refusal's; where a parameter is accepted, the
    message is for a value outside of `low` and `high`.
    """

    names: tuple[str, ...]
    does: Literal["accept", "ignore", "reject", "clamp"]
    sure: Sure
    source: str = ""
    means: str | None = None
    low: float | None = None
    high: float | None = None
    only: Literal["reasoning", "plain"] | None = None
    unless: tuple[Any, ...] = ()
    but: dict[str, tuple[Any, ...]] = {}
    kind: Kind = "unsupported_parameter"
    message: str | None = None
    code: str | None = None


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    """How one kind of refusal is said: `{name}` stands for a value. `shape` is the form of the
    body where it is not the dialect's usual one."""

    status: int
    sure: Sure
    message: str | None = None
    type: str | None = None
    code: str | int | None = None
    shape: str | None = None
    source: str = ""


class Errors(Struct, frozen=True, forbid_unknown_fields=True):
    """`shape` names the form of an error's body; `kinds` are what differs from the usual."""

    shape: Fact
    kinds: dict[Kind, Words] = {}
    content_type: Fact | None = None


class Dialect(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One provider's way to speak.

    `provider` is the manifest whose quirks meet it. `protocol` is what it speaks, by the name that
    filon.protocols has for it. `roots` are the paths before the protocol's own, such as
    /chat/completions, the first of them its usual one. `key` is the one that is valid here; None
    needs none. `broke` is the key of an account without money. `prefix` stands before each model's
    id. `models` are what it has, the one for small tasks first; `seen` is when the facts were last
    looked at.
    `headers` are sent with every answer, `{id}` and `{ms}` filled in. `native` is the root of an
    API of its own, which a local server has that pulls its models.
    """

    name: str
    label: str
    provider: str
    roots: tuple[str, ...]
    seen: str
    protocol: Literal["openai_chat", "anthropic_messages", "openai_responses"] = "openai_chat"
    key: str | None = None
    broke: str | None = None
    prefix: str = ""
    models: tuple[str, ...]
    wire: Wire
    unknown: Fact
    invalid: Fact
    overflow: Fact
    parameters: tuple[Rule, ...] = ()
    errors: Errors
    limits: Limits = Limits()
    lists: Fact | None = None
    headers: dict[str, Fact] = {}
    native: str | None = None

    def has(self, mark: str) -> Fact | None:
        """The peculiarity of this name, if it is this dialect's."""
        return next((f for f in self.wire.marks if f.use.partition("=")[0] == mark), None)

    def value(self, mark: str, usual: str) -> str | None:
        """What stands behind `=` in a peculiarity; None if it is not this dialect's."""
        fact = self.has(mark)
        return None if fact is None else fact.use.partition("=")[2] or usual


@cache
def dialects() -> tuple[Dialect, ...]:
    """All of them, practice's own first. Read once."""
    return tuple(
        _parse((_folder() / f"{name}.toml").read_text(encoding="utf-8")) for name in names()
    )


@cache
def names() -> tuple[str, ...]:
    """Their names, in the same order; the files are called so, and are not read for it."""
    found = sorted(file.name for file in _folder().iterdir() if file.name.endswith(".toml"))
    found.sort(key=lambda name: name != "practice.toml")
    return tuple(name.removesuffix(".toml") for name in found)


def _folder() -> Traversable:
    return resources.files("filon.practice.dialects") / "data"


def by_name(name: str) -> Dialect | None:
    """The dialect of this name."""
    return next((one for one in dialects() if one.name == name), None)


def facts(dialect: Dialect) -> tuple[tuple[str, Fact], ...]:
    """Every fact that a dialect follows, with what it is about, for people to read."""
    wire = dialect.wire
    found: list[tuple[str, Fact]] = [
        ("reasoning", wire.reasoning),
        ("usage in a stream", wire.usage),
        ("tool calls in a stream", wire.calls),
        ("rate-limit headers", wire.rates),
        ("ids", wire.id),
        ("unknown parameters", dialect.unknown),
        ("wrong values", dialect.invalid),
        ("over the context", dialect.overflow),
        ("errors", dialect.errors.shape),
    ]
    if wire.comment is not None:
        found.append(("comments while waiting", wire.comment))
    found += (("peculiarity", mark) for mark in wire.marks)
    found += ((f"header {name}", fact) for name, fact in dialect.headers.items())
    found += (
        (f"{rule.does}s", Fact(use=", ".join(rule.names), sure=rule.sure, source=rule.source))
        for rule in dialect.parameters
    )
    found += (
        (f"error {kind}", Fact(use=words.status, sure=words.sure, source=words.source))
        for kind, words in dialect.errors.kinds.items()
    )
    return tuple(found)


def _parse(text: str) -> Dialect:
    return msgspec.convert(tomllib.loads(text), Dialect)
