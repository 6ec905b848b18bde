"""From what was asked to the provider's wire: each parameter decided, then URL, headers, body.
Pure."""

import re

import msgspec

from filon import __version__
from filon.conversation.errors import EndpointNotReady
from filon.pipeline.parameters import decide, on_the_wire
from filon.pipeline.turn import Turn, Wire
from filon.protocols.registry import PROTOCOLS
from filon.providers.endpoint import Endpoint
from filon.trace.records import Body, Decision, Headers, Translated

# What RFC 9110 allows; anything else in a configured header would break the request's framing.
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")


def translate(turn: Turn) -> Turn:
    """Makes the request that `send` will send. Raises EndpointNotReady for headers that no
    request can carry."""
    endpoint, model = turn.endpoint, turn.model
    assert endpoint is not None
    assert model is not None
    decisions = decide(
        turn.request.parameters,
        stream=turn.request.stream,
        endpoint=endpoint,
        model=model,
        asker="filon" if turn.caller.kind == "title" else "you",
    )
    sent = on_the_wire(decisions)
    protocol = PROTOCOLS[endpoint.protocol]
    body = protocol.render_request(turn.request, sent, model)
    wire = Wire(
        protocol=endpoint.protocol,
        method="POST",
        url=endpoint.base_url.rstrip("/") + protocol.path,
        headers=_headers(endpoint, turn.received.headers),
        body=Body(body.data, body.cuts),
        stream=any(name == "stream" and value is True for name, value in sent),
        only_we_asked_usage=_only_we_asked(decisions),
    )
    record = Translated(
        protocol=wire.protocol,
        decisions=decisions,
        method=wire.method,
        url=wire.url,
        headers=wire.headers,
        body=wire.body,
    )
    return msgspec.structs.replace(turn, wire=wire).noting(record)


def _only_we_asked(decisions: tuple[Decision, ...]) -> bool:
    return any(
        one.name == "stream_options" and one.decision == "added" and one.sent_as is not None
        for one in decisions
    )


def _headers(endpoint: Endpoint, asked: Headers) -> Headers:
    headers = {
        "content-type": "application/json",
        "accept": "application/json, text/event-stream",
        # Bytes are shown as they come: a compressed reply would not be readable in the trace.
        "accept-encoding": "identity",
        "user-agent": f"filon/{__version__}",
    }
    if endpoint.key.value:
        headers["authorization"] = f"Bearer {endpoint.key.value}"
    headers |= {name.lower(): value for name, value in endpoint.headers.items()}
    if endpoint.kind == "practice":
        headers |= {n.lower(): v for n, v in asked if n.lower().startswith("x-practice-")}
    for name, value in headers.items():
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise EndpointNotReady(
                f"The header {name!r} of {endpoint.label} holds characters that HTTP forbids.",
                fix="Correct it under headers (or apiKey) in the configuration file; a line "
                "break at the end of a key is the usual cause.",
            )
    return tuple(headers.items())
