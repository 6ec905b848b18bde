"""The gateway's doors as OpenAPI, for programs that make a client of it or look for faults. Pure.

A body is told as far as its door looks at it: the fields that it demands, and their types. Every
other field passes the door, and what becomes of it is decided on the way to a provider.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from filon.server import wishes

Schema = Mapping[str, Any]

PATH = "/v1/openapi.json"


class _Told(Struct, frozen=True, kw_only=True):
    """What a door takes and gives. Without `body` it takes none; `streams` tells that the reply is
    a stream where the body asks for one; `error` is the name of its shape of an error."""

    summary: str
    reply: Schema
    body: Schema | None = None
    streams: bool = False
    error: str = "OpenAIError"
    parameters: tuple[Schema, ...] = ()
    is_open: bool = False


def _object(*required: str, **properties: Schema) -> Schema:
    return {"type": "object", "required": list(required), "properties": properties}


def _list(items: Schema) -> Schema:
    return {"type": "array", "minItems": 1, "items": items}


_ANY: Schema = {}
_TEXT: Schema = {"type": "string", "minLength": 1}
_MODEL: Schema = {
    "type": "string",
    "pattern": r"\S",
    "description": "endpoint/model, preset/NAME, or a name that only one endpoint has",
    "examples": ["practice/pocket"],
}
_STREAM: Schema = {"type": ["boolean", "null"]}
_FALLBACKS: Schema = {"type": ["array", "null"], "items": _MODEL, "description": "Filon's own"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_BLOCK = _object("type", type={"type": "string"})

_CHAT = _object(
    "model",
    "messages",
    model=_MODEL,
    stream=_STREAM,
    fallbacks=_FALLBACKS,
    messages=_list(
        _object(
            "role",
            role={"enum": ["system", "developer", "user", "assistant", "tool"]},
            content={"type": ["string", "array", "null"], "items": _BLOCK},
        )
    ),
)
_ASKED = {
    "model": _MODEL,
    "system": {"type": ["string", "array", "null"], "items": _BLOCK},
    "fallbacks": _FALLBACKS,
    "messages": _list(
        _object(
            "role",
            "content",
            role={"enum": ["user", "assistant", "system"]},
            content={"type": ["string", "array"], "items": _BLOCK},
        )
    ),
}
_MESSAGES = _object("model", "messages", "max_tokens", **_ASKED, max_tokens=_COUNT, stream=_STREAM)
_COUNTED = _object("model", "messages", **_ASKED)
_RESPONSES = _object(
    "model",
    model=_MODEL,
    stream=_STREAM,
    fallbacks=_FALLBACKS,
    instructions={"type": ["string", "null"]},
    input={"type": ["string", "array", "null"], "items": {"type": "object"}},
)
_EMBEDDINGS = _object(
    "model",
    "input",
    model=_MODEL,
    input={
        "oneOf": [
            _TEXT,
            _list(_TEXT),
            _list({"type": "integer"}),
            _list(_list({"type": "integer"})),
            _list({"type": "object"}),
        ]
    },
)

_SWITCH: Schema = {"enum": ["true", "false"]}
# What docs/gateway.md tells of them at length.
_WISHES: Mapping[str, Schema] = {
    wishes.TIMEOUT: {"type": "number", "exclusiveMinimum": 0, "maximum": wishes.LONGEST},
    wishes.TAGS: {"type": "string"},
    wishes.METADATA: {"type": "string", "contentMediaType": "application/json"},
    wishes.STRICT: _SWITCH,
    wishes.EXPLAIN: _SWITCH,
}
_ASKING = tuple({"name": name, "in": "header", "schema": told} for name, told in _WISHES.items())

_DOORS: Mapping[str, _Told] = {
    "POST /v1/chat/completions": _Told(
        summary="OpenAI's chat completions",
        body=_CHAT,
        parameters=_ASKING,
        reply=_object("choices", choices={"type": "array"}),
        streams=True,
    ),
    "POST /v1/messages": _Told(
        summary="Anthropic's messages",
        body=_MESSAGES,
        parameters=_ASKING,
        reply=_object("type", "content", content={"type": "array"}),
        streams=True,
        error="AnthropicError",
    ),
    "POST /v1/messages/count_tokens": _Told(
        summary="How many tokens a request in Anthropic's protocol has, by an estimate",
        body=_COUNTED,
        reply=_object("input_tokens", input_tokens=_COUNT),
        error="AnthropicError",
    ),
    "POST /v1/responses": _Told(
        summary="OpenAI's responses",
        body=_RESPONSES,
        parameters=_ASKING,
        reply=_object("object", "output", output={"type": "array"}),
        streams=True,
    ),
    "POST /v1/embeddings": _Told(
        summary="OpenAI's embeddings",
        body=_EMBEDDINGS,
        parameters=_ASKING,
        reply=_object("data", data={"type": "array"}),
    ),
    "GET /v1/models": _Told(
        summary="Every model that the key may use",
        reply=_object("data", data={"type": "array", "items": _object("id", id=_TEXT)}),
    ),
    "GET /v1/models/{id}": _Told(
        summary="One of them; the id has its slashes, as they are or as %2F",
        reply=_object("id", id=_TEXT),
        parameters=({"name": "id", "in": "path", "required": True, "schema": _TEXT},),
    ),
    f"GET {PATH}": _Told(
        summary="This description; without a key, since it is the same for everybody",
        reply=_object("openapi", "paths"),
        is_open=True,
    ),
}

_SCHEMAS: Mapping[str, Schema] = {
    "OpenAIError": _object(
        "error",
        error=_object(
            "message",
            "type",
            "param",
            "code",
            message=_TEXT,
            type=_TEXT,
            param={"type": ["string", "null"]},
            code={"type": ["string", "null"]},
        ),
    ),
    "AnthropicError": _object(
        "type",
        "error",
        "request_id",
        type={"const": "error"},
        error=_object("type", "message", type=_TEXT, message=_TEXT),
        request_id={"type": ["string", "null"]},
    ),
}


def document(doors: Iterable[str]) -> bytes:
    """The description of these doors, each a method and a path, as JSON."""
    paths: dict[str, dict[str, Schema]] = {}
    for door in doors:
        method, _, path = door.partition(" ")
        paths.setdefault(path, {})[method.lower()] = _operation(_DOORS[door])
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            # The version is that of the doors: which Filon runs is nobody's business without a key.
            "info": {"title": "Filon's gateway", "version": "1"},
            "paths": paths,
            "security": [{"bearer": []}, {"x-api-key": []}],
            "components": {
                "schemas": _SCHEMAS,
                "securitySchemes": {
                    "bearer": {"type": "http", "scheme": "bearer"},
                    "x-api-key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
                },
            },
        }
    )


def _operation(told: _Told) -> Schema:
    content = {"application/json": {"schema": told.reply}}
    if told.streams:
        content["text/event-stream"] = {"schema": {"type": "string"}}
    wrong = {
        "description": "What is wrong, and what to do",
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{told.error}"}}},
    }
    operation: dict[str, Any] = {
        "summary": told.summary,
        "responses": {
            "200": {"description": "The answer", "content": content},
            "4XX": wrong,
            "5XX": wrong,
        },
    }
    if told.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": told.body}},
        }
    if told.parameters:
        operation["parameters"] = told.parameters
    if told.is_open:
        operation["security"] = []
    return operation
