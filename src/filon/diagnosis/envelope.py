"""What an error's body says, out of all its envelopes: a router's, a gateway's, a CDN's. Pure.

The protocols read an error for the caller; here it is read for its telling words, and for who
behind the others spoke them.
"""

import ast
import html
import re
from collections.abc import Iterator
from typing import Any, cast

from msgspec import Struct

from filon.protocols.lenient_json import decode_lenient

_READ = 64 * 1024
_TEXT = 16_384
_DEEPEST = 8
_WRAPPED = 16_384

_LINK = re.compile(r"https?://[^\s\"'<>)]+")
_PAGE = re.compile(r"^\s*(<\?xml[^>]*>\s*)?(<!doctype html|<html|<head|<body|<center)", re.I)
_HEADINGS = re.compile(r"<(title|h1|h2)\b[^>]*+>(.{0,300}?)</\1>", re.I | re.S)
_TAG = re.compile(r"<[^>]{0,300}+>")
# litellm.RateLimitError: AnthropicException - {...}; OpenAIException - Error code: 429 - {...}
_LITELLM = re.compile(
    r"(?:litellm\.)?(?P<class>\w+Error): (?:litellm\.\w+: )?(?P<host>\w+?)Exception\b"
)
_CLASSES = {
    "AuthenticationError": 401,
    "PermissionDeniedError": 403,
    "NotFoundError": 404,
    "RateLimitError": 429,
    "ServiceUnavailableError": 503,
    "Timeout": 504,
}
# What Cloudflare calls its own errors, whatever the status.
_CLOUDFLARE = re.compile(r"error(?: code)?:?\s*(\d{3,4})\b", re.I)
_SERVERS = (
    ("cloudflare", "Cloudflare"),
    ("nginx", "nginx"),
    ("openresty", "nginx"),
    ("caddy", "Caddy"),
    ("envoy", "Envoy"),
    ("cloudfront", "CloudFront"),
)
_MESSAGES = ("message", "error", "detail", "msg", "errors", "error_description", "description")
_CODES = ("code", "type", "status", "error_code", "error_type", "reason", "quotaId", "name")
_INNER = (
    "error",
    "detail",
    "errors",
    "innererror",
    "metadata",
    "details",
    "violations",
    "fieldViolations",
    "response",
)
_DULL = frozenset({"error", "object", "none", "null", "str"})


class Layer(Struct, frozen=True, kw_only=True):
    """One envelope. `codes` are its codes and types as written, `status` the one it names."""

    message: str = ""
    codes: tuple[str, ...] = ()
    status: int | None = None
    param: str | None = None
    host: str | None = None


class Said(Struct, frozen=True, kw_only=True):
    """A body, unwrapped. `layers` go from the outermost in. `page` says that it is a web page."""

    layers: tuple[Layer, ...]
    page: bool = False

    @property
    def words(self) -> str:
        """Everything that was said, innermost first, a line each, without links: a link to a page
        on billing says nothing of money."""
        lines = (line for one in reversed(self.layers) for line in (one.message, *one.codes))
        return _LINK.sub("", "\n".join(dict.fromkeys(line for line in lines if line)))

    @property
    def codes(self) -> frozenset[str]:
        """All codes and types, in small letters."""
        return frozenset(code.lower() for one in self.layers for code in one.codes)

    @property
    def statuses(self) -> tuple[int, ...]:
        """The statuses that the body itself names, innermost first."""
        found = (one.status for one in reversed(self.layers))
        return tuple(dict.fromkeys(status for status in found if status is not None))

    @property
    def message(self) -> str:
        """The innermost message."""
        return next((one.message for one in reversed(self.layers) if one.message), "")

    @property
    def host(self) -> str | None:
        """Who behind the one that was asked said it, where a layer tells."""
        return next((one.host for one in reversed(self.layers) if one.host), None)

    @property
    def param(self) -> str | None:
        """The field that it is about, where a layer names one."""
        return next((one.param for one in reversed(self.layers) if one.param), None)

    @property
    def wrapped(self) -> bool:
        """Whether the innermost words stand in a text of their own, inside another's."""
        return self.host is not None and not self.page


def unwrap(body: str) -> Said:
    """Reads a body, whatever it is. Never raises."""
    text = body[:_READ].strip()
    if _PAGE.match(text):
        return Said(layers=(_page(text),), page=True)
    return Said(layers=tuple(_from_text(text, 0)) or (Layer(message=text[:_TEXT]),))


