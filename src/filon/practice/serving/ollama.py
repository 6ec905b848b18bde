"""Ollama's own API but for chat: its models, the pulling of more, embeddings.

Shapes after docs.ollama.com/api and the `ollama` client 0.6.3, 2026-11.
"""

import hashlib
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
from msgspec.structs import replace

from filon.conversation.errors import FilonError, InvalidRequest
from filon.practice import embeddings, pace
from filon.practice.dialects.dialect import Dialect, Fact, Rule, Words
from filon.practice.dialects.parameters import EFFECTIVE
from filon.practice.dialects.refusing import refusal_of
from filon.practice.http import Response
from filon.practice.model.family import EMBEDDER, EMBEDDING, MODELS, find
from filon.practice.model.generate import pocket
from filon.practice.refusal import Refusal, Refused
from filon.practice.serving.chat import SPEED_HEADER
from filon.practice.serving.ollama_chat import JSON, LINES, body_of, line_of
from filon.practice.serving.visit import Visit, local_models

_MODIFIED = "2026-01-01T00:00:00Z"
_NO_MANIFEST = "pull model manifest: file does not exist"
_LAYERS = 12
# How long a model stays in memory after its last answer, in seconds: Ollama's OLLAMA_KEEP_ALIVE.
KEPT = 300.0
# Seconds over which a pull says that it progresses, at speed 1.
_PULL = 6.0


def native(dialect: Dialect) -> Dialect:
    """The same server at its own API: every parameter by one name, errors as one text."""
    everything = Rule(names=tuple(EFFECTIVE), does="accept", sure="practice")
    shape = Fact(use="ollama_native", sure="confirmed", source="docs.ollama.com/api, 2026-11")
    unknown = Words(
        status=404,
        message="model '{model}' not found",
        sure="confirmed",
        source="server/routes.go of github.com/ollama/ollama, seen 2026-11-25",
    )
    kinds = {**dialect.errors.kinds, "unknown_model": unknown}
    errors = replace(dialect.errors, shape=shape, kinds=kinds)
    return replace(dialect, parameters=(everything,), errors=errors)


async def tags(visit: Visit) -> Response:
    """Answers GET /api/tags: the models that are here."""
    rows = [_tag(name) for name in local_models(visit.dialect, visit.desk)]
    return _whole(visit, {"models": rows})


async def running(visit: Visit) -> Response:
    """Answers GET /api/ps: what is in memory, as it is after an answer or a request to load."""
    rows: list[dict[str, Any]] = []
    for name in local_models(visit.dialect, visit.desk):
        left = visit.desk.left(name, KEPT)
        if left is None:
            continue
        until = datetime.fromtimestamp(visit.desk.clock.now() + left, UTC)
        rows.append(
            {
                **{key: value for key, value in _tag(name).items() if key != "modified_at"},
                "expires_at": until.isoformat(),
                "size_vram": 0,
                "context_length": (find(name) or EMBEDDER).context,
            }
        )
    return _whole(visit, {"models": rows})


async def version(visit: Visit) -> Response:
    """Answers GET /api/version."""
    return _whole(visit, {"version": "0.13.5-practice"})


async def show(visit: Visit) -> Response:
    """Answers POST /api/show. Raises Refused."""
    name = _name(visit)
    model = find(name)
    context = (model or EMBEDDER).context
    abilities = ["embedding"] if model is None else ["completion"]
    if model is not None:
        abilities += ["tools"] * model.tools + ["thinking"] * model.reasons
    return _whole(
        visit,
        {
            "modelfile": f"# A practice model of Filon.\nFROM {name}\n",
            "parameters": f"num_ctx {context}",
            "template": "{{ .Prompt }}",
            "details": _details(name),
            "model_info": {
                "general.architecture": "pocket",
                "pocket.context_length": context,
            },
            "capabilities": abilities,
            "modified_at": _MODIFIED,
        },
    )


async def delete(visit: Visit) -> Response:
    """Answers DELETE /api/delete: what was pulled can be thrown away again. Raises Refused."""
    name = _name(visit)
    visit.desk.pulled.discard(name)
    return _whole(visit, {})


