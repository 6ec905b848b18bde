"""A caller's JSON, read strictly: whatever is wrong with it is told in words and with its place."""

import re
from collections.abc import Iterable
from typing import Any, cast

import msgspec
from msgspec import Raw

from filon.conversation.errors import InvalidRequest
from filon.protocols.lenient_json import mend

# Far deeper than any schema in use, far shallower than what exhausts the interpreter's stack.
MAX_DEPTH = 100

# Some editors put it before a text; it means nothing in JSON.
BOM = b"\xef\xbb\xbf"
_KINDS = {
    ord('"'): "a string",
    ord("{"): "an object",
    ord("["): "a list",
    ord("t"): "true",
    ord("f"): "false",
    ord("n"): "null",
}
_LONG = 10**18
_SIMPLE = frozenset({str, float, bool, type(None)})
_LONG_NUMBER = re.compile(rb"[0-9]{19}")
_OFFSET = re.compile(r"\(byte (\d+)\)")
_PLACE = re.compile(r" - at `[^`]*`")

_OBJECT = msgspec.json.Decoder(dict[str, Raw])
_LIST = msgspec.json.Decoder(list[Raw])
_STRING = msgspec.json.Decoder(str)
_ANY = msgspec.json.Decoder()


def kind_of(raw: Raw | bytes) -> str:
    """What a JSON value is, in words: a string, a number, a list, ..."""
    return _KINDS.get(memoryview(raw)[0], "a number")


def is_null(raw: Raw | bytes) -> bool:
    """Whether this JSON value is null."""
    return memoryview(raw)[0] == ord("n")


def wrong(where: str, wanted: str, raw: Raw | bytes) -> InvalidRequest:
    """The error for a value of another type than wanted."""
    return InvalidRequest(f"`{where}` must be {wanted}, but it is {kind_of(raw)}.", param=where)


def body_fields(body: bytes) -> dict[str, Raw]:
    """The members of the object that a request's body must be. Raises InvalidRequest."""
    body = body.removeprefix(BOM)
    if not body.strip():
        raise InvalidRequest("The body is empty.", fix="Send the request as a JSON object.")
    try:
        if not body.isascii():
            body.decode("utf-8")
        return _OBJECT.decode(body)
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"The body is not UTF-8: {_place(body, error.start)}.") from error
    except RecursionError as error:
        raise _too_deep("The body") from error
    except msgspec.ValidationError as error:
        kind = kind_of(body.lstrip())
        raise InvalidRequest(f"The body must be a JSON object, but it is {kind}.") from error
    except msgspec.DecodeError as error:
        raise _not_json(body, str(error)) from error


def object_at(raw: Raw | bytes, where: str) -> dict[str, Raw]:
    """The members of the object that this value must be."""
    if kind_of(raw) != "an object":
        raise wrong(where, "an object", raw)
    return _OBJECT.decode(raw)


def list_at(raw: Raw | bytes, where: str) -> list[Raw]:
    """The items of the list that this value must be."""
    if kind_of(raw) != "a list":
        raise wrong(where, "a list", raw)
    return _LIST.decode(raw)


def string_at(raw: Raw | bytes, where: str) -> str:
    """The text that this value must be."""
    if kind_of(raw) != "a string":
        raise wrong(where, "a string", raw)
    return _STRING.decode(raw)


def value_at(raw: Raw | bytes, where: str) -> Any:
    """Any JSON value as Python has it."""
    try:
        value = _ANY.decode(raw)
    except msgspec.ValidationError as error:
        reason = _PLACE.sub("", str(error)).lower()
        raise InvalidRequest(f"`{where}` cannot be read: {reason}.", param=where) from error
    if are_simple((value,)):
        return value
    _check_depth(raw, value, where)
    _check_integers(raw, value, where)
    return value


def are_simple(values: Iterable[object], *, inside: bool = False) -> bool:
    """Whether none of them can be deep or hide a number that is too long. A list or an object of
    words and numbers, such as `stop` and `stream_options`, is not deep; `inside` is one."""
    for value in values:
        kind = type(value)
        if kind in _SIMPLE or (type(value) is int and -_LONG < value < _LONG):
            continue
        if inside or (kind is not dict and kind is not list):
            return False
        inner = cast("dict[str, object] | list[object]", value)
        if not are_simple(inner.values() if isinstance(inner, dict) else inner, inside=True):
            return False
    return True


def check_depth(raw: Raw | bytes, where: str) -> None:
    """Refuses a value whose nesting would exhaust the stack of whoever reads it later."""
    if _brackets(raw) > MAX_DEPTH:
        value_at(raw, where)


def _check_depth(raw: Raw | bytes, value: Any, where: str) -> None:
    if _brackets(raw) > MAX_DEPTH and _depth_exceeds(value, MAX_DEPTH):
        raise _too_deep(f"`{where}`", where)


def _check_integers(raw: Raw | bytes, value: Any, where: str) -> None:
    if _LONG_NUMBER.search(raw) is None:
        return
    try:
        msgspec.msgpack.encode(value)
    except OverflowError as error:
        raise InvalidRequest(
            f"`{where}` holds a whole number of more than 64 bits.",
            fix="Send it as a string.",
            param=where,
        ) from error


def _brackets(raw: Raw | bytes) -> int:
    text = bytes(raw)
    return text.count(b"[") + text.count(b"{")


def _depth_exceeds(value: Any, limit: int) -> bool:
    level = _containers([value])
    for _ in range(limit):
        level = [
            inner
            for one in level
            for inner in _containers(one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True


def _containers(values: Iterable[Any]) -> list[dict[str, Any] | list[Any]]:
    return [value for value in values if isinstance(value, dict | list)]


def _too_deep(what: str, param: str | None = None) -> InvalidRequest:
    return InvalidRequest(
        f"{what} is nested more than {MAX_DEPTH} levels deep.",
        fix="Flatten it, or send the deep part as a string.",
        param=param,
    )


def _not_json(body: bytes, message: str) -> InvalidRequest:
    mended = mend(body)
    if mended != body:
        place = _place(body, _first_difference(body, mended))
        return InvalidRequest(
            f"The body holds half of a surrogate pair, which stands for no character: {place}.",
            fix="Cut texts between characters, not inside an emoji.",
        )
    found = _OFFSET.search(message)
    if found is None:
        what = f"it ends too early, {_place(body, len(body))}"
    else:
        reason = message.partition(": ")[2].partition(" (byte")[0] or "unreadable"
        # msgspec names the byte after the first one that trails.
        offset = int(found.group(1)) - reason.startswith("trailing")
        what = f"{reason} at {_place(body, offset)}"
    return InvalidRequest(
        f"The body is not JSON: {what}.", fix="Look there for a missing quote, comma or bracket."
    )


def _first_difference(one: bytes, other: bytes) -> int:
    pairs = zip(one, other, strict=False)
    # Both halves of the difference are escapes, which differ after the backslash and the u.
    return next((place for place, (a, b) in enumerate(pairs) if a != b), len(other)) - 2


def _place(body: bytes, offset: int) -> str:
    line = body.count(b"\n", 0, offset) + 1
    column = offset - body.rfind(b"\n", 0, offset)
    return f"line {line}, column {column} (byte {offset})"
