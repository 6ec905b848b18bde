"""The language in which traces are looked for: text in, a typed filter out. Pure.

    groq -model:*-8b status:>=400 cost:0.01..1 finding:rate_limited,timeout since:2h "two words"

Words are looked for in model, endpoint, caller, mark and id; all terms must hold.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from msgspec import Struct

from filon.conversation.errors import InvalidRequest
from filon.store.trace_values import (
    COUNTED,
    HAS,
    IS,
    NAMED,
    TIMES,
    BadValue,
    Pattern,
    Span,
    moment,
    pattern,
    span,
)

KEYS = (*NAMED, *COUNTED, *TIMES, "has", "is")
# A filter that is longer is no filter; each term costs the database time.
LONGEST = 4_000
MOST_TERMS = 64

_KEY = re.compile(r"([A-Za-z_]{2,}):(?!//)")
_SPACE = re.compile(r"\s+")
_QUOTE = '"'


class Word(Struct, frozen=True, kw_only=True):
    """A word, or several that were quoted, to be found somewhere in a trace's names."""

    text: str
    negated: bool = False


class Named(Struct, frozen=True, kw_only=True):
    """One of these patterns must fit the field's name, or one of its names."""

    field: str
    patterns: tuple[Pattern, ...]
    negated: bool = False


class Counted(Struct, frozen=True, kw_only=True):
    """The field's number must lie in one of these spans."""

    field: str
    spans: tuple[Span, ...]
    negated: bool = False


class Marked(Struct, frozen=True, kw_only=True):
    """`has:` or `is:` one of these."""

    field: str
    names: tuple[str, ...]
    negated: bool = False


Term = Word | Named | Counted | Marked


class Filter(Struct, frozen=True):
    """What traces are looked for by; all terms must hold."""

    terms: tuple[Term, ...] = ()


EVERYTHING = Filter()


class Piece(Struct, frozen=True, kw_only=True):
    """One term as it is written, from letter `at` on. `key` is empty for a word; `values` are the
    parts of a list, each with its place and whether it was quoted."""

    at: int
    length: int
    negated: bool
    key: str
    key_at: int
    values: "tuple[Written, ...]"


class Written(Struct, frozen=True, kw_only=True):
    """A value as it is written, without its quotes. `closed` says that they end."""

    text: str
    at: int
    length: int
    quoted: bool = False
    closed: bool = True


class BadFilter(InvalidRequest):
    """A term that cannot be understood. `names` has its place: `at` and `length`, in letters."""

    def __init__(
        self, code: str, message: str, piece: tuple[int, int], near: str = "", fix: str = ""
    ) -> None:
        at, length = piece
        names = {"at": str(at), "length": str(length)} | ({"near": near} if near else {})
        super().__init__(
            message,
            code=code,
            param="q",
            fix=fix or (f"Did you mean {near}?" if near else None),
            names=names,
        )


def parse(text: str, now: float) -> Filter:
    """The filter that a text asks for at this Unix time. Raises BadFilter."""
    if len(text) > LONGEST:
        raise BadFilter(
            "filter_long",
            f"A filter has up to {LONGEST:,} letters.",
            (LONGEST, len(text) - LONGEST),
        )
    terms = tuple(_term(piece, now) for piece in pieces(text))
    if len(terms) > MOST_TERMS:
        raise BadFilter("filter_long", f"A filter has up to {MOST_TERMS} terms.", (0, len(text)))
    return Filter(terms)


def pieces(text: str) -> Iterator[Piece]:
    """The terms of a text as they are written, right or not."""
    at = 0
    while at < len(text):
        space = _SPACE.match(text, at)
        if space:
            at = space.end()
            continue
        piece = _piece(text, at)
        at += piece.length
        yield piece


def _piece(text: str, at: int) -> Piece:
    begin = at
    negated = text[at] == "-" and at + 1 < len(text) and not text[at + 1].isspace()
    at += negated
    found = _KEY.match(text, at)
    key_at = at
    at = found.end() if found else at
    values, end = _values(text, at, split=found is not None)
    return Piece(
        at=begin,
        length=end - begin,
        negated=negated,
        key=found[1].lower() if found else "",
        key_at=key_at,
        values=values,
    )


