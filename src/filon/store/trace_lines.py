"""The lines of a chart while they are added up. Pure."""

from typing import Literal

from filon.store import histogram
from filon.store.trace_filter import Filter, Named
from filon.store.trace_match import pattern_fits

By = Literal["model", "endpoint", "finding", "none"]

# The lines of a chart; what is left over is one more, without a name.
MOST_LINES = 20


class Sums:
    """What was counted of one time and line, while it is counted."""

    __slots__ = (
        "cost_usd",
        "failed",
        "findings",
        "input_tokens",
        "output_tokens",
        "rate",
        "requests",
        "ttft",
        "unpriced",
    )

    def __init__(self) -> None:
        self.requests = 0
        self.failed = 0
        self.findings: dict[str, int] = {}
        self.input_tokens = 0
        self.output_tokens = 0
        self.cost_usd = 0.0
        self.unpriced = 0
        self.ttft: histogram.Counts = {}
        self.rate: histogram.Counts = {}

    def add(self, other: "Sums") -> None:
        """Adds what another has."""
        self.requests += other.requests
        self.failed += other.failed
        self.input_tokens += other.input_tokens
        self.output_tokens += other.output_tokens
        self.cost_usd += other.cost_usd
        self.unpriced += other.unpriced
        for mine, others in (
            (self.ttft, other.ttft),
            (self.rate, other.rate),
        ):
            for number, count in others.items():
                mine[number] = mine.get(number, 0) + count
        for name, count in other.findings.items():
            self.findings[name] = self.findings.get(name, 0) + count


class Lines:
    """The lines of a chart while they are added up."""

    def __init__(self, chosen: Filter, by: By) -> None:
        self._chosen = chosen
        self._by: By = by
        self._kept: frozenset[str] | None = None
        self._wanted: dict[tuple[str, str], bool] = {}
        self.sums: dict[str, dict[int, Sums]] = {}

    def at(self, at: int, endpoint: str, model: str, finding: str) -> Sums | None:
        """The sums that something belongs to; None where to none."""
        is_wanted = self._wanted.get((endpoint, model))
        if is_wanted is None:
            is_wanted = self._wanted[endpoint, model] = _fits(self._chosen, endpoint, model)
        name = _line(self._by, endpoint, model, finding)
        if not is_wanted or name is None:
            return None
        if self._kept is not None and name not in self._kept:
            name = ""
        points = self.sums.get(name)
        if points is None:
            points = self.sums[name] = {}
        sums = points.get(at)
        if sums is None:
            sums = points[at] = Sums()
        return sums

    def keep_the_busiest(self) -> None:
        """From now on the busiest lines stay by themselves, and the others are one."""
        self.sums = _busiest(self.sums)
        self._kept = frozenset(self.sums)


def _fits(chosen: Filter, endpoint: str, model: str) -> bool:
    return all(
        any(
            pattern_fits(term.field, pattern, model if term.field == "model" else endpoint)
            for pattern in term.patterns
        )
        is not term.negated
        for term in chosen.terms
        if isinstance(term, Named)
    )


def _line(by: By, endpoint: str | None, model: str, finding: str) -> str | None:
    """The name of the line that something belongs to; None where to none."""
    match by:
        case "model":
            return model
        case "endpoint":
            return endpoint or ""
        case "finding":
            return finding or None
        case "none":
            return ""


def _busiest(lines: dict[str, dict[int, Sums]]) -> dict[str, dict[int, Sums]]:
    """The busiest lines by themselves, the busiest first, the others as one without a name."""
    size = {name: sum(sums.requests for sums in points.values()) for name, points in lines.items()}
    order = sorted(size, key=lambda name: (-size[name], name))
    drawn = {name: lines[name] for name in order[:MOST_LINES]}
    for name in order[MOST_LINES:]:
        rest = drawn.setdefault("", {})
        for at, sums in lines[name].items():
            rest.setdefault(at, Sums()).add(sums)
    return drawn
