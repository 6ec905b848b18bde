"""What a plain YAML scalar means, as js-yaml 4's default schema has it.

LibreChat reads its file with js-yaml, so a value must be here what it is there: `yes` and `on` are
words, `0o17` and `1_000` are numbers, `2024-01-01` is a date.
"""

import base64
import binascii
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from msgspec import UNSET, UnsetType

ScalarKind = Literal["null", "bool", "number", "string", "date", "merge", "binary"]

TAG = "tag:yaml.org,2002:"

_NULLS = frozenset({"~", "null", "Null", "NULL"})
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_RADIX = re.compile(r"([-+]?)0(?:b([01_]*[01])|o([0-7_]*[0-7])|x([0-9a-fA-F_]*[0-9a-fA-F]))")
_DECIMAL = re.compile(r"[-+]?[0-9](?:[0-9_]*[0-9])?")
_FLOAT = re.compile(
    r"[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?"
    r"|\.[0-9_]+(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)"
    r"|\.(?:nan|NaN|NAN)"
)
_DATE = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"|([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt]|[ \t]+)"
    r"([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]*))?"
    r"(?:[ \t]*(?:Z|([-+])([0-9]{1,2})(?::([0-9]{2}))?))?"
)

# JavaScript has one kind of number; beyond this many digits it is infinite, and Python refuses
# to read more than 4300.
_LONGEST_INT = 309


def _null(text: str) -> UnsetType | None:
    return None if text in _NULLS else UNSET


def _bool(text: str) -> bool | UnsetType:
    return _BOOLS.get(text, UNSET)


def _int(text: str) -> int | float | UnsetType:
    radix = _RADIX.fullmatch(text)
    if radix:
        sign, binary, octal, hexadecimal = radix.groups()
        digits, base = (binary, 2) if binary else (octal, 8) if octal else (hexadecimal, 16)
        value = int(digits.replace("_", ""), base)
        return -value if sign == "-" else value
    if not _DECIMAL.fullmatch(text):
        return UNSET
    digits = text.replace("_", "")
    return int(digits) if len(digits) <= _LONGEST_INT else float(digits)


def _float(text: str) -> float | UnsetType:
    if not _FLOAT.fullmatch(text) or text.endswith("_"):
        return UNSET
    digits = text.replace("_", "").lower()
    if digits.endswith((".inf", ".nan")):
        return math.nan if digits == ".nan" else -math.inf if digits[0] == "-" else math.inf
    try:
        return float(digits)
    except ValueError:
        # `._e5` fits js-yaml's pattern too, and is not a number there either.
        return math.nan


def _date(text: str) -> datetime | UnsetType:
    match = _DATE.fullmatch(text)
    if not match:
        return UNSET
    year, month, day = (int(match[i] or match[i + 3]) for i in (1, 2, 3))
    hour, minute, second = (int(match[i] or 0) for i in (7, 8, 9))
    milliseconds = int((match[10] or "0")[:3].ljust(3, "0"))
    offset = timedelta(hours=int(match[12] or 0), minutes=int(match[13] or 0))
    # As JavaScript does, a month 13 or a 30 February runs on into what follows.
    whole_years, month = divmod(month - 1, 12)
    try:
        start = datetime(year + whole_years, month + 1, 1, tzinfo=UTC)
        moment = start + timedelta(
            days=day - 1, hours=hour, minutes=minute, seconds=second, milliseconds=milliseconds
        )
        return moment + offset if match[11] == "-" else moment - offset
    except (ValueError, OverflowError):
        # Years before 1 and after 9999, which no config means as a date.
        return UNSET


def _merge(text: str) -> str | UnsetType:
    return text if text == "<<" else UNSET


def _binary(text: str) -> bytes | UnsetType:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        return UNSET


# The order matters: the first that accepts a plain scalar decides, and the integers stand before
# the floats.
_RESOLVERS: Mapping[str, tuple[ScalarKind, Callable[[str], Any]]] = {
    "null": ("null", _null),
    "bool": ("bool", _bool),
    "int": ("number", _int),
    "float": ("number", _float),
    "timestamp": ("date", _date),
    "merge": ("merge", _merge),
}
_EXPLICIT: Mapping[str, tuple[ScalarKind, Callable[[str], Any]]] = {
    **_RESOLVERS,
    "binary": ("binary", _binary),
}


def plain(text: str) -> tuple[ScalarKind, Any]:
    """The kind and value of an unquoted scalar without a tag."""
    if not text:
        return "null", None
    for kind, resolve in _RESOLVERS.values():
        value = resolve(text)
        if value is not UNSET:
            return kind, value
    return "string", text


def tagged(tag: str, text: str) -> tuple[ScalarKind, Any] | None:
    """The same for a scalar with a tag such as `!!int`; None if the text does not fit the tag
    or the tag is not one of a scalar's."""
    short = tag.removeprefix(TAG)
    if short == "str":
        return "string", text
    found = _EXPLICIT.get(short) if tag.startswith(TAG) else None
    if found is None:
        return None
    kind, resolve = found
    value = resolve(text) if text or short in ("null", "merge") else UNSET
    if not text and short == "null":
        return "null", None
    return None if value is UNSET else (kind, value)


def as_key(kind: str, value: Any) -> str:
    """The text that JavaScript makes of a value which stands as a key."""
    match kind:
        case "null":
            return "null"
        case "bool":
            return "true" if value else "false"
        case "number":
            return _number_text(value)
        case "date":
            return value.isoformat()
        case _:
            return str(value)


def _number_text(value: int | float) -> str:
    if isinstance(value, int):
        # Beyond these JavaScript has no more than every second number.
        return str(value) if abs(value) <= 2**53 else _number_text(float(value))
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)
