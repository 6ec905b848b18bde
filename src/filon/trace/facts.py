"""What a trace is found by: its records, read once when it is settled. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from filon.conversation.finding import Finding
from filon.conversation.message import Reasoning, ToolCall, have_images
from filon.conversation.usage import Usage
from filon.trace.records import (
    Admitted,
    AnyRecord,
    Assembled,
    Attempt,
    Decision,
    Recalled,
    Received,
    Routed,
    Settled,
    StageFailed,
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

    @property
    def stand_out(self) -> bool:
        """Whether there is anything that a trace is marked with."""
        return bool(self.findings or self.dropped or self.changed or self.tags)


def facts(records: Sequence[AnyRecord]) -> Facts:
    """The facts of a turn, which is over or has come so far."""
    tags: Names = ()
    findings: tuple[Finding, ...] = ()
    decisions: tuple[Decision, ...] = ()
    replay_of: str | None = None
    last: Attempt | None = None
    end: Settled | None = None
    flags = 0
    for record in records:
        if record.error is not None:
            flags |= ERROR
        # By exact type: it runs for every request, and `match` takes five times as long.
        if type(record) in _SILENT:
            continue
        if type(record) is Attempt:
            flags |= _tried(record, last)
            findings += record.findings
            last = record
        elif type(record) is Settled:
            findings += record.findings
            end = record
        elif type(record) is Translated:
            decisions = record.decisions
        elif type(record) is Assembled:
            flags |= _shown(record)
        elif type(record) is Received:
            tags += record.tags
            replay_of = record.replay_of
        elif type(record) is Admitted:
            tags += record.tags
    dropped, changed, offered = _lost_and_changed(decisions)
    used = (end.usage or end.estimated if end else None) or _NOTHING
    flags |= _answered(end, used)
    return Facts(
        findings=_codes(findings) if findings else (),
        dropped=dropped,
        changed=changed,
        tags=tuple(dict.fromkeys(tags)) if tags else (),
        model_answered=end.model if end else None,
        reasoning_tokens=used.reasoning_tokens,
        cached_tokens=used.cached_tokens,
        rate=end.rate if end else None,
        replay_of=replay_of,
        flags=flags | TOOLS if offered else flags,
    )


_NOTHING = Usage()
# Records that nothing is found by.
_SILENT = frozenset({Routed, Recalled, StageFailed})


def _codes(findings: tuple[Finding, ...]) -> Names:
    return tuple(dict.fromkeys([finding.code for finding in findings]))


def _shown(record: Assembled) -> int:
    told = [one.message for one in record.messages]
    return IMAGES if record.images or have_images(told) else 0


def _tried(record: Attempt, last: Attempt | None) -> int:
    """Whether one target was tried again, another was tried, and whether a try failed."""
    flags = ERROR if record.status is not None and record.status >= 400 else 0
    if last is not None:
        same = (last.endpoint, last.model) == (record.endpoint, record.model)
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
