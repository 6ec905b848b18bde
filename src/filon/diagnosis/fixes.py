"""What may be done about a finding, as actions: only those that make sense for this failure, with
values that its own words give. Pure."""

import difflib
import re
from collections.abc import Mapping

from msgspec import Struct

from filon.conversation.finding import (
    AddDrop,
    ChooseOther,
    Fix,
    LowerMaxTokens,
    OpenDocs,
    RenameParameter,
    RetryWithout,
    RunDoctor,
    SetVariable,
    ShortenConversation,
    UseModel,
    WaitFor,
)
from filon.diagnosis.envelope import Said
from filon.diagnosis.facts import Failure, Known
from filon.diagnosis.symptom import Symptom
from filon.providers import catalog
from filon.providers.aliases import canonical
from filon.providers.manifest import Manifest

_NEAREST = 3
_LONGEST_WAIT = 86_400.0
# Without these there is no request, or no stream of it.
_NEEDED = frozenset({"model", "messages", "input", "stream", "system"})
_FILES = (".yaml", ".yml")

_NAME = r"[`'\"“]?(?P<name>[A-Za-z_][\w.]{0,60})"
_NAMED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:un(?:supported|known|recognized|expected|permitted)|invalid|missing)[ _]"
        r"(?:request )?(?:parameter|value|field|name|argument)(?:\(s\)|s)?(?: supplied)?:? ?"
        + _NAME,
        r"property [`'\"](?:body\.)?(?P<name>[\w.]+)",
        r"[`'\"](?P<name>[A-Za-z_][\w.]{1,60})[`'\"][^.\n]{0,40}(?:not supported|unsupported|"
        r"not permitted|not allowed|does not support|must be|is not)",
        r"\b(?P<name>[a-z]+_[a-z_]+|temperature|seed|user|stop|n|tools|thinking|logprobs)\b:? "
        r"(?:is|are)? ?(?:not supported|unsupported|not allowed|must be)",
    )
)
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "tools_not_supported": ("tools", "tool_choice", "functions"),
    "tool_schema_rejected": ("tools",),
    "thinking_not_supported": ("reasoning_effort", "thinking", "reasoning", "think"),
    "reasoning_must_return": ("thinking", "reasoning_effort", "reasoning"),
    "format_not_supported": ("response_format", "text"),
    "response_schema_rejected": ("response_format", "text"),
    "json_word_missing": ("response_format", "text"),
    "tier_full": ("service_tier",),
    "no_host_left": ("provider",),
    "mcp_failed": ("tools", "mcp_servers"),
    "max_tokens_too_high": ("max_tokens", "max_completion_tokens", "max_output_tokens"),
}
_CONTEXT = re.compile(
    r"(?:maximum context length is|context length[^\d\n]{0,20}|must be <=|context size \(?) ?"
    r"(?P<limit>[\d,]{3,})",
    re.IGNORECASE,
)
_IN_PROMPT = re.compile(
    r"(?P<a>[\d,]+) (?:tokens )?(?:in|of|from) (?:the )?(?:messages|input|prompt)|"
    r"prompt is too long: (?P<b>[\d,]+)|given: (?P<c>[\d,]+) `?inputs",
    re.IGNORECASE,
)
_IN_ALL = re.compile(r"(?:resulted in|requested|request) \(?(?P<all>[\d,]+) tokens", re.IGNORECASE)
_OVER = re.compile(
    r"(?P<used>[\d,]+) tokens > (?P<limit>[\d,]+)|limit (?P<limit2>[\d,]+),? requested "
    r"(?P<used2>[\d,]+)",
    re.IGNORECASE,
)


class Told(Struct, frozen=True, kw_only=True):
    """A symptom with all that its fixes may be made from. `caught` is what its sign caught."""

    symptom: Symptom
    failure: Failure
    said: Said
    known: Known
    caught: Mapping[str, str | None] = {}


def fixes(told: Told) -> tuple[Fix, ...]:
    """The fixes that can be made, in the order in which the symptom offers them."""
    made = (_MAKERS[offer](told) for offer in told.symptom.offers)
    return tuple(fix for fix in made if fix is not None)


def parameter_of(told: Told) -> str | None:
    """The parameter that a refusal is about, by its name on the wire, if it was sent."""
    sent = [name for name in told.known.parameters if name not in _NEEDED]
    for field in _FIELDS.get(told.symptom.code, ()):
        if field in sent:
            return field
    candidates = [told.caught.get("param"), told.said.param]
    words = told.said.words
    for pattern in _NAMED:
        candidates += [match["name"] for match in pattern.finditer(words)]
    for candidate in candidates:
        field = (candidate or "").removeprefix("body.").partition(".")[0]
        same = [name for name in sent if name == field or canonical(name) == canonical(field)]
        if field and same:
            return same[0]
    quoted = (name for name in sent if re.search(rf"[`'\"]{re.escape(name)}[`'\"]", words))
    return next(quoted, None)


