"""A filter as conditions of SQL. Pure: the names that its patterns fit were fetched before.

Columns stand without their table, since what they are read from is an index (see
`trace_finding.py`). A condition on what is unknown is false, and its negation true.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnClause, ColumnElement, Float, and_, column, false, func, or_, true
from sqlalchemy.sql.expression import literal_column

from filon.store.encoding import clean
from filon.store.trace_filter import BadFilter, Counted, Filter, Marked, Named, Term, Word
from filon.store.trace_match import pattern_fits
from filon.store.trace_rows import between_ends
from filon.store.trace_tables import TOKENS
from filon.store.trace_values import CALLERS, OUTCOMES, Pattern, Span
from filon.trace.facts import FLAGS

Where = ColumnElement[bool]


def col(name: str) -> ColumnClause[Any]:
    """A column of traces, without its table."""
    return column(name)


# The columns of fields with one name, and of those with a list of names.
ONE_NAME: Mapping[str, str] = {"model": "model", "endpoint": "endpoint", "key": "key_id"}
LISTS: Mapping[str, str] = {
    "finding": "findings",
    "dropped": "dropped",
    "changed": "changed",
    "tag": "tags",
}
NUMBERS: Mapping[str, ColumnElement[Any]] = {
    "status": col("status"),
    "cost": col("cost_usd"),
    "tokens": literal_column(f"({TOKENS})", Float()),
    "input": col("input_tokens"),
    "output": col("output_tokens"),
    "reasoning": col("reasoning_tokens"),
    "latency": col("total"),
    "ttft": col("ttft"),
    "rate": col("rate"),
    "attempts": col("attempts"),
    "started": col("started_at"),
}
# More conditions on one column than a statement can have.
_MOST_NAMES = 200
# The greatest letter: what lies between a text and the text with it begins with the text.
_LAST = "\U0010ffff"


class Known(Struct, frozen=True, kw_only=True):
    """What was fetched for a filter: how many traces have each name, by kind; name and prefix of
    each key, by its id; the numbers of the traces whose ids begin with a word, None where these
    are too many to be meant."""

    names: Mapping[str, Mapping[str, int]] = {}
    keys: Mapping[str, Sequence[str]] = {}
    ids: Mapping[str, Sequence[int] | None] = {}

    def fitting(self, field: str, patterns: Iterable[Pattern]) -> list[str]:
        """The names of this kind that one of the patterns fits."""
        several = tuple(patterns)
        return [
            name
            for name in self.names.get(field, ())
            if any(
                pattern_fits(field, pattern, said)
                for pattern in several
                for said in (name, *(self.keys.get(name, ()) if field == "key" else ()))
            )
        ]

    def holding(self, kind: str, word: str) -> list[str]:
        """The names of this kind that have the word in them."""
        return [name for name in self.names.get(kind, ()) if word in name.lower()]


def kinds_for(chosen: Filter) -> set[str]:
    """The kinds of names that must be fetched for a filter."""
    kinds: set[str] = set()
    for term in chosen.terms:
        if isinstance(term, Word):
            kinds |= {"model", "endpoint", "mark"}
        elif isinstance(term, Named) and (term.field in ONE_NAME or term.field in LISTS):
            kinds.add(term.field)
    return kinds


def ids_for(chosen: Filter) -> set[str]:
    """The beginnings of ids that must be looked up for a filter."""
    words = {term.text.lower() for term in chosen.terms if isinstance(term, Word)}
    exact = {
        pattern.text.lower()
        for term in chosen.terms
        if isinstance(term, Named) and term.field == "id"
        for pattern in term.patterns
        if not pattern.wild
    }
    return {clean(each) for each in words | exact if each}


def where(chosen: Filter, known: Known, *, at_hand: bool = False) -> list[Where]:
    """The conditions of a filter, each of which must hold. `at_hand` is for traces whose times are
    known, so that SQLite does not look for other times instead. Raises BadFilter."""
    found = ((term, condition(term, known, at_hand=at_hand)) for term in chosen.terms)
    return [one.is_not(true()) if term.negated else one for term, one in found]


def condition(term: Term, known: Known, *, at_hand: bool = False) -> Where:
    """What a term asks for, whether it is negated or not. Raises BadFilter."""
    match term:
        case Word():
            return _word(clean(term.text.lower()), known)
        case Named():
            return _named(term, known)
        case Counted():
            number = NUMBERS[term.field]
            if at_hand and term.field == "started":
                number = number + 0
            return or_(*(in_span(number, one) for one in term.spans))
        case Marked():
            return or_(*(_marked(term.field, name) for name in term.names))


def _word(word: str, known: Known) -> Where:
    callers = [name for name in CALLERS if word in name]
    found = [_in(kind, known.holding(kind, word)) for kind in ("model", "endpoint", "mark")]
    return or_(*found, _in("caller", callers), col("id").in_(known.ids.get(word) or ()))


def _in(name: str, values: Sequence[str]) -> Where:
    return col(name).in_(values) if values else false()


def _named(term: Named, known: Known) -> Where:
    field = term.field
    if field in ONE_NAME:
        return _in(ONE_NAME[field], known.fitting(field, term.patterns))
    if field in LISTS:
        names = known.fitting(field, term.patterns)
        if len(names) > _MOST_NAMES:
            raise BadFilter(
                "filter_many",
                f"{field}: fits more than {_MOST_NAMES} names.",
                (0, 0),
                fix="Write more of the name.",
            )
        return or_(false(), *(has_name(LISTS[field], name) for name in names))
    if field in ("caller", "outcome"):
        few = CALLERS if field == "caller" else OUTCOMES
        fit = [name for name in few if any(pattern.fits(name) for pattern in term.patterns)]
        return _in(field, fit)
    name = "public_id" if field == "id" else "conversation_id"
    return or_(*(_like(name, pattern, known) for pattern in term.patterns))


def _like(name: str, pattern: Pattern, known: Known) -> Where:
    said = clean(pattern.text)
    if pattern.wild:
        parts = [
            part.replace("/", "//").replace("%", "/%").replace("_", "/_")
            for part in said.split("*")
        ]
        return col(name).ilike("%".join(parts), escape="/")
    if name == "conversation_id":
        return col(name) == said
    ids = known.ids.get(said.lower())
    if ids is not None:
        return col("id").in_(ids)
    return begins(said.lower())


def begins(said: str) -> Where:
    """Ids that begin so."""
    return and_(col("public_id") >= said, col("public_id") < said + _LAST)


def has_name(name: str, value: str) -> Where:
    """Whether a column with a list of names has this one."""
    return func.instr(col(name), between_ends(value)) > 0


def in_span(of: ColumnElement[Any], one: Span) -> Where:
    """Whether a number lies in a span."""
    if one.unknown:
        return of.is_(None)
    ends: list[Where] = []
    if one.low is not None:
        ends.append(of > one.low if one.low_open else of >= one.low)
    if one.high is not None:
        ends.append(of < one.high if one.high_open else of <= one.high)
    return and_(*ends)


def _marked(field: str, name: str) -> Where:
    if field == "has":
        if name == "replay":
            return col("replay_of").is_not(None)
        return col("flags").op("&")(FLAGS[name]) > 0
    match name:
        case "free":
            return or_(col("cost_kind").in_(("free", "local")), col("cost_usd") == 0)
        case "estimated":
            return col("estimated") == 1
        case "unpriced":
            return and_(col("cost_kind") == "unknown", col("input_tokens").is_not(None))
        case _:
            return col("outcome") == name
