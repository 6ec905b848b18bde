"""What the gateway has to reach, floor and aim, and whether it does. Pure."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal

from msgspec import Struct

# The medians of one target by the names of figures; and those of all targets.
Figures = Mapping[str, float]
Medians = Mapping[str, Figures]

Verdict = Literal["reaches the aim", "reaches the floor", "misses the floor", "not measured"]


class Goal(Struct, frozen=True, kw_only=True):
    """One line of the table. `floor` and `aim` are in the unit of `form`, by which a value is
    written; `most` says that a value is to be at most so much, else it is at least."""

    label: str
    floor: float
    aim: float
    form: str
    most: bool
    value: Callable[[Medians], float]


class Row(Struct, frozen=True, kw_only=True):
    """A goal with what was measured; None where a part of it was not."""

    goal: Goal
    value: float | None
    verdict: Verdict

    def cells(self) -> tuple[str, ...]:
        """Label, floor, aim, ours and verdict as they are shown."""
        goal = self.goal
        ours = "" if self.value is None else written(goal.form, self.value)
        floor, aim = written(goal.form, goal.floor), written(goal.form, goal.aim)
        return (goal.label, floor, aim, ours, self.verdict)


def row_of(goal: Goal, medians: Medians) -> Row:
    """A goal beside what was measured."""
    try:
        value = goal.value(medians)
    except (KeyError, ZeroDivisionError):
        return Row(goal=goal, value=None, verdict="not measured")
    return Row(goal=goal, value=value, verdict=verdict(goal, value))


def verdict(goal: Goal, value: float) -> Verdict:
    """What a value is beside floor and aim; a value that is equal reaches them."""
    sign = -1 if goal.most else 1
    if sign * value >= sign * goal.aim:
        return "reaches the aim"
    if sign * value >= sign * goal.floor:
        return "reaches the floor"
    return "misses the floor"


def written(form: str, value: float) -> str:
    """A value in its unit, with three digits that count."""
    if form == "{:.1%}":
        # More than all is the chance of two measurements.
        return form.format(min(value, 1.0))
    digits = f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return form.format(digits)


def times_more(medians: Medians, figure: str, ours: str, theirs: str) -> float:
    """How many times the figure of the one is that of the other."""
    return medians[ours][figure] / medians[theirs][figure]


def added(medians: Medians, figure: str, target: str = "filon") -> float:
    """What a target adds to the upstream's own figure."""
    return medians[target][figure] - medians["direct"][figure]


def _added_by_litellm(medians: Medians) -> float:
    """How many times what Filon adds at rest LiteLLM adds."""
    return added(medians, "rest_p50_ms", "litellm") / added(medians, "rest_p50_ms")


def _growth(medians: Medians) -> float:
    return medians["filon"]["growth_mb"]


def _filon_over(figure: str, peer: str) -> Callable[[Medians], float]:
    return partial(times_more, figure=figure, ours="filon", theirs=peer)


def _over_filon(figure: str, peer: str) -> Callable[[Medians], float]:
    return partial(times_more, figure=figure, ours=peer, theirs="filon")


def _added_by_filon(figure: str) -> Callable[[Medians], float]:
    return partial(added, figure=figure)


_TIMES = "{} times"
_SHARE = "1/{}"
_MS = "{} ms"

GOALS = (
    Goal(
        label="requests/s at 32 connections, beside LiteLLM",
        floor=50,
        aim=100,
        form=_TIMES,
        most=False,
        value=_filon_over("whole_per_s", "litellm"),
    ),
    Goal(
        label="requests/s at 32 connections, beside MLflow's gateway",
        floor=4,
        aim=8,
        form=_TIMES,
        most=False,
        value=_filon_over("whole_per_s", "mlflow"),
    ),
    Goal(
        label="nginx's requests/s, of ours",
        floor=16,
        aim=8,
        form=_TIMES,
        most=True,
        value=_over_filon("whole_per_s", "nginx"),
    ),
    Goal(
        label="added p50 at rest, of LiteLLM's",
        floor=12,
        aim=25,
        form=_SHARE,
        most=False,
        value=_added_by_litellm,
    ),
    Goal(
        label="16 connections, 50 ms upstream: added p50",
        floor=2,
        aim=1,
        form=_MS,
        most=True,
        value=_added_by_filon("slow_p50_ms"),
    ),
    Goal(
        label="16 connections, 50 ms upstream: added p99",
        floor=5,
        aim=3,
        form=_MS,
        most=True,
        value=_added_by_filon("slow_p99_ms"),
    ),
    Goal(
        label="CPU per 1,000 stream chunks, of LiteLLM's",
        floor=12,
        aim=18,
        form=_SHARE,
        most=False,
        value=_over_filon("few_cpu_ms", "litellm"),
    ),
    Goal(
        label="500 streams, 50 chunks/s each: chunks relayed",
        floor=0.99,
        aim=0.995,
        form="{:.1%}",
        most=False,
        value=_filon_over("many_chunks_per_s", "direct"),
    ),
    Goal(
        label="500 streams, 50 chunks/s each: p99 of gaps above direct",
        floor=20,
        aim=5,
        form=_MS,
        most=True,
        value=_added_by_filon("many_gap_p99_ms"),
    ),
    Goal(
        label="resident memory at start, of LiteLLM's",
        floor=3,
        aim=5,
        form=_SHARE,
        most=False,
        value=_over_filon("resident_mb", "litellm"),
    ),
    Goal(
        label="growth in 50,000 requests",
        floor=30,
        aim=10,
        form="{} MB",
        most=True,
        value=_growth,
    ),
    Goal(
        label="spawn to first served request, of LiteLLM's",
        floor=6,
        aim=12,
        form=_SHARE,
        most=False,
        value=_over_filon("start_s", "litellm"),
    ),
)


def rows(medians: Medians) -> tuple[Row, ...]:
    """The whole table."""
    return tuple(row_of(goal, medians) for goal in GOALS)
