"""What becomes of parameters between two protocols. The pivot is the vocabulary of openai_chat:
each other protocol's crossing.py has `to_chat` and `from_chat`, both pure."""

from collections.abc import Mapping
from typing import Any, cast

import msgspec
from msgspec import Struct

from filon.conversation.errors import InvalidRequest
from filon.conversation.message import Opaque


class Crossed(Struct, frozen=True, kw_only=True):
    """The parameters on the other side, in order, and what became of each that changed.

    `renamed` are pairs of names. The others are pairs of a name and a sentence: `lost` for what
    has no counterpart, `idle` for what changes nothing about the answer there, `added` for what
    must be said there because silence would mean something else.
    """

    parameters: Mapping[str, Any] = {}
    renamed: tuple[tuple[str, str], ...] = ()
    lost: tuple[tuple[str, str], ...] = ()
    idle: tuple[tuple[str, str], ...] = ()
    added: tuple[tuple[str, str], ...] = ()


def foreign(part: Opaque, label: str) -> InvalidRequest:
    """The error for a part of a message that the protocol with this label has no form for."""
    kind = _kind(part)
    return InvalidRequest(
        f"A message holds {kind}, as {part.protocol} has it, which {label} cannot say.",
        code="foreign_part",
        fix=f"Leave it out, or choose a model whose endpoint speaks {part.protocol}.",
        param="messages",
    )


def _kind(part: Opaque) -> str:
    try:
        told = msgspec.json.decode(part.json)
    except ValueError:
        return "a part"
    kind = cast("dict[str, Any]", told).get("type") if isinstance(told, dict) else None
    return f"a part of type `{kind}`" if isinstance(kind, str) else "a part without a type"


class Crossing:
    """A crossing under way: `out` are the parameters on the other side so far."""

    def __init__(self) -> None:
        self.out: dict[str, Any] = {}
        self.renamed: list[tuple[str, str]] = []
        self.lost: list[tuple[str, str]] = []
        self.idle: list[tuple[str, str]] = []
        self.added: list[tuple[str, str]] = []

    def rename(self, old: str, new: str, value: Any) -> None:
        """The value goes on under another name."""
        self.out[new] = value
        self.renamed.append((old, new))

    def put(self, old: str, group: str, name: str, value: Any) -> None:
        """The value becomes a member of an object, beside what the object holds already."""
        held = self.out.get(group)
        inner = cast("dict[str, Any]", held) if isinstance(held, dict) else {}
        self.out[group] = {**inner, name: value}
        self.renamed.append((old, f"{group}.{name}"))

    def done(self) -> Crossed:
        """What has become of all."""
        return Crossed(
            parameters=self.out,
            renamed=tuple(self.renamed),
            lost=tuple(self.lost),
            idle=tuple(self.idle),
            added=tuple(self.added),
        )
