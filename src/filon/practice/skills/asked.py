"""A request as the skills read it."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from filon.conversation.message import Message
from filon.practice.model.family import Model

ToolChoice = Literal["auto", "none", "required"]
Language = Literal["en", "es"]


class Tool(Struct, frozen=True, kw_only=True):
    """A function that may be called. `parameters` is its JSON Schema as it came."""

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = {}


class Format(Struct, frozen=True, kw_only=True):
    """What form the answer must have: any JSON object, or one by `schema`."""

    schema: Mapping[str, Any] | None = None
    name: str = ""


class Asked(Struct, frozen=True, kw_only=True):
    """What is asked of a model, and of which.

    `choice` is how a tool is to be chosen, `only` the one tool that must be called. `effort` is
    how much to think where the model reasons: none, low, medium or high.
    """

    model: Model
    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    choice: ToolChoice = "auto"
    only: str | None = None
    parallel: bool = True
    format: Format | None = None
    effort: str = "medium"

    @property
    def last(self) -> str:
        """The text of the last message of the user."""
        for message in reversed(self.messages):
            if message.role == "user":
                return message.text
        return ""
