"""The report of a whole run: the table of goals, every target's medians, the pictures.

`python -m benchmarks.report` writes it anew from results/full.json.
"""

from collections.abc import Sequence

import msgspec

from benchmarks.goals import Medians, Row, rows
from benchmarks.plots import dots, short
from benchmarks.runs import Machine, Results, Run, medians
from benchmarks.targets import ROOT

FOLDER = ROOT / "benchmarks"
FULL = FOLDER / "results" / "full.json"
_HEADS = ("", "floor", "aim", "Filon", "")
_LABELS = {
    "direct": "direct",
    "nginx": "nginx",
    "filon": "Filon",
    "litellm": "LiteLLM",
    "mlflow": "MLflow",
}
# A figure, and how its column is called.
_COLUMNS = {
    "whole_per_s": "requests/s",
    "whole_p99_ms": "p99 ms",
    "whole_cpu_us": "CPU µs",
    "rest_p50_ms": "p50 at rest ms",
    "slow_p50_ms": "p50 of 50 ms",
    "slow_p99_ms": "p99 of 50 ms",
    "few_cpu_ms": "CPU ms per 1,000 chunks",
    "many_chunks_per_s": "chunks/s of 500 streams",
    "many_gap_p99_ms": "their gaps' p99 ms",
    "resident_mb": "MB at start",
    "start_s": "s to start",
}
# A figure, its picture's file and title.
_PICTURES = (
    ("whole_per_s", "requests.svg", "Requests per second on one core, 32 connections"),
    ("few_cpu_ms", "chunks.svg", "CPU milliseconds per 1,000 chunks of 20 streams"),
    ("resident_mb", "memory.svg", "Resident memory at start, MB"),
    ("start_s", "start.svg", "Seconds from spawn to the first served request"),
)
# More programs than this that want a core make figures that say little.
_QUIET = 0.5


def table(results: Results) -> str:
    """What is printed: the goals, what misses a floor, and what went wrong."""
    found = medians(results.runs)
    parts = [markdown_table(_HEADS, [row.cells() for row in rows(found)]), *_said(results, found)]
    return "\n".join(parts)


def write(results: Results) -> None:
    """Writes report.md and its pictures."""
    found = medians(results.runs)
    pictures = FOLDER / "results"
    pictures.mkdir(exist_ok=True)
    names: list[str] = []
    for figure, file, title in _PICTURES:
        values = {
            _LABELS[target]: found[target][figure]
            for target in _LABELS
            if found.get(target, {}).get(figure, 0) > 0
        }
        if values:
            (pictures / file).write_text(dots(title, values, "Filon"), encoding="utf-8")
            names.append(f"![{title}](results/{file})")
    (FOLDER / "report.md").write_text(_page(results, found, names), encoding="utf-8")


def _page(results: Results, found: Medians, pictures: Sequence[str]) -> str:
    machine = results.machine
    parts = [
        "# How fast the gateway is",
        f"Written by `make bench` on {machine.day}; how it is measured stands in "
        "[README.md](README.md), every single figure in [results/full.json](results/full.json). "
        "Compare figures of one run alone: another machine has others.",
        markdown_table(_HEADS, [row.cells() for row in rows(found)]).strip(),
        "\n".join(_said(results, found)).strip(),
        "## The pictures",
        *pictures,
        "## Every target",
        f"Medians; runs of each target, interleaved: {_repeats(results.runs)}. "
        "Direct is the upstream without a gateway.",
        _all_figures(found),
        "## The machine",
        _told_machine(machine),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _said(results: Results, found: Medians) -> list[str]:
    """Sentences below the table: what fails, and what makes the figures doubtful."""
    lines = [*_missed(rows(found))]
    for run in results.runs:
        name = _LABELS[run.target]
        lines += [f"- {name}, repeat {run.repeat + 1}: {wrong}" for wrong in run.wrong]
    traced = [run.counts for run in results.runs if run.counts and run.counts.traces is not None]
    if traced:
        answered = sum(counts.answered for counts in traced)
        traces = sum(counts.traces or 0 for counts in traced)
        lines.append(
            f"- Filon answered {answered:,} requests and wrote {traces:,} traces; those beyond "
            "are of requests that the loader broke off."
        )
    machine = results.machine
    if machine.busy > _QUIET:
        lines.append(
            f"- The machine was busy (load average {machine.busy:.1f} before the first run), so "
            "these figures say little."
        )
    if not machine.pinned:
        lines.append("- There was one core, which the target had to share with its load.")
    return [*lines, ""]


def _missed(found: Sequence[Row]) -> list[str]:
    missed = [row.goal.label for row in found if row.verdict == "misses the floor"]
    if missed:
        return [f"- Misses the floor: {label}." for label in missed]
    if all(row.verdict == "not measured" for row in found):
        return ["- Nothing of the table was measured."]
    return ["- Of what was measured, nothing misses its floor."]


def _all_figures(found: Medians) -> str:
    rows_ = [
        (label, *(_cell(found[target].get(figure)) for figure in _COLUMNS))
        for target, label in _LABELS.items()
        if target in found
    ]
    return markdown_table(("", *_COLUMNS.values()), rows_).strip()


def _cell(value: float | None) -> str:
    return "" if value is None else short(value)


def _told_machine(machine: Machine) -> str:
    lines = [
        f"- {machine.processor}, {machine.cores} cores, Linux {machine.kernel}",
        f"- Python {machine.python}, built {machine.built}, for all of them",
        *(f"- {_LABELS[name]} {version}" for name, version in machine.versions.items()),
    ]
    return "\n".join(lines)


def _repeats(runs: Sequence[Run]) -> int:
    return 1 + max(run.repeat for run in runs)


def markdown_table(heads: Sequence[str], rows_: Sequence[Sequence[str]]) -> str:
    """A table that is aligned in the terminal and on a page."""
    widths = [max(map(len, column)) for column in zip(heads, *rows_, strict=True)]
    lines = [heads, ["-" * width for width in widths], *rows_]
    padded = [
        [cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in lines
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in padded) + "\n"


if __name__ == "__main__":
    write(msgspec.json.decode(FULL.read_bytes(), type=Results))
