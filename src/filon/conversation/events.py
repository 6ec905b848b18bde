"""What happens while a reply arrives, one type per thing. A whole reply is a fold over these."""

from collections.abc import Iterable

from msgspec import Struct

from filon.conversation.errors import Problem
from filon.conversation.usage import Usage


class Started(Struct, frozen=True, kw_only=True, tag="started"):
    """The provider opened its reply. `created` is its own Unix time in seconds."""

    id: str | None = None
    model: str | None = None
    created: int | None = None


class TextDelta(Struct, frozen=True, tag="text"):
    """More visible text of one choice."""

    text: str
    choice: int = 0


class ReasoningDelta(Struct, frozen=True, tag="reasoning"):
    """More thinking of one choice. `field` is the wire's name for it, kept for the way back.

    `signature` comes with the last piece of a thought that its provider seals; that piece's text
    may be empty.
    """

    text: str
    choice: int = 0
    field: str = "reasoning_content"
    signature: str | None = None


class RefusalDelta(Struct, frozen=True, tag="refusal"):
    """More of a model's refusal."""

    text: str
    choice: int = 0


class ToolCallDelta(Struct, frozen=True, kw_only=True, tag="tool_call"):
    """A piece of one tool call; the first carries `id` and `name`, later ones more `arguments`."""

    index: int
    id: str | None = None
    name: str | None = None
    arguments: str = ""
    choice: int = 0


class Finished(Struct, frozen=True, tag="finished"):
    """One choice ended. `reason` is the provider's own word: stop, length, tool_calls, ..."""

    reason: str
    choice: int = 0


class UsageReported(Struct, frozen=True, tag="usage"):
    """The provider counted."""

    usage: Usage


class Broken(Struct, frozen=True, tag="broken"):
    """The provider reported an error inside its stream, or sent a frame nobody can read."""

    problem: Problem


class Done(Struct, frozen=True, tag="done"):
    """The provider said that nothing follows."""


StreamEvent = (
    Started
    | TextDelta
    | ReasoningDelta
    | RefusalDelta
    | ToolCallDelta
    | Finished
    | UsageReported
    | Broken
    | Done
)


def is_output(event: StreamEvent) -> bool:
    """Whether the event shows the reader something, so that the turn is committed to this reply."""
    # By the very type: asking `isinstance` of a Struct costs ten times as much.
    if type(event) is TextDelta or type(event) is ReasoningDelta or type(event) is RefusalDelta:
        return bool(event.text)
    return type(event) is ToolCallDelta


def shows(events: Iterable[StreamEvent]) -> bool:
    """Whether one of them is output."""
    return any(map(is_output, events))
