"""What a trace is found by: its records, read once when it is settled. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from filon.conversation.message import Image, Reasoning, ToolCall
from filon.conversation.usage import Usage
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
    """The facts of a turn that is over. It runs for every request: one pass, by exact type."""
    found = _Found()
    for record in records:
        if record.error is not None:
            found.flags |= ERROR
        reader = _READERS.get(type(record))
        if reader is not None:
            reader(record, found)
    dropped, changed, offered = _lost_and_changed(found.decisions)
    end = found.end
    used = (end.usage or end.estimated if end else None) or _NOTHING
    return Facts(
        findings=tuple(dict.fromkeys(found.findings)),
        dropped=dropped,
        changed=changed,
        tags=tuple(dict.fromkeys(found.tags)),
        model_answered=end.model if end else None,
        reasoning_tokens=used.reasoning_tokens,
        cached_tokens=used.cached_tokens,
        rate=end.rate if end else None,
        replay_of=found.replay_of,
        flags=found.flags | _answered(end, used) | (TOOLS if offered else 0),
    )


_NOTHING = Usage()


class _Found:
    """What was read so far."""

    __slots__ = ("decisions", "end", "findings", "flags", "last", "replay_of", "tags")

    def __init__(self) -> None:
        self.flags = 0
        self.tags: tuple[str, ...] = ()
        self.findings: tuple[str, ...] = ()
        self.decisions: tuple[Decision, ...] = ()
        self.replay_of: str | None = None
        self.last: Attempt | None = None
        self.end: Settled | None = None


def _received(record: Received, found: _Found) -> None:
    found.tags += record.tags
    found.replay_of = record.replay_of


def _admitted(record: Admitted, found: _Found) -> None:
    found.tags += record.tags


def _assembled(record: Assembled, found: _Found) -> None:
    for sourced in record.messages:
        for part in sourced.message.parts:
            if type(part) is Image:
                found.flags |= IMAGES
                return


def _translated(record: Translated, found: _Found) -> None:
    found.decisions = record.decisions


def _attempt(record: Attempt, found: _Found) -> None:
    """Whether one target was tried again, another was tried, and whether a try failed."""
    last, found.last = found.last, record
    if record.findings:
        found.findings += tuple(finding.code for finding in record.findings)
    if record.status is not None and record.status >= 400:
        found.flags |= ERROR
    if last is not None:
        same = (last.endpoint, last.model) == (record.endpoint, record.model)
        found.flags |= RETRY if same else FALLBACK


def _settled(record: Settled, found: _Found) -> None:
    found.end = record
    if record.findings:
        found.findings += tuple(finding.code for finding in record.findings)


_READERS: Mapping[type, Callable[[Any, _Found], None]] = {
    Received: _received,
    Admitted: _admitted,
    Assembled: _assembled,
    Translated: _translated,
    Attempt: _attempt,
    Settled: _settled,
}


def _lost_and_changed(decisions: tuple[Decision, ...]) -> tuple[Names, Names, bool]:
    """The names that were dropped and changed, and whether tools were offered."""
    if not decisions:
        return (), (), False
    dropped: list[str] = []
    changed: list[str] = []
    offered = False
    for one in decisions:
        if one.decision == "kept":
            offered = offered or one.name in _OFFERS_TOOLS
        elif one.name in _ASIDE:
            continue
        elif one.decision in _CHANGED:
            changed.append(one.name)
            offered = offered or one.sent_as in _OFFERS_TOOLS
        elif one.wanted is not None:
            dropped.append(one.name)
    return tuple(dropped), tuple(changed), offered


def _answered(end: Settled | None, used: Usage) -> int:
    if end is None:
        return 0
    flags = REASONING if end.thought_field or used.reasoning_tokens else 0
    for part in end.message.parts if end.message is not None else ():
        if type(part) is ToolCall:
            flags |= TOOLS
        elif type(part) is Reasoning:
            flags |= REASONING
    return flags
