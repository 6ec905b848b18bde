"""What the benchmark makes of its figures: medians, ratios, verdicts, tables and pictures."""

from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.goals import GOALS, Goal, row_of, rows, verdict, written
from benchmarks.plots import decades, dots
from benchmarks.report import markdown_table, table
from benchmarks.runs import Counts, Machine, Results, Run, losses, medians
from benchmarks.streams import at_share

MACHINE = Machine(
    day="2027-01-31",
    processor="a processor",
    cores=2,
    pinned=True,
    busy=0.0,
    kernel="6",
    python="3.11",
    built="Apr 28 2025, GCC 12.2.0",
    versions={},
)
GATEWAY = {
    "whole_per_s": 4000.0,
    "rest_p50_ms": 0.5,
    "slow_p50_ms": 51.5,
    "slow_p99_ms": 54.0,
    "few_cpu_ms": 30.0,
    "many_chunks_per_s": 24_900.0,
    "many_gap_p99_ms": 24.0,
    "resident_mb": 70.0,
    "growth_mb": 31.0,
    "start_s": 0.5,
}
MEDIANS = {
    "filon": GATEWAY,
    "direct": GATEWAY
    | {"rest_p50_ms": 0.1, "slow_p50_ms": 50.0, "slow_p99_ms": 50.5, "many_gap_p99_ms": 21.0}
    | {"many_chunks_per_s": 25_000.0},
    "nginx": GATEWAY | {"whole_per_s": 40_000.0},
    "litellm": GATEWAY
    | {"whole_per_s": 80.0, "rest_p50_ms": 10.1, "few_cpu_ms": 600.0}
    | {"resident_mb": 350.0, "start_s": 6.5},
    "mlflow": GATEWAY | {"whole_per_s": 1000.0},
}


def test_a_figure_is_the_median_of_the_runs_that_have_it() -> None:
    runs = [
        Run(target="filon", repeat=0, figures={"a": 3.0, "growth": 9.0}),
        Run(target="direct", repeat=0, figures={"a": 100.0}),
        Run(target="filon", repeat=1, figures={"a": 1.0}),
        Run(target="filon", repeat=2, figures={"a": 2.0}),
    ]
    assert medians(runs) == {"filon": {"a": 2.0, "growth": 9.0}, "direct": {"a": 100.0}}


def test_the_table_has_ratios_within_the_run_and_what_they_reach() -> None:
    told = [(row.cells()[3], row.verdict) for row in rows(MEDIANS)]
    assert told == [
        ("50 times", "reaches the floor"),
        ("4 times", "reaches the floor"),
        ("10 times", "reaches the floor"),
        ("1/25", "reaches the aim"),
        ("1.5 ms", "reaches the floor"),
        ("3.5 ms", "reaches the floor"),
        ("1/20", "reaches the aim"),
        ("99.6%", "reaches the aim"),
        ("3 ms", "reaches the aim"),
        ("1/5", "reaches the aim"),
        ("31 MB", "misses the floor"),
        ("1/13", "reaches the aim"),
    ]


def test_what_was_not_measured_is_not_judged() -> None:
    found = rows({"filon": GATEWAY, "direct": MEDIANS["direct"]})
    unknown = [row for row in found if row.verdict == "not measured"]
    assert len(unknown) == 7
    assert {row.value for row in unknown} == {None}


def test_a_gateway_that_stands_still_has_no_ratio() -> None:
    still = {**MEDIANS, "litellm": {**MEDIANS["litellm"], "whole_per_s": 0.0}}
    assert row_of(GOALS[0], still).verdict == "not measured"


@given(st.sampled_from(GOALS), st.floats(0, 1e6), st.floats(0, 1e6))
def test_a_better_value_never_has_a_worse_verdict(goal: Goal, one: float, other: float) -> None:
    order = ("misses the floor", "reaches the floor", "reaches the aim")
    better, worse = sorted((one, other), reverse=not goal.most)
    assert order.index(verdict(goal, better)) >= order.index(verdict(goal, worse))


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: goal.label)
def test_floor_and_aim_are_reached_by_themselves(goal: Goal) -> None:
    assert verdict(goal, goal.floor) == "reaches the floor"
    assert verdict(goal, goal.aim) == "reaches the aim"


def test_values_are_written_with_the_digits_that_count() -> None:
    assert written("{} ms", 1.2345) == "1.23 ms"
    assert written("1/{}", 123.4) == "1/123"
    assert written("{:.1%}", 1.004) == "100.0%"


@pytest.mark.parametrize(
    ("traces", "wrong"),
    [
        (None, []),
        (100, []),
        (102, []),
        (99, ["1 of 100 requests left no trace"]),
        (103, ["103 traces of 102 requests"]),
    ],
)
def test_a_lost_trace_is_told(traces: int | None, wrong: list[str]) -> None:
    assert losses(Counts(sent=102, answered=98, reached=100, traces=traces)) == wrong


def test_the_printed_table_says_what_misses_and_what_went_wrong() -> None:
    runs = [Run(target=name, repeat=0, figures=found) for name, found in MEDIANS.items()]
    failed = Run(target="nginx", repeat=1, figures={}, wrong=("it ended at its start",))
    busy = msgspec.structs.replace(MACHINE, busy=7.25)
    told = table(Results(machine=busy, runs=[*runs, failed]))
    assert "Misses the floor: growth in 50,000 requests" in told
    assert "nginx, repeat 2: it ended at its start" in told
    assert "load average 7.2" in told


def test_a_table_is_aligned() -> None:
    assert markdown_table(("a", "b"), [("long", "x")]) == (
        "| a    | b |\n| ---- | - |\n| long | x |\n"
    )


def test_waits_are_told_by_the_share_that_they_do_not_exceed() -> None:
    waits = [number / 1000 for number in range(100, 0, -1)]
    assert at_share(waits, 0.5) == 51
    assert at_share(waits, 0.99) == 100
    assert at_share([], 0.5) is None


@given(st.dictionaries(st.text("<&ab", min_size=1), st.floats(1e-3, 1e6), min_size=1, max_size=6))
def test_a_picture_is_xml_with_a_dot_per_value_inside_of_it(values: dict[str, float]) -> None:
    first, last = decades(values.values())
    assert 10.0**first <= min(values.values()) * 1.0001
    assert max(values.values()) <= 10.0**last * 1.0001
    picture = ElementTree.fromstring(dots("a <title>", values, "a"))
    places = [float(dot.attrib["cx"]) for dot in picture.iter("{http://www.w3.org/2000/svg}circle")]
    assert len(places) == len(values)
    assert all(90 < place < 560 for place in places)
