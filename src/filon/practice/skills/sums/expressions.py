"""Finds sums in a text, in digits or in words, and reckons them exactly, step by step. Pure."""

import re
from collections.abc import Sequence
from decimal import Context
from fractions import Fraction
from math import isqrt

from msgspec import Struct

from filon.practice.skills.asked import Language

_MOST_TOKENS = 64
_DEEPEST = 20
_MOST_DIGITS = 60
_MOST_PLACES = 12
_HIGHEST_POWER = 200

_OPERATORS = {
    "+": r"\+|plus\b|mas\b",
    "/": r"÷|/|\\div|divided by\b|dividido (?:por|entre|para)\b|entre\b|over\b",
    "^": r"\*\*|\^|(?:raised )?to the power of\b|elevado a(?: la)?\b",
    "^2": r"²|squared\b|al cuadrado\b",
    "^3": r"³|cubed\b|al cubo\b",
    "*": r"[*×·⋅]|\\times|\\cdot|times\b|multiplied by\b|multiplicado por\b|por(?! ciento)\b|"
    r"x(?=\s?[\d(.])",
    "of": r"(?:%|percent\b|per cent\b|por ciento\b)\s?(?:of|del?)\b(?: (?:the|el|la))?",
    "%": r"%|percent\b|per cent\b|por ciento\b",
    "-": r"[-−–]|minus\b|menos\b",
    "(": r"\(",
    ")": r"\)",
    "sqrt": r"√|\\sqrt|sqrt\b|(?:the )?square root of\b|(?:la )?raiz cuadrada de\b",
    ">=": r">=|≥|(?:is |es )?(?:at least)\b",
    "<=": r"<=|≤|(?:is |es )?(?:at most)\b",
    ">": r">|(?:is |es )?(?:(?:greater|bigger|larger|more|higher) than|mayor (?:que|a)|"
    r"mas grande que)\b",
    "<": r"<|(?:is |es )?(?:(?:less|smaller|lower|fewer) than|menor (?:que|a)|mas pequeno que)\b",
    "=": r"==?|(?:is |es )?(?:equals?(?: to)?|igual a)\b",
}
# "more than" and "mas grande que" begin as "more" and "mas" do, so relations are tried first.
_ORDER = (
    ">=",
    "<=",
    ">",
    "<",
    "=",
    "^2",
    "^3",
    "^",
    "of",
    "%",
    "sqrt",
    "+",
    "/",
    "*",
    "-",
    "(",
    ")",
)
_TOKEN = re.compile(
    r"(?P<number>(?:\d{1,40}(?:[.,]\d{1,40})*|\.\d{1,12})(?![\da-wyz_]|x(?!\s?[\d(.])))|"
    + "|".join(f"(?P<o{place}>{_OPERATORS[sign]})" for place, sign in enumerate(_ORDER))
)
_SKIP = re.compile(r"\w+|\W")
_BLANK = re.compile(r"[ \t\u00a0]{1,8}")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_SPANISH_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?")

RELATIONS = frozenset((">=", "<=", ">", "<", "="))
_LEVELS = {"+": 1, "-": 1, "*": 2, "/": 2, "of": 2, "^": 3}
_WRITTEN = {"*": "×", "/": "÷", "sqrt": "√"}


class UnreadableSum(ValueError):
    """It is no expression, or one beyond the bounds."""


class UndefinedSum(ValueError):
    """It has no value, as a division by zero."""


class Token(Struct, frozen=True):
    """A number (`sign` is "n"), a sign, or what looks like a number and is none ("?")."""

    sign: str
    value: Fraction = Fraction(0)


class Run(Struct, frozen=True):
    """Tokens that follow each other, and where they stand in the text that was scanned."""

    start: int
    end: int
    tokens: tuple[Token, ...]


class Step(Struct, frozen=True):
    """One operation; a root has its operand in `right`."""

    sign: str
    left: Fraction
    right: Fraction
    result: Fraction


class Reckoned(Struct, frozen=True):
    """A value and the steps that led to it; `about` where a root was rounded."""

    value: Fraction
    steps: tuple[Step, ...]
    about: bool = False


