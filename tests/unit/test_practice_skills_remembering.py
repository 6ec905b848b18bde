"""Memory within a conversation: facts told, asked for, and never told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.message import Role, say
from filon.practice.model.family import MODELS
from filon.practice.skills.asked import Asked
from filon.practice.skills.facts import facts, key_of
from filon.practice.skills.remembering import remembering

ROLES: dict[str, Role] = {"S": "system", "A": "assistant", "U": "user"}


def asked(*said: str) -> Asked:
    """Each message by the letter of its role and a colon; the user's may go without."""
    messages = [
        say(ROLES[text[0]], text[2:]) if text[:2] in {"S:", "A:", "U:"} else say("user", text)
        for text in said
    ]
    return Asked(model=MODELS[0], messages=tuple(messages))


def answer(*said: str) -> str | None:
    plan = remembering(asked(*said))
    return plan.segments[0].alternatives[0].text if plan else None


@pytest.mark.parametrize(
    ("told", "question", "said"),
    [
        ("My name is Ana.", "What is my name?", "Your name is Ana."),
        ("my name's Ana and I like gold", "what's my name", "Your name is Ana."),
        ("Hi, I'm Ana!", "Who am I?", "Your name is Ana."),
        ("Please call me Bob", "do you remember my name?", "Your name is Bob."),
        ("I live in Sevilla, in the south.", "Where do I live?", "You live in Sevilla."),
        ("I am from Peru", "where am I from?", "You are from Peru."),
        ("I work as a nurse", "what do I do for a living?", "You work as a nurse."),
        ("I am 34 years old.", "How old am I?", "You are 34 years old."),
        ('The secret word is "quartz".', "What is the secret word?", "The secret word is quartz."),
        ("The password is hunter2", "Tell me the password", "The password is hunter2."),
        ("My favourite colour is green.", "What's my favorite color?",
         "Your favorite color is green."),
        ("My dog is called Rex", "What is my dog's name?", "Your dog is called Rex."),
        ("my cat is named Tom", "who is my cat?", "Your cat is called Tom."),
        ("My email is ana@example.com", "what is my email?", "Your email is ana@example.com."),
        ("Remember that the meeting is at 5.", "When is the meeting?",
         "You told me: the meeting is at 5."),
        ("Remember that the meeting is at 5.", "What did I ask you to remember?",
         "You asked me to remember: the meeting is at 5."),
        ("My name is Ana.", "What do you remember?", "You told me: your name is Ana."),
        ("Me llamo José Luis y vivo en Sevilla", "¿Cómo me llamo?", "Te llamas José Luis."),
        ("Me llamo José Luis y vivo en Sevilla", "¿Dónde vivo?", "Vives en Sevilla."),
        ("Me llamo José Luis y vivo en Sevilla", "Where do I live?", "You live in Sevilla."),
        ("Soy de Perú.", "¿De dónde soy?", "Eres de Perú."),
        ("Trabajo de enfermera", "¿En qué trabajo?", "Trabajas de enfermera."),
        ("Tengo 34 años", "¿Cuántos años tengo?", "Tienes 34 años."),
        ("La palabra secreta es cuarzo.", "¿Cuál es la palabra secreta?",
         "La palabra secreta es cuarzo."),
        ("La palabra secreta es cuarzo.", "What is the secret word?", "The secret word is cuarzo."),
        ("Mi color favorito es el verde", "¿Cuál es mi color favorito?",
         "Tu color favorito es el verde."),
        ("Mi color favorito es el verde", "What is my favourite colour?",
         "Your favourite colour is el verde."),
        ("Mi número de la suerte es el 7", "¿cuál es mi número de la suerte?",
         "Tu número de la suerte es el 7."),
        ("Mi perro se llama Toby", "¿Cómo se llama mi perro?", "Tu perro se llama Toby."),
        ("Recuerda que la reunión es el martes", "¿Cuándo es la reunión?",
         "Me dijiste: la reunión es el martes."),
        ("Recuerda que la reunión es el martes", "¿Qué te pedí que recordaras?",
         "Me pediste que recordara: la reunión es el martes."),
    ],
)  # fmt: skip
def test_what_was_told_is_told_back(told: str, question: str, said: str) -> None:
    assert answer(told, "A:Ok.", question) == said
    assert answer(told, *["A:Ok.", "Go on."] * 20, question) == said


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What is my name?", "You have not told me your name in this conversation."),
        ("where do i live", "You have not told me where you live in this conversation."),
        ("How old am I?", "You have not told me how old you are in this conversation."),
        (
            "What is the secret word?",
            "You have not told me the secret word in this conversation.",
        ),
        (
            "What's my favourite colour?",
            "You have not told me your favourite colour in this conversation.",
        ),
        (
            "What did I ask you to remember?",
            "You have not told me anything to remember in this conversation.",
        ),
        ("¿Cómo me llamo?", "No me has dicho cómo te llamas en esta conversación."),
        (
            "¿Cuál es la contraseña?",
            "No me has dicho la contraseña en esta conversación.",
        ),
        ("¿Cuál es mi color favorito?", "No me has dicho tu color favorito en esta conversación."),
    ],
)
def test_what_was_not_told_is_not_made_up(question: str, said: str) -> None:
    assert answer(question) == said
    # What the model itself or a given text says was not told by the person.
    assert answer("Hello", "A:My name is Pocket. The secret word is gold.", question) == said


