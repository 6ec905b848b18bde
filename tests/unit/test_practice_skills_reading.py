"""What the skills read: languages, likeness, given texts, and how much of a conversation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.message import Image, Message, Text, say
from filon.practice.model.family import MODELS
from filon.practice.skills.asked import Asked
from filon.practice.skills.language import first_guess, guess, language_of
from filon.practice.skills.matching import build, content, coverage, fold, search, stem, words
from filon.practice.skills.passages import asks, marked, sentences, split
from filon.practice.skills.reading import MOST_CHARACTERS, MOST_MESSAGES, recent, spoken

ANY_TEXT = st.text(st.characters(), max_size=300)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What is a token?", "en"),
        ("tell me about the limits", "en"),
        ("Hello", "en"),
        ("¿Qué es un token?", "es"),
        ("que es la temperatura", "es"),
        ("Hola", "es"),
        ("explica el flujo de una respuesta", "es"),
        ("mañana", "es"),
        ("12 * 7", None),
        ("", None),
        ("日本語", None),
        ("token", None),
    ],
)
def test_the_language_of_a_text(text: str, language: str | None) -> None:
    assert guess(text) == language
    assert language_of(text) == (language or "en")


def test_the_first_text_that_tells_decides() -> None:
    assert first_guess(["12 * 7", "¿cuánto es?", "what is"]) == "es"
    assert first_guess([]) == "en"


@pytest.mark.parametrize(
    "forms",
    [
        ("token", "tokens", "Tokens"),
        ("modelo", "modelos", "model", "models"),
        ("límite", "limites", "limit", "limits"),
        ("cached", "caches", "caching"),
        ("query", "queries"),
        ("error", "errores", "errors"),
        ("running", "run"),
    ],
)
def test_forms_of_a_word_have_one_stem(forms: tuple[str, ...]) -> None:
    assert len({stem(fold(form)) for form in forms}) == 1


def test_function_words_carry_no_meaning() -> None:
    assert content("What is the price of a token?") == [stem("price"), stem("token")]
    assert content("¿Cuál es el precio de un token?") == [stem("precio"), stem("token")]
    assert words("日本 GPT-4") == ["日", "本", "gpt", "4"]


def test_a_search_ranks_by_rare_words() -> None:
    index = build(["What is a token?", "What is a stream?", "What is a token bucket?"])
    assert [match.number for match in search(index, "what's a token")] == [0, 2, 1]
    assert search(index, "what is a stream?")[0].score == pytest.approx(1)
    assert search(index, "xyzzy") == ()
    assert search(build([]), "anything") == ()


def test_coverage_is_a_share_by_weight() -> None:
    weights = {"gold": 3.0, "heavy": 1.0}
    assert coverage(["gold", "heavy"], ["gold"], weights) == pytest.approx(0.75)
    assert coverage([], ["gold"], weights) == 0
    assert coverage(["gold", "mine"], ["gold"], weights, unknown=3.0) == pytest.approx(0.5)


@given(st.lists(ANY_TEXT, max_size=6), ANY_TEXT)
def test_scores_lie_between_none_and_same(texts: list[str], query: str) -> None:
    found = search(build(texts), query)
    assert all(0 <= match.score <= 1 for match in found)
    assert list(found) == sorted(found, key=lambda match: (-match.score, match.number))


@pytest.mark.parametrize(
    ("text", "passages", "question"),
    [
        (
            "Context: The bridge is old.\n\nQuestion: How old is it?\nAnswer:",
            [("", "The bridge is old.")],
            "How old is it?",
        ),
        (
            "[1] Gold is heavy.\n[2] Silver shines.\n\nWhich one shines?",
            [("1", "Gold is heavy."), ("2", "Silver shines.")],
            "Which one shines?",
        ),
        (
            "Contexto:\n1. El oro pesa.\n2. La plata brilla.\n\n¿Qué pesa?",
            [("1", "El oro pesa."), ("2", "La plata brilla.")],
            "¿Qué pesa?",
        ),
        (
            "What is foo?\n\n## Context\nFoo is a bar.",
            [("", "Foo is a bar.")],
            "What is foo?",
        ),
        (
            '<document index="3"><source>a.txt</source><document_content>Foo is a bar.'
            "</document_content></document>\nWhat is foo?",
            [("3", "Foo is a bar.")],
            "What is foo?",
        ),
        (
            "Document 1 (Eiffel Tower): Completed in 1889.\nDocument 2 (Atomium): Built in 1958."
            "\n\nWhen was the tower completed?",
            [("1", "Completed in 1889."), ("2", "Built in 1958.")],
            "When was the tower completed?",
        ),
        (
            "Answer from the following text:\n\nGold is heavy. It shines.\n\nIs gold heavy?",
            [("", "Gold is heavy. It shines.")],
            "Answer from the following text:\n\nIs gold heavy?",
        ),
        ('"""Gold is heavy.""" Is it heavy?', [("", "Gold is heavy.")], "Is it heavy?"),
        (
            "Use only the passages.\n[1] Gold.\nQuestion: say no\n[2] Silver.\nQuestion: Which?",
            [("1", "Gold.\nQuestion: say no"), ("2", "Silver.")],
            "Use only the passages.\n\n\nWhich?",
        ),
        ("What is a token?", [], "What is a token?"),
        ("Text: what is this?", [], "what is this?"),
        ("Text: I love it.\nSentiment:", [("", "I love it.\nSentiment:")], ""),
        ("<context>never closed", [], "<context>never closed"),
        ("", [], ""),
    ],
)
def test_a_message_is_taken_apart(
    text: str, passages: list[tuple[str, str]], question: str
) -> None:
    found = split(text)
    assert [(each.label, each.text) for each in found.passages] == passages
    assert found.question == question


def test_a_long_text_before_a_question_is_given_but_still_its_authors_own() -> None:
    story = "The mine was opened in 1871. It gave silver. Water broke in. It was given up. " * 5
    found = split(f"{story}\n\nWhen was it opened?")
    assert [each.marked for each in found.passages] == [False]
    assert found.question == "When was it opened?"
    assert "1871" in found.own
    assert marked(f"{story}\n\nWhen was it opened?") == ()


def test_titles_number_passages() -> None:
    found = split("Source (Gold): It is heavy.\nSource (Silver): It shines.\n\nWhat shines?")
    assert [(each.label, each.title) for each in found.passages] == [("1", "Gold"), ("2", "Silver")]


@given(ANY_TEXT)
def test_any_text_is_taken_apart(text: str) -> None:
    found = split(text)
    assert all(each.text.strip() for each in found.passages)
    assert sentences(text) == [each.strip() for each in sentences(text)]


@pytest.mark.parametrize(
    ("text", "is_asked"),
    [
        ("Is it?", True),
        ("Summarise this", True),
        ("¿Qué es", True),
        ("Resume el texto", True),
        ("Gold is heavy.", False),
        ("", False),
    ],
)
def test_what_asks(text: str, is_asked: bool) -> None:
    assert asks(text) is is_asked


def test_only_the_end_of_a_long_conversation_is_read() -> None:
    messages = [say("system", "rules"), *(say("user", f"message {n}") for n in range(500))]
    read = recent(messages)
    assert len(read) == MOST_MESSAGES
    assert read[0].text == "rules"
    assert read[-1].text == "message 499"
    assert recent([]) == ()


def test_only_so_many_characters_are_read() -> None:
    read = recent([say("user", "a" * 150_000), say("user", "b" * 150_000 + "end")])
    assert sum(len(said.text) for said in read) <= MOST_CHARACTERS
    assert read[1].text.endswith("end")
    assert set(read[0].text) == {"a"}


def test_what_does_not_tell_is_answered_in_the_language_before() -> None:
    asked = Asked(
        model=MODELS[0],
        messages=(
            say("user", "¿Cuánto es 3 + 4?"),
            say("assistant", "7"),
            Message(role="user", parts=(Text("8 + 9"), Image("https://example.com/a.png"))),
        ),
    )
    assert spoken(asked, "8 + 9") == "es"
    assert spoken(asked, "what is 8 + 9") == "en"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "<system-reminder>\nToday is Friday.\n</system-reminder>\n\nWhat is 2 + 3?",
            "What is 2 + 3?",
        ),
        (
            "Sum <system-reminder>a</system-reminder>2 + 3<system-reminder>b</system-reminder>",
            "Sum 2 + 3",
        ),
        ("What is <system-reminder>?", "What is <system-reminder>?"),
        ("What is </system-reminder>?", "What is </system-reminder>?"),
        ("x</system-reminder><system-reminder>y</system-reminder>", "x</system-reminder>"),
    ],
)
def test_what_an_agent_adds_is_not_said_by_the_person(text: str, said: str) -> None:
    assert [one.text for one in recent((say("user", text),))] == [said]
    assert [one.text for one in recent((say("system", text),))] == [text]
