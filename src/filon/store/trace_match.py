"""Whether a trace in hand is what a filter asks for; the same question as `trace_where.py` asks the
database. Pure."""

from collections.abc import Mapping, Sequence

from filon.store.trace_filter import Counted, Filter, Marked, Named, Term, Word
from filon.store.trace_rows import TraceSummary
from filon.store.trace_values import Pattern
from filon.trace.facts import FLAGS, Facts

_NOTHING = Facts()


def matches(
    chosen: Filter,
    one: TraceSummary,
    *,
    outcome: str | None = None,
    keys: Mapping[str, Sequence[str]] | None = None,
) -> bool:
    """Whether all terms hold. `outcome` is "live" for one that runs; `keys` has the name and prefix
    of keys by their id."""
    said = outcome or one.outcome
    return all(_holds(term, one, said, keys or {}) is not term.negated for term in chosen.terms)


def _holds(term: Term, one: TraceSummary, outcome: str, keys: Mapping[str, Sequence[str]]) -> bool:
    match term:
        case Word():
            return _has_word(term.text.lower(), one)
        case Named():
            named = names_at(term.field, one, outcome, keys)
            return any(pattern_fits(term.field, p, name) for p in term.patterns for name in named)
        case Counted():
            value = number_of(term.field, one)
            return any(span.holds(value) for span in term.spans)
        case Marked():
            return any(_marked(term.field, name, one, outcome) for name in term.names)


def _has_word(word: str, one: TraceSummary) -> bool:
    places = (one.model, one.endpoint or "", one.mark or "", one.caller)
    return any(word in place.lower() for place in places) or one.id.lower().startswith(word)


def pattern_fits(field: str, pattern: Pattern, name: str) -> bool:
    """Whether a pattern fits a name of this field: of a model also what stands behind its
    endpoint, of ids also their beginning."""
    if field == "id" and not pattern.wild:
        return name.lower().startswith(pattern.text.lower())
    if pattern.fits(name):
        return True
    return field == "model" and "/" in name and pattern.fits(name.partition("/")[2])


def names_at(
    field: str, one: TraceSummary, outcome: str, keys: Mapping[str, Sequence[str]]
) -> Sequence[str]:
    """The names that a trace has in a field."""
    known = one.facts or _NOTHING
    found: Mapping[str, Sequence[str | None]] = {
        "model": (one.model,),
        "endpoint": (one.endpoint,),
        "caller": (one.caller,),
        "outcome": (outcome,),
        "finding": known.findings,
        "dropped": known.dropped,
        "changed": known.changed,
        "tag": known.tags,
        "key": (one.key_id, *keys.get(one.key_id or "", ())),
        "conversation": (one.conversation_id,),
        "id": (one.id,),
    }
    return [name for name in found[field] if name is not None]


def number_of(field: str, one: TraceSummary) -> float | None:
    """The number that a trace has in a field; None where it is unknown."""
    known = one.facts or _NOTHING
    found: Mapping[str, float | None] = {
        "status": one.status,
        "cost": one.cost_usd,
        "tokens": tokens_of(one),
        "input": one.input_tokens,
        "output": one.output_tokens,
        "reasoning": known.reasoning_tokens,
        "latency": one.total,
        "ttft": one.ttft,
        "rate": known.rate,
        "attempts": one.attempts,
        "started": one.started_at,
    }
    return found[field]


def tokens_of(one: TraceSummary) -> int | None:
    """All tokens, as far as they are known."""
    if one.input_tokens is None:
        return one.output_tokens
    return one.input_tokens + (one.output_tokens or 0)


def _marked(field: str, name: str, one: TraceSummary, outcome: str) -> bool:
    known = one.facts or _NOTHING
    if field == "has":
        return known.replay_of is not None if name == "replay" else bool(known.flags & FLAGS[name])
    match name:
        case "free":
            return one.cost_kind in ("free", "local") or one.cost_usd == 0
        case "estimated":
            return one.estimated
        case "unpriced":
            return one.unpriced
        case _:
            return outcome == name