async def pull(visit: Visit) -> Response:
    """Answers POST /api/pull: tells its progress in lines. Raises FilonError."""
    told = body_of(visit)
    name = _plain(told.get("model") or told.get("name"))
    speed = pace.read_speed(visit.request.header(SPEED_HEADER), visit.desk.speed)
    if told.get("stream", True) is False:
        if name not in visit.dialect.models:
            raise Refused(Refusal(kind="internal", message=_NO_MANIFEST))
        lines = [line async for line in _pulling(visit, name, speed)]
        body = lines[-1].rstrip(b"\n")
        return visit.respond(Response(status=200, headers=(JSON,), body=body))
    stream = visit.framed(_pulling(visit, name, speed), stream=True, error=b"", end=b"")
    return visit.respond(Response(status=200, headers=(LINES,), stream=stream))


async def embed(visit: Visit) -> Response:
    """Answers POST /api/embed. Raises Refused, FilonError."""
    told = body_of(visit)
    _name(visit)
    given: Any = told.get("input")
    texts = cast("list[Any]", given) if isinstance(given, list) else [given]
    if not all(isinstance(text, str) for text in texts):
        raise InvalidRequest("`input` must be a text or a list of texts.", param="input")
    size = _dimensions(told.get("dimensions"))
    vectors = [[float(value) for value in embeddings.embed(text, size)] for text in texts]
    pieces = pocket().pieces
    count = sum(len(pieces.encode(text)) for text in texts)
    return _whole(
        visit,
        {
            "model": told.get("model"),
            "embeddings": vectors,
            "total_duration": 1_000_000,
            "load_duration": 100_000,
            "prompt_eval_count": count,
        },
    )


def _dimensions(value: Any) -> int:
    """How long the vectors are to be; as at Ollama, a wish for more than there are is dropped."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < embeddings.DIMENSIONS:
        return value
    return embeddings.DIMENSIONS


async def _pulling(visit: Visit, name: str, speed: float) -> AsyncGenerator[bytes]:
    outcome = "client left"
    try:
        yield line_of({"status": "pulling manifest"})
        if name not in visit.dialect.models:
            yield line_of({"error": _NO_MANIFEST})
        else:
            digest = _digest(name)
            size = _size(name)
            for step in range(_LAYERS + 1):
                if speed:
                    await visit.desk.clock.sleep(_PULL / _LAYERS / speed)
                row: dict[str, Any] = {
                    "status": f"pulling {digest[7:19]}",
                    "digest": digest,
                    "total": size,
                }
                if step:
                    row["completed"] = size * step // _LAYERS
                yield line_of(row)
            for status in ("verifying sha256 digest", "writing manifest"):
                yield line_of({"status": status})
            visit.desk.pulled.add(name)
            yield line_of({"status": "success"})
        outcome = "complete"
    finally:
        visit.finish(outcome)


def _name(visit: Visit) -> str:
    """The model that the body names, which must be here. Raises Refused."""
    told = body_of(visit)
    name = _plain(told.get("model") or told.get("name"))
    if name not in local_models(visit.dialect, visit.desk):
        raise Refused(Refusal(kind="unknown_model", values={"model": name[:200]}))
    return name


def _plain(name: Any) -> str:
    return str(name or "").removesuffix(":latest")


def _whole(visit: Visit, value: Any) -> Response:
    body = msgspec.json.encode(value)
    response = visit.respond(Response(status=200, headers=(JSON,), body=body))
    visit.finish("complete")
    return response


def _digest(name: str) -> str:
    return f"sha256:{hashlib.sha256(name.encode()).hexdigest()}"


def _size(name: str) -> int:
    """Bytes, of the order of the real file; larger for models that look further back."""
    order = next((model.order for model in MODELS if model.name == name), 1)
    return 600_000 * order


def _details(name: str) -> dict[str, Any]:
    return {
        "parent_model": "",
        "format": "ngram",
        "family": "pocket",
        "families": ["pocket"],
        "parameter_size": "0.1M",
        "quantization_level": "Q16" if name != EMBEDDING else "F32",
    }


def _tag(name: str) -> dict[str, Any]:
    return {
        "name": f"{name}:latest",
        "model": f"{name}:latest",
        "modified_at": _MODIFIED,
        "size": _size(name),
        "digest": _digest(name).removeprefix("sha256:"),
        "details": _details(name),
    }


def refused(visit: Visit, error: Refused | FilonError) -> Response:
    """Any failure, as this server tells it."""
    refusal = (
        error.refusal if isinstance(error, Refused) else refusal_of(visit.dialect, error.problem)
    )
    return visit.refuse(refusal)
