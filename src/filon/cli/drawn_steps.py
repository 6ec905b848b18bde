"""How the doctor's steps are drawn in a terminal: a mark, the step, what was seen, the time."""

import asyncio
import contextlib
import sys
import textwrap

from filon.cli.console import plain
from filon.conversation.finding import Finding
from filon.doctor.step import TITLES, Report, Step

_MARKS = {"ok": "✓", "warn": "!", "failed": "✗", "skipped": "·", "running": "…"}
_TURNS = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_PACE = 0.1
_NAMED = 21
_SEEN = 48
_WIDTH = 96
# Back to the line's start, and clear it.
_WIPE = "\r\x1b[2K"


class Drawing:
    """The steps of one endpoint as they come. Nothing moves unless it is a terminal."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._moves = not quiet and sys.stdout.isatty()
        self._turning: asyncio.Task[None] | None = None

    def head(self, report: Report) -> None:
        """Whom it is about."""
        self._write(f"{report.label}  {report.base_url}\n\n")

    async def show(self, step: Step) -> None:
        """A step that begins turns until it is over."""
        await self._stop()
        if step.state == "running":
            if self._moves:
                self._turning = asyncio.ensure_future(_turn(TITLES[step.name]))
            return
        self._write(_row(step))

    async def end(self, report: Report) -> None:
        """The findings below the steps, the failure last, where a reader looks first."""
        await self._stop()
        stopped = report.failed
        proved = stopped.finding.code if stopped and stopped.finding else None
        remarks = (one for one in report.warnings if one.finding and one.finding.code != proved)
        for step in (*remarks, *((stopped,) if stopped else ())):
            if step.finding is not None:
                self._write(told(step.finding, step))
        if report.failed is None:
            model = f", {report.model} answers" if report.model else ""
            self._write(f"\n{report.label} works{model}.\n")

    async def _stop(self) -> None:
        if self._turning is not None:
            self._turning.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._turning
            self._turning = None
            sys.stdout.write(_WIPE)

    def _write(self, text: str) -> None:
        if not self._quiet:
            sys.stdout.write(plain(text))
            sys.stdout.flush()


async def _turn(title: str) -> None:
    at = 0
    while True:
        sys.stdout.write(f"{_WIPE}{_TURNS[at % len(_TURNS)]}  {title}")
        sys.stdout.flush()
        at += 1
        await asyncio.sleep(_PACE)


def _row(step: Step) -> str:
    seconds = "" if step.state == "skipped" or step.seconds is None else duration(step.seconds)
    seen = step.seen if len(step.seen) <= _SEEN else step.seen[: _SEEN - 1] + "…"
    row = f"{_MARKS[step.state]}  {TITLES[step.name]:<{_NAMED}}{seen:<{_SEEN}}{seconds:>9}"
    return row.rstrip() + "\n"


def told(finding: Finding, step: Step) -> str:
    """A finding in full."""
    lines = [f"\n{_MARKS[step.state]}  {finding.title}"]
    if finding.evidence:
        lines += _part("seen", finding.evidence)
    for cause in finding.causes:
        lines += _part("cause", cause)
    lines += _part("fix", finding.fix)
    line = finding.names.get("line")
    if line:
        lines.append(f"           {line}")
    page = finding.names.get("page")
    if page:
        lines.append(f"   keys    {page}")
    return "\n".join(lines) + "\n"


def _part(name: str, text: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=f"   {name:<6}  ", subsequent_indent="           "
    ) or [f"   {name}"]


def line_of(report: Report, width: int, *, absent: bool) -> str:
    """One endpoint in one line."""
    stopped = report.failed
    name = f"{report.endpoint:<{width}}"
    if absent:
        return f"–  {name}  nothing runs at {report.base_url}\n"
    if stopped is not None:
        finding = stopped.finding
        title = finding.title if finding is not None else stopped.seen
        return f"✗  {name}  {TITLES[stopped.name]}: {title}\n"
    seconds = sum(step.seconds or 0.0 for step in report.steps)
    model = f"{report.model} answers" if report.model else "works"
    warned = "".join(f"; {step.finding.title}" for step in report.warnings if step.finding)
    mark = "!" if warned else "✓"
    return f"{mark}  {name}  {model} in {duration(seconds)}{warned}\n"


def duration(seconds: float) -> str:
    """A time as a person reads it."""
    if seconds < 0.01:
        return f"{seconds * 1000:.1f} ms"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"
