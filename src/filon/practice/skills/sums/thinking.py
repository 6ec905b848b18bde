"""A task of reckoning thought through: each step, long products taken apart, and a check. Pure."""

from fractions import Fraction

from filon.practice.skills.sums.expressions import Step, Token, is_exact, show, written
from filon.practice.skills.sums.task import Task

_MOST_STEPS = 12
_LONGEST_FACTOR = 6


def worked(task: Task) -> list[str]:
    """The lines of the thought, the conclusion last."""
    english = task.language == "en"
    lines = [f"In signs: {task.shown}" if english else f"En signos: {task.shown}"]
    if {step.sign for step in task.steps} & {"*", "/"} and len(task.steps) > 1:
        first = "Brackets first, then products and quotients, then sums."
        spanish = "Primero los paréntesis, luego productos y cocientes, luego sumas."
        lines.append(first if english else spanish)
    for step in task.steps[:_MOST_STEPS]:
        lines += _step(step, task)
    if task.kind == "undefined":
        none = "No number gives that back when the step is undone."
        lines.append(none if english else "Ningún número lo devuelve al deshacer el paso.")
    elif len(task.sides) == 2:
        lines.append(_difference(task.sides[0], task.sides[1], task))
    elif task.steps:
        lines += _check(task.steps[-1], task)
    lines.append(f"So: {task.right}" if english else f"Entonces: {task.right}")
    return lines


def _step(step: Step, task: Task) -> list[str]:
    if step.sign == "sqrt":
        root = show(step.result, comma=task.comma)
        if step.result * step.result != step.right:
            return [f"√{show(step.right, comma=task.comma)} ≈ {root}"]
        return [_line("*", step.result, step.result, step.right, task)]
    parts = _parts(step)
    if len(parts) < 2:
        return [_line(step.sign, step.left, step.right, step.result, task)]
    sums = [step.left * part for part in parts]
    lines = [
        _line("*", step.left, part, each, task) for part, each in zip(parts, sums, strict=True)
    ]
    added = " + ".join(show(each, comma=task.comma) for each in sums)
    return [*lines, f"{added} = {show(step.result, comma=task.comma)}"]


def _parts(step: Step) -> list[Fraction]:
    """The second factor of a long product by its digits: 456 as 400, 50 and 6."""
    factor = step.right
    whole = step.left.denominator == factor.denominator == 1
    if step.sign != "*" or not whole or factor < 10 or abs(step.left) < 10:
        return []
    digits = str(factor.numerator)
    if len(digits) > _LONGEST_FACTOR:
        return []
    return [
        Fraction(int(digit) * 10 ** (len(digits) - place))
        for place, digit in enumerate(digits, 1)
        if digit != "0"
    ]


def _check(step: Step, task: Task) -> list[str]:
    """The last step undone, where that is exact."""
    left, right, result = step.left, step.right, step.result
    if not is_exact(result):
        return []
    match step.sign:
        case "+":
            undone = ("-", result, right, left)
        case "-":
            undone = ("+", result, right, left)
        case "*" if right != 0:
            undone = ("/", result, right, left)
        case "/":
            undone = ("*", result, right, left)
        case _:
            return []
    opening = "Check" if task.language == "en" else "Comprobación"
    return [f"{opening}: {_line(*undone, task)}"]


def _difference(one: Fraction, two: Fraction, task: Task) -> str:
    """Both sides written to as many places, and what lies between them."""
    places = max(len(show(value).partition(".")[2]) for value in (one, two, one - two))
    shown = [_padded(value, places, comma=task.comma) for value in (one, two, one - two)]
    return f"{shown[0]} - {shown[1]} = {shown[2]}"


def _padded(value: Fraction, places: int, *, comma: bool) -> str:
    text = show(value, comma=comma)
    point = "," if comma else "."
    whole, _, rest = text.partition(point)
    return f"{whole}{point}{rest.ljust(places, '0')}" if places else text


def _line(sign: str, left: Fraction, right: Fraction, result: Fraction, task: Task) -> str:
    tokens = (Token("n", left), Token(sign), Token("n", right))
    equals = "=" if is_exact(result) else "≈"
    said = written(tokens, task.language, comma=task.comma)
    return f"{said} {equals} {show(result, comma=task.comma)}"
