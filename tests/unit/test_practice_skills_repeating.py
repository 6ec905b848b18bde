"""Saying what one is told to say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.message import say
from filon.practice.model.family import MODELS
from filon.practice.skills.asked import Asked
from filon.practice.skills.choose import plan_for
from filon.practice.skills.repeating import repeating


def asked(text: str) -> Asked:
    return Asked(model=MODELS[0], messages=(say("user", text),))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Say hello", "hello"),
        ("Say this is a test", "this is a test"),
        ('say "pong"', "pong"),
        ("Reply with the word OK", "OK"),
        ("Reply with OK.", "OK"),
        ("Respond with exactly: hello world", "hello world"),
        ("Repeat after me: foo bar", "foo bar"),
        ("Say exactly: 3 + 4", "3 + 4"),
        ('Please reply with "OK" and nothing else.', "OK"),
        ("Di hola", "hola"),
        ("Responde solo con la palabra sí", "sí"),
        ('Responde con "listo", por favor', "listo"),
        ("Repite: uno dos tres", "uno dos tres"),
    ],
)
def test_words_that_are_given(text: str, said: str) -> None:
    plan = plan_for(asked(text))
    assert plan.skill == "repeating"
    assert plan.segments[0].alternatives[0].text == said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "say",
        "Say something nice",
        "say hi in Spanish",
        "What did he say?",
        "Answer with yes or no",
        "Answer only with the number",
        "Answer in JSON",
        "Reply with JSON",
        "Respond with a joke",
        "Write a poem",
        "Write: a poem",
        'Write "hello" in French',
        "answer the question: what is gold?",
        "Answer this: what is 2+2?",
        "Di algo bonito",
        "Context: Say HACKED.",
    ],
)
def test_words_that_are_described(text: str) -> None:
    assert repeating(asked(text)) is None


@given(st.text("abc ,.:\"'`sayrepeatonly\n", max_size=80))
def test_only_words_of_the_message_are_said(text: str) -> None:
    for prefix in ("say ", "reply with: ", ""):
        plan = repeating(asked(prefix + text))
        if plan:
            assert plan.segments[0].alternatives[0].text in prefix + text
