"""The fields that a request's body has in every protocol, read strictly."""

from collections.abc import Mapping

from msgspec import Raw

from filon.conversation.errors import InvalidRequest
from filon.protocols.strict_json import is_null, kind_of, list_at, string_at, wrong

# Filon's own field, which no provider is sent: LiteLLM has one of the same name and meaning
# (its documentation of fallbacks, seen 2026-11).
FALLBACKS = "fallbacks"

_MOST = 16


def model_of(fields: Mapping[str, Raw]) -> str:
    """The model that a body names. Raises InvalidRequest where it names none."""
    fix = "Name the model that should answer."
    raw = fields.get("model")
    if raw is None or is_null(raw):
        raise InvalidRequest("`model` is missing.", fix=fix, param="model")
    model = string_at(raw, "model")
    if not model.strip():
        raise InvalidRequest("`model` is empty.", fix=fix, param="model")
    return model


def stream_of(fields: Mapping[str, Raw]) -> bool:
    """Whether a body asks for a stream. Raises InvalidRequest for what is neither yes nor no."""
    raw = fields.get("stream")
    if raw is None or is_null(raw):
        return False
    kind = kind_of(raw)
    if kind not in ("true", "false"):
        raise wrong("stream", "true or false", raw)
    return kind == "true"


def fallbacks_of(fields: Mapping[str, Raw]) -> tuple[str, ...]:
    """The models that may answer where the named one cannot. Raises InvalidRequest for what is no
    list of names, or a long one."""
    raw = fields.get(FALLBACKS)
    if raw is None or is_null(raw):
        return ()
    if kind_of(raw) != "a list":
        raise wrong(FALLBACKS, "a list of models", raw)
    items = list_at(raw, FALLBACKS)
    if len(items) > _MOST:
        raise InvalidRequest(
            f"`{FALLBACKS}` names {len(items)} models; {_MOST} are the most.", param=FALLBACKS
        )
    names = tuple(string_at(item, f"{FALLBACKS}[{n}]") for n, item in enumerate(items))
    empty = next((n for n, name in enumerate(names) if not name.strip()), None)
    if empty is not None:
        raise InvalidRequest(
            f"`{FALLBACKS}[{empty}]` is empty.",
            fix="Name a model, as endpoint/model, or leave it out.",
            param=f"{FALLBACKS}[{empty}]",
        )
    return names
