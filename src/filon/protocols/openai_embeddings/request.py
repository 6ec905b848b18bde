"""A request for embeddings, both ways.

The input is one text or several, or tokens in their place. It leaves as the bytes it came in, so
that nothing in it is read as anything else on the way.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Raw

from filon.conversation.errors import InvalidRequest
from filon.conversation.message import Message, Opaque, Part, Text
from filon.conversation.request import ChatRequest, RawMessages
from filon.protocols.asked import model_of
from filon.protocols.strict_json import (
    MAX_DEPTH,
    body_fields,
    check_depth,
    is_null,
    kind_of,
    list_at,
    string_at,
    value_at,
    wrong,
)
from filon.protocols.wire import WireBody

NAME = "openai_embeddings"

_FIX = 'Send a text, or a list of texts, such as ["the gold mine", "a bowl of soup"].'
_TOKENS = msgspec.json.Decoder(list[int])


def parse_request(body: bytes) -> ChatRequest:
    """Reads a request's body. Raises InvalidRequest, in words and with `param`."""
    try:
        return _parse(body)
    except RecursionError as error:
        raise InvalidRequest(f"The body is nested more than {MAX_DEPTH} levels deep.") from error


def _parse(body: bytes) -> ChatRequest:
    fields = body_fields(body)
    model = model_of(fields)
    del fields["model"]
    given = fields.pop("input", None)
    if given is None or is_null(given):
        raise InvalidRequest("`input` is missing.", fix=_FIX, param="input")
    parts = _parts(given)
    parameters = {name: value_at(raw, name) for name, raw in fields.items()}
    if parameters.get("stream") is True:
        raise InvalidRequest(
            "`stream` is for answers; vectors come whole.", fix="Leave it out.", param="stream"
        )
    return ChatRequest(
        model=model,
        messages=(Message(role="user", parts=parts),),
        parameters=parameters,
        raw=RawMessages(NAME, (bytes(given),)),
        wants="vectors",
    )


def _parts(raw: Raw) -> tuple[Part, ...]:
    """A part for each text. Tokens of one text are one part, as they came."""
    kind = kind_of(raw)
    if kind == "a string":
        return (Text(_text(raw, "input")),)
    if kind != "a list":
        raise wrong("input", "a text or a list of texts", raw)
    items = list_at(raw, "input")
    if not items:
        raise InvalidRequest("`input` is empty.", fix=_FIX, param="input")
    if kind_of(items[0]) == "a number":
        return (_tokens(raw, "input"),)
    return tuple(_part(item, f"input[{number}]") for number, item in enumerate(items))


def _part(raw: Raw, where: str) -> Part:
    match kind_of(raw):
        case "a string":
            return Text(_text(raw, where))
        case "a list":
            return _tokens(raw, where)
        case "an object":
            # Some models read pictures too; what such an item holds is between them and the caller.
            check_depth(raw, where)
            return Opaque(bytes(raw).decode())
        case _:
            raise wrong(where, "a text, a list of tokens or an object", raw)


def _text(raw: Raw, where: str) -> str:
    text = string_at(raw, where)
    if not text:
        raise InvalidRequest(f"`{where}` is an empty text.", fix=_FIX, param=where)
    return text


def _tokens(raw: Raw, where: str) -> Opaque:
    try:
        tokens = _TOKENS.decode(raw)
    except msgspec.DecodeError as error:
        raise InvalidRequest(
            f"`{where}` must be a list of tokens, but not all in it are whole numbers.",
            fix="Tokens are whole numbers; for texts send strings.",
            param=where,
        ) from error
    if not tokens:
        raise InvalidRequest(f"`{where}` is empty.", fix=_FIX, param=where)
    return Opaque(bytes(raw).decode())


def render_request(
    request: ChatRequest, parameters: Sequence[tuple[str, Any]], model: str
) -> WireBody:
    """The body: model, input, then exactly these parameters in their order.

    Raises ValueError for a parameter that would stand twice in the body.
    """
    names = [name for name, _ in parameters]
    if len({"model", "input", *names}) != len(names) + 2:
        raise ValueError(f"a name would stand twice in the body: model, input, {names}")
    head = b'{"model":' + msgspec.json.encode(model) + b',"input":'
    given = _wire_input(request)
    rest = [
        b"," + msgspec.json.encode(name) + b":" + msgspec.json.encode(value)
        for name, value in parameters
    ]
    cuts = (len(head), len(head) + len(given))
    return WireBody(b"".join((head, given, *rest, b"}")), cuts)


def _wire_input(request: ChatRequest) -> bytes:
    if request.raw is not None and request.raw.protocol == NAME:
        return request.raw.items[0]
    parts = [_wire_part(part) for message in request.messages for part in message.parts]
    alone = len(parts) == 1 and not parts[0].startswith(b"{")
    return parts[0] if alone else b"[" + b",".join(parts) + b"]"


def _wire_part(part: Part) -> bytes:
    if isinstance(part, Opaque):
        return part.json.encode()
    if isinstance(part, Text):
        return msgspec.json.encode(part.text)
    raise ValueError(f"embeddings take texts, not {type(part).__name__}")
