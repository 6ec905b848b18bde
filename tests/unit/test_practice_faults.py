"""The catalogue of faults, and the switches that name them."""

from random import Random
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.errors import InvalidRequest
from filon.practice.faults.catalogue import FAULTS, find
from filon.practice.faults.fault import (
    Break,
    Door,
    Fault,
    Group,
    Refuse,
    Trait,
)
from filon.practice.faults.switches import read
from filon.practice.http import Ending
from filon.practice.refusal import Kind

# The catalogue.


def names_of(fault: Fault) -> tuple[str, ...]:
    return (fault.name, *fault.aliases)


def test_names_and_aliases_are_unique_and_found() -> None:
    names = [name for fault in FAULTS for name in names_of(fault)]
    assert len(names) == len(set(names))
    for fault in FAULTS:
        assert all(find(name) is fault for name in names_of(fault))
        assert fault.name.replace("-", "").isalnum()
        assert fault.name == fault.name.lower()
    assert find("nonsense") is None


def test_every_sentence_is_one_and_ends() -> None:
    for fault in FAULTS:
        for sentence in (fault.what, fault.teaches):
            assert sentence.endswith("."), fault.name
            assert ". " not in sentence, fault.name
            assert sentence[0].isupper(), fault.name
        assert fault.what != fault.teaches
    assert len({fault.teaches for fault in FAULTS}) == len(FAULTS)


def test_every_group_ending_trait_and_door_has_its_faults() -> None:
    effects = [fault.effect for fault in FAULTS]
    assert {fault.group for fault in FAULTS} == set(get_args(Group))
    endings = {effect.ending for effect in effects if isinstance(effect, Break)}
    assert endings == set(get_args(Ending)) - {"whole"}
    traits = {effect.name for effect in effects if isinstance(effect, Trait)}
    assert traits == set(get_args(Trait.__annotations__["name"]))
    doors = {effect.name for effect in effects if isinstance(effect, Door)}
    assert doors == set(get_args(Door.__annotations__["name"]))
    kinds = {effect.refusal.kind for effect in effects if isinstance(effect, Refuse)}
    assert kinds == set(get_args(Kind))


def test_a_bare_number_is_a_refusal_with_that_status() -> None:
    numbers = {400, 401, 402, 403, 404, 408, 413, 422, 429, 498, 499, 500, 502, 503, 504, 529}
    for number in numbers:
        fault = find(str(number))
        assert fault
        assert isinstance(fault.effect, Refuse)
        # A wrong key is refused as the dialect does it.
        assert fault.effect.refusal.status == (None if number == 401 else number)
    bare = [name for fault in FAULTS for name in fault.aliases if name.isdecimal()]
    assert {int(name) for name in bare} == numbers


def test_numbers_are_within_their_own_bounds() -> None:
    for fault in FAULTS:
        if fault.argument is not None:
            assert fault.argument.low <= fault.argument.usual <= fault.argument.high
            assert fault.argument.unit in ("chunks", "seconds", "tokens", "characters", "lines")
        if isinstance(fault.effect, Refuse):
            # The number of a refusal is the time to wait.
            assert (fault.argument is None) == (fault.effect.refusal.retry_after is None)


# Switches.


class Odds(Random):
    """Draws one value for ever."""

    def __init__(self, value: float) -> None:
        super().__init__(0)
        self.value = value

    def random(self) -> float:
        return self.value


def switched(header: str | None, suffix: str, odds: float = 0.0) -> list[tuple[str, float, str]]:
    found = read(header, suffix, Odds(odds))
    return [(switch.fault.name, switch.argument, switch.origin) for switch in found]


