"""Trains the practice model: the corpus in, `src/filon/practice/model/pocket.bin` out.

`python -m pocket.train` from the project's root. The same corpus gives the same bytes.
`python -m pocket.train --held-out` writes nothing: it leaves each tenth question out and says how
well the model foretells those answers.
"""

import math
import sys
from collections.abc import Sequence
from pathlib import Path

from filon.practice.model import data, knowledge, ngram, pieces
from filon.practice.model.pieces import FIRST_MERGE, SIZE, Pieces
from pocket import bpe, corpus, counts
from pocket.corpus import Page

TARGET = Path(ngram.__file__).with_name(data.NAME)


def train(folder: Path = corpus.CORPUS, size: int = SIZE) -> bytes:
    """The data file that a corpus gives."""
    pages = corpus.read(folder)
    merges = learn_merges(pages, size)
    levels = counts.levels(counts.rows(pages, Pieces(merges)), size)
    known = tuple(dialogue for page in pages for dialogue in page.dialogues)
    return data.pack(
        corpus.digest(folder),
        {
            "merges": pieces.write(merges),
            **ngram.write(levels),
            "dialogues": knowledge.write(known),
        },
    )


def learn_merges(pages: Sequence[Page], size: int = SIZE) -> list[tuple[int, int]]:
    """The merges of all text in the corpus; ValueError where it is too small for so many."""
    merges = bpe.learn((text for page in pages for text in texts(page)), size - FIRST_MERGE)
    if len(merges) < size - FIRST_MERGE:
        raise ValueError(f"the corpus gives {len(merges)} merges, {size - FIRST_MERGE} are needed")
    return merges


def texts(page: Page) -> list[str]:
    """All text of a page."""
    found = [page.plain]
    for dialogue in page.dialogues:
        found += [*dialogue.questions, dialogue.answer, dialogue.wrong or ""]
    return found


def perplexity(folder: Path = corpus.CORPUS) -> dict[int, float]:
    """By order: e to the mean surprise (nats a token) over the answers to each tenth question of
    a page, which was held out of counting."""
    pages = corpus.read(folder)
    learned = [Page(page.plain, _without_each_tenth(page)) for page in pages]
    held_out = [Page("", page.dialogues[::10]) for page in pages]
    codes = Pieces(learn_merges(learned))
    levels = counts.levels(counts.rows(learned, codes), SIZE)
    model = ngram.read(ngram.write(levels), SIZE)
    rows = counts.rows(held_out, codes)
    return {order: _perplexity(model, rows, order) for order in range(1, ngram.ORDER + 1)}


def _without_each_tenth(page: Page) -> tuple[knowledge.Dialogue, ...]:
    return tuple(each for index, each in enumerate(page.dialogues) if index % 10)


def _perplexity(model: ngram.NGram, rows: Sequence[Sequence[int]], order: int) -> float:
    surprises = [
        -float(model.log_probabilities(row[:place], order)[row[place]])
        for row in rows
        if row[-1] == Pieces.end
        for place in range(row.index(Pieces.assistant) + 1, len(row))
    ]
    return math.exp(sum(surprises) / len(surprises))


def main(arguments: Sequence[str]) -> None:
    """Writes the data file, or says how good the model is."""
    if list(arguments) == ["--held-out"]:
        for order, value in perplexity().items():
            sys.stdout.write(f"order {order}: perplexity {value:.1f}\n")
        return
    content = train()
    TARGET.write_bytes(content)
    sys.stdout.write(f"{TARGET}: {len(content):,} bytes\n")


if __name__ == "__main__":
    main(sys.argv[1:])
