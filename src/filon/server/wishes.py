"""What a program asks of Filon itself, beside what it asks of a model: the x-filon- headers of a
request. Pure."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, cast

import msgspec
from msgspec import Struct

from filon.conversation.errors import InvalidRequest
from filon.pipeline.patience import HEADER as TIMEOUT
from filon.protocols.strict_json import value_at

EXPLAIN = "x-filon-explain"
METADATA = "x-filon-metadata"
STRICT = "x-filon-strict"
TAGS = "x-filon-tags"
KNOWN = (EXPLAIN, METADATA, STRICT, TAGS, TIMEOUT)

# A day; nobody waits longer, and a slip of the pen is told.
LONGEST = 86_400.0
MOST_TAGS = 16
MOST_PAIRS = 16
LONGEST_TAG = 64
LONGEST_VALUE = 512

PREFIX = b"x-filon-"
_SECONDS = re.compile(r"\d{1,9}(\.\d{1,9})?", re.ASCII)

Value = str | int | float | bool


class Wishes(Struct, frozen=True, kw_only=True):
    """What the headers ask for. `timeout` is in seconds. None means that a header was not sent."""

    timeout: float | None = None
    tags: tuple[str, ...] = ()
    metadata: dict[str, Value] = {}
    strict: bool | None = None
    explain: bool | None = None


# Of a request without such a header, as nearly all are.
NOTHING = Wishes()


def wishes(headers: Sequence[tuple[bytes, bytes]]) -> Wishes:
    """Reads the headers, whose names are in small letters. Raises InvalidRequest, with the name
    of the header as `param`, for a value of no use and for a header that does not exist."""
    given: dict[str, list[str]] = {}
    for name, value in headers:
        if name.startswith(PREFIX):
            given.setdefault(name.decode("latin-1"), []).append(_text(value))
    for name, values in given.items():
        _check(name, values)
    one = {name: ",".join(values) for name, values in given.items()}
    return Wishes(
        timeout=_seconds(one.get(TIMEOUT)),
        tags=_tags(one.get(TAGS)),
        metadata=_metadata(one.get(METADATA)),
        strict=_switch(STRICT, one.get(STRICT)),
        explain=_switch(EXPLAIN, one.get(EXPLAIN)),
    )


def _text(value: bytes) -> str:
    try:
        return value.decode().strip()
    except UnicodeDecodeError:
        return value.decode("latin-1").strip()


def _check(name: str, values: list[str]) -> None:
    if name not in KNOWN:
        near = get_close_matches(name, KNOWN, n=1, cutoff=0.7)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise InvalidRequest(
            f"There is no header {name}.", fix=f"{hint}There are {', '.join(KNOWN)}.", param=name
        )
    if len(values) > 1 and name != TAGS:
        raise InvalidRequest(f"The header {name} came {len(values)} times.", param=name)


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    seconds = float(text) if _SECONDS.fullmatch(text) else 0.0
    if not 0 < seconds <= LONGEST:
        raise InvalidRequest(
            f"{TIMEOUT} must be seconds, more than 0 and at most {LONGEST:,.0f}, but it is "
            f"{text[:40]!r}.",
            fix="Send a plain number, such as 30 or 2.5.",
            param=TIMEOUT,
        )
    return seconds


def _switch(name: str, text: str | None) -> bool | None:
    if text is None:
        return None
    if text.lower() not in ("true", "false"):
        raise InvalidRequest(f"{name} must be true or false, but it is {text[:40]!r}.", param=name)
    return text.lower() == "true"


def _tags(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    tags = tuple(dict.fromkeys(tag.strip() for tag in text.split(",")))
    if len(tags) > MOST_TAGS:
        raise InvalidRequest(f"{TAGS} has {len(tags)} tags; {MOST_TAGS} are kept.", param=TAGS)
    for tag in tags:
        if not tag or len(tag) > LONGEST_TAG or not tag.isprintable():
            raise InvalidRequest(
                f"{TAGS} holds {tag[:40]!r}, which is no tag.",
                fix=f"Send words of 1 to {LONGEST_TAG} letters with commas between them.",
                param=TAGS,
            )
    return tags


def _metadata(text: str | None) -> dict[str, Value]:
    if text is None:
        return {}
    try:
        pairs: Any = msgspec.json.decode(text)
        value_at(text.encode(), METADATA)
    except (msgspec.DecodeError, RecursionError):
        pairs = None
    if not isinstance(pairs, dict):
        raise InvalidRequest(
            f"{METADATA} must be a JSON object, but it is {text[:40]!r}.",
            fix='Send it on one line, such as {"customer": "42"}.',
            param=METADATA,
        )
    told = cast("Mapping[str, Any]", pairs)
    if len(told) > MOST_PAIRS:
        raise InvalidRequest(
            f"{METADATA} has {len(told)} pairs; {MOST_PAIRS} are kept.", param=METADATA
        )
    return {name: _value(name, value) for name, value in told.items()}


def _value(name: str, value: Any) -> Value:
    long = isinstance(value, str) and len(value) > LONGEST_VALUE
    if not isinstance(value, str | int | float) or long or not 0 < len(name) <= LONGEST_TAG:
        raise InvalidRequest(
            f"{METADATA} holds {name[:40]!r}, which cannot be kept.",
            fix=f"Names have up to {LONGEST_TAG} letters; values are strings of up to "
            f"{LONGEST_VALUE} letters, numbers, true or false.",
            param=METADATA,
        )
    return value
