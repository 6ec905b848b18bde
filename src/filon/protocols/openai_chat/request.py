"""A chat completions request, both ways."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Raw

from filon.conversation.errors import InvalidRequest
from filon.conversation.request import ChatRequest, RawMessages
from filon.protocols.asked import FALLBACKS, fallbacks_of, model_of, stream_of
from filon.protocols.openai_chat.message import parse_message, render_message
from filon.protocols.strict_json import (
    MAX_DEPTH,
    body_fields,
    is_null,
    list_at,
    value_at,
)
from filon.protocols.wire import WireBody

NAME = "openai_chat"

_APART = frozenset({"model", "stream", FALLBACKS})


def parse_request(body: bytes) -> ChatRequest:
    """Reads a request's body. Raises InvalidRequest, in words and with `param`."""
    try:
        return _parse(body)
    except RecursionError as error:
        raise InvalidRequest(f"The body is nested more than {MAX_DEPTH} levels deep.") from error


def _parse(body: bytes) -> ChatRequest:
    fields = body_fields(body)
    model, stream = model_of(fields), stream_of(fields)
    items = _items(fields.pop("messages", None))
    messages = tuple(parse_message(item, f"messages[{n}]") for n, item in enumerate(items))
    return ChatRequest(
        model=model,
        messages=messages,
        parameters={
            name: value_at(raw, name) for name, raw in fields.items() if name not in _APART
        },
        stream=stream,
        fallbacks=fallbacks_of(fields),
        raw=RawMessages(NAME, tuple(bytes(item) for item in items)),
    )


def _items(raw: Raw | None) -> list[Raw]:
    fix = 'Send at least one, such as {"role": "user", "content": "Hello"}.'
    if raw is None or is_null(raw):
        raise InvalidRequest("`messages` is missing.", fix=fix, param="messages")
    items = list_at(raw, "messages")
    if not items:
        raise InvalidRequest("`messages` is empty.", fix=fix, param="messages")
    return items


def render_request(
    request: ChatRequest, parameters: Sequence[tuple[str, Any]], model: str
) -> WireBody:
    """The body: model, messages, then exactly these parameters in their order, `stream` last.

    Messages that came in this protocol leave as the bytes they came in, behind our own. Raises
    ValueError for a parameter that would stand twice in the body.
    """
    names = [name for name, _ in parameters]
    if len({"model", "messages", *names}) != len(names) + 2:
        raise ValueError(f"a name would stand twice in the body: model, messages, {names}")
    pieces = [b'{"model":' + msgspec.json.encode(model) + b',"messages":[']
    for number, item in enumerate(_wire_messages(request)):
        # The comma belongs to the later message, so that a message's piece is the same bytes
        # whether or not another follows it.
        pieces.append(b"," + item if number else item)
    cuts: list[int] = []
    offset = 0
    for piece in pieces:
        offset += len(piece)
        cuts.append(offset)
    pieces.append(b"]")
    for name, value in sorted(parameters, key=_is_stream):
        pieces.append(b"," + msgspec.json.encode(name) + b":" + msgspec.json.encode(value))
    pieces.append(b"}")
    return WireBody(b"".join(pieces), tuple(cuts))


def _wire_messages(request: ChatRequest) -> Sequence[bytes]:
    if request.raw is not None and request.raw.protocol == NAME:
        return [*map(render_message, request.ours), *request.raw.items]
    return [render_message(message) for message in request.messages]


def _is_stream(parameter: tuple[str, Any]) -> bool:
    return parameter[0] == "stream"
