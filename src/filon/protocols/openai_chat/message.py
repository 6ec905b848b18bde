"""One message of a chat completions request, both ways."""

from collections.abc import Mapping
from typing import Any, get_args

import msgspec
from msgspec import Raw, Struct

from filon.conversation.errors import InvalidRequest
from filon.conversation.message import (
    Image,
    Message,
    Opaque,
    Part,
    Reasoning,
    Refusal,
    Role,
    Text,
    ToolCall,
)
from filon.protocols.crossing import foreign
from filon.protocols.strict_json import (
    check_depth,
    is_null,
    kind_of,
    list_at,
    object_at,
    string_at,
    wrong,
)

ROLES: tuple[Role, ...] = get_args(Role)

# Two names are in use for the same; we write the first.
REASONING_FIELDS = ("reasoning_content", "reasoning")


class _Plain(Struct, forbid_unknown_fields=True):
    """A message that is only text, as most are."""

    role: Role
    content: str


_PLAIN = msgspec.json.Decoder(_Plain)
_ROLES = frozenset(ROLES)


def plain_message(read: Any) -> Message | None:
    """A message that is only text, as most are, from its JSON as Python has it; else None."""
    try:
        role, content = read["role"], read["content"]
    except (KeyError, TypeError):
        return None
    if type(content) is not str or type(role) is not str or role not in _ROLES or len(read) != 2:
        return None
    return _text_of(role, content)


def parse_message(raw: Raw, where: str) -> Message:
    """Reads one message. `where` is its place in the body, for errors."""
    try:
        plain = _PLAIN.decode(raw)
    except msgspec.ValidationError:
        return _parse(raw, where)
    return _text_of(plain.role, plain.content)


def _text_of(role: Role, content: str) -> Message:
    return Message(role=role, parts=(Text(content),) if content else ())


def _parse(raw: Raw, where: str) -> Message:
    fields = object_at(raw, where)
    check_depth(raw, where)
    role = _role(fields.pop("role", None), where)
    parts: list[Part] = []
    if role == "assistant":
        parts += _reasoning(fields, where)
    if "content" in fields:
        parts += _content(fields.pop("content"), f"{where}.content")
    if role == "assistant":
        parts += _refusal(fields, where)
        parts += _tool_calls(fields, where)
    return Message(
        role=role,
        parts=tuple(parts),
        name=_optional_string(fields, "name", where),
        call_id=_optional_string(fields, "tool_call_id", where),
        extra=tuple((name, _text(value)) for name, value in fields.items()),
    )


def _role(raw: Raw | None, where: str) -> Role:
    if raw is None:
        raise InvalidRequest(
            f"`{where}` has no `role`.",
            fix=f"Use one of {', '.join(ROLES)}.",
            param=f"{where}.role",
        )
    asked = string_at(raw, f"{where}.role")
    for role in ROLES:
        if role == asked:
            return role
    fix = f"Use one of {', '.join(ROLES)}."
    if asked == "function":
        fix = "Send the answer of a function as role `tool` with its `tool_call_id`."
    raise InvalidRequest(
        f"`{where}.role` is {asked!r}, which is no role.", fix=fix, param=f"{where}.role"
    )


def _optional_string(fields: dict[str, Raw], name: str, where: str) -> str | None:
    raw = fields.get(name)
    if raw is None:
        return None
    del fields[name]
    return None if is_null(raw) else string_at(raw, f"{where}.{name}")


def _content(raw: Raw, where: str) -> list[Part]:
    if is_null(raw):
        return []
    if kind_of(raw) == "a string":
        text = string_at(raw, where)
        return [Text(text)] if text else []
    if kind_of(raw) != "a list":
        raise wrong(where, "a string or a list of parts", raw)
    parts = (_part(item, f"{where}[{n}]") for n, item in enumerate(list_at(raw, where)))
    return [part for part in parts if part != Text("")]


def _part(raw: Raw, where: str) -> Part:
    fields = object_at(raw, where)
    if "type" not in fields:
        raise InvalidRequest(f"`{where}` has no `type`.", param=f"{where}.type")
    kind = string_at(fields["type"], f"{where}.type")
    if kind in ("text", "refusal"):
        if kind not in fields:
            raise InvalidRequest(f"`{where}` has no `{kind}`.", param=f"{where}.{kind}")
        text = string_at(fields[kind], f"{where}.{kind}")
        return Text(text) if kind == "text" else Refusal(text)
    if kind == "image_url" and "image_url" in fields:
        return _image(fields["image_url"], f"{where}.image_url")
    return Opaque(_text(raw))


