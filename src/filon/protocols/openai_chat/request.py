"""A chat completions request, both ways."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any

import msgspec
from msgspec import Raw, Struct

from filon.conversation.errors import InvalidRequest
from filon.conversation.request import ChatRequest, RawMessages
from filon.kit.memo import Memo
from filon.protocols.asked import FALLBACKS, fallbacks_of, model_of, stream_of
from filon.protocols.openai_chat.message import parse_message, plain_message, render_message
from filon.protocols.strict_json import (
    MAX_DEPTH,
    are_simple,
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
        return read_plain(body) or read_closely(body)
    except RecursionError as error:
        raise InvalidRequest(f"The body is nested more than {MAX_DEPTH} levels deep.") from error


class _Messages(Struct):
    """Of a body only the messages, each as it came."""

    messages: list[Raw]


_FIELDS = msgspec.json.Decoder(dict[str, Any])
_MESSAGES = msgspec.json.Decoder(_Messages)


def read_plain(body: bytes) -> ChatRequest | None:
    """A body whose parameters are numbers and words, in two looks; None leaves it to
    `read_closely`, which also knows how to say what is wrong."""
    try:
        fields = _FIELDS.decode(body)
        items = _MESSAGES.decode(body).messages
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    plain = fields.pop("messages")
    model, stream = fields.pop("model", None), fields.pop("stream", None)
    if type(model) is not str or not model.strip() or not items or FALLBACKS in fields:
        return None
    if not (stream is None or type(stream) is bool) or not are_simple(fields.values()):
        return None
    return ChatRequest(
        model=model,
        messages=tuple(
            [
                plain_message(one) or parse_message(items[number], f"messages[{number}]")
                for number, one in enumerate(plain)
            ]
        ),
        parameters=fields,
        stream=bool(stream),
        raw=RawMessages(NAME, tuple(map(bytes, items))),
    )


def read_closely(body: bytes) -> ChatRequest:
    """Any body, member by member. Raises InvalidRequest with the place of what is wrong."""
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
    items = _wire_messages(request)
    # The comma belongs to the later message, so that a message's piece is the same bytes whether
    # or not another follows it.
    pieces = [_start(model), *items[:1], *[b"," + item for item in items[1:]]]
    cuts = tuple(accumulate(map(len, pieces)))
    pieces.append(_end(parameters))
    return WireBody(b"".join(pieces), cuts)


@lru_cache(maxsize=1024)
def _start(model: str) -> bytes:
    return b'{"model":' + msgspec.json.encode(model) + b',"messages":['


# What stands behind the messages, for the parameters with which a program asks again and again.
_ENDS: Memo[bytes] = Memo()
_SHORT = 1024


def _end(parameters: Sequence[tuple[str, Any]]) -> bytes:
    known = _ENDS.get(None, parameters)
    if known is not None:
        return known
    names = [name for name, _ in parameters]
    if len({"model", "messages", *names}) != len(names) + 2:
        raise ValueError(f"a name would stand twice in the body: model, messages, {names}")
    pieces = [b"]"]
    for name, value in sorted(parameters, key=_is_stream):
        pieces.append(b"," + msgspec.json.encode(name) + b":" + msgspec.json.encode(value))
    pieces.append(b"}")
    end = b"".join(pieces)
    is_kept = isinstance(parameters, tuple) and len(end) <= _SHORT
    return _ENDS.keep(end, None, parameters) if is_kept else end


def _wire_messages(request: ChatRequest) -> Sequence[bytes]:
    raw = request.raw
    if raw is None or raw.protocol != NAME:
        return [render_message(message) for message in request.messages]
    ours = request.ours
    return [*map(render_message, ours), *raw.items] if ours else raw.items


def _is_stream(parameter: tuple[str, Any]) -> bool:
    return parameter[0] == "stream"
