"""Messages on their way to chat completions, whose providers take less than other protocols say."""

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from filon.conversation.message import Image, Message, Opaque, Part, Role, Text

Loss = tuple[str, str]

PIVOT = "openai_chat"

_MOVED = "Chat completions takes texts alone from a tool; the user's next message shows the rest."
_SHOWN = "(Shown by the tool.)"
_JOINT: dict[Role, str] = {"assistant": ""}


class CarriedMessages(Struct, frozen=True):
    """Messages as chat completions can say them. `lost` holds a name and a sentence for each kind
    of thing that got lost, `changed` the same for what came to stand elsewhere."""

    messages: tuple[Message, ...]
    lost: tuple[Loss, ...] = ()
    changed: tuple[Loss, ...] = ()


def carry(
    given: Iterable[Message], part_to_chat: Callable[[Part], Sequence[Part]]
) -> CarriedMessages:
    """The messages with each part as `part_to_chat` says it.

    A message of texts alone becomes one text, which every host takes, and what a tool shows beside
    texts goes into a message of the user's behind it. Parts that remain foreign are left for the
    other protocol to refuse.
    """
    messages: list[Message] = []
    shown: list[Part] = []
    moved = False
    for message in given:
        if shown and message.role != "tool":
            messages.append(Message(role="user", parts=tuple(shown)))
            shown = []
        parts = [one for part in message.parts for one in part_to_chat(part)]
        if message.role == "tool":
            things = [part for part in parts if _is_shown(part)]
            moved = moved or bool(things)
            shown += things
            parts = [part for part in parts if not _is_shown(part)]
            parts = parts or ([Text(_SHOWN)] if things else [])
        messages.append(replace(message, parts=_joined(message.role, parts)))
    if shown:
        messages.append(Message(role="user", parts=tuple(shown)))
    changed = (("pictures and files of tools", _MOVED),) if moved else ()
    return CarriedMessages(tuple(messages), (), changed)


def _is_shown(part: Part) -> bool:
    return isinstance(part, Image) or (isinstance(part, Opaque) and part.protocol == PIVOT)


def _joined(role: Role, parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts with all texts in one, if only what has no place among them is beside them."""
    texts = [part for part in parts if isinstance(part, Text)]
    placed = any(isinstance(part, Image | Opaque) for part in parts)
    if len(texts) < 2 or placed:
        return tuple(parts)
    whole = Text(_JOINT.get(role, "\n").join(text.text for text in texts))
    first = parts.index(texts[0])
    rest = [part for part in parts[first:] if not isinstance(part, Text)]
    return (*parts[:first], whole, *rest)