def _page(text: str) -> Layer:
    """A page's title and headings, and its words where there are none."""
    start = text[:_WRAPPED]
    found = [_plain(match[2]) for match in _HEADINGS.finditer(start)]
    gist = " · ".join(dict.fromkeys(words for words in found if words)) or _plain(start)[:300]
    lowered = text.lower()
    host = next((name for mark, name in _SERVERS if mark in lowered), None)
    number = _CLOUDFLARE.search(_plain(start)) if host == "Cloudflare" else None
    if number is not None and number[1] not in gist:
        gist = f"{gist} · error code: {number[1]}"
    return Layer(message=gist, host=host)


def _plain(markup: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", markup)).split())


def _from_text(text: str, depth: int) -> Iterator[Layer]:
    """A text is JSON, or has some within, or is words."""
    if depth > _DEEPEST or not text.strip():
        return
    if text.lstrip()[:1] in ("{", "["):
        value = _decoded(text)
        if value is not None:
            yield from _from_value(value, depth)
            return
    litellm = _LITELLM.search(text)
    within = _within(text)
    before = text if within is None else text[: within[0]]
    status = _CLASSES.get(litellm["class"]) if litellm else None
    host = litellm["host"] if litellm else None
    yield Layer(message=(before.strip(" -:\n") or text)[:_TEXT], status=status, host=host)
    if within is not None:
        yield from _from_value(within[1], depth + 1)


def _decoded(text: str) -> Any:
    """JSON, or what Python prints for the same; None for what is neither."""
    try:
        return decode_lenient(text.encode("utf-8", "replace"))
    except ValueError:
        pass
    if len(text) > _WRAPPED:
        return None
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None


def _within(text: str) -> tuple[int, Any] | None:
    """The first object inside a text, and where it begins."""
    start = text.find("{")
    while 0 <= start < _TEXT:
        end = _closing(text, start)
        if end is None:
            return None
        value = _decoded(text[start:end])
        if isinstance(value, dict) and value:
            return start, cast("dict[str, Any]", value)
        start = text.find("{", start + 1)
    return None


def _closing(text: str, start: int) -> int | None:
    """Where the object that begins at `start` ends."""
    depth, quote, skip = 0, "", False
    for at in range(start, min(len(text), start + _WRAPPED)):
        letter = text[at]
        if skip:
            skip = False
        elif letter == "\\":
            skip = True
        elif quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "{}":
            depth += 1 if letter == "{" else -1
            if depth == 0:
                return at + 1
    return None


def _from_value(value: Any, depth: int) -> Iterator[Layer]:
    if depth > _DEEPEST:
        return
    if isinstance(value, str):
        yield from _from_text(value, depth + 1)
    elif isinstance(value, list):
        for item in cast("list[Any]", value)[:10]:
            yield from _from_value(item, depth + 1)
    elif isinstance(value, dict):
        yield from _from_object(cast("dict[str, Any]", value), depth)


def _from_object(told: dict[str, Any], depth: int) -> Iterator[Layer]:
    text = next((told[name] for name in _MESSAGES if _is_text(told.get(name))), "")
    steps = told.get("loc")
    layer = Layer(
        message="" if _holds_object(text) else str(text)[:_TEXT],
        codes=tuple(_codes(told)),
        status=_status(told),
        param=_place(steps) if isinstance(steps, list) else _word(told.get("param")),
        host=_word(told.get("provider_name")),
    )
    if layer != Layer():
        yield layer
    if _holds_object(text):
        yield from _from_text(str(text), depth + 1)
    for name in _INNER:
        inner = told.get(name)
        if inner is not text and isinstance(inner, (dict, list)):
            yield from _from_value(inner, depth + 1)
    for name in ("message", "raw", "body"):
        inner = told.get(name)
        if isinstance(inner, (dict, list)):
            yield from _from_value(inner, depth + 1)
        elif name != "message" and _is_text(inner) and inner is not text:
            yield from _from_text(str(inner), depth + 1)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _holds_object(text: Any) -> bool:
    return isinstance(text, str) and "{" in text and _within(text) is not None


def _codes(told: dict[str, Any]) -> Iterator[str]:
    for name in _CODES:
        value = told.get(name)
        if isinstance(value, str) and value.lower() not in _DULL and len(value) <= 120:
            yield value
    reasons = told.get("reasons")
    if isinstance(reasons, list):
        yield from (f"flagged: {one}" for one in cast("list[Any]", reasons)[:5])


def _status(told: dict[str, Any]) -> int | None:
    for name in ("code", "status_code", "statusCode", "status", "raw_status_code"):
        value = told.get(name)
        number = int(value) if isinstance(value, str) and value.isdigit() else value
        if isinstance(number, int) and not isinstance(number, bool) and 400 <= number < 600:
            return number
    return None


def _place(steps: Any) -> str | None:
    names = [str(step) for step in cast("list[Any]", steps)]
    return ".".join(names[1:] if names[:1] == ["body"] else names) or None


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
