"""Values to bytes and back, exactly, whatever a provider put into them.

msgspec is fast but refuses integers over 64 bits and halves of surrogate pairs, both of which a
hostile or careless server can send. Those rare values go through the standard library's JSON.
"""

import json
from typing import Any, TypeVar

import lz4.block
import msgspec

from filon.store.errors import StoreError

T = TypeVar("T")

# A map or an array never begins with this byte in msgpack, so it tells the two apart.
_JSON_BEGINS = b"{"
_MSGPACK = msgspec.msgpack.Encoder()
# It has no types.
_LZ4: Any = lz4.block
_BROKEN: tuple[type[Exception], ...] = (_LZ4.LZ4BlockError, ValueError)
# Neither a value in msgpack nor one in JSON begins with this byte, which msgpack has no use for.
_SHORTENED = b"\xc1"
# Bytes below which there is too little to be saved.
_WORTH = 512


def to_blob(value: msgspec.Struct) -> bytes:
    """The value as msgpack, or as JSON where msgpack has no room for it."""
    encoded = in_msgpack(value)
    return json.dumps(msgspec.to_builtins(value)).encode("ascii") if encoded is None else encoded


def in_msgpack(value: object) -> bytes | None:
    """The value as msgpack, None where that has no room for it."""
    try:
        return _MSGPACK.encode(value)
    except (OverflowError, UnicodeEncodeError):
        return None


def from_blob(data: bytes, kind: type[T]) -> T:
    """What `to_blob` was given."""
    try:
        if data.startswith(_JSON_BEGINS):
            return msgspec.convert(json.loads(data), kind)
        return msgspec.msgpack.decode(data, type=kind)
    except (msgspec.DecodeError, ValueError) as error:
        raise _unreadable(kind, error) from error


def shortened(data: bytes) -> bytes:
    """The same in fewer bytes, if there are some to be saved."""
    if len(data) < _WORTH:
        return data
    short = _SHORTENED + _LZ4.compress(data)
    return short if len(short) < len(data) else data


def in_full(data: bytes) -> bytes:
    """What `shortened` was given. Raises StoreError."""
    if not data.startswith(_SHORTENED):
        return data
    try:
        return _LZ4.decompress(data[1:])
    except _BROKEN as error:
        raise _unreadable(bytes, error) from error


def to_json(value: object) -> str:
    """The value as JSON text."""
    try:
        return msgspec.json.encode(value).decode()
    except (OverflowError, UnicodeEncodeError):
        return json.dumps(msgspec.to_builtins(value))


def from_json(text: str, kind: type[T]) -> T:
    """What `to_json` was given."""
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError as error:
        raise _unreadable(kind, error) from error
    except msgspec.DecodeError:
        return _from_odd_json(text, kind)


def _from_odd_json(text: str, kind: type[T]) -> T:
    try:
        return msgspec.convert(json.loads(text), kind)
    except ValueError as error:
        raise _unreadable(kind, error) from error


def clean(text: str) -> str:
    """The text without lone halves of surrogate pairs, which no database can hold.

    Two halves that a provider sent apart become the character they were meant to be.
    """
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def fits(count: int | None) -> int | None:
    """The count, or None where it is too large to be true (and to be stored)."""
    return count if count is None or -(2**63) <= count < 2**63 else None


def _unreadable(kind: Any, error: Exception) -> StoreError:
    name = getattr(kind, "__name__", str(kind))
    return StoreError(
        f"a stored {name} cannot be read ({error}): it was written by another version of Filon.",
        code="store_unreadable",
    )
