"""Messages on their way between Responses and chat completions: what has another form there, and
what is lost. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import msgspec
from msgspec.structs import replace

from filon.conversation.message import Message, Part, Reasoning
from filon.conversation.request import ChatRequest
from filon.protocols.carrying import CarriedMessages, Loss, carry
from filon.protocols.openai_responses.content import NAME
from filon.protocols.openai_responses.items import EMPTY, NEEDED
from filon.protocols.openai_responses.seals import foreign_seal, is_foreign

_LOST = {
    "encrypted_content": "Only the provider that sealed a thought can use the seal.",
    "phase": "Chat completions does not tell a comment on the way from a final answer.",
    "annotations": "Chat completions has no place for what a text refers to.",
    "prompt_cache_breakpoint": "Chat completions has no marks for a prompt cache.",
}


def messages_to_chat(request: ChatRequest) -> CarriedMessages:
    """The messages of a request of this protocol, as chat completions says them."""
    carried = carry(request.messages, _to_chat)
    return replace(carried, lost=_lost_members(request))


def _to_chat(part: Part) -> Sequence[Part]:
    if not isinstance(part, Reasoning):
        return [part]
    thought = Reasoning(part.text, foreign_seal(part.signature))
    return [] if thought == Reasoning("") else [thought]


def _lost_members(request: ChatRequest) -> tuple[Loss, ...]:
    """What the caller's items held that no type of ours holds."""
    if request.raw is None or request.raw.protocol != NAME:
        return ()
    found: set[str] = set()
    for text in request.raw.items:
        _look(msgspec.json.decode(text), found)
    return tuple((name, why) for name, why in _LOST.items() if name in found)


def _look(item: Any, found: set[str]) -> None:
    if not isinstance(item, dict):
        return
    told = cast("dict[str, Any]", item)
    sealed = told.get("encrypted_content")
    if isinstance(sealed, str) and is_foreign(sealed):
        told = {name: value for name, value in told.items() if name != "encrypted_content"}
    found.update(name for name in _LOST if told.get(name))
    for name in ("content", "output"):
        inner = told.get(name)
        for part in cast("list[Any]", inner) if isinstance(inner, list) else ():
            _look(part, found)


def lost_from_chat(messages: Iterable[Message]) -> tuple[Loss, ...]:
    """What messages of chat completions hold that an item does not say."""
    found: dict[str, str] = {}
    for message in messages:
        if message.name is not None and message.role != "tool":
            found["name"] = "OpenAI responses has no names for who writes."
        for name, text in message.extra:
            if name not in NEEDED and text not in EMPTY:
                found[name] = "OpenAI responses knows no such field of a message."
        if any(isinstance(part, Reasoning) and part.signature is None for part in message.parts):
            found["reasoning"] = (
                "OpenAI takes thoughts back only with its own seal, and this has none."
            )
    return tuple(found.items())
