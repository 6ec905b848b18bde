"""Training: the data file is that of the corpus as it is now, and the corpus keeps its form."""

from pathlib import Path

import pytest

from filon.practice.model import data
from filon.practice.model.knowledge import dialogues
from filon.practice.model.pieces import FIRST_MERGE, Pieces
from pocket import corpus, counts, train
from pocket.bpe import learn

PAGE = """# A title

An explanation.

It goes on.

## What is a token?
- tokens, what are they

A piece of text.

## Write add
level: -1.5
- a function add

```python
## no question
def add(a, b):
    return a + b
```

---

```python
def add(a, b):
    return a - b
```
"""


def test_the_data_file_is_what_training_gives() -> None:
    packaged = train.TARGET.read_bytes()
    assert data.contents().corpus == corpus.digest(), "run: python -m pocket.train"
    assert packaged == train.train(), "run: python -m pocket.train"
    assert len(packaged) <= 4 * 2**20


def test_the_dialogues_are_those_of_the_corpus() -> None:
    pages = corpus.read()
    assert dialogues() == tuple(each for page in pages for each in page.dialogues)
    assert {dialogue.language for dialogue in dialogues()} == {"en", "es"}
    assert any(dialogue.wrong for dialogue in dialogues())


def test_tasks_in_code_have_a_level_and_a_wrong_answer_only_beside_it() -> None:
    for dialogue in dialogues():
        assert dialogue.wrong != dialogue.answer
        if dialogue.level is None:
            assert dialogue.wrong is None, dialogue.questions
        else:
            assert -3 <= dialogue.level <= 3, dialogue.questions
            assert dialogue.answer.startswith("```"), dialogue.questions


def test_a_page_is_read() -> None:
    page = corpus.parse(PAGE, "en", "a.md")
    assert page.plain == "An explanation.\n\nIt goes on."
    token, add = page.dialogues
    assert token.questions == ("What is a token?", "tokens, what are they")
    assert token.answer == "A piece of text."
    assert (token.level, token.wrong, token.language) == (None, None, "en")
    assert add.questions == ("Write add", "a function add")
    assert add.level == -1.5
    assert add.answer.startswith("```python\n## no question\n")
    assert add.wrong == "```python\ndef add(a, b):\n    return a - b\n```"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("## A?", "one answer"),
        ("## A?\n\n", "one answer"),
        ("## A?\nB.\n", "neither a phrasing nor a level"),
        ("## A?\n\nB.\n\n---\n\n", "one answer"),
        ("## A?\n\nB.\n---\nC.\n---\nD.", "one answer"),
        ("## A?\nlevel: high\n\nB.", "high"),
        ("## A?\n\n```\nB", "not closed"),
    ],
)
def test_what_breaks_the_form_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        corpus.parse(text, "en", "a.md")


def write_corpus(folder: Path, page: str) -> Path:
    for language in corpus.LANGUAGES:
        (folder / language).mkdir(parents=True)
        (folder / language / "a.md").write_bytes(page.encode())
    return folder


def test_the_digest_knows_a_change_and_no_kind_of_line_end(tmp_path: Path) -> None:
    first = corpus.digest(write_corpus(tmp_path / "1", PAGE))
    assert first == corpus.digest(write_corpus(tmp_path / "2", PAGE.replace("\n", "\r\n")))
    assert first != corpus.digest(write_corpus(tmp_path / "3", PAGE + "."))


def test_a_small_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="merges"):
        train.train(write_corpus(tmp_path / "1", PAGE))


def test_the_most_frequent_pair_is_merged_first_and_none_that_comes_once() -> None:
    assert learn([], 5) == []
    merges = learn(["banana banana"], 10)
    assert Pieces(merges).vocabulary[FIRST_MERGE] == b"an"
    assert learn(["xy"], 5) == []
    vocabulary = Pieces(learn(["the theme then there"] * 3, 20)).vocabulary
    assert len(set(vocabulary)) == len(vocabulary) - FIRST_BYTE_DUPLICATES
    assert b" the" in vocabulary


# The special pieces all have the same bytes: none.
FIRST_BYTE_DUPLICATES = 6


def test_each_answer_is_counted_once_and_wrong_ones_never() -> None:
    pieces = Pieces([])
    rows = counts.rows([corpus.parse(PAGE, "en", "a.md")], pieces)
    texts = [pieces.decode(row) for row in rows]
    assert texts[0] == "An explanation.\n\nIt goes on."
    assert texts[1] == "What is a token?A piece of text."
    assert texts[2] == "tokens, what are theyA"
    assert not any("a - b" in text for text in texts)
    assert [row[-1] == pieces.end for row in rows] == [True, True, False, True, False]
