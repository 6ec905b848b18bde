"""The bodies of `/api/traces` beside the list and one trace.

Times are Unix seconds, durations seconds, money USD, counts tokens. None means unknown.
"""

from typing import Literal

from pydantic import Field

from filon.server.shapes import Shape


class WordShape(Shape):
    """One way to complete a filter: `text` goes where the page's `from` and `to` point. `count` is
    how many traces have this value, `hint` an example or what it means."""

    text: str
    kind: Literal["key", "value"]
    count: int | None = None
    hint: str | None = None


class WordList(Shape):
    """Completions, the likeliest first. They replace the letters of `q` in `from` until `to`."""

    words: list[WordShape]
    begin: int = Field(alias="from")
    to: int


class GroupShape(Shape):
    """Traces that have something in common. `id` is the value they share, `title` what to call it.
    `unpriced` counts those of unknown cost, which `cost_usd` lacks."""

    id: str
    title: str
    count: int
    failed: int
    input_tokens: int
    output_tokens: int
    cost_usd: float
    unpriced: int
    first_at: float
    last_at: float


class GroupList(Shape):
    """A page of groups, the one used last first. `counted_since`: there were too many traces to
    read all, so that older ones than this are left out."""

    groups: list[GroupShape]
    next: str | None
    counted_since: float | None = None


class Figures(Shape):
    """What requests of one time and group came to. `findings` counts the failed ones by the code
    of what was found; quantiles are right within five per cent, and None where nothing was
    measured."""

    requests: int
    failed: int
    findings: dict[str, int]
    input_tokens: int
    output_tokens: int
    cost_usd: float
    unpriced: int
    ttft_p50: float | None
    ttft_p95: float | None
    rate_p50: float | None


class PointShape(Figures):
    """The figures of the time from `at` on, for one step of the series."""

    at: float


class SeriesGroup(Shape):
    """One line of a chart; points without requests are left out. `totals` are the group's figures
    over the whole time, its quantiles of all its requests: the page cannot add those up."""

    name: str
    points: list[PointShape]
    totals: Figures


class SeriesShape(Shape):
    """Figures over time. `step` is seconds; a point's `at` is a multiple of it. `counted_since`:
    there were too many traces to read all, so that older ones than this are left out."""

    since: float
    until: float
    step: float
    groups: list[SeriesGroup]
    totals: Figures
    counted_since: float | None = None


class KeepingShape(Shape):
    """What is kept of traces, and for how long. `bytes` is what traces and their bodies take,
    `database_bytes` the whole file. None of `keep_days` and `keep_bytes`: for ever.
    `decided_by` says whether a file or the page decides; `origin` is the file's line. `next_run`
    is when the next look is due at what is to go, `deleted_last` what went at the last."""

    traces: int
    bytes: int
    oldest: float | None
    database_bytes: int
    keep_days: int | None
    keep_bytes: int | None
    decided_by: Literal["file", "page", "nobody"]
    origin: str | None = None
    next_run: float | None
    deleted_last: int | None = None


class KeepingBody(Shape):
    """How long traces are kept: days, and bytes in all; null is for ever."""

    keep_days: int | None = Field(ge=1, le=36_500)
    keep_bytes: int | None = Field(ge=1024 * 1024, le=2**53)


class DeletedShape(Shape):
    """How many traces were deleted."""

    deleted: int
