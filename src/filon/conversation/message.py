"""A message and its parts, whatever protocol they came in.

Values only. How a part looks on a wire is the business of `filon.protocols`.
"""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

Role = Literal["system", "developer", "user", "assistant", "tool"]


class Text(Struct, frozen=True, tag="text"):
    """Prose that the reader sees."""

    text: str


class Reasoning(Struct, frozen=True, tag="reasoning"):
    """What a model wrote while thinking; sent back only where a provider demands it.

    `signature` is the provider's seal on it, without which that provider does not take it back.
    """

    text: str
    signature: str | None = None


class Refusal(Struct, frozen=True, tag="refusal"):
    """A model's own words for declining, where its provider sends them apart from the text."""

    text: str


class Image(Struct, frozen=True, tag="image"):
    """A picture by address: `https:` or `data:`. `detail` is a hint: low, high, auto."""

    url: str
    detail: str | None = None


class ToolCall(Struct, frozen=True, tag="tool_call"):
    """A call the model asks for. `arguments` is JSON text as it wrote it, valid or not."""

    id: str
    name: str
    arguments: str


class Opaque(Struct, frozen=True, tag="opaque"):
    """A part this version has no type for, kept as the JSON it came in, so that nothing is lost.

    `protocol` names the wire format it belongs to; no other can carry it.
    """

    json: str
    protocol: str = "openai_chat"


Part = Text | Reasoning | Refusal | Image | ToolCall | Opaque


class Message(Struct, frozen=True, kw_only=True):
    """One message of a conversation as a model reads or writes it.

    `call_id` names the tool call that a `tool` message answers. `name` is the author's name
    where a protocol carries one. `extra` holds fields of the message that have no type here,
    as JSON text by field name.
    """

    role: Role
    parts: tuple[Part, ...]
    name: str | None = None
    call_id: str | None = None
    extra: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """All visible prose of the message, joined."""
        if len(self.parts) == 1 and isinstance(only := self.parts[0], Text):
            return only.text
        return "".join(part.text for part in self.parts if isinstance(part, Text))


def have_images(messages: Iterable[Message]) -> bool:
    """Whether an image is among what they say."""
    for message in messages:
        for part in message.parts:
            if type(part) is Image:
                return True
    return False


def say(role: Role, text: str) -> Message:
    """A message of plain text."""
    return Message(role=role, parts=(Text(text),))
