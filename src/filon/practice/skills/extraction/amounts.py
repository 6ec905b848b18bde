"""Which number of a message belongs to which field: by unit, by nearness to the name. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from filon.practice.skills.extraction.lexicon import MEASURES, is_common
from filon.practice.skills.extraction.mentions import Mentions
from filon.practice.skills.extraction.numbers import Number
from filon.practice.skills.extraction.roles import Field
from filon.practice.skills.matching import fold, stem

_WORD = re.compile(r"[^\W\d_]+")
_REACH = 45
_SECONDS = {
    "second": 1,
    "segundo": 1,
    "min": 60,
    "minut": 60,
    "h": 3_600,
    "hour": 3_600,
    "hor": 3_600,
}
_DURATION = {"second": 1, "segund": 1, "minut": 60, "min": 60, "hour": 3_600, "hor": 3_600}
_MONEY = frozenset({"$", "us$", "€", "£", "¥", "₹"})


class Amount(Struct, frozen=True, kw_only=True):
    """A field for a number: whether it must be whole, and between which bounds."""

    field: Field
    whole: bool
    low: float | None = None
    high: float | None = None


class Match(Struct, frozen=True):
    """A number for a field: what it would hold, where the text says it, how much speaks for it."""

    name: str
    value: float
    start: int
    score: float


def matches(amounts: Mapping[str, Amount], found: Mentions) -> list[Match]:
    """All pairs of a field and a number that it could hold, the best first."""
    pairs: list[Match] = []
    for name, amount in amounts.items():
        others = {
            unit for key, other in amounts.items() if key != name for unit in units(other.field)
        }
        for number in found.numbers:
            value = _converted(number, amount.field)
            if fits(value, amount):
                score = _score(amount.field, number, found, others)
                pairs.append(Match(name, value, number.start, score))
    return sorted(pairs, key=_rank)


def units(field: Field) -> frozenset[str]:
    """The units in which such a field is told."""
    return frozenset(unit for word in field.key for unit in MEASURES.get(stem(word), ()))


def fits(value: float, amount: Amount) -> bool:
    """Whether a field may hold this number."""
    return (
        (not amount.whole or value == int(value))
        and (amount.low is None or value >= amount.low)
        and (amount.high is None or value <= amount.high)
        and abs(value) < 1e15
    )


def as_json(value: float, amount: Amount) -> Any:
    """The number as it is written."""
    return int(value) if amount.whole or value == int(value) else value


def _score(field: Field, number: Number, found: Mentions, others: Iterable[str]) -> float:
    own = units(field)
    score = 0.0
    if number.unit in own or (number.unit and stem(number.unit) in field.hints):
        score += 3.0
    elif number.unit and number.unit in others:
        score -= 1.5
    score += _nearness(field, number, found.text)
    is_year = (
        1_900 <= number.value <= 2_100 and number.value == int(number.value) and not number.unit
    )
    if is_year:
        score += 2.0 if {"year", "ano"} & set(field.key) else -0.5
    if number.unit in _MONEY and own and not own & _MONEY:
        score -= 1.0
    return score


def _nearness(field: Field, number: Number, text: str) -> float:
    """How near to the number the text has a word of the field's name or description."""
    best = 0.0
    before = list(_WORD.finditer(text, max(0, number.start - _REACH), number.start))
    after = list(_WORD.finditer(text, number.end, number.end + _REACH))
    for distance, match in [*enumerate(reversed(before)), *enumerate(after)]:
        word = fold(match[0])
        root = stem(word)
        if is_common(word) and root not in field.hints:
            continue
        if root in field.hints:
            best = max(best, 2.5 - 0.3 * distance)
        elif root in field.more:
            best = max(best, 1.2 - 0.25 * distance)
    return best


def _converted(number: Number, field: Field) -> float:
    """The number in the unit that the field's name asks for: "1 hour" is 60 minutes."""
    wanted = [_DURATION[root] for word in field.key if (root := stem(word)) in _DURATION]
    told = _SECONDS.get(stem(number.unit)) if number.unit else None
    if not wanted or told is None or told == wanted[0]:
        return number.value
    return number.value * told / wanted[0]


def _rank(match: Match) -> tuple[float, int]:
    return -match.score, match.start
