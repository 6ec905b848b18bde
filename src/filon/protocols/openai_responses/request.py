"""A Responses request, both ways."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Raw

from filon.conversation.errors import InvalidRequest
from filon.conversation.message import Message, say
from filon.conversation.request import ChatRequest, RawMessages
from filon.protocols.asked import FALLBACKS, fallbacks_of, model_of, stream_of
from filon.protocols.openai_responses.content import NAME
from filon.protocols.openai_responses.items import parse_items, plain_system, render_message
from filon.protocols.strict_json import (
    MAX_DEPTH,
    body_fields,
    is_null,
    kind_of,
    list_at,
    string_at,
    value_at,
    wrong,
)
from filon.protocols.wire import WireBody

_APART = ("model", "stream", "input", "instructions", FALLBACKS)
# With one of these the provider has the conversation, and the request need not bring any.
_ELSEWHERE = ("previous_response_id", "conversation", "prompt")


def parse_request(body: bytes) -> ChatRequest:
    """Reads a request's body. Raises InvalidRequest, in words and with `param`."""
    try:
        return _parse(body)
    except RecursionError as error:
        raise InvalidRequest(f"The body is nested more than {MAX_DEPTH} levels deep.") from error


def _parse(body: bytes) -> ChatRequest:
    fields = body_fields(body)
    model, stream = model_of(fields), stream_of(fields)
    system = _told(fields, "instructions")
    items, messages = _input(fields)
    if system is not None:
        text = string_at(system, "instructions")
        messages = (say("system", text), *messages) if text else messages
    return ChatRequest(
        model=model,
        messages=messages,
        parameters={
            name: value_at(raw, name) for name, raw in fields.items() if name not in _APART
        },
        stream=stream,
        fallbacks=fallbacks_of(fields),
        raw=RawMessages(
            NAME,
            tuple(bytes(item) for item in items),
            None if system is None else bytes(system),
            len(messages),
        ),
    )


def _told(fields: Mapping[str, Raw], name: str) -> Raw | None:
    raw = fields.get(name)
    return None if raw is None or is_null(raw) else raw


def _input(fields: Mapping[str, Raw]) -> tuple[Sequence[Raw], tuple[Message, ...]]:
    """The items as they came, and the messages that they are."""
    raw = _told(fields, "input")
    fix = 'Send a text, or items such as {"role": "user", "content": "Hello"}.'
    if raw is None:
        if any(_told(fields, name) is not None for name in _ELSEWHERE):
            return (), ()
        raise InvalidRequest("`input` is missing.", fix=fix, param="input")
    if kind_of(raw) == "a string":
        return (raw,), (say("user", string_at(raw, "input")),)
    if kind_of(raw) != "a list":
        raise wrong("input", "a text or a list of items", raw)
    items = list_at(raw, "input")
    if not items and not any(_told(fields, name) is not None for name in _ELSEWHERE):
        raise InvalidRequest("`input` is empty.", fix=fix, param="input")
    return items, parse_items(items)


def render_request(
    request: ChatRequest, parameters: Sequence[tuple[str, Any]], model: str
) -> WireBody:
    """The body: model, instructions, input, then exactly these parameters, `stream` last.

    Items that came in this protocol leave as the bytes they came in, behind our own. Raises
    ValueError for a parameter that would stand twice in the body, and InvalidRequest for a part
    that no item can hold.
    """
    system, items = _wire_input(request)
    names = ["model", "input", *(["instructions"] if system is not None else [])]
    names += [name for name, _ in parameters]
    if len(set(names)) != len(names):
        raise ValueError(f"a name would stand twice in the body: {', '.join(names)}")
    head = b'{"model":' + msgspec.json.encode(model)
    if system is not None:
        head += b',"instructions":' + system
    pieces = [head]
    if len(items) == 1 and items[0].startswith(b'"'):
        pieces.append(b',"input":' + items[0])
    elif items:
        pieces[0] += b',"input":['
        # The comma belongs to the later item: see openai_chat.
        pieces += (b"," + item if number else item for number, item in enumerate(map(_item, items)))
    cuts: list[int] = []
    offset = 0
    for piece in pieces:
        offset += len(piece)
        cuts.append(offset)
    if pieces[0].endswith(b"["):
        pieces.append(b"]")
    for name, value in sorted(parameters, key=_is_stream):
        pieces.append(b"," + msgspec.json.encode(name) + b":" + msgspec.json.encode(value))
    pieces.append(b"}")
    return WireBody(b"".join(pieces), tuple(cuts))


def _wire_input(request: ChatRequest) -> tuple[bytes | None, list[bytes]]:
    """The instructions as JSON, and the items."""
    messages: Sequence[Message] = request.messages
    system: bytes | None = None
    theirs: tuple[bytes, ...] = ()
    if request.raw is not None and request.raw.protocol == NAME:
        messages, system, theirs = request.ours, request.raw.system, request.raw.items
    first = plain_system(messages[0]) if messages else None
    if first is not None and (theirs or len(messages) > 1):
        messages = messages[1:]
        # What stands before the caller's own instructions is a preset's prompt.
        told = first if system is None else f"{first}\n\n{msgspec.json.decode(system, type=str)}"
        system = msgspec.json.encode(told)
    ours = [item for message in messages for item in render_message(message)]
    return system, [*ours, *theirs]


def _item(item: bytes) -> bytes:
    """A text that stands for the whole input is an item among others."""
    if not item.startswith(b'"'):
        return item
    return b'{"type":"message","role":"user","content":' + item + b"}"


def _is_stream(parameter: tuple[str, Any]) -> bool:
    return parameter[0] == "stream"