def scan(text: str, language: Language) -> list[Run]:
    """The runs of numbers and signs in a text that `in_digits` gave."""
    runs: list[Run] = []
    tokens: list[Token] = []
    at = start = end = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        blank = None if match else _BLANK.match(text, at)
        if blank:
            at = blank.end()
            continue
        if match is None:
            runs += _closed(tokens, start, end)
            tokens = []
            skipped = _SKIP.match(text, at)
            at = skipped.end() if skipped else at + 1
            continue
        made = _tokens(match, language)
        if tokens and made[0].sign in {"n", "sqrt"} and tokens[-1].sign in {"n", ")", "%"}:
            runs += _closed(tokens, start, end)
            tokens = []
        start = start if tokens else match.start()
        tokens += made
        at = end = match.end()
    return runs + _closed(tokens, start, end)


def trimmed(run: Run, text: str) -> list[Token]:
    """A run's tokens without signs at its ends that join nothing, and unmatched brackets."""
    tokens = list(run.tokens)
    # A dash that stands apart, as before an item of a list, is no sign of the number.
    is_sign = text[run.start + 1 : run.start + 2].isdigit()
    while tokens and tokens[0].sign not in {"n", "(", "sqrt", "?"}:
        if tokens[0].sign == "-" and is_sign:
            break
        del tokens[0]
    while tokens and tokens[-1].sign not in {"n", ")", "%", "?"}:
        tokens.pop()
    surplus = sum((token.sign == ")") - (token.sign == "(") for token in tokens)
    while surplus > 0 and tokens and tokens[-1].sign == ")":
        tokens.pop()
        surplus -= 1
    while surplus < 0 and tokens and tokens[0].sign == "(":
        del tokens[0]
        surplus += 1
    return tokens


def is_operation(tokens: Sequence[Token]) -> bool:
    """Whether there is anything to reckon: more than a number, with its sign or in brackets."""
    if len(tokens) > 1 and tokens[0].sign == "sqrt":
        return True
    return any(token.sign not in {"n", "(", ")", "?"} for token in tokens[1:])


def reckon(tokens: Sequence[Token]) -> Reckoned:
    """The value of an expression. Raises UnreadableSum and UndefinedSum."""
    if len(tokens) > _MOST_TOKENS:
        raise UnreadableSum("too long")
    return _Parser(tokens).whole()


def leftwards(tokens: Sequence[Token]) -> Fraction | None:
    """The value that someone gets who reckons from left to right; None where that is no slip."""
    signs = [token.sign for token in tokens[1::2]]
    if len(tokens) < 5 or len(tokens) % 2 == 0 or not set(signs) <= {"+", "-", "*", "/"}:
        return None
    if any(token.sign != "n" for token in tokens[::2]):
        return None
    value = tokens[0].value
    for sign, token in zip(signs, tokens[2::2], strict=True):
        if sign == "/" and token.value == 0:
            return None
        value = apply(sign, value, token.value)
    return value


def apply(sign: str, left: Fraction, right: Fraction) -> Fraction:
    """One operation. Raises UnreadableSum where the result has too many digits, UndefinedSum."""
    match sign:
        case "+":
            value = left + right
        case "-":
            value = left - right
        case "*":
            value = left * right
        case "of":
            value = left * right / 100
        case "/":
            if right == 0:
                raise UndefinedSum("division by zero")
            value = left / right
        case _:
            value = _power(left, right)
    if max(abs(value.numerator), value.denominator) >= 10**_MOST_DIGITS:
        raise UnreadableSum("too many digits")
    return value


def is_exact(value: Fraction) -> bool:
    """Whether the value is written in full by `show`."""
    return (value * 10**_MOST_PLACES).denominator == 1


def show(value: Fraction, *, comma: bool = False) -> str:
    """The value as a decimal: exact where 12 places do, else with four digits behind the point."""
    places = _MOST_PLACES if is_exact(value) else 4
    while not is_exact(value) and places < 40 and abs(value) * 10**places < 1000:
        places += 1
    scaled = abs(round(value * 10**places))
    digits = str(scaled).rjust(places + 1, "0")
    whole, rest = digits[:-places], digits[-places:].rstrip("0")
    sign = "-" if value < 0 and scaled else ""
    return sign + whole + (("," if comma else ".") + rest if rest else "")


