"""Titles: when one is wanted, and what it is cut from."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.message import Role, say
from filon.practice.model.family import MODELS
from filon.practice.model.plan import Plan
from filon.practice.skills.asked import Asked
from filon.practice.skills.choose import plan_for
from filon.practice.skills.titles import Talk, candidates, titles

# As server/titles.py asks.
FILON = (
    "Give this conversation a title of at most six words, in the language of the conversation. "
    "Answer with the title alone: no quotes, no full stop.\n\n"
    "The person wrote:\n{asked}\n\nThe answer was:\n{answered}"
)
SHORT = (
    "Provide a concise, 5-word-or-less title for the conversation, using its same language, with "
    "no punctuation.\nUser: {asked}\nAI: {answered}"
)
IN_JSON = (
    "### Task:\nGenerate a concise, 3-5 word title summarizing the chat history.\n### Output:\n"
    'JSON format: {{ "title": "your title" }}\n### Chat History:\n<chat_history>\n'
    "USER: {asked}\nASSISTANT: {answered}\n</chat_history>"
)


def asked(*said: tuple[Role, str]) -> Asked:
    messages = tuple(say(role, text) for role, text in said)
    return Asked(model=MODELS[0], messages=messages)


def first(plan: Plan | None) -> str | None:
    return plan.segments[0].alternatives[0].text if plan else None


@pytest.mark.parametrize(
    ("question", "reply", "title"),
    [
        (
            "Please tell me how gold came into the quartz veins of the Alps.",
            "Hot water carried gold into cracks of the rock, where quartz grew.",
            "Gold came into the quartz veins",
        ),
        ("What is 12 * 7?", "12 × 7 is 84.", "12 * 7"),
        ("Hello", "Hello. How can I help you?", "Hello"),
        ("¿Qué es un token y cómo se cuenta?", "Un token es un trozo de texto.",
         "Token y cómo se cuenta"),
        ("how do i set the `temperature` parameter?", "Set it in the body.",
         "Set the temperature parameter"),
        ("Explain rate limits. I get 429 all the time.", "A 429 says that a limit was met.",
         "Rate limits"),
        ("Write a Python function reverse_string(text) that returns the text backwards.", "...",
         "Python function reverse_string"),
        ("**Gold** or _silver_?", "Gold.", "Gold or silver"),
        ("日本語の文章", "はい", "日本語の文章"),
        ("", "", "New conversation"),
    ],
)  # fmt: skip
def test_a_title_in_the_conversations_own_words(question: str, reply: str, title: str) -> None:
    for prompt in (FILON, SHORT):
        request = asked(("user", prompt.format(asked=question, answered=reply)))
        assert first(titles(request)) == title
        assert plan_for(request).skill == "titles"


def test_a_title_of_the_messages_before() -> None:
    before: list[tuple[Role, str]] = [
        ("user", "How do I bake sourdough bread?"),
        ("assistant", "Mix flour and water, and wait."),
    ]
    for request in (
        "Give this conversation a title",
        "Suggest a short title for our chat.",
        "Ponle un título a esta conversación",
        "Genera un título breve para la conversación, sin comillas",
    ):
        assert first(titles(asked(*before, ("user", request)))) == "Bake sourdough bread"


def test_a_title_by_instructions() -> None:
    request = asked(
        ("system", "Write a short title for the conversation."),
        ("user", "How do magnets attract iron?"),
    )
    assert first(titles(request)) == "Magnets attract iron"


def test_a_title_in_json_where_that_is_wanted() -> None:
    text = IN_JSON.format(asked="Tell me about volcanoes in Iceland", answered="Iceland has many.")
    title = first(titles(asked(("user", text))))
    assert title
    assert msgspec.json.decode(title) == {"title": "Volcanoes in Iceland"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "What title should I give my novel about gold?",
        "Give me a title for a novel",
        "What is the title of this?",
        "Let us have a conversation about gold",
        "¿Qué título tiene el libro?",
    ],
)
def test_other_titles_are_not_meant(text: str) -> None:
    assert titles(asked(("user", text))) is None


def test_the_runner_up_is_another_title() -> None:
    talk = Talk("Tell me how gold came into the quartz veins of the Alps.", "")
    found = candidates(talk, "en")
    assert found == ["Gold came into the quartz veins", "Quartz veins of the Alps"]


@given(st.text(st.characters(), max_size=300), st.text(st.characters(), max_size=100))
def test_any_conversation_has_a_short_title(person: str, model: str) -> None:
    for title in candidates(Talk(person, model), "es"):
        assert title.strip()
        assert len(title.split()) <= 6
        assert len(title) <= 62
        assert "\n" not in title
