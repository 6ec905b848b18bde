"""What is changed before a trace's request is sent again, and the turn that sends it. Pure."""

import json
from collections.abc import Mapping
from typing import Any, cast

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from filon.conversation.errors import FilonError, InvalidRequest, UnknownModel
from filon.conversation.request import ChatRequest
from filon.pipeline.directory import Directory
from filon.pipeline.replaying import Manner, Original
from filon.pipeline.turn import Caller, Turn, begin
from filon.protocols.asked import FALLBACKS
from filon.protocols.cutting import cuts_of
from filon.protocols.json_surgery import remove_member, set_member
from filon.protocols.registry import PROTOCOLS, VECTORS, named
from filon.protocols.strict_json import BOM, body_fields, value_at
from filon.trace.records import Body, Change, Received

# Where a protocol has its messages.
_MESSAGES = {"openai_responses": "input", "openai_embeddings": "input"}
_APART = frozenset({"model", "messages"})


class Changes(Struct, frozen=True, kw_only=True):
    """What is to be different. `parameters` are members of the body; None takes one out. `body`
    comes first, then the others on top of it."""

    endpoint: str | None = None
    model: str | None = None
    parameters: Mapping[str, Any] = {}
    messages: tuple[Any, ...] | None = None
    body: str | None = None


class Place(Struct, frozen=True, kw_only=True):
    """Where a request goes. `alias` is the name that is asked in place of a model: a preset's, or
    one that led nowhere."""

    endpoint: str
    model: str
    alias: str | None = None

    @property
    def name(self) -> str:
        """What the turn asks for."""
        return self.alias or f"{self.endpoint}/{self.model}"


def messages_of(protocol: str) -> str:
    """The member of a body that holds the messages."""
    return _MESSAGES.get(protocol, "messages")


def split(body: bytes, protocol: str) -> tuple[list[Any], dict[str, Any]]:
    """The messages of a body and its parameters, to be edited; nothing where it is no JSON."""
    try:
        fields = {name: value_at(raw, name) for name, raw in body_fields(body).items()}
    except FilonError:
        return [], {}
    found = fields.pop(messages_of(protocol), None)
    fields.pop("model", None)
    fields.pop(FALLBACKS, None)
    return cast("list[Any]", found) if isinstance(found, list) else [], fields


def place_of(original: Original, changes: Changes, directory: Directory) -> Place:
    """Where the request goes: where it went, unless that is changed. Raises InvalidRequest where
    its endpoint is gone, UnknownModel."""
    if changes.endpoint is None and changes.model is None:
        if original.preset and original.manner == "asked":
            return Place(endpoint="", model="", alias=original.asked)
        if original.endpoint is None:
            # It failed before it was known where it would go; it is asked for as it was.
            return Place(endpoint="", model="", alias=original.asked)
    name = changes.endpoint if changes.endpoint is not None else original.endpoint
    if name is None:
        endpoint, model = directory.find(changes.model or original.model)
        return Place(endpoint=endpoint.name, model=model)
    if directory.endpoint(name) is None:
        raise _gone(name, changed=changes.endpoint is not None)
    if changes.model is not None and changes.endpoint is None:
        return _named(name, changes.model, directory)
    wants = "vectors" if original.protocol not in PROTOCOLS else "answer"
    endpoint, model = directory.find(f"{name}/{changes.model or original.model}", wants)
    return Place(endpoint=endpoint.name, model=model)


def _named(endpoint: str, asked: str, directory: Directory) -> Place:
    """A model of the same endpoint, or one that is written endpoint/model."""
    other = directory.endpoint(asked.partition("/")[0]) if "/" in asked else None
    mine = directory.endpoint(endpoint)
    if mine is not None and (other is None or asked in directory.models(mine)):
        try:
            found, model = directory.find(f"{endpoint}/{asked}")
        except UnknownModel:
            found, model = directory.find(asked)
    else:
        found, model = directory.find(asked)
    return Place(endpoint=found.name, model=model)


def _gone(name: str, *, changed: bool) -> InvalidRequest:
    what = f"There is no endpoint {name}"
    return InvalidRequest(
        f"{what}." if changed else f"{what} any more, to which this request went.",
        code="endpoint_gone",
        fix="Choose another endpoint for it, or configure this one again.",
        param="changes.endpoint",
        names={"endpoint": name},
    )


def check_same(original: Original, changes: Changes) -> None:
    """Raises InvalidRequest for a request that the trace does not hold as it was sent, where
    nothing is put in its place."""
    if original.against is None or changes.body is not None:
        return
    if changes.messages is not None and original.body.strip():
        return
    raise InvalidRequest(
        f"This request cannot be sent again as it was. {original.against}",
        code="not_kept_whole",
        fix="Edit the body, and send that.",
        param="changes.body",
    )


