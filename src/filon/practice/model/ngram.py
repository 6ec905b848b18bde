"""From the last tokens to a distribution over the next: a 5-gram with Kneser-Ney smoothing.

The counts lie in flat sorted arrays. Discounts are reckoned from them when they are read, so that
the data file holds whole numbers only. A model of a lower order is the same table, read less far.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from filon.practice.model.pieces import FIRST_BYTE, Pieces

ORDER = 5
BITS = 12
# The logit of what an answer cannot hold. Finite, so that sums stay sums; exp of it is 0.
NEVER = -10_000.0
# How much of the estimated discount is taken. All of it foretells unseen text best; but then half
# of what so small a model says is a token that fits nothing, and nobody could read it.
CLOSENESS = 0.4

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Level(NamedTuple):
    """The n-grams of one length in sorted order: last token, count, how many n-grams go on from it.

    Of length 1 there is one for each id. A longer one belongs to the one of which it goes on, so
    the numbers of children say where each begins.
    """

    ids: Sequence[int] | Ints
    counts: Sequence[int] | Ints
    children: Sequence[int] | Ints


class _Rows(NamedTuple):
    """What follows the contexts of one length. Row `i` is `starts[i]` to `starts[i + 1]`."""

    contexts: Ints
    starts: Ints
    ids: Ints
    shares: Floats
    rest: Floats


class NGram:
    """Interpolated modified Kneser-Ney (Chen and Goodman, 1999) over a fixed vocabulary.

    The roles and marks of a chat are contexts, never outcomes: only text and `end` can come next.
    """

    def __init__(self, levels: Sequence[Level]) -> None:
        first, *longer = levels
        single = _only_outcomes(np.asarray(first.ids, np.int64), np.asarray(first.counts, np.int64))
        size = len(single)
        shares, rest = _discounted(single, np.array([0, size]), 1.0)
        possible = np.ones(size)
        possible[:FIRST_BYTE] = 0
        possible[Pieces.end] = 1
        self._unigram = shares + rest * possible / possible.sum()
        self._impossible = np.flatnonzero(possible == 0)
        self._rows: list[_Rows] = []
        contexts = np.arange(size)
        children = np.asarray(first.children, np.int64)
        for level in longer:
            ids = np.asarray(level.ids, np.int64)
            starts = np.concatenate(([0], np.cumsum(children)))
            counts = _only_outcomes(ids, np.asarray(level.counts, np.int64))
            shares, rest = _discounted(counts, starts, CLOSENESS)
            self._rows.append(_Rows(contexts, starts, ids, shares, rest))
            contexts = np.repeat(contexts, children) << BITS | ids
            children = np.asarray(level.children, np.int64)

    @property
    def size(self) -> int:
        """How many ids there are."""
        return len(self._unigram)

    def log_probabilities(self, context: Sequence[int], order: int = ORDER) -> Floats:
        """ln of the probability of each id after these (of which the last order - 1 count).

        Float64, all finite; exp of it sums to 1 within 1e-9. The array is the caller's own.
        """
        scale = 1.0
        found: list[tuple[_Rows, int, float]] = []
        for length in range(min(order - 1, len(context), len(self._rows)), 0, -1):
            rows = self._rows[length - 1]
            key = 0
            for piece in context[-length:]:
                key = key << BITS | piece
            row = int(rows.contexts.searchsorted(key))
            if row < len(rows.contexts) and rows.contexts[row] == key:
                found.append((rows, row, scale))
                scale *= float(rows.rest[row])
        chances = self._unigram * scale
        for rows, row, weight in found:
            start, stop = rows.starts[row], rows.starts[row + 1]
            chances[rows.ids[start:stop]] += rows.shares[start:stop] * weight
        chances[self._impossible] = 1.0
        np.log(chances, out=chances)
        chances[self._impossible] = NEVER
        return chances


def write(levels: Sequence[Level]) -> dict[str, bytes]:
    """The sections of the data file that hold them."""
    sections: dict[str, bytes] = {}
    for length, level in enumerate(levels, 1):
        if length > 1:
            sections[f"ids{length}"] = np.asarray(level.ids).astype("<u2").tobytes()
        sections[f"counts{length}"] = _narrow(level.counts)
        if length < ORDER:
            sections[f"children{length}"] = _narrow(level.children)
    return sections


def read(sections: Mapping[str, bytes], size: int) -> NGram:
    """The model of such sections."""
    levels: list[Level] = []
    ids = np.arange(size)
    for length in range(1, ORDER + 1):
        if length > 1:
            ids = np.frombuffer(sections[f"ids{length}"], "<u2").astype(np.int64)
        counts = _wide(sections[f"counts{length}"], len(ids))
        children = _wide(sections.get(f"children{length}", bytes(len(ids))), len(ids))
        levels.append(Level(ids, counts, children))
    return NGram(levels)


def _narrow(values: Sequence[int] | Ints) -> bytes:
    """Numbers as bytes; 255 stands for one that comes behind them, in 32 bits."""
    all_values = np.asarray(values, np.int64)
    long = all_values[all_values >= 255]
    return np.minimum(all_values, 255).astype(np.uint8).tobytes() + long.astype("<u4").tobytes()


def _wide(section: bytes, count: int) -> Ints:
    values = np.frombuffer(section, np.uint8, count).astype(np.int64)
    values[values == 255] = np.frombuffer(section, "<u4", offset=count)
    return values


def _only_outcomes(ids: Ints, counts: Ints) -> Ints:
    return np.where((ids >= FIRST_BYTE) | (ids == Pieces.end), counts, 0)


def _discounted(counts: Ints, starts: Ints, part: float) -> tuple[Floats, Floats]:
    """The share of each count in its row after the discount, and by row what that leaves over."""
    discounts = [part * discount for discount in _discounts(counts)]
    taken = np.minimum(counts, 3)
    totals = _row_sums(counts, starts)
    spared = sum(
        discount * _row_sums((taken == kind).astype(np.int64), starts)
        for kind, discount in enumerate(discounts)
    )
    of_row = np.repeat(np.maximum(totals, 1), np.diff(starts))
    shares = (counts - np.array(discounts)[taken]) / of_row
    return shares, np.where(totals == 0, 1.0, spared / np.maximum(totals, 1))


def _row_sums(values: Ints, starts: Ints) -> Ints:
    sums = np.concatenate(([0], np.cumsum(values)))
    return sums[starts[1:]] - sums[starts[:-1]]


def _discounts(counts: Ints) -> tuple[float, float, float, float]:
    """What is taken off a count of 0, 1, 2, and 3 or more."""
    once, twice, thrice, four = (int((counts == times).sum()) for times in (1, 2, 3, 4))
    if not once or not twice or not thrice:
        # Too little text to estimate from.
        return 0.0, 0.5, 1.0, 1.5
    part = once / (once + 2 * twice)
    return (
        0.0,
        min(max(1 - 2 * part * twice / once, 0.1), 0.9),
        min(max(2 - 3 * part * thrice / twice, 0.1), 1.8),
        min(max(3 - 4 * part * four / thrice, 0.1), 2.7),
    )
