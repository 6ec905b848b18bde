"""A task of reckoning: the right answer, likely wrong ones, and how hard it is. Pure.

Difficulty is -6 + 3.1 ln(work), where work counts operations on single digits: the longer number's
digits for a sum or a difference, the product of both lengths for a product or a quotient, summed
over all steps. So sums of one digit are at -6, products of two digits at -1.7, of three at +0.8,
of five at +4.0. Zeros at either end of a number do not count.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import log
from typing import Literal

from msgspec import Struct

from filon.practice.skills.asked import Language
from filon.practice.skills.sums.expressions import (
    Step,
    Token,
    UndefinedSum,
    is_exact,
    leftwards,
    reckon,
    show,
    written,
)
from filon.practice.skills.sums.slips import slips

_EASIEST = -6.0
_PER_WORK = 3.1
_READING = 1.5
_UNDEFINED = -4.0


class Task(Struct, frozen=True, kw_only=True):
    """What is to be reckoned: in signs (`shown`), its steps, the right answer and wrong ones.

    `result` is the value as written, alone; "" where there is none. `sides` are what a comparison
    compares.
    """

    kind: Literal["sum", "comparison", "problem", "undefined"]
    shown: str
    steps: tuple[Step, ...] = ()
    result: str = ""
    right: str
    wrong: tuple[str, ...]
    difficulty: float
    language: Language
    comma: bool = False
    sides: tuple[Fraction, ...] = ()


class Manner(Struct, frozen=True, kw_only=True):
    """How an answer is said: its language, its decimal sign, and whether it is the value alone."""

    language: Language
    comma: bool = False
    bare: bool = False


def difficulty(steps: Sequence[Step]) -> float:
    """How hard the steps are, on the scale of a model's ability."""
    return _EASIEST + _PER_WORK * log(max(1, sum(_work(step) for step in steps)))


def sum_task(tokens: Sequence[Token], manner: Manner) -> Task:
    """The task of reckoning an expression. Raises UnreadableSum."""
    shown = written(tokens, manner.language, comma=manner.comma)
    try:
        reckoned = reckon(tokens)
    except UndefinedSum:
        return _undefined(shown, manner)
    result = show(reckoned.value, comma=manner.comma)
    about = reckoned.about or not is_exact(reckoned.value)
    others = slips(reckoned, leftwards(tokens), comma=manner.comma)
    return Task(
        kind="sum",
        shown=shown,
        steps=reckoned.steps,
        result=result,
        right=_sentence(shown, result, manner, about=about),
        wrong=tuple(_sentence(shown, other, manner, about=about) for other in others),
        difficulty=difficulty(reckoned.steps),
        language=manner.language,
        comma=manner.comma,
    )


def problem_task(tokens: Sequence[Token], noun: str, manner: Manner) -> Task:
    """The task of a word problem that was read as an expression. Raises UnreadableSum."""
    shown = written(tokens, manner.language, comma=manner.comma)
    reckoned = reckon(tokens)
    result = show(reckoned.value, comma=manner.comma)
    others = slips(reckoned, None, comma=manner.comma)
    return Task(
        kind="problem",
        shown=shown,
        steps=reckoned.steps,
        result=result,
        right=_concluded(shown, result, noun, manner),
        wrong=tuple(_concluded(shown, other, noun, manner) for other in others),
        difficulty=difficulty(reckoned.steps) + _READING,
        language=manner.language,
        comma=manner.comma,
    )


def _sentence(shown: str, result: str, manner: Manner, *, about: bool) -> str:
    if manner.bare:
        return result
    if manner.language == "en":
        return f"{shown} is {'about ' if about else ''}{result}."
    return f"{shown} es {'aproximadamente ' if about else ''}{result}."


def _concluded(shown: str, result: str, noun: str, manner: Manner) -> str:
    if manner.bare:
        return result
    counted = f"{result} {noun}".strip()
    if manner.language == "en":
        return f"{shown} is {result}, so the answer is {counted}."
    return f"{shown} es {result}, así que la respuesta es {counted}."


def _undefined(shown: str, manner: Manner) -> Task:
    english = manner.language == "en"
    return Task(
        kind="undefined",
        shown=shown,
        right=f"{shown} is not defined." if english else f"{shown} no está definido.",
        wrong=tuple(_sentence(shown, other, manner, about=False) for other in ("0", "1")),
        difficulty=_UNDEFINED,
        language=manner.language,
        comma=manner.comma,
    )


def _work(step: Step) -> int:
    left, right, result = (_length(value) for value in (step.left, step.right, step.result))
    match step.sign:
        case "+" | "-":
            return max(left, right)
        case "*" | "of":
            return left * right
        case "/":
            return left * right if is_exact(step.result) else left * right + 4
        case "^":
            # Each factor more is a product, but high powers are about as hard as the eighth.
            return max(1, min(8, abs(step.right.numerator)) - 1) * left * left
        case _:
            return result * right


def _length(value: Fraction) -> int:
    return max(1, len(show(abs(value)).replace(".", "").strip("0")))
