"""The items of a request's input, both ways.

An assistant's turn is one message here and may be many items there: thoughts, a message and calls.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

import msgspec
from msgspec import Raw
from msgspec.structs import replace

from filon.conversation.errors import InvalidRequest
from filon.conversation.message import (
    Message,
    Opaque,
    Part,
    Reasoning,
    Role,
    Text,
    ToolCall,
)
from filon.protocols.openai_responses.content import (
    NAME,
    is_string,
    parse_content,
    render_content,
    text_of,
    type_of,
)
from filon.protocols.strict_json import (
    check_depth,
    is_null,
    kind_of,
    list_at,
    object_at,
    string_at,
    wrong,
)

ROLES: tuple[Role, ...] = tuple(role for role in get_args(Role) if role != "tool")

# Members of a chat message that hold what a model must know; without them it would be misled.
NEEDED = ("tool_calls", "function_call", "audio")
EMPTY = ("null", "[]", "{}", '""')


def parse_items(items: Sequence[Raw]) -> tuple[Message, ...]:
    """The messages that these items are, an assistant's items joined into its turns."""
    messages: list[Message] = []
    for number, item in enumerate(items):
        message = _item(item, f"input[{number}]")
        if message is None:
            continue
        if messages and _goes_on(messages[-1], message):
            messages[-1] = replace(messages[-1], parts=messages[-1].parts + message.parts)
        else:
            messages.append(message)
    return tuple(messages)


def _goes_on(turn: Message, message: Message) -> bool:
    if turn.role != "assistant" or message.role != "assistant":
        return False
    return not (_speaks(turn) and _speaks(message))


def _speaks(message: Message) -> bool:
    silent = (Reasoning, ToolCall, Opaque)
    return not message.parts or any(not isinstance(part, silent) for part in message.parts)


def _item(raw: Raw, where: str) -> Message | None:
    fields = object_at(raw, where)
    check_depth(raw, where)
    if "type" not in fields and "role" in fields:
        return _message(fields, where)
    if "type" not in fields and is_string(fields.get("id")):
        return _assistant(Opaque(text_of(raw), NAME))  # a reference need not name its type
    kind = type_of(fields, where)
    if kind == "message":
        return _message(fields, where)
    if kind == "function_call":
        return _assistant(_call(fields, where))
    if kind == "function_call_output":
        return _answer(fields, where)
    if kind == "reasoning":
        thought = _thought(fields, where)
        return None if thought is None else _assistant(thought)
    return _assistant(Opaque(text_of(raw), NAME))


def _assistant(part: Part) -> Message:
    return Message(role="assistant", parts=(part,))


def _message(fields: Mapping[str, Raw], where: str) -> Message:
    role = _role(fields.get("role"), where)
    if "content" not in fields:
        raise InvalidRequest(f"`{where}` has no `content`.", param=f"{where}.content")
    return Message(role=role, parts=tuple(parse_content(fields["content"], f"{where}.content")))


def _role(raw: Raw | None, where: str) -> Role:
    fix = f"Use one of {', '.join(ROLES)}."
    if raw is None:
        raise InvalidRequest(f"`{where}` has no `role`.", fix=fix, param=f"{where}.role")
    asked = string_at(raw, f"{where}.role")
    for role in ROLES:
        if role == asked:
            return role
    if asked in ("tool", "function"):
        fix = "Send the answer of a function as an item of type `function_call_output`."
    raise InvalidRequest(
        f"`{where}.role` is {asked!r}, which is no role.", fix=fix, param=f"{where}.role"
    )


def _call(fields: Mapping[str, Raw], where: str) -> ToolCall:
    for name in ("name", "call_id"):
        if name not in fields:
            raise InvalidRequest(f"`{where}` has no `{name}`.", param=f"{where}.{name}")
    arguments = fields.get("arguments")
    written = ""
    if arguments is not None and not is_null(arguments):
        # Some clients send the arguments as an object; its JSON is what the model would write.
        written = (
            string_at(arguments, f"{where}.arguments")
            if kind_of(arguments) == "a string"
            else text_of(arguments)
        )
    return ToolCall(
        id=string_at(fields["call_id"], f"{where}.call_id"),
        name=string_at(fields["name"], f"{where}.name"),
        arguments=written,
    )


