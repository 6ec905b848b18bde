"""Ollama's own API: what it has, what is in memory, and with how much context.

docs.ollama.com/api (tags, ps, show, version) and docs.ollama.com/context-length, 2026-11:
confirmed.
"""

import re
from collections.abc import Mapping

from msgspec.structs import replace

from filon.providers.local.known import (
    Json,
    LocalModel,
    Replies,
    Reply,
    Seen,
    Window,
    as_table,
    count,
    is_list,
    rows,
    table,
    text,
    words,
)

VERSION, TAGS, PS, SHOW = "/api/version", "/api/tags", "/api/ps", "/api/show"

# What it falls back to, by docs.ollama.com/context-length (2026-11): it depends on the video
# memory, which nobody outside can see.
_UNKNOWN = (
    "not loaded: Ollama takes 4,096 (32,768 from 24 GiB of video memory, 262,144 from 48) "
    "unless OLLAMA_CONTEXT_LENGTH says otherwise"
)
_NUM_CTX = re.compile(r"^\s*num_ctx\s+(\d+)\s*$", re.MULTILINE)


def read(replies: Replies) -> Seen:
    """What the replies of the first round tell."""
    version = text(table(replies.get(VERSION)).get("version"))
    listed = table(replies.get(TAGS)).get("models")
    if version is None or not is_list(listed):
        return Seen(state="other", told=f"{VERSION} and {TAGS} are not answered as Ollama does")
    running = {
        name: row
        for row in rows(table(replies.get(PS)).get("models"))
        if (name := _name(row)) is not None
    }
    models = [
        _model(name, row, running.get(name))
        for row in rows(listed)
        if (name := _name(row)) is not None
    ]
    return Seen(
        state="found",
        told=f"{VERSION} says Ollama {version}",
        version=version,
        models=tuple(models),
    )


def complete(seen: Seen, shown: Mapping[str, Reply]) -> Seen:
    """The same with what `/api/show` says of each model, by the model's name."""
    models = tuple(_shown(model, table(shown.get(model.name))) for model in seen.models)
    return replace(seen, models=models)


def _name(row: Json) -> str | None:
    return text(row.get("model")) or text(row.get("name"))


def _model(name: str, row: Json, running: Json | None) -> LocalModel:
    details = as_table(row.get("details"))
    model = LocalModel(
        name=name,
        size=count(row.get("size")),
        parameters=text(details.get("parameter_size")),
        quantisation=text(details.get("quantization_level")),
        family=text(details.get("family")),
        loaded=running is not None,
        window=Window(used_source=_UNKNOWN),
    )
    if running is None:
        return model
    memory, video = count(running.get("size")), running.get("size_vram")
    on_gpu = None
    if memory and isinstance(video, int):
        on_gpu = min(1.0, video / memory)
    used = count(running.get("context_length"))
    source = f"{PS}: it is loaded with it" if used else f"{PS} does not say; Ollama is older"
    return replace(
        model,
        memory=memory,
        on_gpu=on_gpu,
        until=text(running.get("expires_at")),
        window=Window(used=used, used_source=source),
    )


def _shown(model: LocalModel, told: Json) -> LocalModel:
    if not told:
        return model
    info = as_table(told.get("model_info"))
    lengths = (count(value) for name, value in info.items() if name.endswith(".context_length"))
    limit = next((length for length in lengths if length), None)
    window = replace(
        model.window, limit=limit, limit_source=f"{SHOW}: model_info" if limit else None
    )
    set_by_file = _NUM_CTX.search(text(told.get("parameters")) or "")
    if window.used is None and set_by_file and int(set_by_file[1]):
        window = replace(
            window, used=int(set_by_file[1]), used_source=f"{SHOW}: num_ctx in its Modelfile"
        )
    return replace(model, window=window, abilities=words(told.get("capabilities")))
