"""Identifiers: no two alike, in the order of time, and a child's are not its parent's."""

import os
import re
import sys

import pytest

from filon.kit.ids import new_id


def test_ids_are_unlike_and_of_one_form() -> None:
    made = [new_id("t") for _ in range(2_000)]
    assert len(set(made)) == len(made)
    assert all(re.fullmatch("t_[0-9a-hjkmnp-tv-z]{18}", each) for each in made)


def test_all_letters_are_as_likely() -> None:
    letters = "".join(new_id("t")[-9:] for _ in range(8_000))
    counts = [letters.count(letter) for letter in set(letters)]
    assert len(counts) == 32
    assert min(counts) > 0.8 * max(counts)


def test_ids_come_in_the_order_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    for now in (1.0, 1.5, 1_800_000_000.0, 1_800_000_000.25, 1_800_000_001.0):
        monkeypatch.setattr("filon.kit.clock.now", lambda at=now: at)
        made.append(new_id("t"))
    assert made == sorted(made)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_child_draws_its_own_chance() -> None:
    new_id("t")
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.write(writing, new_id("t")[-9:].encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as theirs:
        assert theirs.read() != new_id("t")[-9:]