def _answer(fields: Mapping[str, Raw], where: str) -> Message:
    for name in ("output", "call_id"):
        if name not in fields:
            raise InvalidRequest(f"`{where}` has no `{name}`.", param=f"{where}.{name}")
    return Message(
        role="tool",
        parts=tuple(parse_content(fields["output"], f"{where}.output")),
        name=_optional(fields, "name", where),
        call_id=string_at(fields["call_id"], f"{where}.call_id"),
    )


def _optional(fields: Mapping[str, Raw], name: str, where: str) -> str | None:
    raw = fields.get(name)
    return None if raw is None or is_null(raw) else string_at(raw, f"{where}.{name}")


def _thought(fields: Mapping[str, Raw], where: str) -> Reasoning | None:
    """None for a thought that only its provider's store could tell."""
    content = _texts(fields, "content", where)
    text = "".join(content) or "\n\n".join(_texts(fields, "summary", where))
    sealed = _optional(fields, "encrypted_content", where)
    return Reasoning(text, sealed) if text or sealed else None


def _texts(fields: Mapping[str, Raw], name: str, where: str) -> list[str]:
    raw = fields.get(name)
    if raw is None or is_null(raw):
        return []
    if kind_of(raw) != "a list":
        raise wrong(f"{where}.{name}", "a list", raw)
    list_at(raw, f"{where}.{name}")
    return [part.text for part in parse_content(raw, f"{where}.{name}") if isinstance(part, Text)]


def render_message(message: Message) -> list[bytes]:
    """The items that one message is. Raises InvalidRequest for what no item can hold."""
    for name, text in message.extra:
        if name in NEEDED and text not in EMPTY:
            raise InvalidRequest(
                f"A message holds `{name}` in a form that OpenAI responses cannot say.",
                code="foreign_part",
                fix="Send function calls as `tool_calls` of type `function`.",
                param="messages",
            )
    items = _turn(message) if message.role == "assistant" else [_single(message)]
    return [msgspec.json.encode(item) for item in items]


def _single(message: Message) -> dict[str, Any]:
    content = render_content(message.parts)
    if message.role != "tool":
        return {"type": "message", "role": message.role, "content": content}
    if message.call_id is None:
        raise InvalidRequest(
            "A message of the role `tool` does not say which call it answers.",
            fix="Give it the `tool_call_id` of the call.",
            param="messages",
        )
    item = {"type": "function_call_output", "call_id": message.call_id, "output": content}
    return item if message.name is None else {**item, "name": message.name}


def _turn(message: Message) -> Iterator[Any]:
    said: list[Part] = []
    if not message.parts:
        yield _spoken(said)
    for part in message.parts:
        if not _stands_apart(part):
            said.append(part)
            continue
        if said:
            yield _spoken(said)
            said = []
        match part:
            case Reasoning(text=text, signature=str(signature)):
                yield _wire_thought(text, signature)
            case ToolCall(id=id, name=name, arguments=arguments):
                yield {"type": "function_call", "call_id": id, "name": name, "arguments": arguments}
            case Opaque(json=json):
                yield Raw(json.encode())
            case _:
                # OpenAI refuses a thought without its seal (array_above_max_length, seen 2026-09).
                pass
    if said:
        yield _spoken(said)


def _stands_apart(part: Part) -> bool:
    """Whether a part of an assistant's message is an item of its own."""
    if isinstance(part, Opaque):
        if part.protocol != NAME:
            return False
        kind = str(msgspec.json.decode(part.json).get("type"))
        return not kind.startswith(("input_", "output_"))
    return isinstance(part, (Reasoning, ToolCall))


def _spoken(parts: Sequence[Part]) -> dict[str, Any]:
    content = render_content(parts, spoken=True)
    return {"type": "message", "role": "assistant", "content": content}


def _wire_thought(text: str, sealed: str) -> dict[str, Any]:
    summary = [{"type": "summary_text", "text": text}] if text else []
    return {"type": "reasoning", "summary": summary, "encrypted_content": sealed}


def plain_system(message: Message) -> str | None:
    """The text of a system message that can stand as `instructions`; None for any other."""
    if message.role != "system" or message.name is not None or message.extra:
        return None
    match message.parts:
        case (Text(text=text),) if text:
            return text
        case _:
            return None
