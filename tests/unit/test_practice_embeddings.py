"""Embeddings: near for what shares words, the same everywhere, of length 1."""

import subprocess
import sys
from base64 import b64decode

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.practice.embeddings import DIMENSIONS, base64, embed, embed_all

TEXTS = st.text(st.characters(codec=None), max_size=200) | st.sampled_from(
    ["", " \n\t", "!!!", "🙂", "a", "ñ", "\ud800", "snake_case_name", "機械学習入門", "A" * 3_000]
)


def near(one: str, other: str, dimensions: int = DIMENSIONS) -> float:
    return float(embed(one, dimensions) @ embed(other, dimensions))


@pytest.mark.parametrize("dimensions", [128, 256, 1_536])
@pytest.mark.parametrize(
    ("text", "alike", "unlike"),
    [
        # Said otherwise.
        (
            "How do I reset my password?",
            "I forgot my password, how can it be reset",
            "How much does the ticket cost?",
        ),
        (
            "temperature changes the randomness of the answer",
            "the answer's randomness depends on temperatures",
            "a bakery sells fresh bread every morning",
        ),
        (
            "The invoice number is 48213",
            "invoice 48213",
            "The number of the bus is unknown to me",
        ),
        # Inflected.
        (
            "The cats are sleeping on the sofa",
            "A cat slept on a sofa",
            "The markets are falling on the Monday",
        ),
        (
            "tokenization splits text",
            "the tokenizer is splitting texts into tokens",
            "gradient descent minimizes a loss",
        ),
        (
            "streaming responses over server-sent events",
            "a response is streamed as server sent event",
            "a vector database stores embeddings",
        ),
        # Mistyped.
        (
            "retrieval augmented generation",
            "retreival augmentd generaton",
            "reinforcement learning from feedback",
        ),
        ("embedding dimensions", "embeding dimensons", "embarrassing dinners"),
        # The same in Spanish.
        (
            "¿Cómo cambio mi contraseña?",
            "Quiero cambiar la contraseña de mi cuenta",
            "¿Cuánto cuesta mi billete de tren?",
        ),
        (
            "la temperatura controla el azar de la respuesta",
            "el azar de las respuestas depende de las temperaturas",
            "el panadero de la esquina vende el pan por la mañana",
        ),
        (
            "Los gatos duermen en el sofá",
            "Un gato dormía en un sofá",
            "Las bolsas cayeron en el lunes",
        ),
        (
            "los modelos de lenguaje predicen palabras",
            "un modelo del lenguaje predice la palabra siguiente",
            "los trenes de la estación salen a las ocho",
        ),
        (
            "límite de peticiones por minuto",
            "LIMITES DE PETICIÓN POR MINUTOS",
            "receta de tortilla por pasos",
        ),
        ("recuperación de documentos", "recuperacion de docmentos", "generación de imágenes"),
    ],
)
def test_the_alike_are_nearer_than_the_unlike(
    text: str, alike: str, unlike: str, dimensions: int
) -> None:
    assert near(text, alike, dimensions) > near(text, unlike, dimensions) + 0.05
    assert near(text, alike, dimensions) > near(alike, unlike, dimensions) + 0.05


def test_a_question_finds_its_passage() -> None:
    passages = [
        "A token bucket is refilled all the time, up to its capacity.",
        "Embeddings are vectors; near vectors stand for texts that are alike.",
        "An index of documents is searched before the model answers.",
        "El azar de una respuesta crece con la temperatura.",
        "Un modelo de lenguaje da una probabilidad a cada palabra siguiente.",
    ]
    rows = embed_all(passages)
    for question, answer in (
        ("How quickly do token buckets refill?", 0),
        ("What are embedding vectors good for?", 1),
        ("searching an index", 2),
        ("¿Qué hace la temperatura con el azar?", 3),
        ("probabilidades de las palabras", 4),
    ):
        assert int(np.argmax(rows @ embed(question))) == answer


@given(TEXTS, st.sampled_from([1, 2, 3, 64, 256, 1_000]))
def test_every_text_has_a_vector_of_length_one(text: str, dimensions: int) -> None:
    vector = embed(text, dimensions)
    assert vector.shape == (dimensions,)
    assert vector.dtype == np.float32
    assert float(vector @ vector) == pytest.approx(1, abs=1e-5)
    assert (embed(text, dimensions) == vector).all()


@given(TEXTS, TEXTS)
def test_nearness_is_the_same_both_ways_and_greatest_to_itself(one: str, other: str) -> None:
    assert near(one, other) == near(other, one)
    assert near(one, other) <= near(one, one) + 1e-5


def test_case_and_accents_do_not_count() -> None:
    assert (embed("Qué LÍMITE") == embed("que limite")).all()
    assert (embed("ﬁne Straße") == embed("fine STRASSE")).all()


def test_order_and_number_count_a_little() -> None:
    assert 0.5 < near("dog bites man", "man bites dog") < 0.999
    assert near("dog dog dog cat", "dog cat") > 0.8


def test_a_text_without_words_has_its_vector() -> None:
    assert (embed("") == embed(" \n")).all()
    assert near("!!! ???", "") < 0.5
    assert near("🙂🙂", "🙂") > 0.7


def test_another_process_finds_the_same() -> None:
    text = "The same text, año tras año"
    program = (
        f"from filon.practice.embeddings import base64, embed\nprint(base64(embed({text!r}, 32)))"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert told == {base64(embed(text, 32))}


def test_many_at_once_are_as_one_by_one() -> None:
    texts = ["one", "", "two words"]
    rows = embed_all(texts, 16)
    assert rows.shape == (3, 16)
    assert all((row == embed(text, 16)).all() for row, text in zip(rows, texts, strict=True))
    assert embed_all([]).shape == (0, DIMENSIONS)


def test_base64_is_little_endian_floats() -> None:
    vector = np.array([1.0, -2.5], np.float32)
    assert b64decode(base64(vector)) == bytes.fromhex("0000803f000020c0")
    back = np.frombuffer(b64decode(base64(embed("text"))), "<f4")
    assert (back == embed("text")).all()


def test_no_dimension_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one dimension"):
        embed("text", 0)
