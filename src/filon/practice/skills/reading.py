"""What of a conversation the skills read: bounded, and with given texts told from what is said."""

from collections.abc import Sequence

from msgspec import Struct

from filon.conversation.message import Message, Role
from filon.practice.skills.asked import Asked, Language
from filon.practice.skills.language import first_guess
from filon.practice.skills.passages import Split, split

MOST_MESSAGES = 200
MOST_CHARACTERS = 200_000
# Agents for code put texts of their own before the person's words, in the same message.
_ASIDE, _ASIDE_ENDS = "<system-reminder>", "</system-reminder>"


class Said(Struct, frozen=True):
    """A message as far as it is read."""

    role: Role
    text: str


def recent(messages: Sequence[Message]) -> tuple[Said, ...]:
    """The last messages, oldest first, and the instructions at the very beginning.

    At most 200 messages and 200,000 characters; of a message that is too long, its two ends. What
    an agent says in the name of the user is left out.
    """
    kept = list(messages[-MOST_MESSAGES:])
    if len(messages) > MOST_MESSAGES and messages[0].role in ("system", "developer"):
        kept[0] = messages[0]
    # The last message first, then the first, then back in time.
    order = [len(kept) - 1, *([0] if len(kept) > 1 else []), *range(len(kept) - 2, 0, -1)]
    left = MOST_CHARACTERS
    texts = [""] * len(kept)
    for place in order if kept else ():
        text = _said(kept[place])
        if len(text) > left:
            text = text[: left // 2] + text[len(text) - left // 2 :]
        texts[place] = text
        left -= len(text)
    return tuple(Said(message.role, text) for message, text in zip(kept, texts, strict=True))


def _said(message: Message) -> str:
    if message.role != "user" or _ASIDE not in message.text:
        return message.text
    *closed, rest = message.text.split(_ASIDE_ENDS)
    kept = [one.partition(_ASIDE)[0] if _ASIDE in one else one + _ASIDE_ENDS for one in closed]
    return "".join([*kept, rest]).strip()


def last_text(asked: Asked) -> str:
    """The text of the user's last message, as far as it is read."""
    return next((said.text for said in reversed(recent(asked.messages)) if said.role == "user"), "")


def last_split(asked: Asked) -> Split:
    """The user's last message in its parts."""
    return split(last_text(asked))


def spoken(asked: Asked, text: str) -> Language:
    """The language to answer this text in; where it does not tell, that of what came before."""
    earlier = [said.text for said in reversed(recent(asked.messages)) if said.role != "tool"]
    return first_guess((text, *earlier[:20]))
