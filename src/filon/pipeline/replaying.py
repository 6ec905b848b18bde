"""A trace's request, to be sent again: what it was, put together from the trace alone. Pure.

Replayed as asked, it is a request in a protocol, as a program would send it to the gateway, and
goes through every rule of the configuration as it is now. Replayed as on the wire, it is the body
that left. What is changed is in `replay_changes`.
"""

from collections.abc import Iterable
from typing import Any, Literal, TypeVar, cast

import msgspec
from msgspec import Struct

from filon.conversation.errors import InvalidRequest
from filon.conversation.message import Message
from filon.conversation.request import ChatRequest, RawMessages
from filon.protocols.asked import FALLBACKS
from filon.protocols.carrying import PIVOT
from filon.protocols.registry import PROTOCOLS, named
from filon.trace.records import (
    AnyRecord,
    Assembled,
    Attempt,
    Decision,
    Headers,
    Received,
    Routed,
    Settled,
    Translated,
)

Manner = Literal["asked", "wire"]
_R = TypeVar("_R")

# Longer texts of `Assembled` are cut, and end with this.
_CUT = "…"
_OF_MESSAGES = "messages: "


class Original(Struct, frozen=True, kw_only=True):
    """The request of a trace as it may be sent again.

    `body` is in `protocol`. `endpoint` and `model` are those it went to, as far as it came; `asked`
    is the model as its caller named it. `preset` says that this name is a preset's. `headers` are
    those of the caller that go on to a provider. `against` is why it cannot be sent as it was.
    """

    trace_id: str
    manner: Manner
    protocol: str
    body: bytes
    endpoint: str | None
    model: str
    asked: str
    preset: bool = False
    headers: Headers = ()
    conversation_id: str | None = None
    message_id: str | None = None
    against: str | None = None


def original_of(trace_id: str, records: tuple[AnyRecord, ...], manner: Manner) -> Original:
    """The request of a trace. Raises InvalidRequest where there is none at all."""
    received = _last(records, Received)
    if received is None:
        raise InvalidRequest("This trace has no request.", code="nothing_to_replay")
    protocol, body, against = (_wire if manner == "wire" else _asked)(received, records)
    routed, settled = _last(records, Routed), _last(records, Settled)
    assembled = _last(records, Assembled)
    asked = _model_in(body) or ""
    is_own = received.protocol == protocol
    return Original(
        trace_id=trace_id,
        manner=manner,
        protocol=protocol,
        body=body,
        endpoint=routed.endpoint if routed else None,
        model=routed.model if routed else asked,
        asked=asked,
        preset=is_own and assembled is not None and _has_preset(assembled),
        headers=passed(received.headers, protocol),
        conversation_id=settled.conversation_id if settled else None,
        message_id=settled.message_id if settled else None,
        against=against,
    )


def _wire(received: Received, records: tuple[AnyRecord, ...]) -> tuple[str, bytes, str | None]:
    """What left last, or would have."""
    translated, attempt = _last(records, Translated), _last(records, Attempt)
    if translated is None:
        raise InvalidRequest(
            "Nothing was made ready to send in this trace, so there is no wire to repeat.",
            code="nothing_sent",
            fix="Replay it as it was asked.",
            param="as",
        )
    body = attempt.request_body if attempt else translated.body
    masked = attempt.masked if attempt else received.masked
    return translated.protocol, body.data, _of_masks(masked)


def _asked(received: Received, records: tuple[AnyRecord, ...]) -> tuple[str, bytes, str | None]:
    """What came, in the protocol in which it came."""
    if received.protocol not in PROTOCOLS and not _is_vectors(received.protocol):
        return _from_chat(received, records)
    against = _of_masks(received.masked)
    if received.error is not None:
        against = f"It could not be read. {received.error.message}"
    return received.protocol, received.body.data, against


def _from_chat(received: Received, records: tuple[AnyRecord, ...]) -> tuple[str, bytes, str | None]:
    """What was asked in the chat, as a program would ask it: the chat's own request only names the
    conversation, and what it says now may be another thing."""
    translated, attempt = _last(records, Translated), _last(records, Attempt)
    decisions = translated.decisions if translated else ()
    parameters = _wanted(decisions)
    against = _of_masks(attempt.masked) if attempt else None
    raw: RawMessages | None = None
    messages: tuple[Message, ...] = ()
    if translated is not None:
        left = PROTOCOLS[translated.protocol]
        sent = left.parse_request(translated.body.data)
        messages = left.messages_to_chat(sent).messages
        raw = sent.raw if left.name == PIVOT else None
    else:
        assembled = _last(records, Assembled)
        messages = tuple(one.message for one in (assembled.messages if assembled else ()))
        if not messages or any(one.text.endswith(_CUT) for one in messages):
            against = (
                "It failed before it was put together, and a trace has only the beginnings of its "
                "messages."
            )
    stream = any(one.name == "stream" and one.wanted is True for one in decisions)
    routed = _last(records, Routed)
    model = f"{routed.endpoint}/{routed.model}" if routed else _model_in(received.body.data) or ""
    body = PROTOCOLS[PIVOT].render_request(
        ChatRequest(model=model, messages=messages, raw=raw),
        [*parameters.items(), *((("stream", True),) if stream or translated is None else ())],
        model,
    )
    return PIVOT, body.data, against


def _wanted(decisions: tuple[Decision, ...]) -> dict[str, Any]:
    """The parameters that were asked for, by the sender or a preset, with what they asked."""
    wanted: dict[str, Any] = {}
    for one in decisions:
        if one.wanted is None or one.name in ("model", "stream", FALLBACKS):
            continue
        if not one.name.startswith(_OF_MESSAGES):
            _put(wanted, one.name.split("."), one.wanted)
    return wanted


def _put(into: dict[str, Any], path: list[str], value: Any) -> None:
    """Sets the value at a path such as `reasoning.effort`, beside what is there."""
    *heads, last = path
    for head in heads:
        inner = into.setdefault(head, {})
        if not isinstance(inner, dict):
            return
        into = cast("dict[str, Any]", inner)
    into.setdefault(last, value)


def passed(headers: Iterable[tuple[str, str]], protocol: str) -> Headers:
    """Those of a caller's headers that mean something to a provider of this protocol."""
    names = named(protocol).passed if _is_known(protocol) else ()
    return tuple(
        (name, value)
        for name, value in headers
        if name.lower() in names or name.lower().startswith("x-practice-")
    )


def _has_preset(assembled: Assembled) -> bool:
    return any(one.origin == "preset" for one in assembled.messages)


def _of_masks(count: int) -> str | None:
    if not count:
        return None
    return "The trace keeps a secret in it masked, so that it is not the same any more."


def _model_in(body: bytes) -> str | None:
    try:
        told: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    model = cast("dict[str, Any]", told).get("model") if isinstance(told, dict) else None
    return model if isinstance(model, str) else None


def _is_vectors(protocol: str) -> bool:
    return protocol not in PROTOCOLS and _is_known(protocol)


def _is_known(protocol: str) -> bool:
    try:
        named(protocol)
    except KeyError:
        return False
    return True


def _last(records: tuple[AnyRecord, ...], kind: type[_R]) -> _R | None:
    return next((one for one in reversed(records) if isinstance(one, kind)), None)