def _image(raw: Raw, where: str) -> Image:
    if kind_of(raw) == "a string":
        return Image(string_at(raw, where))
    if kind_of(raw) != "an object":
        raise wrong(where, "an object with `url`", raw)
    fields = object_at(raw, where)
    if "url" not in fields:
        raise InvalidRequest(f"`{where}` has no `url`.", param=f"{where}.url")
    return Image(
        string_at(fields["url"], f"{where}.url"), _optional_string(fields, "detail", where)
    )


def _reasoning(fields: dict[str, Raw], where: str) -> list[Part]:
    """The first of its names counts; a second one, or one that is no string, stays in `extra`."""
    for name in REASONING_FIELDS:
        raw = fields.get(name)
        if raw is not None and kind_of(raw) == "a string":
            del fields[name]
            return [Reasoning(string_at(raw, f"{where}.{name}"))]
    return []


def _refusal(fields: dict[str, Raw], where: str) -> list[Part]:
    text = _optional_string(fields, "refusal", where)
    return [] if text is None else [Refusal(text)]


def _tool_calls(fields: dict[str, Raw], where: str) -> list[Part]:
    raw = fields.get("tool_calls")
    if raw is None:
        return []
    if is_null(raw):
        del fields["tool_calls"]
        return []
    calls: list[Part] = []
    for number, item in enumerate(list_at(raw, f"{where}.tool_calls")):
        call = _tool_call(item, f"{where}.tool_calls[{number}]")
        if call is None:
            # Of a kind that ToolCall cannot hold: the whole field stays in `extra`, unharmed.
            return []
        calls.append(call)
    if calls:
        del fields["tool_calls"]
    return calls


def _tool_call(raw: Raw, where: str) -> ToolCall | None:
    fields = object_at(raw, where)
    function = fields.get("function")
    if function is None or kind_of(function) != "an object":
        return None
    told = object_at(function, f"{where}.function")
    name = told.get("name")
    if name is None or kind_of(name) != "a string":
        return None
    id = fields.get("id")
    return ToolCall(
        id=string_at(id, f"{where}.id") if id is not None and kind_of(id) == "a string" else "",
        name=string_at(name, f"{where}.function.name"),
        arguments=_arguments(told.get("arguments"), f"{where}.function.arguments"),
    )


def _arguments(raw: Raw | None, where: str) -> str:
    if raw is None or is_null(raw):
        return ""
    # Some clients send the arguments as an object; its JSON is what the model would have written.
    return string_at(raw, where) if kind_of(raw) == "a string" else _text(raw)


def _text(raw: Raw) -> str:
    return bytes(raw).decode()


def render_message(message: Message) -> bytes:
    """One message as this protocol writes it."""
    wire: dict[str, Any] = {"role": message.role}
    calls = [_wire_call(part) for part in message.parts if isinstance(part, ToolCall)]
    wire["content"] = _wire_content(message.parts, empty=None if calls else "")
    reasoning = "".join(part.text for part in message.parts if isinstance(part, Reasoning))
    if reasoning:
        wire[REASONING_FIELDS[0]] = reasoning
    refusals = [part.text for part in message.parts if isinstance(part, Refusal)]
    if refusals:
        wire["refusal"] = "".join(refusals)
    if calls:
        wire["tool_calls"] = calls
    if message.name is not None:
        wire["name"] = message.name
    if message.call_id is not None:
        wire["tool_call_id"] = message.call_id
    wire |= {name: Raw(text.encode()) for name, text in message.extra}
    return msgspec.json.encode(wire)


def _wire_call(call: ToolCall) -> Mapping[str, Any]:
    return {
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments},
    }


def _wire_content(parts: tuple[Part, ...], empty: str | None) -> str | list[Any] | None:
    shown = [part for part in parts if isinstance(part, (Text, Image, Opaque))]
    if not shown:
        return empty
    if len(shown) == 1 and isinstance(shown[0], Text):
        return shown[0].text
    return [_wire_part(part) for part in shown]


def _wire_part(part: Text | Image | Opaque) -> Any:
    match part:
        case Text(text=text):
            return {"type": "text", "text": text}
        case Image(url=url, detail=detail):
            return {
                "type": "image_url",
                "image_url": {"url": url} if detail is None else {"url": url, "detail": detail},
            }
        case Opaque(json=json, protocol=protocol):
            if protocol != "openai_chat":
                raise foreign(part, "OpenAI chat completions")
            return Raw(json.encode())
