"""What the soak draws, and what it says of what it saw."""

from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from benchmarks.callers import OF_KEYS, SWITCHES, mixed
from benchmarks.soak_found import Sample, Stored, found, page
from tests.unit.test_benchmark_figures import MACHINE

FIGURES = {"filon_running_turns": 0.0, "filon_store_waiting": 0.0, "filon_traces_lost_total": 0.0}
TOLD: dict[str, Any] = {
    "sent": 100,
    "answered": 96,
    "left": 4,
    "kinds": {"whole": 100},
    "statuses": {"200": 96},
    "late_ms": 2.0,
    "whole_p50_ms": 3.0,
    "whole_p99_ms": 9.0,
    "examples": [],
}
PLAIN: dict[str, Any] = {"sent": 10, "answered": 10, "seconds": 1.0, "examples": []}
STORED = Stored(total=108, missing=0, unended=0, unread=0, outcomes={"complete": 108}, rested=3)


def sample(at: float, resident: float, opened: int) -> Sample:
    return Sample(at=at, resident=resident, cpu=at / 2, files=30, running=4, open=opened)


SAMPLES = (sample(0, 90, 0), sample(150, 100, 2), sample(600, 110, 0))


def looked(**changed: Any) -> Any:
    given: dict[str, Any] = {
        "machine": MACHINE,
        "minutes": 10,
        "seed": 1,
        "rate": 500.0,
        "plain": PLAIN,
        "told": TOLD,
        "samples": SAMPLES,
        "files": (20, 30),
        "figures": FIGURES,
        "stored": STORED,
    }
    return found(**{**given, **changed})


def test_a_good_run_has_nothing_wrong() -> None:
    seen = looked()
    assert seen.wrong == []
    assert "Nothing went wrong" in page(seen)
    assert "110 MB (+10%)" in page(seen)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"told": {**TOLD, "answered": 95}}, "not every caller was answered"),
        ({"told": {**TOLD, "examples": ["the connection was closed"]}}, "was closed"),
        ({"stored": replace(STORED, missing=2)}, "2 answers have no trace"),
        ({"stored": replace(STORED, total=105)}, "105 traces of 110 requests"),
        ({"stored": replace(STORED, total=111)}, "111 traces of 110 requests"),
        ({"stored": replace(STORED, unended=1)}, "1 traces have no outcome"),
        ({"stored": replace(STORED, unread=1)}, "1 traces cannot be read"),
        ({"stored": replace(STORED, rested=0)}, "no breaker opened"),
        ({"samples": SAMPLES[:2]}, "no breaker closed again"),
        ({"samples": (*SAMPLES, sample(610, 116, 0))}, "memory grew by 16%"),
        ({"files": (20, 37)}, "17 files were left open"),
        ({"figures": FIGURES | {"filon_running_turns": 1.0}}, "turns run"),
        ({"figures": FIGURES | {"filon_store_waiting": 1.0}}, "has not written all"),
        ({"figures": FIGURES | {"filon_traces_lost_total": 1.0}}, "1 traces were lost"),
    ],
)
def test_what_is_wrong_is_said(changed: dict[str, Any], words: str) -> None:
    (wrong,) = looked(**changed).wrong
    assert words in wrong
    assert f"- Wrong: {wrong}." in page(looked(**changed))


def test_a_seed_draws_the_same_callers_again() -> None:
    first, second = Random(7), Random(7)
    asked = [mixed(first) for _ in range(3_000)]
    assert asked == [mixed(second) for _ in range(3_000)]
    kinds = {ask.kind for ask in asked}
    assert kinds == {"whole", "streams", "flaky", "route", "refused", "gone", "leaves"}
    faults = {ask.model.partition(":")[2] for ask in asked} - {""}
    assert faults <= {*SWITCHES, *OF_KEYS}
    assert len(faults) > len(SWITCHES) / 2
