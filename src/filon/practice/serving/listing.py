"""Lists of models, in each dialect's own fields."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote

import msgspec

from filon.practice.dialects.dialect import Dialect
from filon.practice.http import Response
from filon.practice.model.family import EMBEDDER, EMBEDDING, MODELS, Model
from filon.practice.refusal import Refusal, Refused
from filon.practice.serving.visit import Visit, local_models

_JSON = ("content-type", "application/json")
_BEGAN = 1_767_225_600  # 2026-01-01; the models' `created`
OWNER = "filon-practice"

_ALL = {model.name: model for model in (*MODELS, EMBEDDER)}


def answer_list(visit: Visit) -> Response:
    """Answers GET .../models. Raises Refused."""
    if visit.dialect.has("no_auth_models") is None:
        visit.authorise()
    if visit.dialect.lists is not None and visit.dialect.lists.use == "pages":
        return _respond(visit, _page(visit))
    rows = [_row(visit.dialect, name) for name in models_of(visit)]
    return _respond(visit, {"object": "list", "data": rows})


def answer_one(visit: Visit, name: str) -> Response:
    """Answers GET .../models/{name}. Raises Refused."""
    visit.authorise()
    # The clients of OpenAI write the slashes of a name as %2F.
    name = unquote(name)
    plain = name.removeprefix(visit.dialect.prefix)
    if plain not in models_of(visit):
        raise Refused(Refusal(kind="unknown_model", values={"model": name[:200]}))
    return _respond(visit, _row(visit.dialect, plain))


def models_of(visit: Visit) -> tuple[str, ...]:
    """The models that there are at this dialect now."""
    if visit.dialect.native is not None:
        return tuple(local_models(visit.dialect, visit.desk))
    return visit.dialect.models


def _respond(visit: Visit, value: Any) -> Response:
    body = msgspec.json.encode(value)
    response = visit.respond(Response(status=200, headers=(_JSON,), body=body))
    visit.finish("complete")
    return response


def _row(dialect: Dialect, name: str) -> dict[str, Any]:
    model = _ALL[name]
    if dialect.lists is not None and dialect.lists.use == "pages":
        return _paged(model)
    row: dict[str, Any] = {
        "id": dialect.prefix + name,
        "object": "model",
        "created": _BEGAN,
        "owned_by": OWNER,
    }
    style = dialect.lists.use if dialect.lists is not None else "openai"
    return row | _STYLES[style](model)


def _page(visit: Visit) -> dict[str, Any]:
    """One page of the list, as the query wants it."""
    query = parse_qs(visit.request.target.partition("?")[2])
    names = list(models_of(visit))
    after, before = (query.get(name, [None])[0] for name in ("after_id", "before_id"))
    limit = query.get("limit", ["20"])[0]
    if not (limit.isascii() and limit.isdecimal() and len(limit) <= 4 and 1 <= int(limit) <= 1_000):
        words = "limit: Input should be between 1 and 1000"
        raise Refused(Refusal(kind="bad_request", message=words, param="limit"))
    if after in names:
        names = names[names.index(after) + 1 :]
    if before in names:
        names = names[: names.index(before)]
    # Whoever pages backwards gets the last ones before that place.
    shown = names[-int(limit) :] if before is not None else names[: int(limit)]
    return {
        "data": [_row(visit.dialect, name) for name in shown],
        "has_more": len(shown) < len(names),
        "first_id": shown[0] if shown else None,
        "last_id": shown[-1] if shown else None,
    }


def _paged(model: Model) -> dict[str, Any]:
    return {
        "type": "model",
        "id": model.name,
        "display_name": f"Practice: {model.name}",
        "created_at": "2026-01-01T00:00:00Z",
        "lifecycle": "active",
        "deprecated_at": None,
        "retires_at": None,
        "line": None,
        "max_input_tokens": model.context,
        "max_tokens": model.context,
    }


def _plain(_model: Model) -> dict[str, Any]:
    return {}


def _groq(model: Model) -> dict[str, Any]:
    return {
        "active": True,
        "context_window": model.context,
        "public_apps": None,
        "max_completion_tokens": model.context // 2,
    }


def _mistral(model: Model) -> dict[str, Any]:
    return {
        "capabilities": {
            "completion_chat": model.name != EMBEDDING,
            "completion_fim": False,
            "function_calling": model.tools,
            "reasoning": model.reasons,  # a field of mistralai 3.7.0
            "fine_tuning": False,
            "vision": False,
        },
        "name": model.name,
        "description": f"Practice: {model.what}",
        "max_context_length": model.context,
        "aliases": [],
        "deprecation": None,
        "default_model_temperature": 1.0,
        "type": "base",
    }


def _openrouter(model: Model) -> dict[str, Any]:
    return {
        "canonical_slug": f"filon/{model.name}",
        "name": f"Practice: {model.name}",
        "description": f"A practice model of Filon: {model.what}.",
        "context_length": model.context,
        "architecture": {
            "input_modalities": ["text"],
            "output_modalities": ["text"],
            "tokenizer": "Other",
            "instruct_type": None,
        },
        "pricing": {
            "prompt": _per_token(model.input_usd),
            "completion": _per_token(model.output_usd),
            "request": "0",
            "image": "0",
        },
        "top_provider": {
            "context_length": model.context,
            "max_completion_tokens": model.context // 2,
            "is_moderated": False,
        },
        "per_request_limits": None,
        "supported_parameters": _SUPPORTED + (["reasoning"] if model.reasons else []),
    }


def _fireworks(model: Model) -> dict[str, Any]:
    return {
        "kind": "EMBEDDING_MODEL" if model.name == EMBEDDING else "HF_BASE_MODEL",
        "context_length": model.context,
        "supports_chat": model.name != EMBEDDING,
        "supports_tools": model.tools,
        "supports_image_input": False,
    }


def _per_token(usd_per_million: float) -> str:
    """A price per token as the decimal text that OpenRouter sends."""
    return f"{usd_per_million / 1_000_000:.10f}".rstrip("0").rstrip(".") or "0"


_SUPPORTED = [
    "max_tokens",
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "seed",
    "stop",
    "frequency_penalty",
    "presence_penalty",
    "repetition_penalty",
    "logit_bias",
    "logprobs",
    "top_logprobs",
    "response_format",
    "structured_outputs",
    "tools",
    "tool_choice",
]

_STYLES: Mapping[str, Callable[[Model], dict[str, Any]]] = {
    "openai": _plain,
    "ollama": _plain,
    "groq": _groq,
    "mistral": _mistral,
    "openrouter": _openrouter,
    "fireworks": _fireworks,
}


def answer_balance(visit: Visit) -> Response:
    """Answers GET /user/balance, in play money. Raises Refused.

    The shape is that of api-docs.deepseek.com, 2026-10.
    """
    visit.authorise()
    left = "0.00" if visit.account.broke else "110.00"
    row = {
        "currency": "USD",
        "total_balance": left,
        "granted_balance": "0.00",
        "topped_up_balance": left,
    }
    return _respond(visit, {"is_available": not visit.account.broke, "balance_infos": [row]})
