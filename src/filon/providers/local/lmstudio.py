"""LM Studio: its own API of version 1 (from 0.4), else of version 0 (from 0.3.6).

lmstudio.ai/docs/developer/rest, 2026-11: the fields of v0 are confirmed; `loaded_context_length`,
the fields of v1, and that a path it does not know is answered 200 with {"error": ...} are
secondary (several programs that read them).
"""

from filon.providers.local.known import (
    Json,
    LocalModel,
    Replies,
    Seen,
    Window,
    as_table,
    count,
    rows,
    table,
    text,
    words,
)

NEW, OLD = "/api/v1/models", "/api/v0/models"


def read(replies: Replies) -> Seen:
    """What the replies tell."""
    new = [row for row in rows(table(replies.get(NEW)).get("models")) if "loaded_instances" in row]
    if new:
        return _found(NEW, [_new(row) for row in new])
    old = [row for row in rows(table(replies.get(OLD)).get("data")) if _is_old(row)]
    if old:
        return _found(OLD, [_old(row) for row in old])
    # A server without any model has nothing in its lists that could tell it from another.
    empty = (
        table(replies.get(NEW)).get("models") == [] and table(replies.get(OLD)).get("data") == []
    )
    if empty:
        return _found(NEW, [])
    refused = [path for path in (NEW, OLD) if path in replies and replies[path].status == 401]
    if len(refused) == 2:
        return Seen(state="locked", told=f"{NEW} and {OLD} want a token")
    return Seen(state="other", told=f"{NEW} and {OLD} are not answered as LM Studio does")


def _found(path: str, models: list[LocalModel]) -> Seen:
    return Seen(
        state="found",
        told=f"{path} lists models as LM Studio does",
        models=tuple(model for model in models if model.name),
    )


def _is_old(row: Json) -> bool:
    return "state" in row and ("compatibility_type" in row or "max_context_length" in row)


def _old(row: Json) -> LocalModel:
    loaded = row.get("state") == "loaded"
    used = count(row.get("loaded_context_length"))
    return LocalModel(
        name=text(row.get("id")) or "",
        quantisation=text(row.get("quantization")),
        family=text(row.get("arch")),
        loaded=loaded,
        abilities=(*_by_type(row), *words(row.get("capabilities"))),
        window=_window(OLD, "loaded_context_length", used, loaded, row),
    )


def _new(row: Json) -> LocalModel:
    instances = rows(row.get("loaded_instances"))
    config = as_table(instances[0].get("config") if instances else None)
    used = count(config.get("context_length"))
    return LocalModel(
        name=text(row.get("key")) or "",
        size=count(row.get("size_bytes")),
        parameters=text(row.get("params_string")),
        quantisation=text(as_table(row.get("quantization")).get("name")),
        family=text(row.get("architecture")),
        loaded=bool(instances),
        abilities=(*_by_type(row), *_able(as_table(row.get("capabilities")))),
        window=_window(NEW, "context_length", used, bool(instances), row),
    )


def _window(path: str, field: str, used: int | None, loaded: bool, row: Json) -> Window:
    limit = count(row.get("max_context_length"))
    if used:
        source = f"{path}: {field}"
    elif loaded:
        source = f"{path} does not say"
    else:
        source = "not loaded: LM Studio takes what is set for the model in its window"
    return Window(
        used=used,
        used_source=source,
        limit=limit,
        limit_source=f"{path}: max_context_length" if limit else None,
    )


def _by_type(row: Json) -> tuple[str, ...]:
    kind = row.get("type")
    if kind in ("embedding", "embeddings"):
        return ("embedding",)
    return ("completion", "vision") if kind == "vlm" else ("completion",)


def _able(told: Json) -> tuple[str, ...]:
    names = (("vision", "vision"), ("trained_for_tool_use", "tools"))
    return tuple(name for field, name in names if told.get(field) is True)
