"""The echo's tokens and its pace."""

from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from filon.practice.pace import Pace, offsets
from filon.practice.pieces import count, split


def test_pieces_are_words_signs_and_blanks() -> None:
    assert split("Hello, wide world!\n\n  Counter-revolutionaries") == [
        "Hello",
        ",",
        " wide",
        " world",
        "!",
        "\n\n ",
        " Counter",
        "-",
        "revolutionar",
        "ies",
    ]


@given(st.text(alphabet=st.sampled_from("ab ñ.,\n\t 1_")) | st.text())
def test_no_character_is_lost(text: str) -> None:
    assert "".join(split(text)) == text
    assert count(text) == len(split(text))


def test_blanks_without_end_take_no_time() -> None:
    assert count(" " * 200_000 + "\n" * 200_000) == 1


@given(st.integers(0, 2**32))
def test_the_pace_varies_and_is_the_same_for_the_same_request(seed: int) -> None:
    due = list(islice(offsets(seed), 401))
    assert due == list(islice(offsets(seed), 401))
    assert 0.2 < due[0] < 0.3
    gaps = [after - before for before, after in zip(due, due[1:], strict=False)]
    assert all(0.012 < gap < 0.038 for gap in gaps)
    assert 36 < 400 / (due[-1] - due[0]) < 44
    assert len(set(gaps)) > 300


def test_speed_scales_and_zero_waits_for_nothing() -> None:
    assert 0.1 < Pace(1, 2).next_wait() < 0.15
    assert Pace(1, 0).next_wait() == 0
    assert Pace(1, 1_000_000_000).next_wait() < 0.001
