"""The tokenizer: every text comes back, and no text of any kind is slow."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.practice.model.generate import pocket
from filon.practice.model.pieces import FIRST_BYTE, FIRST_MERGE, SIZE, SPECIAL, Pieces, stretches

PIECES = pocket().pieces

ANY_TEXT = st.text() | st.text(alphabet=st.sampled_from('ab ñ.,\n\t 1_{"}é日\U0001f600'))


@given(ANY_TEXT)
def test_any_text_comes_back(text: str) -> None:
    assert "".join(stretches(text)) == text
    assert PIECES.decode(PIECES.encode(text)) == text


@given(st.text(alphabet=st.characters() | st.sampled_from(["\ud800", "\udfff"])))
def test_a_lone_surrogate_is_read_as_a_question_mark(text: str) -> None:
    readable = "".join("?" if "\ud800" <= each <= "\udfff" else each for each in text)
    assert PIECES.decode(PIECES.encode(text)) == readable


@given(st.binary())
def test_any_bytes_come_back(data: bytes) -> None:
    assert PIECES.join(PIECES.encode_bytes(data)) == data


@given(ANY_TEXT | st.sampled_from(SPECIAL))
def test_no_text_gives_a_special_piece(text: str) -> None:
    assert min(PIECES.encode(text), default=FIRST_BYTE) >= FIRST_BYTE


def test_there_are_4096_ids_and_no_two_have_the_same_bytes() -> None:
    assert PIECES.size == SIZE == len(PIECES.vocabulary)
    assert [PIECES.data(piece) for piece in range(FIRST_BYTE)] == [b""] * FIRST_BYTE
    assert len(set(PIECES.vocabulary[FIRST_BYTE:])) == SIZE - FIRST_BYTE
    assert b"" not in PIECES.vocabulary[FIRST_BYTE:]


def test_special_pieces_have_their_names() -> None:
    special = (
        PIECES.system,
        PIECES.user,
        PIECES.assistant,
        PIECES.end,
        PIECES.tool,
        PIECES.think,
        PIECES.call,
    )
    assert [PIECES.name(piece) for piece in special] == list(SPECIAL)
    assert PIECES.name(PIECES.encode(" the")[0]) == " the"


def test_words_keep_their_blank_and_digits_stand_alone() -> None:
    text = "The model of 2024 costs 10 times as much,\n\n    said he."
    parts = [PIECES.decode((piece,)) for piece in PIECES.encode(text)]
    assert parts[:3] == ["The", " model", " of"]
    assert parts[3:8] == [" ", "2", "0", "2", "4"]
    assert "\n\n" in parts


@given(ANY_TEXT, ANY_TEXT)
def test_nothing_is_merged_across_a_digit(before: str, after: str) -> None:
    both = PIECES.encode(before + "7" + after)
    assert both[: len(PIECES.encode(before))] == PIECES.encode(before)
    assert PIECES.decode(both) == before + "7" + after


def test_common_words_are_few_pieces() -> None:
    english = "The temperature says how much chance there is in the choice of the next token."
    spanish = "La temperatura dice cuánto azar hay en la elección del siguiente token."
    assert len(PIECES.encode(english)) < len(english) / 3.5
    assert len(PIECES.encode(spanish)) < len(spanish) / 3


@pytest.mark.parametrize(
    "unit", ["a", " ", "\n", "\t", "_", "!", "1", "é", "日", "\U0001f600", "ab1", " \n", "\x00"]
)
def test_text_without_end_is_cut(unit: str) -> None:
    # Quadratic work over this much would hang here.
    text = unit * (200_000 // len(unit))
    assert PIECES.decode(PIECES.encode(text)) == text
    assert max(map(len, stretches(text))) <= 25


def test_more_words_than_are_kept_give_the_same_ids() -> None:
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghij", k=9)) for _ in range(40_000)]
    fresh = Pieces([])
    assert len(fresh.encode(" ".join(words))) == 10 * len(words) - 1
    first = PIECES.encode(words[0])
    PIECES.encode(" ".join(words))
    assert PIECES.encode(words[0]) == first


def test_earlier_merges_come_first() -> None:
    a, b, c = (FIRST_BYTE + byte for byte in b"abc")
    merges = [(b, c), (a, b), (a, FIRST_MERGE)]
    assert Pieces(merges).encode("abc") == [FIRST_MERGE + 2]
    assert Pieces(merges[:2]).encode("abc") == [a, FIRST_MERGE]
    assert Pieces(merges[1:2]).encode("abc") == [FIRST_MERGE, c]
    assert Pieces([(a, a)]).encode("aaaaa") == [FIRST_MERGE, FIRST_MERGE, a]
