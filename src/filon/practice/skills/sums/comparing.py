"""Tasks about which of two is the larger, and whether a relation holds. Pure.

Comparing is as hard as a sum of as many digits; decimals of unequal length add 4.
"""

import re
from collections.abc import Sequence
from fractions import Fraction

from filon.practice.skills.sums.expressions import (
    Run,
    Step,
    Token,
    UndefinedSum,
    UnreadableSum,
    reckon,
    scan,
    show,
    trimmed,
    written,
)
from filon.practice.skills.sums.task import Manner, Task, difficulty

_UNEQUAL_PLACES = 4.0

_WHICH = re.compile(
    r"\b(?:which|what|cual|que)\b[^?\n\d]{0,60}?\b(?:(larger|bigger|greater|higher|largest|biggest|"
    r"greatest|highest|more|mayor|mas grande)|(?:smaller|lower|less|smallest|lowest|least|menor|"
    r"mas pequeno))\b(?: than)?"
)
_BETWEEN = re.compile(
    r"(?:[\s:,;.¿?(]|\b(?:is|are|it|number|numbers|of|these|the|two|value|es|de|los|las|numero|entre|"
    r"between|estos)\b){0,30}"
)
_OR = re.compile(r"\s{0,3}[,;]?\s{0,3}(?:\b(?:or|o|u|and|y|vs\.?)\b)?\s{0,3}(?:the |el )?")
_END = re.compile(r"\s{0,4}(?:\Z|[?!.,;:)\n])")
_RELATIONS_EN = {
    ">": "is greater than",
    "<": "is less than",
    ">=": "is at least",
    "<=": "is at most",
    "=": "is",
}
_RELATIONS_ES = {
    ">": "es mayor que",
    "<": "es menor que",
    ">=": "es mayor o igual que",
    "<=": "es menor o igual que",
    "=": "es",
}


def claim_task(tokens: Sequence[Token], place: int, manner: Manner) -> Task | None:
    """Whether the relation at that place holds between both sides. Raises UnreadableSum."""
    sides = tokens[:place], tokens[place + 1 :]
    try:
        left, right = reckon(sides[0]), reckon(sides[1])
    except UndefinedSum:
        return None
    sign = tokens[place].sign
    one, two = (written(side, manner.language, comma=manner.comma) for side in sides)
    english = manner.language == "en"
    relation = (_RELATIONS_EN if english else _RELATIONS_ES)[sign]
    denied = relation.replace("is", "is not", 1) if english else f"no {relation}"
    yes, no = ("Yes" if english else "Sí"), "No"
    if not manner.bare:
        yes, no = f"{yes}, {one} {relation} {two}.", f"No, {one} {denied} {two}."
    holds = _holds(sign, left.value, right.value)
    steps = left.steps + right.steps
    return Task(
        kind="comparison",
        shown=f"{one} {sign} {two}",
        steps=steps,
        right=yes if holds else no,
        wrong=(no if holds else yes,),
        difficulty=_hardness(left.value, right.value, steps),
        sides=(left.value, right.value),
        language=manner.language,
        comma=manner.comma,
    )


def which_task(text: str, manner: Manner) -> Task | None:
    """Which of two is the larger, or the smaller,, where the text asks so."""
    asked = _WHICH.search(text)
    if asked is None:
        return None
    rest = text[asked.end() :]
    runs = scan(rest, manner.language)
    if len(runs) != 2 or not _is_choice(rest, runs[0], runs[1]):
        return None
    sides = [trimmed(run, rest) for run in runs]
    try:
        one, two = reckon(sides[0]), reckon(sides[1])
    except (UndefinedSum, UnreadableSum):
        return None
    shown = [written(side, manner.language, comma=manner.comma) for side in sides]
    larger = asked[1] is not None
    equal = one.value == two.value
    # What is asked for comes first.
    if not equal and (one.value < two.value) == larger:
        shown.reverse()
    right, wrong = _said(shown, manner, larger=larger, equal=equal)
    steps = one.steps + two.steps
    return Task(
        kind="comparison",
        shown=f"{shown[0]} {'=' if equal else '>' if larger else '<'} {shown[1]}",
        steps=steps,
        result="" if equal else shown[0],
        right=right,
        wrong=wrong,
        difficulty=_hardness(one.value, two.value, steps),
        sides=(one.value, two.value),
        language=manner.language,
        comma=manner.comma,
    )


def _is_choice(text: str, first: Run, second: Run) -> bool:
    return bool(
        _BETWEEN.fullmatch(text[: first.start])
        and _OR.fullmatch(text[first.end : second.start])
        and _END.match(text[second.end :])
    )


def _said(
    shown: Sequence[str], manner: Manner, *, larger: bool, equal: bool
) -> tuple[str, tuple[str, ...]]:
    """The right answer and the wrong ones."""
    one, two = shown
    if manner.language == "en":
        relation = "is larger than" if larger else "is smaller than"
        same = f"Neither: {one} and {two} are equal."
    else:
        relation = "es mayor que" if larger else "es menor que"
        same = f"Ninguno: {one} y {two} son iguales."
    choices = (
        (one, two) if manner.bare else (f"{one} {relation} {two}.", f"{two} {relation} {one}.")
    )
    return (same, choices) if equal else (choices[0], choices[1:])


def _holds(sign: str, left: Fraction, right: Fraction) -> bool:
    match sign:
        case ">":
            return left > right
        case "<":
            return left < right
        case ">=":
            return left >= right
        case "<=":
            return left <= right
        case _:
            return left == right


def _hardness(left: Fraction, right: Fraction, steps: Sequence[Step]) -> float:
    looked_at = Step("-", left, right, left - right)
    places = {len(show(value).partition(".")[2]) for value in (left, right)}
    return difficulty((*steps, looked_at)) + (_UNEQUAL_PLACES if len(places) > 1 else 0.0)
