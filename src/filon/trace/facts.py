"""What a trace is found by: its records, read once when it is settled. Pure."""

from collections.abc import Sequence
from itertools import pairwise
from operator import attrgetter
from typing import Any

from msgspec import Struct

from filon.conversation.finding import Finding
from filon.conversation.message import Image, Reasoning, ToolCall
from filon.conversation.usage import Usage
from filon.trace.places import attempts
from filon.trace.records import (
    Admitted,
    AnyRecord,
    Assembled,
    Attempt,
    Decision,
    Received,
    Settled,
    Translated,
)

# What `has:` asks for, a bit each.
TOOLS, REASONING, IMAGES, RETRY, FALLBACK, ERROR = 1, 2, 4, 8, 16, 32
FLAGS = {
    "tools": TOOLS,
    "reasoning": REASONING,
    "images": IMAGES,
    "retry": RETRY,
    "fallback": FALLBACK,
    "error": ERROR,
}
_CHANGED = frozenset({"renamed", "clamped", "added", "defaulted"})
_OFFERS_TOOLS = frozenset({"tools", "functions"})
# Whether and how a reply is streamed is no change of what was asked.
_ASIDE = frozenset({"stream", "streaming", "stream_options"})

Names = tuple[str, ...]


class Facts(Struct, frozen=True, kw_only=True):
    """What lists and filters know of a trace beside its figures. `findings` are codes, `dropped`
    and `changed` names of parameters: those that do not reach the model though somebody wanted
    them, and those that reach it otherwise. `flags` are the bits of `FLAGS`."""

    findings: Names = ()
    dropped: Names = ()
    changed: Names = ()
    tags: Names = ()
    model_answered: str | None = None
    reasoning_tokens: int | None = None
    cached_tokens: int | None = None
    rate: float | None = None
    replay_of: str | None = None
    flags: int = 0


def facts(records: Sequence[AnyRecord]) -> Facts:
    """The facts of a turn, which is over or has come so far."""
    # It runs for every request, and to look at each record would take longer than all the rest.
    last: dict[type[AnyRecord], Any] = dict(zip(map(type, records), records, strict=True))
    received: Received | None = last.get(Received)
    admitted: Admitted | None = last.get(Admitted)
    assembled: Assembled | None = last.get(Assembled)
    translated: Translated | None = last.get(Translated)
    end: Settled | None = last.get(Settled)
    tags = (received.tags if received else ()) + (admitted.tags if admitted else ())
    tried = attempts(records) if Attempt in last else []
    dropped, changed, offered = _lost_and_changed(translated.decisions) if translated else _KEPT
    used = (end.usage or end.estimated or _NOTHING) if end else _NOTHING
    findings: tuple[Finding, ...] = ()
    flags = TOOLS if offered else 0
    for attempt in tried:
        findings += attempt.findings
        if attempt.status is not None and attempt.status >= 400:
            flags |= ERROR
    if end is not None:
        findings += end.findings
        flags |= _answered(end, used)
    if any(map(_ERROR, records)):
        flags |= ERROR
    if len(tried) > 1:
        flags |= _went_on(tried)
    if assembled is not None:
        flags |= _shown(assembled)
    return Facts(
        findings=_codes(findings) if findings else (),
        dropped=dropped,
        changed=changed,
        tags=tuple(dict.fromkeys(tags)) if tags else (),
        model_answered=end.model if end else None,
        reasoning_tokens=used.reasoning_tokens,
        cached_tokens=used.cached_tokens,
        rate=end.rate if end else None,
        replay_of=received.replay_of if received else None,
        flags=flags,
    )


_NOTHING = Usage()
_KEPT: tuple[Names, Names, bool] = ((), (), False)
_ERROR = attrgetter("error")


def _codes(findings: tuple[Finding, ...]) -> Names:
    return tuple(dict.fromkeys([finding.code for finding in findings]))


def _shown(record: Assembled) -> int:
    for sourced in record.messages:
        for part in sourced.message.parts:
            if type(part) is Image:
                return IMAGES
    return 0


def _went_on(tried: list[Attempt]) -> int:
    """Whether one target was tried again, and whether another was tried."""
    flags = 0
    for last, attempt in pairwise(tried):
        same = (last.endpoint, last.model) == (attempt.endpoint, attempt.model)
        flags |= RETRY if same else FALLBACK
    return flags


def _lost_and_changed(decisions: tuple[Decision, ...]) -> tuple[Names, Names, bool]:
    """The names that were dropped and changed, and whether tools were offered."""
    dropped: list[str] = []
    changed: list[str] = []
    offered = False
    for one in decisions:
        if one.decision == "kept":
            if one.name in _OFFERS_TOOLS:
                offered = True
        elif one.name in _ASIDE:
            continue
        elif one.decision in _CHANGED:
            changed.append(one.name)
            offered |= one.sent_as in _OFFERS_TOOLS
        elif one.wanted is not None:
            dropped.append(one.name)
    return tuple(dropped), tuple(changed), offered


def _answered(end: Settled, used: Usage) -> int:
    flags = REASONING if end.thought_field or used.reasoning_tokens else 0
    for part in end.message.parts if end.message is not None else ():
        if type(part) is ToolCall:
            flags |= TOOLS
        elif type(part) is Reasoning:
            flags |= REASONING
    return flags