@pytest.mark.parametrize(
    ("header", "suffix", "expected"),
    [
        (None, "", []),
        ("", "", []),
        (" , ,", ",", []),
        (None, "429", [("rate-limited", 2, "model")]),
        (None, "rate-limited=0", [("rate-limited", 0, "model")]),
        ("cut", "", [("cut", 3, "header")]),
        ("cut=0", "", [("cut", 0, "header")]),
        (" cut = 5 ", "", [("cut", 5, "header")]),
        ("stall=0.5", "", [("stall", 0.5, "header")]),
        ("crlf,no-done , cut-in-json=1", "", [
            ("crlf", 0, "header"), ("no-done", 0, "header"), ("cut-in-json", 1, "header"),
        ]),
        ("empty", "crlf,gzip", [
            ("crlf", 0, "model"), ("gzip", 0, "model"), ("empty", 0, "header"),
        ]),
        (None, "flaky-429", [("rate-limited", 2, "model")]),
        (None, "flaky-cut=7", [("cut", 7, "model")]),
    ],
)  # fmt: skip
def test_what_is_switched_on(
    header: str | None, suffix: str, expected: list[tuple[str, float, str]]
) -> None:
    assert switched(header, suffix) == expected


def test_flaky_is_half_of_the_requests_and_repeats() -> None:
    assert switched("flaky-500,crlf", "", 0.5) == [("crlf", 0, "header")]
    assert switched("flaky-500", "", 0.49) == [("internal-error", 0, "header")]
    first, second = Random(1), Random(1)
    drawn = [len(read("flaky-500", "", first)) for _ in range(2_000)]
    assert drawn == [len(read("flaky-500", "", second)) for _ in range(2_000)]
    # Four standard deviations: wrong for one seed in 16,000, and this one is fixed.
    assert abs(sum(drawn) - 1_000) < 4 * (2_000 * 0.25) ** 0.5


@pytest.mark.parametrize(
    ("header", "suffix", "says", "fix", "param"),
    [
        ("rate-limitd", "", "no fault 'rate-limitd'", "rate-limited", "x-practice-fault"),
        (None, "42", "no fault '42'", "422 or 402", "model"),
        (None, "flaky-cutt", "no fault 'cutt'", "Did you mean cut", "model"),
        ("zzzzzz", "", "no fault 'zzzzzz'", "`filon practice faults`", "x-practice-fault"),
        ("cut=x", "", "'x' is no number", "cut=3", "x-practice-fault"),
        ("cut=", "", "'' is no number", "cut=3", "x-practice-fault"),
        ("cut=nan", "", "'nan' is no number", "cut=3", "x-practice-fault"),
        ("stall=inf", "", "'inf' is no number", "cut=3", "x-practice-fault"),
        ("cut=-1", "", "-1 is no number for the fault 'cut'", "whole chunks from 0", "x-practice-"),
        ("cut=1.5", "", "1.5 is no number", "whole chunks", "x-practice-fault"),
        ("429=9999", "", "9999 is no number", "seconds from 0 to 3600", "x-practice-fault"),
        ("crlf=1", "", "'crlf' takes no number", "Write crlf.", "x-practice-fault"),
        ("closed", "", "'closed' cannot be met", "a rule", "x-practice-fault"),
        (None, "tls", "'tls' cannot be met", "port", "model"),
        (",".join(["crlf"] * 17), "", "17 faults", "at most 16", "x-practice-fault"),
    ],
)
def test_a_switch_that_cannot_be_is_told(
    header: str | None, suffix: str, says: str, fix: str, param: str
) -> None:
    with pytest.raises(InvalidRequest) as raised:
        read(header, suffix, Odds(0.9))
    problem = raised.value.problem
    assert says in problem.message
    assert fix in (problem.fix or "")
    assert (problem.param or "").startswith(param)


@given(st.none() | st.text(max_size=60), st.text(alphabet="cut=-,.19flaky\n ñ", max_size=30))
def test_any_text_is_read_or_refused(header: str | None, suffix: str) -> None:
    try:
        found = read(header, suffix, Random(0))
    except InvalidRequest:
        return
    assert all(switch.fault in FAULTS for switch in found)


def test_every_fault_that_fits_a_request_has_a_switch() -> None:
    for fault in FAULTS:
        if not isinstance(fault.effect, Door):
            (switch,) = read(fault.name, "", Random(0))
            assert switch.fault is fault