def _values(text: str, at: int, *, split: bool) -> tuple[tuple[Written, ...], int]:
    """The values from here to the next space, and where they end. Only a key's value is a list."""
    values: list[Written] = []
    while True:
        one = _written(text, at, split=split)
        values.append(one)
        at = one.at + one.length
        if not (split and at < len(text) and text[at] == ","):
            return tuple(values), at
        at += 1


def _written(text: str, at: int, *, split: bool) -> Written:
    if at < len(text) and text[at] == _QUOTE:
        return _quoted(text, at)
    end = at
    while end < len(text) and not text[end].isspace() and not (split and text[end] == ","):
        end += 1
    return Written(text=text[at:end], at=at, length=end - at)


def _quoted(text: str, at: int) -> Written:
    """A value in quotes; a backslash stands before a quote or a backslash that is meant itself."""
    letters: list[str] = []
    end = at + 1
    while end < len(text) and text[end] != _QUOTE:
        if text[end] == "\\" and text[end + 1 : end + 2] in (_QUOTE, "\\"):
            end += 1
        letters.append(text[end])
        end += 1
    closed = end < len(text)
    end += closed
    return Written(text="".join(letters), at=at, length=end - at, quoted=True, closed=closed)


def _term(piece: Piece, now: float) -> Term:
    for value in piece.values:
        if not value.closed:
            raise BadFilter(
                "filter_quote",
                f"The quote that begins at letter {value.at + 1} does not end.",
                (value.at, value.length),
                fix='Put a " where it ends.',
            )
    if not piece.key:
        return Word(text=piece.values[0].text, negated=piece.negated)
    if piece.key not in KEYS:
        raise _unknown_key(piece)
    for value in piece.values:
        if not value.text and not value.quoted:
            raise BadFilter(
                "filter_empty", f"{piece.key}: needs a value.", (piece.at, piece.length)
            )
    return _keyed(piece, now)


def _keyed(piece: Piece, now: float) -> Term:
    key, negated = piece.key, piece.negated
    if key in NAMED:
        patterns = tuple(pattern(one.text, quoted=one.quoted) for one in piece.values)
        known = NAMED[key]
        if known:
            for one in piece.values:
                _check(one, piece, known)
        return Named(field=key, patterns=patterns, negated=negated)
    if key in COUNTED or key in TIMES:
        spans = tuple(_span(piece, one, now) for one in piece.values)
        field = "started" if key in TIMES else key
        return Counted(field=field, spans=spans, negated=negated)
    known = HAS if key == "has" else IS
    for one in piece.values:
        _check(one, piece, known)
    names = tuple(one.text.lower() for one in piece.values)
    return Marked(field=key, names=names, negated=negated)


def _span(piece: Piece, one: Written, now: float) -> Span:
    try:
        if piece.key in TIMES:
            at = moment(one.text, now)
            return Span(low=at) if piece.key == "since" else Span(high=at, high_open=True)
        return span(one.text, COUNTED[piece.key])
    except BadValue as error:
        code = "filter_time" if piece.key in TIMES else "filter_number"
        raise BadFilter(
            code, f"{piece.key}:{one.text}: {error}", (one.at, one.length), fix=error.fix
        ) from None


def _check(one: Written, piece: Piece, known: Sequence[str]) -> None:
    """Refuses a value that is none of a few."""
    text = one.text.lower()
    if text in known or (piece.key in NAMED and "*" in text):
        return
    near = get_close_matches(text, known, n=1, cutoff=0.5)
    raise BadFilter(
        "filter_value",
        f"{piece.key}: has no value {one.text!r}.",
        (one.at, one.length),
        near=f"{piece.key}:{near[0]}" if near else "",
        fix="" if near else f"There is {', '.join(known)}.",
    )


def _unknown_key(piece: Piece) -> BadFilter:
    near = get_close_matches(piece.key, KEYS, n=1, cutoff=0.6)
    written = f"{piece.key}:{piece.values[0].text}"
    return BadFilter(
        "filter_key",
        f"There is no key {piece.key}:.",
        (piece.key_at, len(piece.key) + 1),
        near=f"{near[0]}:" if near else "",
        fix="" if near else f'Put it in quotes to look for these letters: "{written}".',
    )


def quoted_term(key: str, value: str) -> str:
    """A term for exactly this value, as it would be written."""
    inner = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{key}:"{inner}"'