def written(tokens: Sequence[Token], language: Language, *, comma: bool = False) -> str:
    """The expression in its usual signs."""
    out = ""
    before = ""
    for token in tokens:
        sign = token.sign
        if sign == "n":
            out += show(token.value, comma=comma)
        elif sign == "of":
            out += "% of " if language == "en" else "% de "
        elif sign in {"(", ")", "^", "sqrt", "%"} or (
            sign == "-" and before not in {"n", ")", "%"}
        ):
            out += _WRITTEN.get(sign, sign)
        else:
            out += f" {_WRITTEN.get(sign, sign)} "
        before = sign
    return out


class _Parser:
    """Precedence climbing over tokens."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._about = False
        self._steps: list[Step] = []

    def whole(self) -> Reckoned:
        value = self._climb(1)
        if self._at != len(self._tokens):
            raise UnreadableSum("something is left over")
        return Reckoned(value, tuple(self._steps), self._about)

    def _sign(self) -> str:
        return self._tokens[self._at].sign if self._at < len(self._tokens) else ""

    def _climb(self, level: int) -> Fraction:
        left = self._operand()
        while True:
            # A bracket behind a number multiplies.
            sign = "*" if self._sign() == "(" else self._sign()
            if _LEVELS.get(sign, 0) < level:
                return left
            self._at += self._sign() != "("
            right = self._climb(_LEVELS[sign] + (sign != "^"))
            left = self._step(sign, left, right)

    def _operand(self) -> Fraction:
        self._depth += 1
        if self._depth > _DEEPEST or self._at >= len(self._tokens):
            raise UnreadableSum("too deep, or cut short")
        token = self._tokens[self._at]
        self._at += 1
        match token.sign:
            case "n":
                value = token.value
            case "-":
                value = -self._climb(3)
            case "sqrt":
                value = self._root(self._operand())
            case "(":
                value = self._climb(1)
                if self._sign() != ")":
                    raise UnreadableSum("a bracket is not closed")
                self._at += 1
            case _:
                raise UnreadableSum("a number is missing")
        self._depth -= 1
        return self._percent(value)

    def _percent(self, value: Fraction) -> Fraction:
        if self._sign() != "%":
            return value
        self._at += 1
        # 200 + 10 % is 220 to some and 200.1 to others.
        if self._sign() not in {"*", "/"}:
            raise UnreadableSum("a percentage of nothing")
        return value / 100

    def _step(self, sign: str, left: Fraction, right: Fraction) -> Fraction:
        value = apply(sign, left, right)
        self._steps.append(Step(sign, left, right, value))
        return value

    def _root(self, value: Fraction) -> Fraction:
        if value < 0:
            raise UndefinedSum("root of a negative number")
        root = Fraction(isqrt(value.numerator), isqrt(value.denominator))
        if root * root != value:
            context = Context(prec=40)
            decimal = context.divide(
                context.create_decimal(value.numerator), context.create_decimal(value.denominator)
            )
            root = Fraction(round(Fraction(context.sqrt(decimal)), 15))
            self._about = True
        self._steps.append(Step("sqrt", Fraction(0), value, root))
        return root


def _power(left: Fraction, right: Fraction) -> Fraction:
    if left == 0 and right < 0:
        raise UndefinedSum("division by zero")
    if right.denominator != 1 or abs(right) > _HIGHEST_POWER:
        raise UnreadableSum("a power that is not reckoned")
    size = max(abs(left.numerator), left.denominator).bit_length()
    if size > 1 and size * abs(right.numerator) > 4 * _MOST_DIGITS + size:
        raise UnreadableSum("too many digits")
    return left**right.numerator


def _tokens(match: re.Match[str], language: Language) -> list[Token]:
    if match["number"]:
        value = _number(match["number"], language)
        return [Token("?") if value is None else Token("n", value)]
    sign = _ORDER[int((match.lastgroup or "o0")[1:])]
    if sign in {"^2", "^3"}:
        return [Token("^"), Token("n", Fraction(sign[1]))]
    return [Token(sign)]


def _number(text: str, language: Language) -> Fraction | None:
    """Commas before groups of three part thousands; points do so in Spanish.

    None for a version or an address, and for what is finer than what is shown.
    """
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    elif language == "es" and _SPANISH_THOUSANDS.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    text = text.replace(",", ".")
    whole, _, rest = text.partition(".")
    if "." in rest or len(rest) > _MOST_PLACES:
        return None
    return Fraction(f"{whole or '0'}.{rest or '0'}")


def _closed(tokens: list[Token], start: int, end: int) -> list[Run]:
    return [Run(start, end, tuple(tokens))] if tokens else []
