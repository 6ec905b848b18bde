"""Errors both ways: every body that providers answer with, and OpenAI's own shape for callers."""

import html
import re
from collections.abc import Sequence
from typing import Any, cast

import msgspec
from msgspec import Struct

from filon.conversation.errors import Blame, Problem
from filon.protocols.lenient_json import decode_lenient
from filon.protocols.retry_after import retry_after

_BODY_KEPT = 16_384
_MESSAGE_KEPT = 2_000
_PAGE_READ = 4_096

_TITLE = re.compile(r"<title[^>]*+>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<(?:script|style)\b[^>]*+>[^<]*|<[^>]++>", re.IGNORECASE)


class _Told(Struct, frozen=True, kw_only=True):
    """What an error body says, whatever its shape."""

    message: str | None = None
    kind: str | None = None
    code: str | None = None
    param: str | None = None
    status: int | None = None


def parse_error(
    status: int, headers: Sequence[tuple[str, str]], body: bytes, *, now: float
) -> Problem:
    """What a provider answered instead of a reply. Sniffs the body; never raises.

    With a status below 400 the status is taken from the body, where it names one.
    """
    text = body[: _BODY_KEPT * 4].decode("utf-8", "replace").strip()
    told = _read(body, text)
    meant = status if status >= 400 else told.status or 502
    return Problem(
        code=told.code or told.kind or _CODES.get(meant, "provider_error"),
        message=(told.message or "an error without a message")[:_MESSAGE_KEPT],
        blame=_BLAMES.get(meant, "caller" if 400 <= meant < 500 else "provider"),
        status=meant if 400 <= meant < 600 else 502,
        fix=_FIXES.get(meant, _FIX_OF_FIVES if meant >= 500 else None),
        param=told.param,
        provider_status=status if status >= 400 else told.status,
        provider_body=text[:_BODY_KEPT],
        retry_after=retry_after(meant, headers, text[:_BODY_KEPT], now=now),
    )


def problem_of(value: Any) -> Problem | None:
    """The error that a JSON value of a reply is, or None when it is none. For errors under 200."""
    if not _is_error(value):
        return None
    return parse_error(200, (), msgspec.json.encode(value), now=0.0)


def _is_error(value: Any) -> bool:
    if isinstance(value, list):
        items = cast("list[Any]", value)
        return bool(items) and _is_error(items[0])
    if not isinstance(value, dict):
        return False
    told = cast("dict[str, Any]", value)
    if told.get("error"):
        return True
    return told.get("object") == "error" or told.get("type") == "error" or bool(told.get("detail"))


def _read(body: bytes, text: str) -> _Told:
    if not text:
        return _Told(message="nothing: its body was empty")
    try:
        told = _from_value(decode_lenient(body))
    except ValueError:
        return _Told(message=_from_page(text))
    return told or _Told(message=text[:_MESSAGE_KEPT])


def _from_page(text: str) -> str:
    """The gist of an answer that is no JSON: a page of a proxy, a line of text."""
    if not text.startswith("<"):
        return text[:_MESSAGE_KEPT]
    # The patterns look ahead for closing tags: on a long page without them that would take long.
    start = text[:_PAGE_READ]
    title = _TITLE.search(start)
    words = title.group(1) if title is not None else _TAG.sub(" ", start)
    gist = " ".join(html.unescape(words).split())[:300]
    return f"a web page instead of JSON: {gist or 'without any text'}"


def _from_value(value: Any, depth: int = 0) -> _Told | None:
    """Reads one JSON value as an error; None when it says nothing."""
    if depth > 4:
        return None
    if isinstance(value, str):
        return _Told(message=value) if value.strip() else None
    if isinstance(value, list):
        return _from_list(cast("list[Any]", value), depth)
    if not isinstance(value, dict):
        return None
    told = cast("dict[str, Any]", value)
    for key in ("error", "message", "detail", "errors", "msg"):
        inner = told.get(key)
        if not inner:
            continue
        found = _from_value(inner, depth + 1)
        if found is not None:
            return _with_relay(_with_labels(found, told), told.get("metadata"), depth)
    return None


