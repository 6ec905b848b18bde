"""Counts what follows what in the corpus, as Kneser-Ney smoothing wants it counted.

Wrong answers of tasks in code are left out: a model that errs should do so because its plan says
so, not because it was taught to. Each answer is counted once, however many phrasings of its
question there are, or no count would be small and the discounts would mean nothing.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from filon.practice.model.ngram import BITS, ORDER, Level
from filon.practice.model.pieces import Pieces
from pocket.corpus import Page


def rows(pages: Iterable[Page], pieces: Pieces) -> list[list[int]]:
    """The token rows of the corpus in chat format."""
    found: list[list[int]] = []
    for page in pages:
        if page.plain:
            found.append([pieces.assistant, *pieces.encode(page.plain), pieces.end])
        for dialogue in page.dialogues:
            answer = [*pieces.encode(dialogue.answer), pieces.end]
            for index, question in enumerate(dialogue.questions):
                said = answer if index == 0 else answer[:1]
                asked = [pieces.user, *pieces.encode(question), pieces.assistant]
                found.append(asked + said)
    return found


def levels(found: Sequence[Sequence[int]], size: int) -> list[Level]:
    """The n-grams of each length from 1 to ORDER, sorted, with their counts and children.

    The longest are counted as they come. A shorter one counts in how many different tokens come
    before it; each row that begins with it counts as one more.
    """
    seen = [_ngrams(found, length) for length in range(1, ORDER + 1)]
    done: list[Level] = []
    for length, ngrams in enumerate(seen, 1):
        if length == ORDER:
            counts = ngrams
        else:
            inner = (1 << BITS * length) - 1
            counts = Counter(longer & inner for longer in seen[length])
            counts.update(_packed(row[:length]) for row in found if len(row) >= length)
        keys = range(size) if length == 1 else sorted(ngrams)
        children = Counter(longer >> BITS for longer in (seen[length] if length < ORDER else ()))
        done.append(
            Level(
                ids=[key & ((1 << BITS) - 1) for key in keys],
                counts=[counts[key] for key in keys],
                children=[children[key] for key in keys],
            )
        )
    return done


def _ngrams(found: Sequence[Sequence[int]], length: int) -> Counter[int]:
    return Counter(
        _packed(row[start : start + length])
        for row in found
        for start in range(len(row) - length + 1)
    )


def _packed(ids: Sequence[int]) -> int:
    key = 0
    for piece in ids:
        key = key << BITS | piece
    return key
