"""Edits of JSON as text: one member changed, every other byte as it was."""

import re
from collections.abc import Iterator

import msgspec
from msgspec import Struct


class Member(Struct, frozen=True):
    """Where one member of an object stands in its text: its key with the quotes, and its value."""

    key: bytes
    start: int
    value_start: int
    value_end: int


_STRING_TOKEN = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_KEY = re.compile(rb"\s*+(" + _STRING_TOKEN + rb")\s*+:\s*+", re.DOTALL)
_SCALAR = re.compile(_STRING_TOKEN + rb"|[^\s,{}\[\]\"]++", re.DOTALL)
_NESTED = re.compile(_STRING_TOKEN + rb"|[{}\[\]]", re.DOTALL)
_BLANK = re.compile(rb"\s*+")


def members(text: bytes) -> Iterator[Member]:
    """The members of the object that `text` is, outermost level only. Stops where it is no JSON."""
    position = _end_of_blank(text, 0)
    if not text.startswith(b"{", position):
        return
    position += 1
    while (key := _KEY.match(text, position)) is not None:
        value_start = key.end()
        value_end = _end_of_value(text, value_start)
        if value_end < 0:
            return
        yield Member(key.group(1), key.start(1), value_start, value_end)
        position = _end_of_blank(text, value_end)
        if not text.startswith(b",", position):
            return
        position += 1


def _end_of_blank(text: bytes, position: int) -> int:
    found = _BLANK.match(text, position)
    return found.end() if found is not None else position


def _end_of_value(text: bytes, start: int) -> int:
    if not text.startswith((b"{", b"["), start):
        found = _SCALAR.match(text, start)
        return found.end() if found is not None else -1
    depth = 0
    for token in _NESTED.finditer(text, start):
        first = token.group()
        if first in (b"{", b"["):
            depth += 1
        elif first in (b"}", b"]"):
            depth -= 1
            if depth == 0:
                return token.end()
    return -1


def replace_member(text: bytes, key: str, value: bytes) -> bytes:
    """The same text with another value for a member that is there; nothing else changes."""
    quoted = msgspec.json.encode(key)
    pieces: list[bytes] = []
    position = 0
    for member in members(text):
        if member.key == quoted:
            pieces += (text[position : member.value_start], value)
            position = member.value_end
    return b"".join((*pieces, text[position:])) if pieces else text


def set_member(text: bytes, key: str, value: bytes) -> bytes:
    """The same text with this value for a member, which comes last where it was not there. The text
    must be an object."""
    quoted = msgspec.json.encode(key)
    found = list(members(text))
    if any(member.key == quoted for member in found):
        return replace_member(text, key, value)
    end = found[-1].value_end if found else text.index(b"{") + 1
    comma = b"," if found else b""
    return text[:end] + comma + quoted + b":" + value + text[end:]


def remove_member(text: bytes, key: str) -> bytes:
    """The same text without a member, and without the comma that went with it."""
    quoted = msgspec.json.encode(key)
    found = list(members(text))
    kept = [member for member in found if member.key != quoted]
    if len(kept) == len(found):
        return text
    if not kept:
        return text[: found[0].start] + text[found[-1].value_end :]
    pieces = [text[: found[0].start]]
    for number, member in enumerate(found):
        if member.key == quoted:
            continue
        last = member is kept[-1]
        end = member.value_end if last else found[number + 1].start
        pieces.append(text[member.start : end])
    return b"".join((*pieces, text[found[-1].value_end :]))
