"""What a run measured, and where: the values that are stored, read again and compared."""

from collections.abc import Mapping, Sequence
from statistics import median

from msgspec import Struct


class Load(Struct, frozen=True, kw_only=True):
    """How the upstream answers: after `wait` ms, a stream in `chunks` pieces `gap` ms apart."""

    name: str
    wait: int = 0
    gap: int = 0
    chunks: int = 0

    @property
    def prefix(self) -> str:
        """How its path begins, by which the upstream knows what to do."""
        return f"/{self.wait}-{self.gap}-{self.chunks}"


AT_ONCE = Load(name="at-once")
AFTER_50 = Load(name="after-50", wait=50)
EACH_5 = Load(name="each-5", wait=20, gap=5, chunks=200)
EACH_20 = Load(name="each-20", wait=20, gap=20, chunks=200)
LOADS = (AT_ONCE, AFTER_50, EACH_5, EACH_20)


class Counts(Struct, frozen=True, kw_only=True):
    """Requests: those sent, those whose whole reply came back, those that reached the upstream,
    and the traces that were written of them (None where none are written)."""

    sent: int
    answered: int
    reached: int
    traces: int | None = None


class Run(Struct, frozen=True, kw_only=True):
    """One target from its start to its end. What was not measured is not in `figures`; `wrong`
    says what did not go as it should."""

    target: str
    repeat: int
    figures: Mapping[str, float]
    counts: Counts | None = None
    wrong: Sequence[str] = ()


class Machine(Struct, frozen=True, kw_only=True):
    """Where and with what it was measured. `busy` is the load average before the first run;
    `built` says when this Python was built, and by which compiler."""

    day: str
    processor: str
    cores: int
    pinned: bool
    busy: float
    kernel: str
    python: str
    built: str
    versions: Mapping[str, str]


class Results(Struct, frozen=True, kw_only=True):
    """All that `make bench` measured at once."""

    machine: Machine
    runs: Sequence[Run]


def medians(runs: Sequence[Run]) -> dict[str, dict[str, float]]:
    """By target, the median of each figure over its runs."""
    targets = dict.fromkeys(run.target for run in runs)
    return {target: _medians([run for run in runs if run.target == target]) for target in targets}


def _medians(runs: Sequence[Run]) -> dict[str, float]:
    names = dict.fromkeys(name for run in runs for name in run.figures)
    return {
        name: median(run.figures[name] for run in runs if name in run.figures) for name in names
    }


def losses(counts: Counts) -> list[str]:
    """What is wrong with the traces of a run. A request that the loader broke off at the end of a
    stage may have reached the gateway or not, so that there may be more traces than answers."""
    if counts.traces is None:
        return []
    served = max(counts.answered, counts.reached)
    if counts.traces < served:
        return [f"{served - counts.traces} of {served} requests left no trace"]
    if counts.traces > counts.sent:
        return [f"{counts.traces} traces of {counts.sent} requests"]
    return []