def _with_labels(found: _Told, around: dict[str, Any]) -> _Told:
    """Adds what stands beside the message; what is nearer to it has said it already."""
    code = around.get("code")
    number = code if isinstance(code, int) and not isinstance(code, bool) else None
    if number is None and isinstance(code, str) and code.isdigit() and len(code) <= 6:
        number = int(code)
    is_status = number is not None and 400 <= number < 600
    word = code if isinstance(code, str) and number is None else None
    if number is not None and not is_status:
        word = str(number)
    kind = around.get("type")
    return _Told(
        message=found.message,
        kind=found.kind or _word(None if kind == "error" else kind),
        code=found.code or _word(word) or _word(around.get("status")),
        param=found.param or _word(around.get("param")),
        status=found.status or (number if is_status else None),
    )


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _with_relay(found: _Told, metadata: Any, depth: int) -> _Told:
    """Unwraps an error that a router passes on from the host behind it."""
    if not isinstance(metadata, dict):
        return found
    beside = cast("dict[str, Any]", metadata)
    host, raw = beside.get("provider_name"), beside.get("raw")
    inner: _Told | None = None
    if isinstance(raw, str) and raw.strip():
        inner = _read(raw.encode("utf-8", "replace"), raw.strip())
    elif raw:
        inner = _from_value(raw, depth + 1)
    if inner is None or not inner.message:
        return found
    source = host if isinstance(host, str) and host else "the host behind it"
    return _Told(
        message=f"{found.message} ({source}: {inner.message})",
        kind=found.kind or inner.kind,
        code=found.code or inner.code,
        param=found.param or inner.param,
        status=found.status or inner.status,
    )


def _from_list(items: list[Any], depth: int) -> _Told | None:
    """A list of complaints about fields, or an error that was put into a list."""
    complaints = [_complaint(cast("dict[str, Any]", one)) for one in items if _is_complaint(one)]
    if complaints:
        message = "; ".join(complaint.message or "" for complaint in complaints)
        return msgspec.structs.replace(complaints[0], message=message)
    for item in items:
        found = _from_value(item, depth + 1)
        if found is not None:
            return found
    return None


def _is_complaint(value: Any) -> bool:
    return isinstance(value, dict) and "msg" in value and "loc" in value


def _complaint(told: dict[str, Any]) -> _Told:
    loc = told["loc"]
    steps = [str(step) for step in cast("list[Any]", loc)] if isinstance(loc, list) else [str(loc)]
    place = ".".join(steps[1:] if steps[:1] == ["body"] else steps)
    kind = _word(told.get("type"))
    message = f"`{place}`: {told['msg']}" if place else str(told["msg"])
    return _Told(message=f"{message} ({kind})" if kind else message, code=kind, param=place or None)


def render_error(problem: Problem, request_id: str | None = None) -> tuple[int, bytes]:
    """A problem as OpenAI's clients read it: a status and a body, which says no id."""
    return _status(problem), msgspec.json.encode(error_object(problem))


def words_of(problem: Problem) -> str:
    """What happened and what to do, as sentences: a provider's own words often end in none."""
    if not problem.fix:
        return problem.message
    message = problem.message.rstrip()
    stop = "" if message.endswith(_STOPS) else "."
    return f"{message}{stop} {problem.fix}"


def error_object(problem: Problem) -> dict[str, Any]:
    """The object that stands in an error body, and in the frame of a stream that breaks off."""
    kind, code = _own_words(problem)
    return {
        "error": {
            "message": words_of(problem),
            "type": kind or _type_of(_status(problem)),
            "param": problem.param,
            "code": code or problem.code,
        }
    }


def _own_words(problem: Problem) -> tuple[str | None, str | None]:
    """The type and code that the provider gave, where its refusal is passed on as its own: programs
    act on them (`context_length_exceeded`). A refusal of our account is none of the caller's."""
    if problem.provider_body is None or problem.provider_status != _status(problem):
        return None, None
    try:
        told = decode_lenient(problem.provider_body.encode())
    except ValueError:
        return None, None
    inner = cast("dict[str, Any]", told).get("error") if isinstance(told, dict) else None
    if not isinstance(inner, dict):
        return None, None
    error = cast("dict[str, Any]", inner)
    return _word(error.get("type")), _word(error.get("code"))


def _status(problem: Problem) -> int:
    return problem.status if 400 <= problem.status < 600 else 500


def _type_of(status: int) -> str:
    if status >= 500:
        return "server_error"
    return _TYPES.get(status, "invalid_request_error")


_STOPS = (".", "!", "?", "…", ":", ";")
_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    408: "timeout_error",
    429: "rate_limit_error",
}
_CODES = {
    400: "invalid_request",
    401: "invalid_api_key",
    402: "insufficient_quota",
    403: "forbidden",
    404: "not_found",
    408: "provider_timeout",
    413: "request_too_large",
    422: "invalid_request",
    429: "rate_limit_exceeded",
    504: "provider_timeout",
}
_BLAMES: dict[int, Blame] = {
    401: "configuration",
    402: "configuration",
    403: "configuration",
    408: "provider",
    429: "provider",
    498: "provider",
    499: "provider",
}
_FIX_OF_FIVES = "Try again in a moment, or choose another endpoint."
_FIXES = {
    401: "Check the API key of this endpoint.",
    402: "Add credit to the account, or choose another endpoint.",
    403: "Check what this API key may use.",
    404: "Check the model's name and the endpoint's address.",
    408: "Try again, with a shorter request if it happens twice.",
    413: "Shorten the request, or lower `max_tokens`.",
    429: "Wait, send less at once, or choose another endpoint.",
}
