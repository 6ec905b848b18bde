"""vLLM: it signs each model of its list with its own name.

Of its source (entrypoints/openai/protocol.py, stored copies seen 2026-11): ModelCard has owned_by
"vllm" and max_model_len, and /version is {"version"}: confirmed. That /version needs no key when
the server wants one is secondary (its check is for /v1 alone).
"""

from filon.providers.local.known import (
    Json,
    LocalModel,
    Replies,
    Seen,
    Window,
    count,
    rows,
    table,
    text,
)

VERSION, MODELS = "/version", "/v1/models"


def read(replies: Replies) -> Seen:
    """What the replies tell."""
    version = text(table(replies.get(VERSION)).get("version"))
    listed = rows(table(replies.get(MODELS)).get("data"))
    own = [row for row in listed if row.get("owned_by") == "vllm"]
    models = replies.get(MODELS)
    if version is not None and models is not None and models.status == 401:
        return Seen(state="locked", told=f"{MODELS} wants a key", version=version)
    if not own:
        owners = {owner for row in listed if (owner := text(row.get("owned_by")))}
        signed = f" but by {', '.join(sorted(owners))[:80]}" if owners else ""
        return Seen(state="other", told=f"{MODELS} is not signed by vllm{signed}")
    known = (
        LocalModel(name=name, loaded=True, abilities=("completion",), window=_window(row))
        for row in own
        if (name := text(row.get("id"))) is not None
    )
    return Seen(
        state="found", told=f"{MODELS} is signed by vllm", version=version, models=tuple(known)
    )


def _window(row: Json) -> Window:
    length = count(row.get("max_model_len"))
    source = f"{MODELS}: max_model_len" if length else f"{MODELS} does not say"
    # What the model could do stands in its own files alone.
    return Window(used=length, used_source=source)
