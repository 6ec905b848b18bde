"""A model's words as a title, and a message's first words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.server.titles import cleaned, first_words


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Gold in veins", "Gold in veins"),
        ('"Gold in veins."', "Gold in veins"),
        ("«Oro en vetas»", "Oro en vetas"),
        ("“Gold”", "Gold"),
        ("Title: Gold", "Gold"),
        ("# Gold", "Gold"),
        ("**Gold**", "Gold"),
        ("\n\n  Gold  \nand more", "Gold"),
        ("<think>What is gold?</think>\n\nGold", "Gold"),
        ("<think>never ends", "<think>never ends"),
        ("", None),
        ("  \n ", None),
        ('""', None),
        ("<think>x</think>", None),
        ("...", None),
    ],
)
def test_a_title(said: str, title: str | None) -> None:
    assert cleaned(said) == title


@given(st.text(max_size=400))
def test_any_words_make_one_short_line_or_none(said: str) -> None:
    title = cleaned(said)
    if title is not None:
        assert 0 < len(title) <= 82
        assert len(title.splitlines()) == 1
        assert title == title.strip()


@given(st.text(min_size=1, max_size=400))
def test_first_words_are_one_short_line(text: str) -> None:
    words = first_words(text)
    assert 0 < len(words) <= 50
    assert len(words.splitlines()) == 1


def test_first_words_end_at_a_word() -> None:
    assert first_words("short") == "short"
    text = "Please tell me how gold came into the quartz veins of the Alps."
    assert first_words(text) == "Please tell me how gold came into the quartz …"
    assert first_words("x" * 100) == "x" * 48 + " …"
    assert first_words(" \n ") == "…"
