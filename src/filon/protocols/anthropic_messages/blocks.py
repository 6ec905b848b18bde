"""Our messages as this protocol writes them: blocks, under roles that take turns."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, cast

import msgspec
from msgspec import Raw

from filon.conversation.errors import InvalidRequest
from filon.conversation.message import (
    Image,
    Message,
    Opaque,
    Part,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
)
from filon.protocols.anthropic_messages.message import NAME
from filon.protocols.crossing import foreign

LABEL = "Anthropic's messages"

# Under this name an input stands that is no JSON object, which is all the protocol allows.
UNREADABLE = "unreadable_arguments"

_DATA_URL = re.compile(r"data:([^;,]+);base64,(.*)", re.DOTALL)
_NOT_IN_IDS = re.compile(r"[^a-zA-Z0-9_-]")
_OBJECT = msgspec.json.Decoder(dict[str, Raw])


def render_messages(messages: Iterable[Message]) -> list[bytes]:
    """The messages but for those of the system, neighbours of one role joined into one.

    A tool's answer is a block of the user's message. An assistant's message that holds nothing
    this protocol takes is left out.
    """
    groups: list[tuple[str, list[Any]]] = []
    for message in messages:
        if message.role in ("system", "developer"):
            continue
        role = "assistant" if message.role == "assistant" else "user"
        blocks = [_tool_result(message)] if message.role == "tool" else _blocks(message)
        if role == "assistant" and not blocks:
            continue
        if groups and groups[-1][0] == role:
            groups[-1][1].extend(blocks)
        else:
            groups.append((role, blocks))
    return [
        msgspec.json.encode({"role": role, "content": _plain(blocks, empty="")})
        for role, blocks in groups
    ]


def render_system(messages: Iterable[Message], theirs: bytes | None = None) -> bytes | None:
    """The system prompt that these messages hold, in their order, and behind it the caller's own,
    whose JSON text stays as it is. None where there is none.

    Instructions from the middle of a conversation come to stand before it, as Anthropic's own
    layer for OpenAI's protocol has it.
    """
    ours = [
        _block(part, message)
        for message in messages
        if message.role in ("system", "developer")
        for part in message.parts
        if part != Text("")
    ]
    if theirs is None:
        return msgspec.json.encode(_plain(ours, empty="")) if ours else None
    if not ours:
        return theirs
    whole = msgspec.json.decode(theirs, type=str | list[Raw])
    if isinstance(whole, str):
        return msgspec.json.encode([*ours, *([_text(whole)] if whole else [])])
    return msgspec.json.encode([*ours, *whole])


def wire_input(arguments: str) -> Any:
    """A call's arguments as the object that the protocol wants, in the bytes they came in."""
    if not arguments.strip():
        return {}
    data = arguments.encode("utf-8", "replace")
    try:
        _OBJECT.decode(data)
    except (ValueError, RecursionError):
        return {UNREADABLE: arguments}
    return Raw(data)


def wire_id(id: str) -> str:
    """A call's id in the letters that the protocol allows."""
    return _NOT_IN_IDS.sub("_", id)


def message_id(id: str) -> str:
    """The id of a reply, with the prefix that this protocol's ids have."""
    if id.startswith("msg_"):
        return id
    return f"msg_{wire_id(id.rpartition('_')[2].removeprefix('chatcmpl-'))}"


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _plain(blocks: Sequence[Any], empty: str) -> Any:
    """One text stands as a string."""
    if not blocks:
        return empty
    if len(blocks) == 1 and isinstance(blocks[0], dict):
        only = cast("dict[str, Any]", blocks[0])
        if only["type"] == "text":
            return only["text"]
    return blocks


def _blocks(message: Message) -> list[Any]:
    if message.role == "assistant":
        _check_calls(message)
    return [_block(part, message) for part in message.parts if _is_told(part)]


def _is_told(part: Part) -> bool:
    # Empty texts are refused, and so are thoughts without the seal of the provider's own.
    if isinstance(part, Reasoning):
        return part.signature is not None
    return not (isinstance(part, Text | Refusal) and not part.text)


def _check_calls(message: Message) -> None:
    """Calls that have no type of ours would vanish, and their answers would hang in the air."""
    for name, value in message.extra:
        if name in ("tool_calls", "function_call") and value not in ("null", "[]"):
            raise InvalidRequest(
                f"An assistant's message holds `{name}` of a kind that {LABEL} cannot say.",
                fix="Use tools of type `function`, or an endpoint that speaks OpenAI's protocol.",
                param="messages",
            )


def _block(part: Part, message: Message) -> Any:
    match part:
        case Text(text=text) | Refusal(text=text):
            return _text(text)
        case Reasoning(text=text, signature=signature):
            return {"type": "thinking", "thinking": text, "signature": signature or ""}
        case ToolCall(id=id, name=name, arguments=arguments):
            return {
                "type": "tool_use",
                "id": wire_id(id),
                "name": name,
                "input": wire_input(arguments),
            }
        case Image(url=url):
            if message.role in ("system", "developer"):
                raise InvalidRequest(
                    f"A system message holds a picture; in {LABEL} only users show pictures.",
                    fix="Send the picture in a user's message.",
                    param="messages",
                )
            return {"type": "image", "source": _source(url)}
        case Opaque():
            return _opaque(part)


def _source(url: str) -> dict[str, str]:
    if not url.startswith("data:"):
        return {"type": "url", "url": url}
    found = _DATA_URL.fullmatch(url)
    if found is None:
        raise InvalidRequest(
            f"A picture's data: address is not in base64, which is all that {LABEL} takes.",
            fix="Send it as data:image/png;base64,... or by its https: address.",
            param="messages",
        )
    return {"type": "base64", "media_type": found.group(1), "data": found.group(2)}


def _opaque(part: Opaque) -> Any:
    if part.protocol == NAME:
        return Raw(part.json.encode())
    block = _document(part) if part.protocol == "openai_chat" else None
    if block is None:
        raise foreign(part, LABEL)
    return block


class _File(msgspec.Struct):
    file_data: str
    filename: str | None = None


class _FilePart(msgspec.Struct):
    type: str
    file: _File


def _document(part: Opaque) -> dict[str, Any] | None:
    """A file that came with its bytes, as a document; None for any other part."""
    try:
        told = msgspec.json.decode(part.json, type=_FilePart)
    except ValueError:
        return None
    found = _DATA_URL.fullmatch(told.file.file_data)
    if told.type != "file" or found is None or found.group(1) != "application/pdf":
        return None
    block: dict[str, Any] = {"type": "document", "source": _source(told.file.file_data)}
    if told.file.filename is not None:
        block["title"] = told.file.filename
    return block


def _tool_result(message: Message) -> dict[str, Any]:
    if not message.call_id:
        raise InvalidRequest(
            "A tool's answer does not say which call it answers.",
            fix="Give it the `tool_call_id` of the call.",
            param="messages",
        )
    block: dict[str, Any] = {"type": "tool_result", "tool_use_id": wire_id(message.call_id)}
    content = _plain([_block(part, message) for part in message.parts if _is_told(part)], empty="")
    return {**block, "content": content} if content != "" else block
