"""A messages request, both ways, and the request that only counts tokens."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Raw

from filon.conversation.errors import InvalidRequest
from filon.conversation.message import Message
from filon.conversation.request import ChatRequest, RawMessages
from filon.protocols.anthropic_messages.blocks import render_messages, render_system
from filon.protocols.anthropic_messages.message import NAME, parse_message, parse_system
from filon.protocols.asked import FALLBACKS, fallbacks_of, model_of, stream_of
from filon.protocols.strict_json import (
    MAX_DEPTH,
    body_fields,
    is_null,
    kind_of,
    list_at,
    value_at,
)
from filon.protocols.wire import WireBody

_OWN = frozenset({"model", "messages", "system"})
_APART = _OWN | {"stream", FALLBACKS}

# A request that only counts takes these parameters alone.
COUNTED = frozenset({"cache_control", "output_config", "speed", "thinking", "tool_choice", "tools"})


def parse_request(body: bytes) -> ChatRequest:
    """Reads a request's body. Raises InvalidRequest, in words and with `param`."""
    return _read(body, counts=False)


def parse_count(body: bytes) -> ChatRequest:
    """Reads the body of a request that asks for the number of its tokens alone: `max_tokens` may
    be missing. Raises InvalidRequest."""
    return _read(body, counts=True)


def _read(body: bytes, *, counts: bool) -> ChatRequest:
    try:
        return _parse(body, counts=counts)
    except RecursionError as error:
        raise InvalidRequest(f"The body is nested more than {MAX_DEPTH} levels deep.") from error


def _parse(body: bytes, *, counts: bool) -> ChatRequest:
    fields = body_fields(body)
    model = model_of(fields)
    stream = stream_of(fields)
    _check_max_tokens(fields.get("max_tokens"), needed=not counts)
    told = fields.get("system")
    system = None if told is None or is_null(told) else told
    items = _items(fields.get("messages"))
    messages: list[Message] = [] if system is None else parse_system(system, "system")
    for number, item in enumerate(items):
        messages += parse_message(item, f"messages[{number}]")
    return ChatRequest(
        model=model,
        messages=tuple(messages),
        parameters={
            name: value_at(raw, name) for name, raw in fields.items() if name not in _APART
        },
        stream=stream,
        fallbacks=fallbacks_of(fields),
        raw=RawMessages(
            NAME,
            tuple(bytes(item) for item in items),
            system=None if system is None else bytes(system),
            count=len(messages),
        ),
    )


def _check_max_tokens(raw: Raw | None, *, needed: bool) -> None:
    if raw is None or is_null(raw):
        if not needed:
            return
        raise InvalidRequest(
            "`max_tokens` is missing.",
            fix="Say how many tokens the answer may have; this protocol demands it.",
            param="max_tokens",
        )
    number = value_at(raw, "max_tokens") if kind_of(raw) == "a number" else None
    if not isinstance(number, int) or number < 0:
        what = "a number that is not whole" if isinstance(number, float) else kind_of(raw)
        told = "below zero" if isinstance(number, int) else what
        raise InvalidRequest(
            f"`max_tokens` must be a whole number from 0 up, but it is {told}.", param="max_tokens"
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
    """The body: model, system, messages, then exactly these parameters in their order, `stream`
    last.

    What came in this protocol leaves as the bytes it came in, behind our own. Raises InvalidRequest
    for a message that this protocol cannot say, and ValueError for a parameter that would stand
    twice in the body.
    """
    names = [name for name, _ in parameters]
    if len({*_OWN, *names}) != len(names) + len(_OWN):
        raise ValueError(
            f"a name would stand twice in the body: {', '.join(sorted(_OWN))}, {names}"
        )
    raw = request.raw if request.raw is not None and request.raw.protocol == NAME else None
    typed = request.messages if raw is None else request.ours
    system = render_system(typed, raw.system if raw is not None else None)
    items = [*render_messages(typed), *(raw.items if raw is not None else ())]
    head = b'{"model":' + msgspec.json.encode(model)
    if system is not None:
        head += b',"system":' + system
    pieces = [head + b',"messages":[']
    # The comma belongs to the later message, so that a message's piece is the same bytes whether
    # or not another follows it.
    pieces += (b"," + item if number else item for number, item in enumerate(items))
    pieces.append(b"]")
    for name, value in sorted(parameters, key=_is_stream):
        pieces.append(b"," + msgspec.json.encode(name) + b":" + msgspec.json.encode(value))
    pieces.append(b"}")
    return WireBody(b"".join(pieces), _cuts(pieces, len(items)))


def _cuts(pieces: Sequence[bytes], messages: int) -> tuple[int, ...]:
    """After the head and each message, and around the tools: an agent sends many of them, and the
    same with every turn."""
    cuts: list[int] = []
    offset = 0
    for number, piece in enumerate(pieces):
        if number > messages and piece.startswith(b',"tools":'):
            cuts += (offset, offset + len(piece))
        offset += len(piece)
        if number <= messages:
            cuts.append(offset)
    return tuple(cuts)


def render_count(tokens: int) -> bytes:
    """The answer to a request that only counts."""
    return msgspec.json.encode({"input_tokens": tokens})


def _is_stream(parameter: tuple[str, Any]) -> bool:
    return parameter[0] == "stream"