def near(model: str, models: tuple[str, ...]) -> tuple[str, ...]:
    """The ids of a list that are closest to this one: with a prefix that it lacks first."""
    last = model.rpartition("/")[2].lower()
    ends = [one for one in models if one.lower().rpartition("/")[2] == last and one != model]
    folded = {one.lower(): one for one in reversed(models)}
    close = difflib.get_close_matches(model.lower(), list(folded), n=_NEAREST, cutoff=0.55)
    found = [*ends, *(folded[one] for one in close)]
    return tuple(dict.fromkeys(one for one in found if one != model))[:_NEAREST]


def _wait(told: Told) -> Fix | None:
    seconds = told.failure.retry_after
    if seconds is None or not 0 <= seconds <= _LONGEST_WAIT:
        return None
    return WaitFor(seconds=seconds)


def _without(told: Told) -> Fix | None:
    name = parameter_of(told)
    is_bound = name is not None and canonical(name) == "max_tokens"
    endpoint = told.known.endpoint
    if is_bound and endpoint is not None and endpoint.protocol == "anthropic_messages":
        return None
    return RetryWithout(parameter=name) if name is not None else None


def _rename(told: Told) -> Fix | None:
    name, to = told.caught.get("param"), told.caught.get("other")
    if name is None or to is None or name not in told.known.parameters:
        return None
    return RenameParameter(parameter=name, to=to)


def _drop(told: Told) -> Fix | None:
    name, endpoint = parameter_of(told), told.known.endpoint
    if name is None or endpoint is None or not is_in_file(told.known):
        return None
    lines = ("dropParams:", f'  - "{name}"')
    return AddDrop(endpoint=endpoint.name, parameter=name, lines=lines)


def is_in_file(known: Known) -> bool:
    """Whether the endpoint is an entry of a file that has room for dropParams."""
    endpoint = known.endpoint
    return (
        endpoint is not None
        and endpoint.kind == "custom"
        and endpoint.origin.source.endswith(_FILES)
    )


def _lower(told: Told) -> Fix | None:
    """The largest answer that the refusal's figures leave room for."""
    asked = _asked_most(told.known)
    most = _figure(told.caught.get("afford") or told.caught.get("most"))
    most = most or _figure(told.caught.get("highest"))
    if most is None:
        most = _room(told.said.words, asked)
    if most is None or most < 1 or (asked is not None and most >= asked):
        return None
    return LowerMaxTokens(to=most)


def _room(words: str, asked: int | None) -> int | None:
    over = _OVER.search(words)
    if over is not None and asked is not None:
        limit = _figure(over["limit"] or over["limit2"]) or 0
        used = _figure(over["used"] or over["used2"]) or 0
        return asked - (used - limit) if over["limit2"] else None
    context = _CONTEXT.search(words)
    prompt = _IN_PROMPT.search(words)
    if context is None or prompt is None:
        return None
    used = _figure(next(filter(None, prompt.groups()))) or 0
    return (_figure(context["limit"]) or 0) - used


def _asked_most(known: Known) -> int | None:
    for name, value in known.parameters.items():
        if canonical(name) == "max_tokens" and isinstance(value, int):
            return value
    return None


def _shorten(told: Told) -> Fix | None:
    words = told.said.words
    over = _OVER.search(words)
    limit = _figure((over["limit"] or over["limit2"]) if over else None)
    used = _figure((over["used"] or over["used2"]) if over else None)
    if limit is None:
        context = _CONTEXT.search(words)
        whole = _IN_ALL.search(words) or _IN_PROMPT.search(words)
        limit = _figure(context["limit"]) if context else None
        used = _figure(next(filter(None, whole.groups()))) if whole else None
    if limit is not None and used is not None and used > limit:
        return ShortenConversation(tokens=used - limit)
    return ShortenConversation()


def _figure(text: str | None) -> int | None:
    digits = (text or "").replace(",", "")
    return int(digits) if digits.isdigit() and len(digits) < 12 else None


def _model(told: Told) -> Fix | None:
    found = near(told.failure.model, told.known.models)
    return UseModel(name=found[0], nearest=found) if found else None


def _doctor(told: Told) -> Fix | None:
    endpoint = told.known.endpoint
    return RunDoctor(endpoint=endpoint.name) if endpoint is not None else None


def _variable(told: Told) -> Fix | None:
    name = told.failure.variable
    return SetVariable(name=name) if name else None


def _other(_told: Told) -> Fix | None:
    return ChooseOther()


def manifest_of(known: Known) -> Manifest | None:
    """The provider at whose host the endpoint is, if it is a known one."""
    return catalog.by_name(known.endpoint.provider) if known.endpoint is not None else None


def _keys(told: Told) -> Fix | None:
    manifest = manifest_of(told.known)
    return OpenDocs(page=manifest.key_page) if manifest and manifest.key_page else None


def _status(told: Told) -> Fix | None:
    manifest = manifest_of(told.known)
    return OpenDocs(page=manifest.status) if manifest and manifest.status else None


def _docs(told: Told) -> Fix | None:
    manifest = manifest_of(told.known)
    return OpenDocs(page=manifest.docs) if manifest and manifest.docs else None


_MAKERS = {
    "wait": _wait,
    "rename": _rename,
    "without": _without,
    "drop": _drop,
    "lower": _lower,
    "shorten": _shorten,
    "model": _model,
    "doctor": _doctor,
    "variable": _variable,
    "other": _other,
    "keys": _keys,
    "status": _status,
    "docs": _docs,
}
