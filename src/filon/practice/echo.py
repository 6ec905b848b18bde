"""The model `echo`: from a request to a text that describes it. Pure."""

import re
from typing import Any

import msgspec
from msgspec import Struct

from filon.conversation.message import Image, Message, Part, Reasoning, Refusal, Text, ToolCall
from filon.conversation.request import ChatRequest
from filon.kit.redact import mask_header
from filon.practice.answers.prompt import text_of
from filon.practice.model.pieces import Pieces

_LONGEST_VALUE = 200
_LONGEST_QUOTE = 2_000
_FIRST_ROWS, _LAST_ROWS = 3, 12


class Heard(Struct, frozen=True, kw_only=True):
    """What reached the server: the request line, the headers, the body as parsed, and how many
    tokens the prompt has."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    chat: ChatRequest
    tokens: int


def describe(heard: Heard, pieces: Pieces, choice: int = 0, of: int = 1) -> str:
    """The echo's answer, in Markdown. Secrets in headers are masked."""
    sections = [
        "I am **echo**, a practice model. I do not think: I tell you what reached me.",
        _quote(heard.chat.messages),
        _parameters(heard.chat),
        _messages(heard, pieces),
        f"**Request**: {_code(f'{heard.method} {heard.target}')}",
        _headers(heard.headers),
    ]
    if of > 1:
        sections.insert(1, f"This is choice {choice + 1} of {of}.")
    return "\n\n".join(section for section in sections if section)


def _headers(headers: tuple[tuple[str, str], ...]) -> str:
    rows = ["| header | value |", "|---|---|"]
    for name, value in headers:
        rows.append(f"| {_cell(name)} | {_cell(_short(mask_header(name, value)))} |")
    return "\n".join(rows)


def _parameters(chat: ChatRequest) -> str:
    told: dict[str, Any] = {"model": chat.model, **chat.parameters, "stream": chat.stream}
    rows = [
        f"- {_code(name)}: {_code(_short(msgspec.json.encode(value).decode()))}"
        for name, value in told.items()
    ]
    return "\n".join(("**Parameters**", "", *rows))


def _messages(heard: Heard, pieces: Pieces) -> str:
    messages = heard.chat.messages
    noun = "message" if len(messages) == 1 else "messages"
    rows = [
        f"**{len(messages)} {noun}, {heard.tokens:,} tokens with their roles**",
        "",
        "| # | role | content | characters | tokens |",
        "|---:|---|---|---:|---:|",
    ]
    left_out = len(messages) - _FIRST_ROWS - _LAST_ROWS
    for number, message in enumerate(messages):
        if left_out > 0 and _FIRST_ROWS <= number < _FIRST_ROWS + left_out:
            if number == _FIRST_ROWS:
                rows.append(f"| … | {left_out} more | | | |")
            continue
        text = text_of(message)
        tokens = len(pieces.encode(text))
        kinds = ", ".join(_kinds(message.parts)) or "nothing"
        rows.append(f"| {number + 1} | {message.role} | {kinds} | {len(text):,} | {tokens:,} |")
    return "\n".join(rows)


def _quote(messages: tuple[Message, ...]) -> str:
    for message in reversed(messages):
        if message.role == "user":
            break
    else:
        return "There is no message of a user to quote."
    text = message.text
    if not text.strip():
        return "Your last message holds no text."
    shown = text[:_LONGEST_QUOTE]
    quoted = "\n".join(f"> {line}".rstrip() for line in shown.splitlines())
    if len(shown) < len(text):
        quoted += f"\n>\n> … and {len(text) - len(shown):,} more characters"
    return f"Your last message:\n\n{quoted}"


def _kinds(parts: tuple[Part, ...]) -> list[str]:
    kinds: dict[str, int] = {}
    for part in parts:
        kind = _kind(part)
        kinds[kind] = kinds.get(kind, 0) + 1
    return [kind if number == 1 else f"{number} × {kind}" for kind, number in kinds.items()]


def _kind(part: Part) -> str:
    match part:
        case Text():
            return "text"
        case Reasoning():
            return "reasoning"
        case Refusal():
            return "refusal"
        case Image():
            return "picture"
        case ToolCall():
            return "tool call"
        case _:
            return "other"


def _short(text: str) -> str:
    if len(text) <= _LONGEST_VALUE:
        return text
    return f"{text[:_LONGEST_VALUE]}… ({len(text):,} characters)"


def _code(text: str) -> str:
    """A code span that its content cannot end."""
    plain = " ".join(text.split("\n"))
    longest = max((len(run) for run in re.findall(r"`+", plain)), default=0)
    fence = "`" * (longest + 1)
    blank = " " if plain.startswith("`") or plain.endswith("`") or not plain else ""
    return f"{fence}{blank}{plain}{blank}{fence}"


def _cell(text: str) -> str:
    return _code(text).replace("|", "\\|")
