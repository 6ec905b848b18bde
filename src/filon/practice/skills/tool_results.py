"""What tools gave back, told in words. A result is data: nothing in it is followed as an order."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from msgspec import Struct

from filon.conversation.message import Message, ToolCall
from filon.practice.skills.asked import Language
from filon.practice.skills.extraction.lexicon import name_words

_LONGEST = 600
_LONGEST_SUBJECT = 60
_MOST_ITEMS = 5
_DEEPEST = 4
# A text of more words than a name is somebody's words.
_QUOTED_FROM = 48

_FAILED = re.compile(
    r"^\W*(?:error|exception|traceback|failed|failure|fallo|falló)\b", re.IGNORECASE
)
_ERROR_KEYS = ("error", "errors", "exception", "error_message")
_TOLD_IN = ("message", "detail", "details", "description", "reason", "error")

_WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "one": "{tool} returned this{of}: {result}",
        "item": "{tool}{of}: {result}",
        "failed": "{tool} failed{of}: {result}",
        "of": " for {subject}",
        "intro": "These are the results:",
        "nothing": "nothing",
        "more": "and {count} more",
        "yes": "yes",
        "no": "no",
        "none": "none",
        "unknown": "a tool",
    },
    "es": {
        "one": "{tool} devolvió esto{of}: {result}",
        "item": "{tool}{of}: {result}",
        "failed": "{tool} falló{of}: {result}",
        "of": " para {subject}",
        "intro": "Estos son los resultados:",
        "nothing": "nada",
        "more": "y {count} más",
        "yes": "sí",
        "no": "no",
        "none": "ninguno",
        "unknown": "una herramienta",
    },
}


class Result(Struct, frozen=True, kw_only=True):
    """A result as it is told: of which tool, called about what, and whether it is a failure."""

    tool: str
    subject: str
    text: str
    failed: bool


def latest(messages: Sequence[Message]) -> tuple[Message, ...]:
    """The tool messages with which a conversation ends."""
    start = len(messages)
    while start and messages[start - 1].role == "tool":
        start -= 1
    return tuple(messages[start:])


def told(messages: Sequence[Message], language: Language) -> str:
    """The last results in words, each with the call that it answers."""
    calls = {
        part.id: part
        for message in messages
        for part in message.parts
        if isinstance(part, ToolCall)
    }
    results = [
        _result(message, calls.get(message.call_id or ""), language) for message in latest(messages)
    ]
    say = _WORDS[language]
    if len(results) == 1:
        return _line(results[0], "one", language)
    return "\n".join(
        [say["intro"], *(f"- {_line(result, 'item', language)}" for result in results)]
    )


def _line(result: Result, form: str, language: Language) -> str:
    say = _WORDS[language]
    of = say["of"].format(subject=result.subject) if result.subject else ""
    line = say["failed" if result.failed else form].format(
        tool=result.tool, of=of, result=result.text
    )
    return line if line.endswith((".", "!", "?", "”", "…", "\n")) else f"{line}."


def _result(message: Message, call: ToolCall | None, language: Language) -> Result:
    text = message.text.strip()
    value, is_json = _parsed(text)
    failure = _failure(value) if is_json else text if _FAILED.match(text) else None
    return Result(
        tool=call.name if call else message.name or _WORDS[language]["unknown"],
        subject=_subject(call, language) if call else "",
        text=_told_value(failure if failure is not None else value, language, is_json=is_json),
        failed=failure is not None,
    )


def _parsed(text: str) -> tuple[Any, bool]:
    try:
        return json.loads(text), True
    except (ValueError, RecursionError):
        return text, False


def _failure(value: Any) -> Any:
    """What a result says went wrong; None where nothing did."""
    if not isinstance(value, dict):
        return value if isinstance(value, str) and _FAILED.match(value) else None
    members = cast("dict[str, Any]", value)
    for key in _ERROR_KEYS:
        if members.get(key):
            inner: Any = members[key]
            if inner is not True:
                return _message(inner)
            return _message({name: one for name, one in members.items() if name != key})
    status = members.get("status")
    is_bad = isinstance(status, str) and status.lower() in ("error", "failed", "failure")
    if is_bad or members.get("success") is False or members.get("ok") is False:
        return _message(members)
    return None


def _message(value: Any) -> Any:
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        for key in _TOLD_IN:
            if isinstance(members.get(key), str) and members[key]:
                return members[key]
        return members
    return value


def _subject(call: ToolCall, language: Language) -> str:
    """What a call was about: the values of its arguments."""
    arguments, is_json = _parsed(call.arguments)
    if not is_json or not isinstance(arguments, dict):
        return ""
    values = cast("dict[str, Any]", arguments).values()
    plain = [_scalar(value, language) for value in values if not isinstance(value, dict | list)]
    subject = " ".join(", ".join(value for value in plain if value).split())
    if len(subject) > _LONGEST_SUBJECT:
        return subject[:_LONGEST_SUBJECT].rstrip() + "…"
    return subject


def _told_value(value: Any, language: Language, *, is_json: bool) -> str:
    say = _WORDS[language]
    if value in (None, "", [], {}):
        return say["nothing"]
    if not is_json or (isinstance(value, str) and len(value) > _QUOTED_FROM):
        return f"“{_cut(' '.join(str(value).split()), _LONGEST)}”"
    return _cut(_flat(value, language, 0), _LONGEST)


def _flat(value: Any, language: Language, level: int) -> str:
    if level > _DEEPEST:
        return "…"
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        parts = [
            f"{_label(name)}: {_inner(one, language, level)}"
            for name, one in members.items()
            if one is not None
        ]
        return ", ".join(parts)
    if isinstance(value, list):
        items = cast("list[Any]", value)
        shown = [_inner(item, language, level) for item in items[:_MOST_ITEMS]]
        if len(items) > _MOST_ITEMS:
            shown.append(_WORDS[language]["more"].format(count=len(items) - _MOST_ITEMS))
        is_long = any(isinstance(item, dict | list) for item in items)
        return ("; " if is_long else ", ").join(shown)
    return _scalar(value, language)


def _inner(value: Any, language: Language, level: int) -> str:
    if isinstance(value, dict | list) and not value:
        return _WORDS[language]["none"]
    flat = _flat(value, language, level + 1)
    return f"({flat})" if isinstance(value, dict) else flat


def _scalar(value: Any, language: Language) -> str:
    if isinstance(value, bool):
        return _WORDS[language]["yes" if value else "no"]
    if value is None:
        return ""
    text = " ".join(str(value).split())
    return f"“{text}”" if isinstance(value, str) and len(text) > _QUOTED_FROM else text


def _label(name: str) -> str:
    return " ".join(name_words(name)) or name


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest].rstrip() + "…"
