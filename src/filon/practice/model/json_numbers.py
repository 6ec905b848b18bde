"""Numbers of JSON as nodes, also those between two bounds.

A whole number has at most 18 digits and the greatest exponent is 307, so that every client can
hold what it reads.
"""

from filon.practice.model.nodes import Chain, Choice, Node, OneOf, Repeat, literal, optional

_MOST_DIGITS = 18
_GREATEST = 10**_MOST_DIGITS - 1
# As many as the shortest text of a 64-bit float can need.
_MOST_DECIMALS = 21

_DIGIT = OneOf(b"0123456789")
_NOT_ZERO = OneOf(b"123456789")
_MINUS = literal(b"-")
_POINT = literal(b".")
_WHOLE = Choice(literal(b"0"), Chain(_NOT_ZERO, Repeat(_DIGIT, 0, _MOST_DIGITS - 1)))
_FRACTION = optional(Chain(_POINT, Repeat(_DIGIT, 1, _MOST_DECIMALS)))
_ZEROS = optional(Chain(_POINT, Repeat(literal(b"0"), 1, _MOST_DECIMALS)))
_ABOVE_ZERO = Chain(
    _POINT, Repeat(literal(b"0"), 0, _MOST_DECIMALS - 1), _NOT_ZERO, Repeat(_DIGIT, 0, _MOST_DIGITS)
)
_EXPONENT = Choice(
    Repeat(_DIGIT, 1, 2),
    Chain(OneOf(b"12"), _DIGIT, _DIGIT),
    Chain(literal(b"30"), OneOf(b"01234567")),
)

INTEGER = Chain(optional(_MINUS), _WHOLE)
NUMBER = Chain(
    optional(_MINUS),
    Choice(
        Chain(_WHOLE, _FRACTION),
        Chain(_DIGIT, _FRACTION, OneOf(b"eE"), optional(OneOf(b"+-")), _EXPONENT),
    ),
)


def integer_between(low: int | None, high: int | None) -> Node:
    """A whole number within bounds that are themselves allowed."""
    least = -_GREATEST if low is None else max(low, -_GREATEST)
    most = _GREATEST if high is None else min(high, _GREATEST)
    ways: list[Node] = []
    if most >= 0:
        ways.append(_between(max(least, 0), most))
    if least < 0:
        ways.append(Chain(_MINUS, _between(max(1, -most), -least)))
    return Choice(*ways)


def number_from(low: int, high: int | None, *, above: bool, below: bool) -> Node:
    """A number from a bound that is not negative to another. `above` and `below` exclude them."""
    ways: list[Node] = []
    most = _GREATEST if high is None else min(high, _GREATEST)
    whole = _between(low + above, most - 1)
    if above and low < most:
        ways.append(Chain(literal(str(low).encode()), _ABOVE_ZERO))
    ways.append(Chain(whole, _FRACTION))
    if not below and low + above <= most:
        ways.append(Chain(literal(str(most).encode()), _ZEROS))
    return Choice(*ways)


def _between(low: int, high: int) -> Node:
    """A number without a sign, from `low` to `high`, neither of them negative."""
    ways: list[Node] = []
    for width in range(len(str(low)), len(str(max(high, 0))) + 1):
        first = max(low, 10 ** (width - 1) if width > 1 else 0)
        last = min(high, 10**width - 1)
        if first <= last:
            ways.append(_of_width(str(first), str(last)))
    return Choice(*ways)


def _of_width(low: str, high: str) -> Node:
    """Digits from `low` to `high`, which are of one length."""
    if set(low) <= {"0"} and set(high) <= {"9"}:
        return Repeat(_DIGIT, len(low), len(low))
    first, last = int(low[0]), int(high[0])
    if first == last:
        return Chain(literal(low[:1].encode()), _of_width(low[1:], high[1:]))
    rest = len(low) - 1
    ways: list[Node] = [
        Chain(literal(low[:1].encode()), _of_width(low[1:], "9" * rest)),
        Chain(literal(high[:1].encode()), _of_width("0" * rest, high[1:])),
    ]
    if last - first > 1:
        middle = OneOf(ord("0") + digit for digit in range(first + 1, last))
        ways.append(Chain(middle, Repeat(_DIGIT, rest, rest)))
    return Choice(*ways)
