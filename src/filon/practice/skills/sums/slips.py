"""The wrong results that someone would come to who slips once. Pure."""

from collections.abc import Iterator
from fractions import Fraction

from filon.practice.skills.sums.expressions import Reckoned, Step, is_exact, show

_MOST = 4


def slips(reckoned: Reckoned, leftwards: Fraction | None, *, comma: bool) -> tuple[str, ...]:
    """One to four wrong results as written, likeliest first; `leftwards` ignores precedence."""
    right = show(reckoned.value, comma=comma)
    values = [leftwards, _without_carry(reckoned.steps[-1]) if reckoned.steps else None]
    found = [show(value, comma=comma) for value in values if value is not None and is_exact(value)]
    found += _misread(right)
    return tuple(other for other in dict.fromkeys(found) if other != right)[:_MOST]


def _without_carry(step: Step) -> Fraction | None:
    """The result of a last step whose first carry was forgotten, where it has one."""
    values = (step.left, step.right, step.result)
    if any(value.denominator != 1 or value < 0 for value in values):
        return None
    left, right = step.left.numerator % 10, step.right.numerator % 10
    match step.sign:
        case "+" if left + right >= 10:
            return step.result - 10
        case "-" if left < right:
            return step.result + 10
        case "*" if left * right >= 10 and step.result > 10 * (left * right // 10):
            return step.result - 10 * (left * right // 10)
        case _:
            return None


def _misread(right: str) -> Iterator[str]:
    """The result with a digit off by one, or two neighbours swapped."""
    places = [place for place, letter in enumerate(right) if letter.isdigit()]
    yield _turned(right, places[-1], 1)
    if len(places) > 1:
        yield _turned(right, places[-2], 1)
        for left, other in zip(reversed(places[:-1]), reversed(places[1:]), strict=True):
            if right[left] != right[other] and not (left == places[0] and right[other] == "0"):
                letters = list(right)
                letters[left], letters[other] = letters[other], letters[left]
                yield "".join(letters)
                break
    yield _turned(right, places[-1], -1)


def _turned(text: str, place: int, by: int) -> str:
    """The digit at the place one up or down; 9 goes to 8 and 0 to 1, so that no carry follows."""
    digit = int(text[place])
    new = digit + by if 0 <= digit + by <= 9 else digit - by
    turned = text[:place] + str(new) + text[place + 1 :]
    return turned.removeprefix("-") if set(turned) <= set("-0.,") else turned
