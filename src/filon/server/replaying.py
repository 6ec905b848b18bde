"""From a trace to the turn that sends its request again, and from a pasted request to its turn."""

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from filon.conversation.errors import InvalidRequest
from filon.pipeline.replay_changes import (
    Changes,
    Place,
    check_same,
    edited,
    place_of,
    split,
    turn_of,
)
from filon.pipeline.replaying import Manner, Original, original_of, passed
from filon.pipeline.turn import Caller, Thread, Turn
from filon.protocols.json_surgery import set_member
from filon.protocols.registry import PROTOCOLS, VECTORS
from filon.protocols.strict_json import body_fields, string_at
from filon.providers.endpoint import Endpoint
from filon.server import stored
from filon.server.house import ServerHouse
from filon.server.replay_shapes import ReplayableShape, ReplayChanges, RequestBody
from filon.trace.masks import masked
from filon.trace.records import Body, Received


class Replayer(Struct, frozen=True):
    """Who replays: it is their turn, whoever sent the request first. `by` is told in the trace."""

    id: int
    by: str = "session"


async def replayable(
    owner_id: int, trace_id: str, manner: Manner, house: ServerHouse
) -> ReplayableShape:
    """A trace's request as it would be sent again. Raises NotFound, InvalidRequest."""
    original = await _original(owner_id, trace_id, manner, house)
    directory = house.services.directory
    endpoint = directory.endpoint(original.endpoint) if original.endpoint else None
    messages, parameters = split(original.body, original.protocol)
    text = original.body.decode("utf-8", "replace")
    against = original.against
    if original.endpoint is not None and endpoint is None:
        against = f"There is no endpoint {original.endpoint} any more, to which it went."
    return ReplayableShape(
        manner=manner,
        protocol=original.protocol,
        endpoint=endpoint.name if endpoint else None,
        model=original.model,
        body=text,
        exact=text.encode() == original.body,
        messages=messages,
        parameters=parameters,
        against=against,
    )


def changes_of(shape: ReplayChanges) -> Changes:
    """The changes as the pipeline has them."""
    return Changes(
        endpoint=shape.endpoint,
        model=shape.model,
        parameters=shape.parameters,
        messages=None if shape.messages is None else tuple(shape.messages),
        body=shape.body,
    )


async def replay_turn(
    person: Replayer, trace_id: str, manner: Manner, changes: Changes, house: ServerHouse
) -> Turn:
    """The turn that sends a trace's request again. Raises NotFound, InvalidRequest for what cannot
    be sent so, UnknownModel."""
    original = await _original(person.id, trace_id, manner, house)
    check_same(original, changes)
    directory = house.services.directory
    place = place_of(original, changes, directory)
    body, told = edited(original, changes, place)
    received = Received(
        protocol=original.protocol,
        method="POST",
        path=f"/api/traces/{trace_id}/replay",
        headers=masked(original.headers),
        body=Body(body),
        replay_of=trace_id,
        replay_as=manner,
        changes=told,
    )
    caller = Caller(kind="replay", owner_id=person.id, by=person.by)
    turn = turn_of(caller, place, manner, received, directory)
    return replace(turn, about=await _about(person.id, original, house))


async def _original(owner_id: int, trace_id: str, manner: Manner, house: ServerHouse) -> Original:
    running = house.services.running.get(trace_id)
    if running is not None and running.turn.caller.owner_id == owner_id:
        raise InvalidRequest(
            "This request still runs.",
            code="still_running",
            status=409,
            fix="Replay it when it has ended.",
        )
    trace = await stored.stored(owner_id, trace_id, house)
    return original_of(trace_id, trace.records, manner)


async def _about(owner_id: int, original: Original, house: ServerHouse) -> Thread | None:
    """The place in the conversation that it came from, for headers that tell a provider of it."""
    if original.conversation_id is None or original.message_id is None:
        return None
    answered = await house.store.lineage.answered(owner_id, original.message_id)
    if answered.parent_id is None:
        return None
    return Thread(
        conversation_id=original.conversation_id,
        leaf_id=answered.parent_id,
        answer_id=original.message_id,
    )


def request_turn(person: Replayer, asked: RequestBody, house: ServerHouse) -> Turn:
    """The turn that sends a request to be looked at. Raises InvalidRequest, UnknownModel."""
    directory = house.services.directory
    endpoint = directory.endpoint(asked.endpoint)
    if endpoint is None:
        raise InvalidRequest(
            f"There is no endpoint {asked.endpoint}.",
            code="endpoint_gone",
            fix="Choose another, or configure this one.",
            param="endpoint",
            names={"endpoint": asked.endpoint},
        )
    body = _encoded(asked.body)
    if asked.model is not None:
        body_fields(body)
        body = set_member(body, "model", msgspec.json.encode(asked.model))
    model = _model_of(body, asked.model)
    manner: Manner = "wire" if speaks(endpoint, asked.protocol) else "asked"
    _check_protocol(asked.protocol, endpoint, manner)
    wants = "answer" if asked.protocol in PROTOCOLS else "vectors"
    found, name = directory.find(f"{endpoint.name}/{model}", wants)
    place = Place(endpoint=found.name, model=name)
    received = Received(
        protocol=asked.protocol,
        method="POST",
        path="/api/requests",
        headers=masked(passed(((one.name, one.value) for one in asked.headers), asked.protocol)),
        body=Body(body),
        replay_as=manner,
    )
    caller = Caller(kind="request", owner_id=person.id, by=person.by)
    return turn_of(caller, place, manner, received, directory)


def speaks(endpoint: Endpoint, protocol: str) -> bool:
    """Whether a body in this protocol can go to the endpoint as it stands."""
    vectors = VECTORS.get(endpoint.protocol)
    return protocol == endpoint.protocol or (vectors is not None and vectors.name == protocol)


def _check_protocol(protocol: str, endpoint: Endpoint, manner: Manner) -> None:
    known = (*PROTOCOLS, *(one.name for one in VECTORS.values()))
    if protocol not in known:
        raise InvalidRequest(
            f"There is no protocol {protocol}.",
            fix=f"There is {', '.join(known)}.",
            param="protocol",
        )
    if manner == "asked" and protocol not in PROTOCOLS:
        raise InvalidRequest(
            f"{endpoint.label} speaks {endpoint.protocol}, which has no embeddings.",
            code="other_protocol",
            fix="Choose another endpoint.",
            param="endpoint",
            names={"endpoint": endpoint.name, "protocol": protocol},
        )


def _model_of(body: bytes, given: str | None) -> str:
    if given is not None:
        return given
    return string_at(body_fields(body).get("model", b'""'), "model")


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise InvalidRequest(
            "The body holds half of a surrogate pair, which stands for no character.",
            param="body",
        ) from error
