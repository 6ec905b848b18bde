"""JSON as a grammar: values, and lists and objects around other nodes.

Blanks are bounded: one after a colon or comma, or a line break with at most 16 blanks. Values of
any kind are nested at most 16 deep.
"""

import json
from functools import cache
from typing import Any

from filon.practice.model.automata import Automaton
from filon.practice.model.json_numbers import NUMBER
from filon.practice.model.nodes import (
    Chain,
    Choice,
    Node,
    OneOf,
    Repeat,
    Words,
    literal,
    optional,
)

_LEVELS = 16
_INDENT = 16

_HEX = OneOf(b"0123456789abcdefABCDEF")
_TAIL = OneOf(range(0x80, 0xC0))

# A code point from U+0020 on but for the quote and the backslash: RFC 8259 section 7, and the
# well-formed sequences of the Unicode standard, table 3-7.
_PLAIN = Choice(
    OneOf(byte for byte in range(0x20, 0x80) if byte not in b'"\\'),
    Chain(OneOf(range(0xC2, 0xE0)), _TAIL),
    Chain(literal(b"\xe0"), OneOf(range(0xA0, 0xC0)), _TAIL),
    Chain(OneOf([*range(0xE1, 0xED), 0xEE, 0xEF]), _TAIL, _TAIL),
    Chain(literal(b"\xed"), OneOf(range(0x80, 0xA0)), _TAIL),
    Chain(literal(b"\xf0"), OneOf(range(0x90, 0xC0)), _TAIL, _TAIL),
    Chain(OneOf(range(0xF1, 0xF4)), _TAIL, _TAIL, _TAIL),
    Chain(literal(b"\xf4"), OneOf(range(0x80, 0x90)), _TAIL, _TAIL),
)
# Half of a surrogate pair is no character, and not every reader takes it.
_ESCAPED = Chain(
    literal(b"\\"),
    Choice(
        OneOf(b'"\\/bfnrt'),
        Chain(literal(b"u"), OneOf(b"0123456789abcefABCEF"), _HEX, _HEX, _HEX),
        Chain(literal(b"u"), OneOf(b"dD"), OneOf(b"01234567"), _HEX, _HEX),
        Chain(
            *(literal(b"u"), OneOf(b"dD"), OneOf(b"89abAB"), _HEX, _HEX),
            *(literal(b"\\u"), OneOf(b"dD"), OneOf(b"cdefCDEF"), _HEX, _HEX),
        ),
    ),
)
_CHARACTER = Choice(_PLAIN, _ESCAPED)

BOOLEAN = Words((b"true", b"false"))
NULL = literal(b"null")

_BLANK = optional(literal(b" "))
_GAP = optional(Choice(literal(b" "), Chain(literal(b"\n"), Repeat(literal(b" "), 0, _INDENT))))
_COMMA = Chain(literal(b","), _GAP)
_COLON = Chain(literal(b":"), _BLANK)


def write(value: Any) -> bytes:
    """A value as compact JSON; half of a surrogate pair becomes "?"."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="replace")


def write_spaced(value: Any) -> bytes:
    """A value as JSON with a blank after each comma and colon."""
    return json.dumps(value, ensure_ascii=False).encode(errors="replace")


def string(low: int = 0, high: int | None = None) -> Node:
    """A string by its least and highest number of characters."""
    return Chain(literal(b'"'), Repeat(_CHARACTER, low, high), literal(b'"'))


STRING = string()


def array_of(first: tuple[Node, ...], item: Node | None, low: int, high: int | None) -> Node:
    """A list: items that have a place of their own, then any number of `item`, none if None.

    `low` and `high` count all items. The first ones are always written, as far as they may be.
    """
    first = first if high is None else first[:high]
    if item is None and low > len(first):
        return Choice()
    end = Chain(_GAP, literal(b"]"))
    if not first and (item is None or high == 0):
        return Chain(literal(b"["), end) if low == 0 else Choice()
    begun = first or (item,)
    parts: list[Node] = []
    for node in begun:
        assert node is not None
        parts += [_COMMA, node]
    if item is not None:
        count = len(begun)
        most = None if high is None else high - count
        parts.append(Repeat(Chain(_COMMA, item), max(0, low - count), most))
    filled = Chain(*parts[1:], end)
    empty = not first and low == 0
    return Chain(literal(b"["), _GAP, Choice(filled, literal(b"]")) if empty else filled)


def map_of(value: Node) -> Node:
    """An object of any keys whose values are all of one kind."""
    member = Chain(STRING, _COLON, value)
    members = Chain(member, Repeat(Chain(_COMMA, member), 0, None), _GAP)
    return Chain(literal(b"{"), _GAP, optional(members), literal(b"}"))


def object_of(members: tuple[tuple[str, Node, bool], ...]) -> Node:
    """An object of these members in their order: key, value, and whether it must be there."""
    first: Node = literal(b"}")
    later: Node = Chain(_GAP, literal(b"}"))
    for key, value, needed in reversed(members):
        member = Chain(literal(write(key)), _COLON, value, later)
        another = Chain(_COMMA, member)
        first = member if needed else Choice(member, first)
        later = another if needed else Choice(another, later)
    return Chain(literal(b"{"), _GAP, first)


def _values() -> tuple[Node, Node]:
    scalar = Choice(STRING, NUMBER, BOOLEAN, NULL)
    value: Node = scalar
    of_any: Node = map_of(scalar)
    for _ in range(_LEVELS):
        of_any = map_of(value)
        value = Choice(scalar, of_any, array_of((), value, 0, None))
    return value, of_any


VALUE, OBJECT = _values()


@cache
def any_object() -> Automaton:
    """The grammar of any JSON object, the same one at each call."""
    return Automaton(OBJECT)
