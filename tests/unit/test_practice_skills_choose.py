"""Knowing, code, thought, and which skill answers; nothing fails on any conversation."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from filon.conversation.message import (
    Image,
    Message,
    Opaque,
    Part,
    Reasoning,
    Refusal,
    Role,
    Text,
    ToolCall,
    say,
)
from filon.practice.model.family import MODELS, Model, find
from filon.practice.model.knowledge import Dialogue
from filon.practice.model.plan import Alternative, Plan, Segment, text_plan
from filon.practice.skills import coding
from filon.practice.skills.arithmetic import arithmetic
from filon.practice.skills.asked import Asked, Tool
from filon.practice.skills.choose import plan_for
from filon.practice.skills.knowing import hits, knowing, learn, talk
from filon.practice.skills.reasoning import GAIN, think

REASONER = "pocket-reasoner"


def model(name: str) -> Model:
    found = find(name)
    assert found
    return found


def asked(text: str, name: str = "pocket", effort: str = "medium", system: str = "") -> Asked:
    before = (say("system", system),) if system else ()
    return Asked(model=model(name), messages=(*before, say("user", text)), effort=effort)


def first(plan: Plan) -> str:
    return plan.segments[-1].alternatives[0].text


@pytest.mark.parametrize(
    ("text", "skill"),
    [
        ("What is 12 * 7?", "arithmetic"),
        ("¿Cuánto es 15 entre 4?", "arithmetic"),
        ("My name is Ana.", "remembering"),
        ("¿Cómo me llamo?", "remembering"),
        ("Context: Gold is heavy.\n\nQuestion: Is gold heavy?", "quoting"),
        ("Contexto: El oro pesa.\n\nPregunta: ¿Qué pesa?", "quoting"),
        ("Write a Python function factorial(n).", "coding"),
        ("Escribe una función que diga si un número es primo", "coding"),
        ("What is a token?", "knowing"),
        ("¿Qué es un token?", "knowing"),
        ("Hello", "knowing"),
        ("Tell me about quantum chromodynamics", "knowing"),
        ("", "knowing"),
    ],
)
def test_which_skill_answers(text: str, skill: str) -> None:
    assert plan_for(asked(text)).skill == skill


KNOWN = (
    Dialogue(("What is a seam?", "explain seams"), "A seam is a layer of ore.", None, None, "en"),
    Dialogue(("What is a vein?",), "A vein fills a crack in the rock.", None, None, "en"),
    Dialogue(("¿Qué es una veta?",), "Una veta llena una grieta.", None, None, "es"),
)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("what is a seam", "A seam is a layer of ore."),
        ("Can you explain what seams are?", "A seam is a layer of ore."),
        ("Hi there. What is a vein? Be brief.", "A vein fills a crack in the rock."),
        ("que es una veta", "Una veta llena una grieta."),
    ],
)
def test_a_question_in_other_words(text: str, answer: str) -> None:
    language = "es" if "veta" in text else "en"
    assert hits(learn(KNOWN), text, language)[0].dialogue.answer == answer


@pytest.mark.parametrize("text", ["What is a hammer?", "Hello", "", "日本語", "is is is"])
def test_what_is_not_known(text: str) -> None:
    assert hits(learn(KNOWN), text, "en") == []
    assert hits(learn(()), text, "en") == []


def test_most_questions_of_the_corpus_are_found_again() -> None:
    known = talk()
    found = [
        hits(known, question, "es" if dialogue.language == "es" else "en")[:1]
        for dialogue in known.dialogues
        for question in dialogue.questions
    ]
    wanted = [dialogue for dialogue in known.dialogues for _ in dialogue.questions]
    right = sum(
        bool(hit) and hit[0].dialogue.answer == dialogue.answer
        for hit, dialogue in zip(found, wanted, strict=True)
    )
    assert right >= 0.97 * len(wanted)


def test_close_questions_are_rivals_that_weigh_less() -> None:
    plan = knowing(asked("What is a token?"))
    (segment,) = plan.segments
    assert segment.alternatives[0].weight == 0
    assert all(each.weight <= -2 for each in segment.alternatives[1:])
    assert segment.strength == model("pocket").strength - 2


def test_a_text_alone_is_not_an_empty_message() -> None:
    assert first(knowing(asked(""))).startswith("Your message holds no text.")
    assert "holds no text" not in knowing(asked("Text: Ore.")).segments[0].alternatives[0].text


def test_what_is_not_known_is_said_and_free_text_follows() -> None:
    plan = knowing(asked("Tell me about quantum chromodynamics"))
    said, free = plan.segments
    assert said.alternatives[0].text.startswith("I know nothing about that.")
    assert free == Segment()
    spanish = knowing(asked("Háblame de la cromodinámica de los quarks"))
    assert spanish.segments[0].alternatives[0].text.startswith("No sé nada de eso.")


@pytest.mark.parametrize("name", [each.name for each in MODELS if each.speaks])
def test_code_is_right_by_ability_less_level(name: str) -> None:
    for task in coding.tasks():
        plan = coding.coding(asked(task.dialogue.questions[0], name))
        assert plan
        right, wrong = plan.segments[0].alternatives
        assert right.text == task.dialogue.answer
        assert wrong == Alternative(task.dialogue.wrong or "")
        assert task.dialogue.level is not None
        assert right.weight == pytest.approx(model(name).code_ability - task.dialogue.level)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('def is_prime(n):\n    """Whether n is prime."""\n', "is_prime"),
        ("Please write `factorial`", "factorial"),
        ("Write a function that reverses a string", "reverse_string"),
        ("fibonacci in python", "fibonacci"),
        ("Escribe una función que diga si un número es primo", "is_prime"),
    ],
)
def test_a_task_in_other_words(text: str, name: str) -> None:
    plan = coding.coding(asked(text))
    assert plan
    assert f"def {name}(" in first(plan)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("Write a function to parse XML", "I do not know this task."),
        ("Write is_prime in JavaScript", "I do not know this task."),
        ("Implement quicksort in Python", "I do not know this task."),
        ("Escribe un programa para ordenar ficheros", "No conozco esta tarea."),
    ],
)
def test_an_unknown_task_is_said_to_be_one(text: str, start: str) -> None:
    plan = coding.coding(asked(text))
    assert plan
    assert first(plan).startswith(start)
    assert "`factorial`" in first(plan)


@pytest.mark.parametrize(
    "text", ["", "test", "What does a function do?", "write a story about code", "What is a token?"]
)
def test_what_is_no_task_in_code(text: str) -> None:
    assert coding.coding(asked(text)) is None


def thought(plan: Plan) -> str:
    assert plan.segments[0].kind == "reasoning"
    (only,) = plan.segments[0].alternatives
    return only.text


def test_only_who_reasons_thinks() -> None:
    plan = text_plan("knowing", "Gold.")
    assert think(asked("What is gold?"), plan) == plan
    assert think(asked("What is gold?", REASONER, "none"), plan) == plan
    once = think(asked("What is gold?", REASONER), plan)
    assert think(asked("What is gold?", REASONER), once) == once


def test_a_thought_goes_through_the_steps() -> None:
    plan = plan_for(asked("What is 123 * 456?", REASONER, "high"))
    assert thought(plan).splitlines() == [
        "The task: What is 123 * 456?",
        "In signs: 123 × 456",
        "123 × 400 = 49200",
        "123 × 50 = 6150",
        "123 × 6 = 738",
        "49200 + 6150 + 738 = 56088",
        "Check: 56088 ÷ 456 = 123",
        "So: 123 × 456 is 56088.",
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("What is 3 + 4 * 2?", ["4 × 2 = 8", "3 + 8 = 11", "So: 3 + 4 × 2 is 11."]),
        ("Which is larger, 9.11 or 9.9?", ["9.11 - 9.90 = -0.79"]),
        ("¿Cuánto es 10 entre 4?", ["La tarea: ¿Cuánto es 10 entre 4?", "10 ÷ 4 = 2,5"]),
        ("what is the square root of 81", ["9 × 9 = 81"]),
        (
            "Context:\n[1] Gold is heavy.\n[2] Silver shines.\n\nQuestion: Which metal shines?",
            ['"Silver shines." [2] holds shines.', "So I quote what holds most."],
        ),
        ("My name is Ana. What is my name?", ["The conversation tells it: Ana."]),
        ("What is my name?", ["I look through what was said before."]),
        ("Write a Python function is_prime(n)", ["is_prime takes n."]),
        ("What is a token?", ["I know this one: What is a token?"]),
        ("Tell me about quantum chromodynamics",
         ["Nothing that I know is like it, so I have to say that."]),
    ],
)  # fmt: skip
def test_a_thought_is_about_this_task(text: str, lines: list[str]) -> None:
    said = thought(plan_for(asked(text, REASONER, "high"))).splitlines()
    assert [line for line in lines if line not in said] == []


def test_a_thought_names_the_tool_and_its_arguments() -> None:
    request = replace(
        asked("What is the weather in Lugo?", REASONER, "high"),
        tools=(Tool(name="get_weather", description="The weather of a city"), Tool(name="add")),
    )
    call = Segment(kind="call", alternatives=(Alternative('get_weather\n{"city":"Lugo"}'),))
    said = thought(think(request, Plan(skill="tools", segments=(call,)))).splitlines()
    assert said == [
        "The task: What is the weather in Lugo?",
        "The tool get_weather can do this.",
        "It says of itself: The weather of a city",
        'city is "Lugo".',
        "Not needed: add.",
    ]


def test_a_thought_names_the_fields_of_an_object() -> None:
    plan = text_plan("structured", json.dumps({"city": "Lugo", "size": 3}))
    said = thought(think(asked("Describe Lugo", REASONER), plan)).splitlines()
    assert said == ["The task: Describe Lugo", "The answer must be JSON.", 'city is "Lugo".',
                    "size is 3."]  # fmt: skip


def test_effort_makes_thoughts_longer_and_sums_surer() -> None:
    text = "What is 123 * 456?"
    plain = arithmetic(asked(text, REASONER))
    assert plain
    lengths: list[int] = []
    for effort in ("low", "medium", "high"):
        plan = plan_for(asked(text, REASONER, effort))
        lengths.append(len(thought(plan)))
        answer = plan.segments[1].alternatives
        before = plain.segments[0].alternatives
        assert answer[0].weight == pytest.approx(before[0].weight + GAIN[effort])
        assert answer[1:] == before[1:]
    assert lengths == sorted(set(lengths))


TEXTS = st.text(st.characters(), max_size=120) | st.sampled_from(
    [
        "What is 12 * 7?",
        "Context: Gold is heavy.\n\nQuestion: What is heavy?",
        "My name is Ana.",
        "what is my name?",
        "¿Cuál es la palabra secreta?",
        "Give this conversation a title",
        "Write a Python function is_prime(n)",
        "Summarise this: " + "Gold is heavy. It shines. " * 20,
        "```python\nprint(3 + 4)\n``` what does it print?",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "日本語で答えてください",
        "اكتب قصيدة",
    ]
)
PARTS: st.SearchStrategy[Part] = (
    TEXTS.map(Text)
    | TEXTS.map(Reasoning)
    | TEXTS.map(Refusal)
    | st.builds(Image, TEXTS)
    | st.builds(ToolCall, TEXTS, TEXTS, TEXTS)
    | TEXTS.map(Opaque)
)
ALL_ROLES: list[Role] = ["system", "developer", "user", "assistant", "tool"]
MESSAGES = st.builds(
    Message, role=st.sampled_from(ALL_ROLES), parts=st.lists(PARTS, max_size=3).map(tuple)
)
REQUESTS = st.builds(
    Asked,
    model=st.sampled_from([each for each in MODELS if each.speaks]),
    messages=st.lists(MESSAGES, max_size=6).map(tuple),
    effort=st.sampled_from(["none", "minimal", "low", "medium", "high", "xhigh", ""]),
)


@given(REQUESTS)
def test_any_conversation_has_one_plan(request_: Asked) -> None:
    plan = plan_for(request_)
    assert plan == plan_for(request_)
    assert plan.segments
    for segment in plan.segments:
        texts = [each.text for each in segment.alternatives]
        assert all(texts)
        assert all(math.isfinite(each.weight) for each in segment.alternatives)
    thinks = request_.model.reasons and request_.effort != "none"
    assert (plan.segments[0].kind == "reasoning") is thinks


def test_very_long_texts_are_read_in_part() -> None:
    for text in ("word " * 200_000, "(" * 300_000, "1+" * 200_000, "Context:\n" * 50_000):
        assert plan_for(asked(text, REASONER, "high")).segments
