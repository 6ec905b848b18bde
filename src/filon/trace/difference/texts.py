"""What differs between two texts, word by word."""

import re
from difflib import SequenceMatcher
from typing import Literal

from msgspec import Struct

# A word with the blanks behind it, blanks at the beginning, or a sign that is no letter.
_WORD = re.compile(r"\w+[^\S\n]*|\n|[^\S\n]+|[^\w\s][^\S\n]*")
# Pairs of words that are compared at most: above it, the texts are told apart by lines.
_PAIRS = 4_000_000


class Span(Struct, frozen=True):
    """A stretch that is in both texts, only in the one before, or only in the one after."""

    kind: Literal["same", "removed", "added"]
    text: str


def spans(before: str, after: str) -> list[Span]:
    """The two texts as one row of spans. Those of "same" and "removed", joined, are the text
    before; those of "same" and "added" the text after."""
    ones, others = _WORD.findall(before), _WORD.findall(after)
    head = _shared(ones, others)
    tail = _shared(ones[head:][::-1], others[head:][::-1])
    ends = len(ones) - tail, len(others) - tail
    found: list[Span] = []
    _add(found, "same", ones[:head])
    found += _middle(ones[head : ends[0]], others[head : ends[1]])
    _add(found, "same", ones[ends[0] :])
    return found


def _shared(ones: list[str], others: list[str]) -> int:
    """How many words both begin with."""
    pairs = zip(ones, others, strict=False)
    least = min(len(ones), len(others))
    return next((number for number, (one, other) in enumerate(pairs) if one != other), least)


def _middle(ones: list[str], others: list[str]) -> list[Span]:
    if len(ones) * len(others) > _PAIRS:
        ones, others = _lines(ones), _lines(others)
    if len(ones) * len(others) > _PAIRS:
        ones, others = ["".join(ones)], ["".join(others)]
    return _joined(ones, others)


def _lines(words: list[str]) -> list[str]:
    return "".join(words).splitlines(keepends=True)


class _Gap(Struct, frozen=True):
    """What stands between two stretches that both texts share: places in the words of each."""

    start: int
    end: int
    first: int
    last: int

    def size(self, before: list[str], after: list[str]) -> int:
        """Letters of the longer side."""
        removed = sum(map(len, before[self.start : self.end]))
        return max(removed, sum(map(len, after[self.first : self.last])))


def _joined(before: list[str], after: list[str]) -> list[Span]:
    found: list[Span] = []
    at = 0
    for gap in _gaps(before, after):
        _add(found, "same", before[at : gap.start])
        _add(found, "removed", before[gap.start : gap.end])
        _add(found, "added", after[gap.first : gap.last])
        at = gap.end
    _add(found, "same", before[at:])
    return found


def _add(found: list[Span], kind: Literal["same", "removed", "added"], words: list[str]) -> None:
    if words:
        found.append(Span(kind, "".join(words)))


def _gaps(before: list[str], after: list[str]) -> list[_Gap]:
    """The gaps, but that a few words in common between two long gaps are no common ground: two
    different answers share their small words."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    gaps: list[_Gap] = []
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind == "equal":
            continue
        gap = _Gap(start, end, first, last)
        while gaps and _is_chance(gaps[-1], gap, before, after):
            earlier = gaps.pop()
            gap = _Gap(earlier.start, gap.end, earlier.first, gap.last)
        gaps.append(gap)
    return gaps


def _is_chance(one: _Gap, other: _Gap, before: list[str], after: list[str]) -> bool:
    shared = sum(map(len, before[one.end : other.start]))
    return shared < min(one.size(before, after), other.size(before, after))
