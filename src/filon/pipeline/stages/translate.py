"""From what was asked to the provider's wire: each parameter decided, then URL, headers, body.
Pure, but for the time in its record."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from filon import __version__
from filon.conversation.errors import EndpointNotReady
from filon.conversation.request import ChatRequest
from filon.kit.memo import Memo
from filon.pipeline import crossing, exact, vectors
from filon.pipeline.parameters import on_the_wire
from filon.pipeline.repairing import repaired
from filon.pipeline.turn import Turn, Wire
from filon.protocols.asked import FALLBACKS
from filon.protocols.registry import PROTOCOLS, VECTORS
from filon.protocols.wire import Protocol
from filon.providers import embeddings, placeholders
from filon.providers.endpoint import Endpoint
from filon.providers.headers import keyed, personal
from filon.trace.masks import masked_again
from filon.trace.records import Because, Body, Decision, Headers, Translated

# What RFC 9110 allows; anything else in a configured header would break the request's framing.
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")


class _Ruled(msgspec.Struct, frozen=True):
    """What becomes of a request but for its messages: the parameters that are sent, and the
    decisions as a trace tells them. `headers` are None where they depend on the request; the rest
    is as the wire has it."""

    url: str
    headers: Headers | None
    sent: tuple[tuple[str, Any], ...]
    told: tuple[Decision, ...]
    streams: bool
    only_we_asked_usage: bool


# A program asks with the same parameters over and over. By endpoint, and what else they depend on.
_RULED: Memo[_Ruled] = Memo()
# Bytes of parameters beyond which they are not remembered, since hardly any come again.
_LONG = 4096
# The headers of an endpoint that are the same in every request.
_USUAL: Memo[Headers] = Memo()


def translate(turn: Turn) -> Turn:
    """Makes the request that `send` will send. Raises EndpointNotReady for headers that no
    request can carry, and for an address that is none for what is wanted."""
    assert turn.endpoint is not None
    model = turn.model
    assert model is not None
    endpoint = turn.endpoint.at(model)
    protocol = _protocol(turn, endpoint)
    if turn.exact is not None:
        return _as_it_stands(turn, endpoint, protocol, turn.exact)
    request, ruled = _ruled(turn, endpoint, model, protocol)
    named = endpoint.target.model if endpoint.target else model
    body = protocol.render_request(request, ruled.sent, named)
    wire = Wire(
        protocol=protocol.name,
        method="POST",
        url=ruled.url,
        headers=ruled.headers or _made(endpoint, protocol, turn),
        body=Body(body.data, body.cuts),
        stream=ruled.streams,
        only_we_asked_usage=ruled.only_we_asked_usage,
    )
    told = ruled.told
    if turn.request.fallbacks:
        told = (*told, _fallbacks(turn.request.fallbacks))
    return _noted(turn, wire, told)


def _noted(turn: Turn, wire: Wire, decisions: tuple[Decision, ...]) -> Turn:
    record = Translated(
        protocol=wire.protocol,
        decisions=decisions,
        method=wire.method,
        url=wire.url,
        headers=masked_again(wire.headers),
        body=wire.body,
    )
    return turn.after(record, wire=wire)


def _as_it_stands(turn: Turn, endpoint: Endpoint, protocol: Protocol, body: Body) -> Turn:
    """The request with a body that no rule touches, at the endpoint's own address."""
    if turn.received.protocol != protocol.name:
        raise EndpointNotReady(
            f"{endpoint.label} speaks {protocol.label}, which this body is not in.",
            fix="Choose another endpoint, or send it as it was asked.",
        )
    decisions, streams = exact.decide(body.data)
    wire = Wire(
        protocol=protocol.name,
        method="POST",
        url=_url(turn, endpoint, protocol),
        headers=_made(endpoint, protocol, turn),
        body=body,
        stream=streams,
    )
    return _noted(turn, wire, decisions)


def _protocol(turn: Turn, endpoint: Endpoint) -> Protocol:
    if turn.request.wants == "answer":
        return PROTOCOLS[endpoint.protocol]
    found = VECTORS.get(endpoint.protocol)
    if found is None:
        raise EndpointNotReady(
            f"{endpoint.label} speaks {PROTOCOLS[endpoint.protocol].label}, which has no "
            "embeddings.",
            fix="Choose a model of another endpoint.",
            param="model",
        )
    return found


def _ruled(
    turn: Turn, endpoint: Endpoint, model: str, protocol: Protocol
) -> tuple[ChatRequest, _Ruled]:
    """The request in the words of the endpoint's protocol, and what became of its parameters."""
    request = turn.request
    # What is asked in the chat, by a title or on the command line is in the pivot's words.
    came = PROTOCOLS.get(turn.received.protocol, PROTOCOLS["openai_chat"])
    is_plain = (
        turn.caller.kind == "gateway"
        and came.name == endpoint.protocol
        and turn.preset is None
        and turn.repair is None
    )
    if not is_plain:
        return _decided(turn, came, endpoint, model, protocol)
    shape = (model, request.wants, request.stream, msgspec.json.encode(request.parameters))
    ruled = _RULED.get(shape, endpoint)
    if ruled is None:
        _, ruled = _decided(turn, came, endpoint, model, protocol)
        if len(shape[-1]) <= _LONG:
            _RULED.keep(ruled, shape, endpoint)
    return request, ruled


