"""Messages on their way between this protocol and chat completions: what has another form there,
and what is lost. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import msgspec
from msgspec.structs import replace

from filon.conversation.message import (
    Image,
    Message,
    Opaque,
    Part,
    Reasoning,
    Text,
)
from filon.conversation.request import ChatRequest
from filon.protocols.anthropic_messages.message import NAME
from filon.protocols.carrying import CarriedMessages, Loss, carry

_LOST_BLOCKS = {
    "cache_control": "Chat completions has no marks for a prompt cache.",
    "citations": "Chat completions has no place for what a text refers to.",
    "is_error": "Chat completions has no sign for a tool that failed; its words remain.",
    "signature": "Only the provider that sealed a thought can use the seal.",
    "redacted_thinking": "Only the provider that hid a thought can read it.",
}


def messages_to_chat(request: ChatRequest) -> CarriedMessages:
    """The messages of a request of this protocol, as chat completions says them.

    A message of texts alone becomes one text, which every host takes. Documents become files or
    texts, and what a tool shows beside them goes into a message of the user's behind it. Parts
    that remain foreign are left for the other protocol to refuse.
    """
    return replace(carry(request.messages, _to_chat), lost=_lost_blocks(request))


def _to_chat(part: Part) -> list[Part]:
    if isinstance(part, Reasoning):
        return [Reasoning(part.text)] if part.text else []
    if not isinstance(part, Opaque) or part.protocol != NAME:
        return [part]
    told = cast("dict[str, Any]", msgspec.json.decode(part.json))
    if told["type"] == "redacted_thinking":
        return []
    read = _document(told) if told["type"] == "document" else None
    if told["type"] == "search_result":
        read = _texts(told.get("content"))
    return [part] if read is None else read


def _document(told: dict[str, Any]) -> list[Part] | None:
    """A document as a file, or as the text that it is; None for one that only its provider has."""
    given = told.get("source")
    source = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
    data = source.get("data")
    match source.get("type"):
        case "text" if isinstance(data, str):
            return [Text(data)]
        case "content":
            return _texts(source.get("content"))
        case "base64" if isinstance(data, str):
            file: dict[str, Any] = {"file_data": f"data:{source.get('media_type')};base64,{data}"}
            if isinstance(told.get("title"), str):
                file = {"filename": told["title"], **file}
            return [Opaque(msgspec.json.encode({"type": "file", "file": file}).decode())]
        case _:
            return None


def _texts(value: Any) -> list[Part] | None:
    """The texts of a list of blocks, or a text; None where there is anything else."""
    if isinstance(value, str):
        return [Text(value)]
    if not isinstance(value, list):
        return None
    blocks = [cast("dict[str, Any]", one) for one in cast("list[Any]", value) if type(one) is dict]
    texts = [Text(text) for block in blocks if isinstance(text := block.get("text"), str)]
    return list(texts) if len(texts) == len(cast("list[Any]", value)) else None


def _lost_blocks(request: ChatRequest) -> tuple[Loss, ...]:
    """What the caller's blocks held that no type of ours holds."""
    raw = request.raw
    if raw is None or raw.protocol != NAME:
        return ()
    found: set[str] = set()
    for text in (*((raw.system,) if raw.system else ()), *raw.items):
        value = msgspec.json.decode(text)
        if isinstance(value, dict):
            value = cast("dict[str, Any]", value).get("content")
        _look(value, found)
    return tuple((name, why) for name, why in _LOST_BLOCKS.items() if name in found)


def _look(blocks: Any, found: set[str]) -> None:
    if not isinstance(blocks, list):
        return
    for block in cast("list[Any]", blocks):
        if not isinstance(block, dict):
            continue
        told = cast("dict[str, Any]", block)
        found.update(name for name in _LOST_BLOCKS if told.get(name))
        found.update(name for name in _LOST_BLOCKS if told.get("type") == name)
        _look(told.get("content"), found)


def lost_from_chat(messages: Iterable[Message]) -> tuple[Loss, ...]:
    """What messages of chat completions hold that this protocol does not say."""
    found: dict[str, str] = {}
    for message in messages:
        if message.name is not None:
            found["name"] = "Anthropic's messages has no names for who writes."
        for name, _ in message.extra:
            found[name] = "Anthropic's messages knows no such field of a message."
        for part in message.parts:
            if isinstance(part, Image) and part.detail is not None:
                found["image_url.detail"] = "Anthropic's messages chooses the size of pictures."
            if isinstance(part, Reasoning) and part.signature is None:
                why = "Anthropic takes thoughts back only with its own seal, and this one has none."
                found["reasoning"] = why
    return tuple(found.items())


def hangs(messages: Sequence[Message]) -> bool:
    """Whether they end in answers of tools to a call that came without a thought its provider
    would know again."""
    asked = len(messages)
    while asked and messages[asked - 1].role == "tool":
        asked -= 1
    if asked in (0, len(messages)):
        return False
    return not any(_is_sealed(part) for part in messages[asked - 1].parts)


def _is_sealed(part: Part) -> bool:
    if isinstance(part, Reasoning):
        return part.signature is not None
    return isinstance(part, Opaque) and part.protocol == NAME and "redacted_thinking" in part.json
