"""The prompt as the model's tokens, and what is left of one that is too long."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from filon.conversation.message import Message, Reasoning, Refusal, Text, ToolCall
from filon.practice.model.pieces import Pieces
from filon.practice.skills.asked import Tool


class Prompt(Struct, frozen=True, kw_only=True):
    """What the model reads: the messages that are left, and all of it as tokens."""

    messages: tuple[Message, ...]
    tokens: tuple[int, ...]


def render(messages: Sequence[Message], tools: Sequence[Tool], pieces: Pieces) -> Prompt:
    """All messages with their roles, the tools before them, and the opening of the answer."""
    tokens: list[int] = []
    if tools:
        tokens += (pieces.system, *pieces.encode(_tools_text(tools)))
    for message in messages:
        tokens += _message(message, pieces)
    tokens.append(pieces.assistant)
    return Prompt(messages=tuple(messages), tokens=tuple(tokens))


def shorten(prompt: Prompt, tools: Sequence[Tool], pieces: Pieces, room: int) -> Prompt:
    """The prompt cut to `room` tokens, as local servers do it in silence: the instructions at the
    beginning and the latest messages stay, what is between is dropped; if the last message alone
    is too long, its beginning goes."""
    messages = list(prompt.messages)
    fixed = 0
    while fixed < len(messages) and messages[fixed].role in ("system", "developer"):
        fixed += 1
    while len(prompt.tokens) > room and len(messages) > fixed + 1:
        del messages[fixed]
        prompt = render(messages, tools, pieces)
    if len(prompt.tokens) <= room or not messages:
        return prompt
    over = len(prompt.tokens) - room
    last = messages[-1]
    kept = pieces.encode(text_of(last))[over:]
    cut = msgspec.structs.replace(last, parts=(Text(pieces.decode(kept)),))
    return render([*messages[:-1], cut], tools, pieces)


def text_of(message: Message) -> str:
    """All that a message says, calls and thoughts included; pictures say nothing."""
    texts: list[str] = []
    for part in message.parts:
        if isinstance(part, Text | Reasoning | Refusal):
            texts.append(part.text)
        elif isinstance(part, ToolCall):
            texts.append(f"{part.name}\n{part.arguments}")
    return "\n".join(texts)


def _message(message: Message, pieces: Pieces) -> list[int]:
    roles = {
        "system": pieces.system,
        "developer": pieces.system,
        "user": pieces.user,
        "assistant": pieces.assistant,
        "tool": pieces.tool,
    }
    return [roles[message.role], *pieces.encode(text_of(message))]


def _tools_text(tools: Sequence[Tool]) -> str:
    rows = [
        {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
        for tool in tools
    ]
    return msgspec.json.encode(rows).decode()
