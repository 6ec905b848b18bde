"""Which models there are, and whether the one to ask is among them."""

import difflib

from filon.doctor.answer import refusal
from filon.doctor.case import Case
from filon.doctor.outcome import Outcome, failed, find, ok, quoting, warn
from filon.doctor.talk import is_unknown_model, open_chat
from filon.protocols.listing import ids_of

_TOLD = 4
# What an embedding or a voice model is called: none of them can chat.
_NO_CHAT = ("embed", "whisper", "tts", "rerank", "moderation", "dall-e", "image", "guard")


async def read_list(case: Case) -> Outcome:
    """The step of the list. Without one all else can still work, so nothing here is a failure."""
    reply = case.listing
    assert reply is not None
    case.models = ids_of(reply.body) if reply.good else None
    if case.models is None:
        finding = find("list_missing", **case.names)
        if not reply.good:
            finding = quoting(finding, refusal(case, reply).evidence)
        return warn(finding, "list_none", path=case.list_path, status=reply.status)
    if not case.models:
        return warn(find("list_empty", **case.names), "list_empty")
    return ok("list", count=len(case.models))


def choose(case: Case) -> str | None:
    """The model to ask: the one that was named, else the first of the configuration that is
    listed too, else the first of either that can chat."""
    if case.model is None:
        listed = case.models
        if listed is None and case.listing is not None and case.listing.good:
            listed = ids_of(case.listing.body)
        configured = case.endpoint.models
        both = tuple(one for one in configured if listed and _is_listed(case, one, listed))
        case.model = case.asked or _first(both) or _first(configured) or _first(listed or ())
    return case.model


def _first(models: tuple[str, ...]) -> str | None:
    able = (one for one in models if not any(word in one.lower() for word in _NO_CHAT))
    return next(able, models[0] if models else None)


async def find_model(case: Case) -> Outcome:
    """The step of the model. One that is not listed is asked all the same: some providers answer
    to names that they do not list, and only that proves it."""
    model = choose(case)
    if model is None:
        return failed(find("model_none", **case.names), "model_none")
    if case.models is not None and _is_listed(case, model, case.models):
        return _with_others(case, model, case.models)
    if case.models is None or not case.models:
        if case.tools.chat and is_unknown_model((await open_chat(case)).finding):
            return _missing(case, model, ())
        return ok("model", model=model)
    near = nearest(model, case.models)
    if case.tools.chat and is_unknown_model((await open_chat(case)).finding):
        return _missing(case, model, near)
    about = {"near": ", ".join(near)} if near else {}
    finding = find("model_unlisted", **case.names, model=model, **about)
    return warn(finding, "model_unlisted", model=model)


def _with_others(case: Case, model: str, models: tuple[str, ...]) -> Outcome:
    """The model is there; so are the others that the configuration names, or they are told."""
    endpoint = case.endpoint
    missing = [one for one in endpoint.models if not _is_listed(case, one, models)]
    # What a manifest or practice knows is our own list, and nobody here can correct it.
    if endpoint.kind != "custom" or not missing:
        return ok("model_listed", model=model)
    shown = ", ".join(missing[:_TOLD]) + (" …" if len(missing) > _TOLD else "")
    finding = find("models_missing", **case.names, missing=shown)
    return warn(finding, "model_others", model=model, count=len(missing))


def _is_listed(case: Case, model: str, models: tuple[str, ...]) -> bool:
    if case.endpoint.kind == "practice":
        # What stands behind the colon is a switch, such as `pocket:rate-limited`.
        model = model.partition(":")[0]
    # Ollama lists `llama3:latest` and answers to `llama3`.
    return model in models or f"{model}:latest" in models


def _missing(case: Case, model: str, near: tuple[str, ...]) -> Outcome:
    assert case.chat is not None
    refused = case.chat.finding
    assert refused is not None
    if near:
        about = {"model": model, "near": ", ".join(near), "nearest": near[0]}
        refused = find("model_near", refused.evidence, **case.names, **about)
    return failed(refused, "model_unlisted" if case.models else "model", model=model)


def nearest(model: str, models: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the list that come nearest: by letters, or with a prefix that was left off."""
    ending = [one for one in models if one.rpartition("/")[2] == model.rpartition("/")[2]]
    like = difflib.get_close_matches(model, models, n=3, cutoff=0.5)
    return tuple(dict.fromkeys((*ending, *like)))[:3]