def edited(original: Original, changes: Changes, place: Place) -> tuple[bytes, tuple[Change, ...]]:
    """The body that will be sent, and what was changed. Raises InvalidRequest for changes that a
    body cannot take."""
    told: list[Change] = []
    body = original.body
    if changes.body is not None:
        body = _bytes(changes.body)
        if body != original.body:
            told.append(Change(name="body"))
    if place.alias is None:
        told += _moved(original, changes, place)
        body = _with_model(body, original, changes, place)
    if changes.messages is not None:
        name = messages_of(original.protocol)
        after = _json(list(changes.messages), name)
        if _member(body, name) != after:
            told.append(Change(name="messages"))
        body = _set(body, name, after)
    for name, value in changes.parameters.items():
        body, change = _with_parameter(body, name, value, original.protocol)
        told += [change] if change is not None else []
    return body, tuple(told)


def _moved(original: Original, changes: Changes, place: Place) -> list[Change]:
    told: list[Change] = []
    if original.preset and original.manner == "asked":
        # A preset stands for its own model; with another, what it says is not asked for.
        told.append(Change(name="preset", before=original.asked))
    if original.endpoint is not None and place.endpoint != original.endpoint:
        told.append(Change(name="endpoint", before=original.endpoint, after=place.endpoint))
    if changes.model is not None and place.model != original.model:
        told.append(Change(name="model", before=original.model, after=place.model))
    return told


def _with_model(body: bytes, original: Original, changes: Changes, place: Place) -> bytes:
    """The body that names where it goes. On the wire, the model is named as the provider does."""
    if original.manner == "wire":
        return body if changes.model is None else _set(body, "model", _json(place.model, "model"))
    if changes.body is not None and _fields(body) is None:
        return body
    return _set(remove_member(body, FALLBACKS), "model", _json(place.name, "model"))


def _with_parameter(
    body: bytes, name: str, value: Any, protocol: str
) -> tuple[bytes, Change | None]:
    if name in (_APART | {messages_of(protocol)}):
        raise InvalidRequest(
            f"`{name}` is no parameter.",
            fix="It has a place of its own among the changes.",
            param=f"changes.parameters.{name}",
        )
    before = _member(body, name)
    if value is None:
        if before is None:
            return body, None
        return remove_member(body, name), Change(name=name, before=_value(before))
    after = _json(value, name)
    if before is not None and _value(before) == value:
        return body, None
    old = None if before is None else _value(before)
    return _set(body, name, after), Change(name=name, before=old, after=value)


def _fields(body: bytes) -> Mapping[str, Any] | None:
    try:
        return body_fields(body)
    except FilonError:
        return None


def _member(body: bytes, name: str) -> bytes | None:
    raw = (_fields(body) or {}).get(name)
    return None if raw is None else bytes(raw)


def _value(raw: bytes) -> Any:
    return msgspec.json.decode(raw)


def _set(body: bytes, name: str, value: bytes) -> bytes:
    # What is no object is told in the words in which a caller of the gateway is told.
    body_fields(body)
    return set_member(body.removeprefix(BOM), name, value)


def _json(value: Any, name: str) -> bytes:
    """A value as JSON. Raises InvalidRequest for what JSON cannot say or no provider could read."""
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(
            f"`{name}` cannot be written as JSON: {error}.", param=f"changes.{name}"
        ) from error
    value_at(text, name)
    return msgspec.json.encode(value)


def _bytes(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise InvalidRequest(
            "The body holds half of a surrogate pair, which stands for no character.",
            param="changes.body",
        ) from error


def turn_of(
    caller: Caller, place: Place, manner: Manner, received: Received, directory: Directory
) -> Turn:
    """A turn that sends `received`: as asked, through all rules; as on the wire, as it stands.
    Raises InvalidRequest for what cannot be read as asked, or is not in the endpoint's protocol."""
    body = received.body.data
    if manner == "asked":
        parsed = named(received.protocol).parse_request(body)
        request = replace(parsed, model=place.name)
        received = replace(received, body=Body(body, cuts_of(body, parsed)))
        return begin(caller, request, received)
    check_speaks(place, received.protocol, directory)
    request = _as_far_as_readable(received, place)
    received = replace(received, body=Body(body, cuts_of(body, request)))
    return replace(begin(caller, request, received), exact=received.body)


def check_speaks(place: Place, protocol: str, directory: Directory) -> None:
    """Raises InvalidRequest where a body cannot go to an endpoint as it stands."""
    endpoint = directory.endpoint(place.endpoint)
    spoken = endpoint.protocol if endpoint is not None else protocol
    vectors = VECTORS.get(spoken)
    if protocol == spoken or (vectors is not None and protocol == vectors.name):
        return
    raise InvalidRequest(
        f"The body is in {protocol}, and {place.endpoint} speaks {spoken}.",
        code="other_protocol",
        fix="Send it as it was asked: it is then carried over.",
        param="changes.endpoint",
        names={"endpoint": place.endpoint, "protocol": protocol},
    )


def _as_far_as_readable(received: Received, place: Place) -> ChatRequest:
    """What a body that goes as it stands says, as far as anyone can tell."""
    wants = "answer" if received.protocol in PROTOCOLS else "vectors"
    bare = ChatRequest(model=place.name, messages=(), wants=wants)
    try:
        parsed = named(received.protocol).parse_request(received.body.data)
    except FilonError:
        return bare
    return replace(parsed, model=place.name, fallbacks=())
