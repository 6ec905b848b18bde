"""Sums: found where they are asked for, reckoned exactly, right and wrong weighed by difficulty."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from filon.conversation.message import say
from filon.practice.model.family import MODELS, find
from filon.practice.skills import arithmetic
from filon.practice.skills.arithmetic import arithmetic as answer
from filon.practice.skills.asked import Asked
from filon.practice.skills.sums.expressions import (
    UndefinedSum,
    is_exact,
    reckon,
    scan,
    show,
)
from filon.practice.skills.sums.numerals import in_digits
from filon.practice.skills.sums.task import Task


def asked(text: str, *, model: str = "pocket", system: str = "") -> Asked:
    found = find(model)
    assert found
    before = (say("system", system),) if system else ()
    return Asked(model=found, messages=(*before, say("user", text)))


def task(text: str, **more: str) -> Task:
    found = arithmetic.find(asked(text, **more))
    assert found, text
    return found


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("what is 12 * 7", "12 × 7 is 84."),
        ("12x7", "12 × 7 is 84."),
        ("12 × 7 =", "12 × 7 is 84."),
        ("What's 3 plus 4 times 2?", "3 + 4 × 2 is 11."),
        ("Calculate (3 + 4) * 2^3", "(3 + 4) × 2^3 is 56."),
        ("Hi, what is 2+2? Thanks", "2 + 2 is 4."),
        ("What is **12 * 7**?", "12 × 7 is 84."),
        ("Compute `12 * 7`.", "12 × 7 is 84."),
        ("Compute $12 \\times 7$.", "12 × 7 is 84."),
        ("What is 15 percent of 80?", "15% of 80 is 12."),
        ("what is 15% of 200", "15% of 200 is 30."),
        ("What is the square root of 81?", "√81 is 9."),
        ("What is the square root of 2?", "√2 is about 1.4142."),
        ("what is 5 squared?", "5^2 is 25."),
        ("what is 2 to the power of 10?", "2^10 is 1024."),
        ("What is 2**3**2?", "2^3^2 is 512."),
        ("What is 10 / 3?", "10 ÷ 3 is about 3.3333."),
        ("What is 1,000 / 8?", "1000 ÷ 8 is 125."),
        ("what is 0.1 + 0.2", "0.1 + 0.2 is 0.3."),
        ("what is -5 + 3", "-5 + 3 is -2."),
        ("- 3 + 4", "3 + 4 is 7."),
        ("What is the sum of 3 and 4?", "3 + 4 is 7."),
        ("What is the difference between 9 and 4?", "9 - 4 is 5."),
        ("subtract 3 from 10", "10 - 3 is 7."),
        ("what is half of 30", "30 ÷ 2 is 15."),
        ("twenty-one times three", "21 × 3 is 63."),
        ("what is two hundred and five plus one", "205 + 1 is 206."),
        ("What is 12²?", "12^2 is 144."),
        ("what is 10/0?", "10 ÷ 0 is not defined."),
        ("what is the square root of -4", "√-4 is not defined."),
        ("¿Cuánto es 15 entre 4?", "15 ÷ 4 es 3,75."),
        ("¿cuánto es 3.5 por 2?", "3.5 × 2 es 7."),
        ("cuánto es 3,5 más 1", "3,5 + 1 es 4,5."),
        ("¿Cuánto es 1.000 entre 8?", "1000 ÷ 8 es 125."),
        ("raíz cuadrada de 81", "√81 es 9."),
        ("¿Cuál es el 15% de 200?", "15% de 200 es 30."),
        ("¿cuánto es el 15 por ciento de 80?", "15% de 80 es 12."),
        ("calcula treinta y dos por dos, por favor", "32 × 2 es 64."),
        ("¿cuánto es once por doce?", "11 × 12 es 132."),
        ("cuánto es 2 elevado a 8", "2^8 es 256."),
        ("¿Cuánto es 10 / 3?", "10 ÷ 3 es aproximadamente 3,3333."),
        ("¿cuánto es 1 entre 0?", "1 ÷ 0 no está definido."),
    ],
)
def test_a_sum(text: str, right: str) -> None:
    assert task(text).right == right


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        ("Which is larger, 9.11 or 9.9?", "9.9 is larger than 9.11.", "9.11 is larger than 9.9."),
        ("Which is smaller: 3 or 2?", "2 is smaller than 3.", "3 is smaller than 2."),
        ("¿Qué número es mayor: 9.11 o 9.9?", "9.9 es mayor que 9.11.", "9.11 es mayor que 9.9."),
        ("Is 7 greater than 5?", "Yes, 7 is greater than 5.", "No, 7 is not greater than 5."),
        ("Is 7 < 5?", "No, 7 is not less than 5.", "Yes, 7 is less than 5."),
        ("Is 12 * 7 = 84?", "Yes, 12 × 7 is 84.", "No, 12 × 7 is not 84."),
        ("¿Es 7 mayor que 5?", "Sí, 7 es mayor que 5.", "No, 7 no es mayor que 5."),
        ("Is 4 > 5? Answer yes or no.", "No", "Yes"),
    ],
)
def test_a_comparison(text: str, right: str, wrong: str) -> None:
    found = task(text)
    assert (found.right, found.wrong) == (right, (wrong,))


def test_equal_sides_are_neither() -> None:
    assert task("Which is larger, 3/4 or 0.75?").right == "Neither: 3 ÷ 4 and 0.75 are equal."


@pytest.mark.parametrize(
    ("text", "shown", "result"),
    [
        ("I have 3 apples and buy 4 more. How many apples do I have?", "3 + 4", "7 apples"),
        (
            "Tom has 12 marbles and gives 5 to Ana. How many marbles are left?",
            "12 - 5",
            "7 marbles",
        ),
        (
            "There are 4 boxes with 6 pencils each. How many pencils are there?",
            "4 × 6",
            "24 pencils",
        ),
        ("Share 12 sweets among 3 children. How many sweets does each get?", "12 ÷ 3", "4 sweets"),
        ("I had 20 euros, spent 5 and found 3. How many euros do I have now?", "20 - 5 + 3", "18"),
        (
            "Tom has 3 apples and Ana has 4. How many apples are there in total?",
            "3 + 4",
            "7 apples",
        ),
        ("Tengo 3 manzanas y compro 4 más. ¿Cuántas manzanas tengo?", "3 + 4", "7 manzanas"),
        ("María tiene 10 caramelos y come 4. ¿Cuántos caramelos quedan?", "10 - 4", "6 caramelos"),
        ("Hay 5 cajas con 8 lápices cada una. ¿Cuántos lápices hay?", "5 × 8", "40 lápices"),
        ("Reparto 12 galletas entre 3 niños. ¿Cuántas galletas recibe cada niño?", "12 ÷ 3", "4"),
    ],
)
def test_a_word_problem(text: str, shown: str, result: str) -> None:
    found = task(text)
    assert found.kind == "problem"
    assert found.shown == shown
    assert result in found.right


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello",
        "Summarise this in 1-2 sentences",
        "What is GPT-4?",
        "What is 24/7 support?",
        "Which model is larger, GPT-4 or 3.5?",
        "The date is 2024-05-03",
        "2024-05-03",
        "What happened in 1914-1918?",
        "Call 555-123-4567",
        "x = 3 + 4",
        "What is the IP 192.168.0.1 + 2",
        "What is 1e5 + 3?",
        "Tom has 3 more apples than Ana, who has 4. How many apples does he have?",
        "He has 5 apples, eats an apple and buys 2. How many apples does he have?",
        "I have 10 apples and give away 3. How many did I give away?",
        "Ana gives him 3 apples and he has 2. How many apples?",
        "Tom has 3 apples and Ana has 4. How many apples does Tom have?",
        "what is 9^9^9^9",
        "what is 200 + 10%",
        "¿Qué es un 429?",
        "Contexto: el 3 + 4 es 7.\n\nPregunta: ¿Qué dice el texto?",
    ],
)
def test_what_is_no_task(text: str) -> None:
    assert arithmetic.find(asked(text)) is None
    assert answer(asked(text)) is None


@pytest.mark.parametrize(
    ("text", "system"),
    [
        ("What is 123 * 456? Answer with the number only.", ""),
        ("What is 123 * 456? Reply with just the number.", ""),
        ("What is 123 * 456?", "Answer with only the final number."),
        ("¿Cuánto es 123 * 456? Responde solo con el número.", ""),
    ],
)
def test_the_value_alone_where_it_is_wanted(text: str, system: str) -> None:
    found = task(text, system=system)
    assert found.right == found.result == "56088"


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("3 + 4", -6, -6),
        ("23 * 47", -2, -1.5),
        ("123 * 456", 0.5, 1),
        ("12345 * 67891", 3.5, 4.5),
        ("300 * 2", -6, -6),
        ("9.11 > 9.9", 0, 2),
    ],
)
def test_difficulty_grows_with_the_digits(text: str, low: float, high: float) -> None:
    assert low <= task(text).difficulty <= high


@pytest.mark.parametrize("model", [model.name for model in MODELS if model.speaks])
def test_weights_are_ability_less_difficulty_against_one(model: str) -> None:
    request = asked("What is 123 * 456?", model=model)
    found, plan = arithmetic.find(request), answer(request)
    assert found
    assert plan
    right, *wrong = plan.segments[0].alternatives
    assert right.text == found.right
    assert right.weight == pytest.approx(request.model.ability - found.difficulty)
    assert math.fsum(math.exp(each.weight) for each in wrong) == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "slip"),
    [
        ("3 + 4 * 2", "14"),
        ("27 + 35", "52"),
        ("52 - 27", "35"),
        ("12 * 7", "74"),
        ("21 * 3", "36"),
        ("50 + 31", "18"),
    ],
)
def test_slips_that_people_make(text: str, slip: str) -> None:
    wrong = [each.partition(" is ")[2].rstrip(".") for each in task(text).wrong]
    assert slip in wrong


NUMBERS = st.integers(0, 999).map(Fraction) | st.decimals(0, 99, places=2).map(Fraction)


class Node(Struct, frozen=True):
    """Two sides joined by a sign."""

    sign: str
    left: "Node | Fraction"
    right: "Node | Fraction"


def written(tree: Node | Fraction) -> str:
    if isinstance(tree, Fraction):
        return show(tree)
    return f"({written(tree.left)}) {tree.sign} ({written(tree.right)})"


def value(tree: Node | Fraction) -> Fraction:
    if isinstance(tree, Fraction):
        return tree
    left, right = value(tree.left), value(tree.right)
    match tree.sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            return left / right


def joined(inner: st.SearchStrategy[Node | Fraction]) -> st.SearchStrategy[Node | Fraction]:
    return st.builds(Node, st.sampled_from("+-*/"), inner, inner)


TREES: st.SearchStrategy[Node | Fraction] = st.recursive(NUMBERS, joined, max_leaves=5)


@given(TREES)
def test_brackets_are_reckoned_as_fractions_are(tree: Node | Fraction) -> None:
    (run,) = scan(in_digits(written(tree), "en"), "en")
    try:
        wanted = value(tree)
    except ZeroDivisionError:
        with pytest.raises(UndefinedSum):
            reckon(run.tokens)
    else:
        assert reckon(run.tokens).value == wanted


@given(st.lists(st.tuples(st.sampled_from("+-*"), st.integers(0, 99)), min_size=1, max_size=6))
def test_precedence_is_the_usual_one(rest: list[tuple[str, int]]) -> None:
    text = "7" + "".join(f" {sign} {number}" for sign, number in rest)
    total, term, sign = Fraction(0), Fraction(7), 1
    for operator, number in rest:
        if operator == "*":
            term *= number
        else:
            total += sign * term
            term, sign = Fraction(number), 1 if operator == "+" else -1
    wanted = total + sign * term
    found = task(f"What is {text}?")
    assert found.right == f"{text.replace('*', '×')} is {wanted}."


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from("+-*"))
def test_wrong_answers_are_wrong_and_differ(left: int, right: int, sign: str) -> None:
    found = task(f"what is {left} {sign} {right}")
    assert 1 <= len(found.wrong) <= 4
    assert len({found.right, *found.wrong}) == 1 + len(found.wrong)
    assert found.difficulty >= -6
    for text in (found.right, *found.wrong):
        int(text.partition(" is ")[2].rstrip("."))


@given(st.fractions(-1000, 1000))
def test_a_value_is_shown_exactly_or_to_four_digits(number: Fraction) -> None:
    read = Fraction(show(number))
    if is_exact(number):
        assert read == number
    else:
        assert abs(read - number) <= Fraction(1, 20_000)
    assert show(number, comma=True) == show(number).replace(".", ",")


@given(st.text("0123456789+-*/^().,% x=<>√²", max_size=60))
def test_no_string_of_signs_is_too_much(text: str) -> None:
    for prefix in ("", "what is ", "¿cuánto es "):
        request = asked(prefix + text)
        assert answer(request) == answer(request)
