"""Embeddings as OpenAI's API has them, at every dialect that offers them."""

from typing import Any, cast

import msgspec

from filon.conversation.errors import InvalidRequest
from filon.practice import embeddings
from filon.practice.dialects.refusing import request_id
from filon.practice.http import Response
from filon.practice.model.family import EMBEDDER, EMBEDDING
from filon.practice.model.generate import pocket
from filon.practice.refusal import Refusal, Refused
from filon.practice.serving.visit import Visit

_JSON = ("content-type", "application/json")
_MOST_TEXTS = 2_048


def answer(visit: Visit) -> Response:
    """Answers POST .../embeddings. Raises Refused, FilonError."""
    visit.authorise()
    told = _body(visit)
    name = told.get("model")
    plain, _, suffix = str(name or "").removeprefix(visit.dialect.prefix).partition(":")
    if plain != EMBEDDING or EMBEDDING not in visit.dialect.models:
        raise Refused(Refusal(kind="unknown_model", values={"model": str(name)[:200]}))
    visit.answer_as(EMBEDDER, str(name)[:200], suffix)
    visit.refuse_if_wanted()
    texts = _texts(told.get("input"))
    dimensions = _dimensions(told)
    form = told.get("encoding_format") or "float"
    if form not in ("float", "base64"):
        raise InvalidRequest("`encoding_format` must be float or base64.", param="encoding_format")
    pieces = pocket().pieces
    counts = [len(pieces.encode(text)) for text in texts]
    if max(counts) > EMBEDDER.context:
        values = {
            "context": EMBEDDER.context,
            "prompt": max(counts),
            "answer": 0,
            "total": max(counts),
        }
        raise Refused(Refusal(kind="context_too_long", param="input", values=values))
    visit.take(EMBEDDER, sum(counts))
    rows: list[dict[str, Any]] = []
    for index, text in enumerate(texts):
        vector = embeddings.embed(text, dimensions)
        value = embeddings.base64(vector) if form == "base64" else [float(x) for x in vector]
        rows.append({"object": "embedding", "index": index, "embedding": value})
    usage = {"prompt_tokens": sum(counts), "total_tokens": sum(counts)}
    told_back = {"object": "list", "data": rows, "model": name, "usage": usage}
    if visit.dialect.has("embedding_id"):
        told_back["id"] = request_id(visit.dialect)
    body = msgspec.json.encode(told_back)
    response = visit.respond(Response(status=200, headers=(_JSON,), body=body))
    visit.finish("complete")
    return response


def _body(visit: Visit) -> dict[str, Any]:
    try:
        told = msgspec.json.decode(visit.request.body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InvalidRequest(f"The body is no JSON: {error}.") from error
    if not isinstance(told, dict):
        raise InvalidRequest("The body must be an object.")
    return cast("dict[str, Any]", told)


def _texts(given: Any) -> list[str]:
    texts = cast("list[Any]", given) if isinstance(given, list) else [given]
    if not texts or len(texts) > _MOST_TEXTS:
        raise InvalidRequest(f"`input` must hold 1 to {_MOST_TEXTS:,} texts.", param="input")
    if not all(isinstance(text, str) and text for text in texts):
        raise InvalidRequest(
            "`input` must be a text that is not empty, or a list of such. Tokens are not taken.",
            param="input",
        )
    return texts


def _dimensions(told: dict[str, Any]) -> int:
    # Mistral's name for it is output_dimension (their openapi.yaml, 2026-08-21).
    for name in ("dimensions", "output_dimension"):
        value = told.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or not 16 <= value <= 2_048:
            raise InvalidRequest(f"`{name}` must be between 16 and 2048.", param=name)
        return value
    return 256