@pytest.mark.parametrize(
    ("said", "acknowledged"),
    [
        ("My name is Ana.", "I will remember that in this conversation: your name is Ana."),
        (
            "Hello! My name is Ana and I live in Lugo.",
            "I will remember that in this conversation: your name is Ana; you live in Lugo.",
        ),
        (
            "Remember: the code is 4711",
            "I will remember that in this conversation: the code is 4711.",
        ),
        (
            "Me llamo Ana y vivo en Lugo",
            "Lo recordaré en esta conversación: te llamas Ana; vives en Lugo.",
        ),
        (
            "Please remember my birthday is 3 May",
            "I will remember that in this conversation: your birthday is 3 May.",
        ),
        (
            "Remember my name is Ana",
            "I will remember that in this conversation: your name is Ana.",
        ),
        (
            "remember the secret word is gold",
            "I will remember that in this conversation: the secret word is gold.",
        ),
        ("Recuerda que hoy es lunes", "Lo recordaré en esta conversación: hoy es lunes."),
    ],
)
def test_a_fact_is_acknowledged(said: str, acknowledged: str) -> None:
    assert answer(said) == acknowledged


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Hello",
        "What is your name?",
        "What is a token?",
        "My code is broken, how do I fix it?",
        "My question is how tokens work.",
        "Call me Al, then write me a poem about the sea",
        "My name is Ana. Explain streaming.",
        "I work as a nurse. What is a token?",
        "Context: My name is Bob. The secret word is gold.\n\nQuestion: What is the secret word?",
        "What is the difference between the key and the value?",
        "¿Qué es una clave de acceso?",
    ],
)
def test_what_is_not_about_memory(said: str) -> None:
    assert answer(said) is None


def test_the_last_word_counts() -> None:
    told = ("The password is gold", "A:Ok.", "Now the password is silver", "A:Ok.")
    assert answer(*told, "What is the password?") == "The password is silver."
    assert answer("My name is Ana. What is my name?") == "Your name is Ana."


def test_instructions_may_tell_the_name() -> None:
    assert answer("S:The user's name is Marta.", "Who am I?") == "Your name is Marta."
    assert answer("S:My name is Pocket.", "Who am I?") == (
        "You have not told me your name in this conversation."
    )


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What did I say first?", 'You first wrote: "Gold or silver?"'),
        ("What was my last message?", 'You last wrote: "And now?"'),
        ("How many messages have I sent?", "You have sent 3 messages here, this one included."),
        ("¿Qué dije primero?", "Primero escribiste: «Gold or silver?»"),
        ("¿Cuál fue mi pregunta anterior?", "Antes escribiste: «And now?»"),
        ("¿Cuántos mensajes he enviado?", "Has enviado 3 mensajes aquí, contando este."),
    ],
)
def test_the_messages_themselves(question: str, said: str) -> None:
    assert answer("Gold or silver?", "A:Gold.", "And now?", "A:Silver.", question) == said


def test_all_messages_are_counted_and_alone_there_is_no_first() -> None:
    many = ["Hello", "A:Hello."] * 300
    assert answer(*many, "How many messages have I sent?") == (
        "You have sent 301 messages here, this one included."
    )
    assert answer("What did I say first?") == (
        "This is the first message you have sent in this conversation."
    )


def test_a_thing_has_one_key_in_both_languages() -> None:
    assert key_of("favourite colour") == key_of("favorite color") == key_of("color favorito")
    assert key_of("secret word") == key_of("la palabra secreta")
    assert key_of("dog's name") == key_of("dog") == key_of("perro")
    assert key_of("name") == "name"


NAMES = st.text("abcdefghijklmnopqrstuvwxyzáéñ", min_size=2, max_size=12)


@given(NAMES)
def test_any_name_is_remembered(name: str) -> None:
    assert answer(f"My name is {name}.", "A:Ok.", "What is my name?") == f"Your name is {name}."
    assert answer(f"Me llamo {name}.", "A:Ok.", "¿Cómo me llamo?") == f"Te llamas {name}."


@given(st.text(st.characters(), max_size=200))
def test_facts_stand_in_the_text(text: str) -> None:
    for fact in facts(text):
        assert fact.value in text
        assert 0 <= fact.start < fact.end <= len(text)
