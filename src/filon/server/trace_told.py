"""What the store says of traces beside the list, as the bodies of `/api/traces`."""

from collections.abc import Iterable

from msgspec.structs import asdict

from filon.server import trace_shapes as shapes
from filon.store import histogram
from filon.store.trace_groups import Groups
from filon.store.trace_lines import Sums
from filon.store.trace_series import Series
from filon.store.trace_words import Completions


def words(found: Completions) -> shapes.WordList:
    """Ways to complete a filter."""
    told = [shapes.WordShape(**asdict(one)) for one in found.words]
    # `from` is a word of Python's.
    return shapes.WordList(words=told, to=found.end, **{"from": found.begin})


def groups(found: Groups) -> shapes.GroupList:
    """A page of groups."""
    return shapes.GroupList(
        groups=[shapes.GroupShape(**asdict(one)) for one in found.groups],
        next=found.next,
        counted_since=found.counted_since,
    )


def series(found: Series) -> shapes.SeriesShape:
    """Lines of a chart, the busiest first."""
    return shapes.SeriesShape(
        since=found.since,
        until=found.until,
        step=float(found.step),
        groups=[
            shapes.SeriesGroup(
                name=name,
                points=[_point(at, sums) for at, sums in sorted(points.items())],
                totals=_figures(_all(points.values())),
            )
            for name, points in found.lines.items()
        ],
        totals=_figures(found.totals),
        counted_since=found.counted_since,
    )


def _all(points: Iterable[Sums]) -> Sums:
    whole = Sums()
    for sums in points:
        whole.add(sums)
    return whole


def _point(at: int, sums: Sums) -> shapes.PointShape:
    return shapes.PointShape(at=float(at), **_figures(sums).model_dump())


def _figures(sums: Sums) -> shapes.Figures:
    return shapes.Figures(
        requests=sums.requests,
        failed=sums.failed,
        findings=dict(sorted(sums.findings.items(), key=lambda one: (-one[1], one[0]))),
        input_tokens=sums.input_tokens,
        output_tokens=sums.output_tokens,
        cost_usd=sums.cost_usd,
        unpriced=sums.unpriced,
        ttft_p50=histogram.quantile(sums.ttft, 0.5),
        ttft_p95=histogram.quantile(sums.ttft, 0.95),
        rate_p50=histogram.quantile(sums.rate, 0.5),
    )
