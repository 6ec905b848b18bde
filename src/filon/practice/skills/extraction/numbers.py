"""The numbers of a text, in digits or in words, and the sums that are written in it. Pure."""

import re
from functools import lru_cache
from math import isfinite

from msgspec import Struct

from filon.practice.skills.asked import Language
from filon.practice.skills.matching import fold
from filon.practice.skills.sums.numerals import in_digits


class Number(Struct, frozen=True, kw_only=True):
    """A number and where it stands. `unit` is the folded word or sign that goes with it."""

    value: float
    start: int
    end: int
    unit: str = ""


_MULTIPLES = {
    "k": 1e3,
    "thousand": 1e3,
    "mil": 1e3,
    "million": 1e6,
    "millions": 1e6,
    "millon": 1e6,
    "millones": 1e6,
    "billion": 1e9,
}
_DIGITS = re.compile(
    r"(?<![\w.,])(?P<before>(?:US)?[$€£¥₹])?\s?(?P<minus>[-−](?=\d))?"
    r"(?P<digits>\d{1,18}(?:[.,]\d{1,18}){0,5})(?!\w*@)"
)
_UNIT = re.compile(r"\s?(%|[$€£¥₹]|°[CF]?|[^\W\d_]{1,20})")
_WORD = re.compile(r"[^\W\d_]{2,20}")
_SECOND_WORD = re.compile(r"(?:-| y | )[^\W\d_]{2,20}")
_GROUPED = re.compile(r"\d{1,3}([.,])\d{3}(?:\1\d{3})*")
_OF = frozenset({"de", "of", "y", "and", "por"})

_SIGNS = (
    (r"\bsquare root of (\d[\d.]*)", r"sqrt(\1)"),
    (r"\braiz cuadrada de (\d[\d.]*)", r"sqrt(\1)"),
    (r"(\d[\d.]*) ?(?:%|percent|por ciento) (?:of|de|del) (\d[\d.]*)", r"\1 / 100 * \2"),
    (r"(?<=\d) ?(?:plus|added to|mas)\b", " +"),
    (r"(?<=\d) ?(?:minus|menos)\b", " -"),
    (r"(?<=\d) ?(?:times|multiplied by|multiplicado por|por|x|×)(?= ?\d)", " *"),
    (r"(?<=\d) ?(?:divided by|dividido (?:por|entre)|over|entre|÷)(?= ?\d)", " /"),
    (r"(?<=\d) ?(?:to the power of|elevado a(?: la)?|raised to|\^)(?= ?\d)", " **"),
    (r"(?<=\d) ?squared\b|(?<=\d) al cuadrado\b", " ** 2"),
)
_TO_SIGNS = tuple((re.compile(pattern), to) for pattern, to in _SIGNS)
_SUM = re.compile(
    r"(?:sqrt|sin|cos|log|abs|[-(]){0,4}\d(?:[\d.,()+\-*/%^! ]|sqrt\(|sin\(|cos\(|log\(){0,200}"
)
_OPERATION = re.compile(r"[\d)] ?(?:\*\*|[-+*/%^]) ?[-(\d]|sqrt|[-+*/] ?(?:sqrt|sin|cos|log)\(")
# 2026-03-01, 555-1234, 3/4/2026: not sums, though signs stand in them.
_NO_SUM = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}/\d{2,4}|\d{3}-\d{3,4}")


def numbers(text: str, language: Language) -> list[Number]:
    """The numbers of a text in their order."""
    found: list[Number] = []
    for match in _DIGITS.finditer(text):
        value = to_number(match["digits"], language)
        if value is None:
            continue
        value = -value if match["minus"] else value
        found.append(_with_unit(text, value, match.start("digits"), match.end(), match["before"]))
    end = 0
    for match in _WORD.finditer(text):
        value = _spelt(match[0], language)
        if value is None or match.start() < end:
            continue
        end = match.end()
        second = _SECOND_WORD.match(text, end)
        both = _spelt(text[match.start() : second.end()], language) if second else None
        if second and both is not None:
            value, end = both, second.end()
        found.append(_with_unit(text, value, match.start(), end, None))
    return sorted(found, key=_start)


def to_number(digits: str, language: Language) -> float | None:
    """The value of digits with points and commas, as the language has them."""
    grouped = _GROUPED.fullmatch(digits)
    decimal = "." if language == "en" else ","
    if grouped and grouped[1] != decimal:
        digits = digits.replace(grouped[1], "")
    elif "," in digits and "." in digits:
        last = max(digits.rfind(","), digits.rfind("."))
        other = "," if digits[last] == "." else "."
        digits = digits.replace(other, "").replace(",", ".")
    else:
        digits = digits.replace(",", ".")
    try:
        value = float(digits)
    except ValueError:
        return None
    return value if isfinite(value) else None


def sums(text: str, language: Language) -> list[str]:
    """The sums that a text writes or spells, as a calculator would take them."""
    plain = in_digits(text, language)
    for pattern, sign in _TO_SIGNS:
        plain = pattern.sub(sign, plain)
    found: list[str] = []
    for match in _SUM.finditer(plain.replace("×", "*").replace("÷", "/").replace("−", "-")):
        said = _balanced(match[0].strip(" .,!"))
        if _OPERATION.search(said) and not _NO_SUM.search(said):
            found.append(re.sub(r"(?<=\d),(?=\d{3}\b)", "", said))
    return found


def _balanced(said: str) -> str:
    while said.count(")") > said.count("(") and said.endswith(")"):
        said = said[:-1].rstrip()
    return said


def _with_unit(text: str, value: float, start: int, end: int, before: str | None) -> Number:
    after = _UNIT.match(text, end)
    unit = fold(after[1]) if after else ""
    if after and unit in _MULTIPLES:
        value *= _MULTIPLES[unit]
        end = after.end()
        after = _UNIT.match(text, end)
        unit = fold(after[1]) if after else ""
        if after and unit in _OF:
            after = _UNIT.match(text, after.end())
            unit = fold(after[1]) if after else ""
    return Number(value=value, start=start, end=end, unit=fold(before or "") or unit)


@lru_cache(maxsize=4_096)
def _spelt(said: str, language: Language) -> float | None:
    digits = in_digits(said, language)
    return float(digits) if digits.isdecimal() else None


def _start(number: Number) -> int:
    return number.start