def _decided(
    turn: Turn, came: Protocol, endpoint: Endpoint, model: str, protocol: Protocol
) -> tuple[ChatRequest, _Ruled]:
    request = turn.request
    if request.wants == "vectors":
        decisions = told = vectors.decide(request.parameters, endpoint, model)
    else:
        preset = turn.preset.parameters if turn.preset else ()
        carried = crossing.carry(request, came, PROTOCOLS[endpoint.protocol], preset)
        if turn.caller.kind == "gateway" and not turn.caller.lenient:
            crossing.refuse_lost(carried)
        asker = "filon" if turn.caller.kind == "title" else "you"
        decided = crossing.decide_across(carried, endpoint, model, asker=asker)
        decisions = repaired(decided, turn.repair)
        request, told = carried.request, crossing.told(decisions, carried)
    sent = on_the_wire(decisions)
    return request, _Ruled(
        url=_url(turn, endpoint, protocol),
        headers=_usual(endpoint, protocol, turn),
        sent=sent,
        told=(*_renaming(endpoint, model), *told),
        streams=any(name == "stream" and value is True for name, value in sent),
        only_we_asked_usage=_only_we_asked(decisions),
    )


def _url(turn: Turn, endpoint: Endpoint, protocol: Protocol) -> str:
    if turn.request.wants == "answer":
        return endpoint.url or endpoint.base_url.rstrip("/") + protocol.path
    url = embeddings.url(endpoint, protocol.path)
    if url is None:
        raise EndpointNotReady(
            f"The configured address of {endpoint.label} is one for chat alone.",
            fix="Configure its base address, which ends before /chat/completions.",
            param="model",
        )
    return url


def _renaming(endpoint: Endpoint, model: str) -> tuple[Decision, ...]:
    """The decision on the model's name, where another stands in the body."""
    target = endpoint.target
    if target is None or target.model == model:
        return ()
    return (
        Decision(
            name="model",
            decision="renamed",
            because=target.because,
            wanted=model,
            sent=target.model,
            sent_as="model",
        ),
    )


def _fallbacks(names: tuple[str, ...]) -> Decision:
    """The decision on what Filon itself reads of the request."""
    return Decision(
        name=FALLBACKS,
        decision="kept",
        because=Because(source="filon", rule=FALLBACKS, why="Used by Filon, not sent."),
        wanted=list(names),
    )


def _only_we_asked(decisions: tuple[Decision, ...]) -> bool:
    return any(
        one.name == "stream_options" and one.decision == "added" and one.sent_as is not None
        for one in decisions
    )


def _usual(endpoint: Endpoint, protocol: Protocol, turn: Turn) -> Headers | None:
    if protocol.passed or endpoint.headers or endpoint.kind == "practice":
        return None
    usual = _USUAL.get(None, endpoint, protocol)
    if usual is None:
        usual = _USUAL.keep(_made(endpoint, protocol, turn), None, endpoint, protocol)
    return usual


def _made(endpoint: Endpoint, protocol: Protocol, turn: Turn) -> Headers:
    headers = {
        "content-type": "application/json",
        "accept": "application/json, text/event-stream",
        # Bytes are shown as they come: a compressed reply would not be readable in the trace.
        "accept-encoding": "identity",
        "user-agent": f"filon/{__version__}",
        **dict(protocol.headers),
        **keyed(endpoint),
        **personal(endpoint, _values(turn)),
    }
    headers |= _passed(protocol, turn, headers)
    if endpoint.kind == "practice":
        asked = turn.received.headers
        headers |= {n.lower(): v for n, v in asked if n.lower().startswith("x-practice-")}
    for name, value in headers.items():
        if not _can_be_sent(name, value):
            raise EndpointNotReady(
                f"The header {name!r} of {endpoint.label} holds characters that HTTP forbids.",
                fix="Correct it under headers (or apiKey) in the configuration file; a line "
                "break at the end of a key is the usual cause.",
            )
    return tuple(headers.items())


@lru_cache(maxsize=4096)
def _can_be_sent(name: str, value: str) -> bool:
    return bool(_NAME.fullmatch(name) and _VALUE.fullmatch(value))


def _passed(protocol: Protocol, turn: Turn, ours: Mapping[str, str]) -> Mapping[str, str]:
    """The caller's headers that go on to a provider of the same protocol: behind what the
    configuration says in them, and in place of what the protocol itself would say."""
    if turn.received.protocol != protocol.name:
        return {}
    usual = dict(protocol.headers)
    found: dict[str, str] = {}
    for spelled, value in turn.received.headers:
        name = spelled.lower()
        if name not in protocol.passed or not value.strip():
            continue
        if name in usual:
            found |= {name: value} if ours.get(name) == usual[name] else {}
            continue
        before = found.get(name) or ours.get(name)
        found[name] = f"{before},{value}" if before else value
    return found


def _values(turn: Turn) -> Mapping[str, str]:
    """What this request's placeholders mean."""
    place = turn.thread or turn.about
    return placeholders.values(
        turn.caller.owner_id,
        conversation=place.conversation_id if place else None,
        parent=place.leaf_id if place else None,
        message=place.answer_id if place else None,
    )
