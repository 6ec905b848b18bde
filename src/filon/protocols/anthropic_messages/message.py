"""The messages of a request as they are read: one of the wire may be several of ours, since each
tool result that stands in a user's message is a message of its own."""

from typing import Literal

from msgspec import Raw

from filon.conversation.errors import InvalidRequest
from filon.conversation.message import Image, Message, Opaque, Part, Reasoning, Text, ToolCall
from filon.protocols.strict_json import (
    check_depth,
    is_null,
    kind_of,
    list_at,
    object_at,
    string_at,
    wrong,
)

NAME = "anthropic_messages"

WireRole = Literal["user", "assistant", "system"]
_ROLES: tuple[WireRole, ...] = ("user", "assistant", "system")
_ROLE_FIXES = {
    "tool": "Send the answer of a tool as a block of type `tool_result` in a user message.",
    "developer": "Send instructions in `system`, beside `messages`.",
}


def parse_message(raw: Raw, where: str) -> list[Message]:
    """Reads one message. `where` is its place in the body, for errors."""
    fields = object_at(raw, where)
    check_depth(raw, where)
    role = _role(fields.get("role"), where)
    content = fields.get("content")
    if content is None:
        raise InvalidRequest(f"`{where}` has no `content`.", param=f"{where}.content")
    if kind_of(content) not in ("a string", "a list"):
        raise wrong(f"{where}.content", "a string or a list of blocks", content)
    if kind_of(content) == "a string":
        return [Message(role=role, parts=_prose(content, f"{where}.content"))]
    messages: list[Message] = []
    run: list[Part] = []
    for number, item in enumerate(list_at(content, f"{where}.content")):
        place = f"{where}.content[{number}]"
        block = object_at(item, place)
        if role == "user" and _type(block, place) == "tool_result":
            if run:
                messages.append(Message(role=role, parts=tuple(run)))
                run.clear()
            messages.append(_tool_result(block, place))
        elif (part := _part(item, block, role, place)) != Text(""):
            run.append(part)
    if run or not messages:
        messages.append(Message(role=role, parts=tuple(run)))
    return messages


def parse_system(raw: Raw, where: str) -> list[Message]:
    """Reads the system prompt: a text, or a list of text blocks. An empty one is no message."""
    check_depth(raw, where)
    if kind_of(raw) == "a string":
        parts = _prose(raw, where)
    elif kind_of(raw) == "a list":
        parts = _parts(raw, "system", where)
    else:
        raise wrong(where, "a string or a list of text blocks", raw)
    return [Message(role="system", parts=parts)] if parts else []


def _role(raw: Raw | None, where: str) -> WireRole:
    fix = "Use `user` or `assistant`."
    if raw is None:
        raise InvalidRequest(f"`{where}` has no `role`.", fix=fix, param=f"{where}.role")
    asked = string_at(raw, f"{where}.role")
    for role in _ROLES:
        if role == asked:
            return role
    raise InvalidRequest(
        f"`{where}.role` is {asked!r}, which is no role here.",
        fix=_ROLE_FIXES.get(asked, fix),
        param=f"{where}.role",
    )


def _prose(raw: Raw, where: str) -> tuple[Part, ...]:
    text = string_at(raw, where)
    return (Text(text),) if text else ()


def _parts(raw: Raw, role: WireRole, where: str) -> tuple[Part, ...]:
    places = ((f"{where}[{n}]", item) for n, item in enumerate(list_at(raw, where)))
    read = (_part(item, object_at(item, place), role, place) for place, item in places)
    return tuple(part for part in read if part != Text(""))


def _part(raw: Raw, block: dict[str, Raw], role: WireRole, where: str) -> Part:
    kind = _type(block, where)
    if kind == "text":
        return Text(_needed(block, "text", where))
    if kind == "image":
        return _image(block, where) or _opaque(raw)
    if kind == "thinking" and role == "assistant":
        return Reasoning(_needed(block, "thinking", where), _optional(block, "signature", where))
    if kind == "tool_use" and role == "assistant":
        return _tool_use(block, where)
    return _opaque(raw)


def _opaque(raw: Raw) -> Opaque:
    return Opaque(bytes(raw).decode(), NAME)


def _type(block: dict[str, Raw], where: str) -> str:
    return _needed(block, "type", where)


def _needed(block: dict[str, Raw], name: str, where: str) -> str:
    if name not in block:
        raise InvalidRequest(f"`{where}` has no `{name}`.", param=f"{where}.{name}")
    return string_at(block[name], f"{where}.{name}")


def _optional(block: dict[str, Raw], name: str, where: str) -> str | None:
    raw = block.get(name)
    return None if raw is None or is_null(raw) else string_at(raw, f"{where}.{name}")


def _image(block: dict[str, Raw], where: str) -> Image | None:
    """The picture by its address or its bytes; None where it is a file that the provider keeps."""
    if "source" not in block:
        raise InvalidRequest(f"`{where}` has no `source`.", param=f"{where}.source")
    place = f"{where}.source"
    source = object_at(block["source"], place)
    kind = _type(source, place)
    if kind == "base64":
        media = _needed(source, "media_type", place)
        return Image(f"data:{media};base64,{_needed(source, 'data', place)}")
    return Image(_needed(source, "url", place)) if kind == "url" else None


def _tool_use(block: dict[str, Raw], where: str) -> ToolCall:
    given = block.get("input")
    if given is not None and kind_of(given) != "an object":
        raise wrong(f"{where}.input", "an object", given)
    return ToolCall(
        id=_needed(block, "id", where),
        name=_needed(block, "name", where),
        arguments="{}" if given is None else bytes(given).decode(),
    )


def _tool_result(block: dict[str, Raw], where: str) -> Message:
    content = block.get("content")
    place = f"{where}.content"
    parts: tuple[Part, ...] = ()
    if content is not None and not is_null(content):
        if kind_of(content) == "a string":
            parts = _prose(content, place)
        elif kind_of(content) == "a list":
            parts = _parts(content, "user", place)
        else:
            raise wrong(place, "a string or a list of blocks", content)
    return Message(role="tool", parts=parts, call_id=_needed(block, "tool_use_id", where))
