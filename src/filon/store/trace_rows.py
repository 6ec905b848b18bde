"""A trace as it lies in its row, and what a list shows of it. Pure, and no SQL."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

from filon.store.encoding import clean, fits, from_json, to_json
from filon.trace.facts import Facts, Names
from filon.trace.records import AnyRecord, Timing

Outcome = Literal["complete", "stopped", "partial", "failed"]

# Between the items of a list in a column, and around it, so that an item is found with its ends.
_END = "\n"


class TraceSummary(Struct, frozen=True, kw_only=True):
    """A trace as lists show it. `started_at` is Unix seconds; `ttft` and `total` are seconds from
    there; `mark` is one short word for what stands out; `timing` is of the last attempt. `facts`
    are None where an older version stored it and they were not read from its records so far."""

    id: str
    started_at: float
    caller: str
    model: str
    endpoint: str | None = None
    status: int | None = None
    outcome: Outcome
    attempts: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    estimated: bool = False
    cost_kind: str = "unknown"
    cost_usd: float | None = None
    ttft: float | None = None
    total: float | None = None
    mark: str | None = None
    conversation_id: str | None = None
    message_id: str | None = None
    timing: Timing = Timing()
    key_id: str | None = None
    facts: Facts | None = None

    @property
    def unpriced(self) -> bool:
        """Whether it cost something that nobody knows: where nothing was counted, as in most
        failures, there is nothing to price either."""
        return self.cost_kind == "unknown" and self.input_tokens is not None

    @property
    def failure(self) -> str:
        """What a failed one was found to be, or the code of its problem; else empty."""
        if self.outcome != "failed":
            return ""
        if self.facts is not None and self.facts.findings:
            return self.facts.findings[0]
        return self.mark or "unknown"


class Trace(Struct, frozen=True, kw_only=True):
    """A whole trace. `size` is the bytes of its own records, without pieces it may share."""

    summary: TraceSummary
    records: tuple[AnyRecord, ...]
    size: int


_LISTS = ("findings", "dropped", "changed", "tags")
_PLAIN = ("model_answered", "reasoning_tokens", "cached_tokens", "rate", "replay_of", "flags")
_OWN = tuple(
    name
    for name in TraceSummary.__struct_fields__
    if name not in {"id", "timing", "facts", "estimated"}
)
# The columns that a list reads.
SHOWN = ("public_id", "timing", "estimated", *_OWN, *_LISTS, *_PLAIN)
# The columns of facts, in the order of `fact_values`, and all that a new trace has, in that of
# `values_of`.
FACTS = (
    "model_answered",
    "reasoning_tokens",
    "cached_tokens",
    "rate",
    "findings",
    "dropped",
    "changed",
    "tags",
    "replay_of",
    "flags",
)
_NO_FACTS = (None,) * len(FACTS)
COLUMNS = (
    "public_id",
    "owner_id",
    "started_at",
    "caller",
    "endpoint",
    "model",
    "status",
    "outcome",
    "attempts",
    "input_tokens",
    "output_tokens",
    "estimated",
    "cost_kind",
    "cost_usd",
    "ttft",
    "total",
    "mark",
    "conversation_id",
    "message_id",
    "key_id",
    "timing",
    "size",
    *FACTS,
    "pieces",
    "records",
)


def listed(names: Sequence[str]) -> str:
    """The names as a column holds them."""
    if not names:
        return ""
    return f"{_END}{_END.join([clean(name).replace(_END, ' ') for name in names])}{_END}"


def names_in(column: str | None) -> Names:
    """The names that a column holds."""
    return tuple(column.strip(_END).split(_END)) if column else ()


def between_ends(name: str) -> str:
    """One name with its ends, as it stands in a column."""
    return f"{_END}{name}{_END}"


def fact_columns(facts: Facts | None) -> Mapping[str, Any]:
    """The columns of facts, all null where they are unknown."""
    return dict(zip(FACTS, fact_values(facts), strict=True))


def fact_values(facts: Facts | None) -> tuple[Any, ...]:
    """The values of `FACTS`, all null where they are unknown."""
    if facts is None:
        return _NO_FACTS
    return (
        None if facts.model_answered is None else clean(facts.model_answered),
        fits(facts.reasoning_tokens),
        fits(facts.cached_tokens),
        facts.rate,
        listed(facts.findings),
        listed(facts.dropped),
        listed(facts.changed),
        listed(facts.tags),
        facts.replay_of,
        facts.flags,
    )


def values_of(owner_id: int, one: TraceSummary, blob: bytes, pieces: int) -> tuple[Any, ...]:
    """The values of `COLUMNS` for a new trace."""
    return (
        one.id,
        owner_id,
        one.started_at,
        one.caller,
        one.endpoint,
        clean(one.model),
        one.status,
        one.outcome,
        one.attempts,
        fits(one.input_tokens),
        fits(one.output_tokens),
        # As a number, which the driver hands over in a fifth of the time.
        int(one.estimated),
        one.cost_kind,
        one.cost_usd,
        one.ttft,
        one.total,
        None if one.mark is None else clean(one.mark),
        one.conversation_id,
        one.message_id,
        one.key_id,
        to_json(one.timing),
        len(blob),
        *fact_values(one.facts),
        pieces,
        blob,
    )


def summary_of(row: Mapping[Any, Any]) -> TraceSummary:
    """What a row says of its trace."""
    fields = {name: row[name] for name in _OWN}
    return TraceSummary(
        id=row["public_id"],
        timing=from_json(row["timing"], Timing),
        estimated=bool(row["estimated"]),
        facts=None if row["flags"] is None else _facts(row),
        **fields,
    )


def _facts(row: Mapping[Any, Any]) -> Facts:
    lists = {name: names_in(row[name]) for name in _LISTS}
    return Facts(**lists, **{name: row[name] for name in _PLAIN})
