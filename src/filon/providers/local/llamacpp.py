"""llama.cpp's llama-server: one model, whose context is shared among its slots.

tools/server of its source (stored copies seen 2026-11): owned_by "llamacpp", `meta` with
n_ctx_train, n_params and size, and `default_generation_settings.n_ctx` of /props, which is the
context of one slot: confirmed. 503 "Loading model" at /health meanwhile, and `status.value` of a
router's models: secondary.
"""

import re

from filon.providers.local.known import (
    Json,
    LocalModel,
    Replies,
    Reply,
    Seen,
    Window,
    as_table,
    count,
    decoded,
    rows,
    table,
    text,
)

PROPS, MODELS, HEALTH = "/props", "/v1/models", "/health"

# How GGUF files are called: mistral-7b-instruct.Q4_K_M.gguf.
_QUANTISATION = re.compile(
    r"(?<![A-Za-z0-9])((?:I?Q[1-8](?:_[A-Z0-9]+)*)|BF16|F16|F32|MXFP4)(?![A-Za-z0-9])", re.I
)


def read(replies: Replies) -> Seen:
    """What the replies tell."""
    props = table(replies.get(PROPS))
    listed = rows(table(replies.get(MODELS)).get("data"))
    own = [row for row in listed if row.get("owned_by") == "llamacpp"]
    settings = as_table(props.get("default_generation_settings"))
    if not own and not (settings and "total_slots" in props):
        return _without_model(replies)
    used = count(settings.get("n_ctx"))
    slots = count(props.get("total_slots"))
    path = text(props.get("model_path"))
    models = [
        _model(name, row, used, slots, path)
        for row in own or listed
        if (name := text(row.get("id"))) is not None
    ]
    told = f"{MODELS} is signed by llamacpp" if own else f"{PROPS} is llama.cpp's"
    return Seen(
        state="found", told=told, version=text(props.get("build_info")), models=tuple(models)
    )


def _without_model(replies: Replies) -> Seen:
    if any(_loads(replies.get(path)) for path in (HEALTH, PROPS, MODELS)):
        return Seen(state="loading", told=f"{HEALTH} says that the model is being loaded")
    if any(_wants_key(replies.get(path)) for path in (PROPS, MODELS)) and _is_well(replies):
        return Seen(state="locked", told=f"{MODELS} wants a key")
    return Seen(state="other", told=f"{PROPS} and {MODELS} are not answered as llama.cpp does")


def _loads(reply: Reply | None) -> bool:
    if reply is None or reply.status != 503:
        return False
    said = as_table(as_table(decoded(reply.body)).get("error")).get("message")
    return isinstance(said, str) and "loading model" in said.lower()


def _wants_key(reply: Reply | None) -> bool:
    if reply is None or reply.status != 401:
        return False
    said = as_table(as_table(decoded(reply.body)).get("error")).get("type")
    return said == "authentication_error"


def _is_well(replies: Replies) -> bool:
    return table(replies.get(HEALTH)).get("status") == "ok"


def _model(
    name: str, row: Json, used: int | None, slots: int | None, path: str | None
) -> LocalModel:
    meta = as_table(row.get("meta"))
    limit = count(meta.get("n_ctx_train"))
    status = as_table(row.get("status")).get("value")
    loaded = status in (None, "loaded")
    each = f", for each of {slots} slots" if slots and slots > 1 else ""
    if not loaded:
        used, source = None, "not loaded"
    else:
        source = f"{PROPS}: n_ctx{each}" if used else f"{PROPS} does not say"
    quantisation = _QUANTISATION.search(f"{path or ''} {name}")
    return LocalModel(
        name=name,
        size=count(meta.get("size")),
        parameters=_billions(count(meta.get("n_params"))),
        quantisation=quantisation[1].upper() if quantisation else None,
        loaded=loaded,
        abilities=("completion",),
        window=Window(
            used=used,
            used_source=source,
            limit=limit,
            limit_source=f"{MODELS}: n_ctx_train" if limit else None,
        ),
    )


def _billions(number: int | None) -> str | None:
    if number is None:
        return None
    return f"{number / 1e9:.1f}B" if number >= 1e9 else f"{number / 1e6:.0f}M"
