"""The n-gram: a true distribution after any tokens, and the one that the definition gives."""

import math
import random
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.practice.model import data, ngram
from filon.practice.model.generate import pocket
from filon.practice.model.ngram import CLOSENESS, NEVER, ORDER, NGram
from filon.practice.model.pieces import FIRST_BYTE, Pieces
from pocket.counts import levels

NGRAM = pocket().ngram
SPOKEN = [piece for piece in range(FIRST_BYTE) if piece != Pieces.end]

CONTEXT = st.lists(st.integers(0, NGRAM.size - 1), max_size=6) | st.text(max_size=20).map(
    pocket().pieces.encode
)


@given(CONTEXT, st.integers(1, ORDER))
def test_the_probabilities_sum_to_one(context: list[int], order: int) -> None:
    found = NGRAM.log_probabilities(context, order)
    assert found.shape == (NGRAM.size,)
    assert np.isfinite(found).all()
    assert abs(np.exp(found).sum() - 1) < 1e-9


@given(CONTEXT)
def test_roles_and_marks_never_come_next_and_the_end_always_can(context: list[int]) -> None:
    found = NGRAM.log_probabilities(context)
    assert (found[SPOKEN] <= NEVER / 2).all()
    assert np.delete(found, SPOKEN).min() > -60


@given(CONTEXT, st.integers(1, ORDER), st.lists(st.integers(0, 4_095), max_size=3))
def test_an_order_looks_no_further_back(context: list[int], order: int, older: list[int]) -> None:
    seen = (context + [0] * ORDER)[: order - 1]
    near = NGRAM.log_probabilities(seen, order)
    assert (near == NGRAM.log_probabilities(older + seen, order)).all()


def test_context_tells_what_comes() -> None:
    pieces = pocket().pieces
    context = pieces.encode("one of the most likely")
    [token] = pieces.encode(" tokens")
    assert NGRAM.log_probabilities(context)[token] > NGRAM.log_probabilities([])[token] + 2


def test_the_table_gives_what_the_definition_gives() -> None:
    size = FIRST_BYTE + 9
    rows = random_rows(size)
    model = NGram(levels(rows, size))
    contexts = [row[max(0, stop - 4) : stop] for row in rows[:8] for stop in range(len(row))]
    for context in [*contexts, [size - 1] * 4, [FIRST_BYTE, size - 1]]:
        for order in range(1, ORDER + 1):
            expected = by_definition(rows, size, context[-(order - 1) :] if order > 1 else [])
            assert np.allclose(np.exp(model.log_probabilities(context, order)), expected, atol=1e-9)


def test_written_and_read_it_is_the_same() -> None:
    size = FIRST_BYTE + 9
    # The last row makes counts that do not fit into one byte.
    table = levels([*random_rows(size), *([[1, size - 1, size - 2]] * 300)], size)
    written = ngram.write(table)
    again = ngram.read(data.unpack(data.pack("", written)).sections, size)
    for context in ([], [1], [1, size - 1], [size - 2, size - 1, 9, 9]):
        before = NGram(table).log_probabilities(context)
        assert (before == again.log_probabilities(context)).all()


@pytest.mark.parametrize("broken", [b"", b"PK", data.pack("", {"a": b"xy"})[:-1], b"x" * 99])
def test_another_file_is_refused(broken: bytes) -> None:
    with pytest.raises(ValueError, match="practice model"):
        data.unpack(broken)


def random_rows(size: int) -> list[list[int]]:
    chance = random.Random(5)
    tokens = range(FIRST_BYTE, size)
    weights = [1 / (index + 1) for index in range(len(tokens))]
    return [
        [Pieces.user, *chance.choices(tokens, weights, k=4), Pieces.assistant]
        + chance.choices(tokens, weights, k=chance.randrange(1, 12))
        + [Pieces.end]
        for _ in range(120)
    ]


def by_definition(rows: Sequence[Sequence[int]], size: int, context: Sequence[int]) -> list[float]:
    """Kneser-Ney by recursion over dictionaries, without a table."""
    length = len(context) + 1
    counts = adjusted_counts(rows, length)
    discounts = [0.0, *discounts_of(list(counts.values()))]
    if length == 1:
        possible = [piece for piece in range(size) if piece not in SPOKEN]
        shorter = [0.0 if piece in SPOKEN else 1 / len(possible) for piece in range(size)]
    else:
        discounts = [CLOSENESS * each for each in discounts]
        shorter = by_definition(rows, size, context[1:])
    row = {gram[-1]: count for gram, count in counts.items() if [*gram[:-1]] == [*context]}
    if not row:
        return shorter
    total = sum(row.values())
    spared = sum(discounts[min(count, 3)] for count in row.values())
    found = [spared / total * each for each in shorter]
    for piece, count in row.items():
        found[piece] += (count - discounts[min(count, 3)]) / total
    return found


def adjusted_counts(rows: Sequence[Sequence[int]], length: int) -> Counter[tuple[int, ...]]:
    before: defaultdict[tuple[int, ...], set[object]] = defaultdict(set)
    times: Counter[tuple[int, ...]] = Counter()
    for number, row in enumerate(rows):
        for start in range(len(row) - length + 1):
            gram = tuple(row[start : start + length])
            if gram[-1] not in SPOKEN:
                before[gram].add(row[start - 1] if start else ("row", number))
                times[gram] += 1
    return times if length == ORDER else Counter({gram: len(each) for gram, each in before.items()})


def discounts_of(counts: list[int]) -> list[float]:
    of = Counter(counts)
    if not of[1] or not of[2] or not of[3]:
        return [0.5, 1.0, 1.5]
    part = of[1] / (of[1] + 2 * of[2])
    low_high = [(0.1, 0.9), (0.1, 1.8), (0.1, 2.7)]
    plain = [kind - (kind + 1) * part * of[kind + 1] / of[kind] for kind in (1, 2, 3)]
    return [min(max(each, low), high) for each, (low, high) in zip(plain, low_high, strict=True)]


def test_the_reference_is_a_distribution() -> None:
    size = FIRST_BYTE + 9
    rows = random_rows(size)
    assert math.isclose(sum(by_definition(rows, size, rows[0][2:5])), 1)
