"""A model's words as a title, and a message's first words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.providers import placeholders
from filon.providers.endpoint import Title
from filon.server.titles import cleaned, first_words, prompt_of
from filon.trace.records import Because


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


def title(prompt: str | None = None, template: str | None = None) -> Title:
    return Title(enabled=True, prompt=prompt, template=template, because=Because(source="test"))


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_prompt_holds_what_was_said_and_nothing_is_put_into_that(asked: str, said: str) -> None:
    written = prompt_of(title("<{convo}>", "{input}|{output}"), asked, said)
    assert written == f"<{asked}|{said}>"
    assert prompt_of(title("Name it."), asked, "").startswith("Name it.\n\n")
    assert asked in prompt_of(title(), asked, said)


def test_a_template_of_its_own_without_an_answer() -> None:
    assert prompt_of(title("{convo}", "Q:{input} A:{output} {x}"), "q", "") == "Q:q A: {x}"
    assert "The answer" not in prompt_of(title(), "q", "")


@given(st.text(max_size=60))
def test_a_placeholder_never_goes_out_as_it_is_written(text: str) -> None:
    values = placeholders.values(1, conversation=text)
    assert placeholders.put(text, values) == text or placeholders.named(text)
    filled = placeholders.put("a{{ LIBRECHAT_BODY_CONVERSATIONID }}b", values)
    assert filled == f"a{text}b"
    assert placeholders.put("{{LIBRECHAT_USER_EMAIL}}", values) is None
