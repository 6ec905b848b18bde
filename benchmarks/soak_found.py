"""What a soak found: its figures, what is wrong with them, and its page."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from msgspec import Struct

from benchmarks.report import markdown_table
from benchmarks.runs import Machine
from filon.store.trace_blob import decode

TRACES = "traces.txt"
# Until then caches fill; from there on memory may grow by so much.
_SETTLED_AT = 120.0
_GROWTH = 0.15
# Open files beyond those at the start: the store's readers open theirs when they are first used.
FILES = 16
# Of so many traces the records are read.
_READ = 2_000


class Sample(Struct, frozen=True, kw_only=True):
    """A look at Filon, `at` seconds after the beginning. `resident` is in MB, `cpu` in seconds,
    `open` counts breakers that are not closed."""

    at: float
    resident: float
    cpu: float
    files: int
    running: int
    open: int


class Found(Struct, frozen=True, kw_only=True):
    """All that a soak found; `rows` are its figures as they are shown."""

    machine: Machine
    minutes: float
    seed: int
    rows: Sequence[tuple[str, str]]
    wrong: Sequence[str]


class Stored(Struct, frozen=True, kw_only=True):
    """What stands in the database. `missing` answers have no trace there, `unended` traces have no
    outcome, the records of `unread` cannot be put together, and `rested` were kept away by a
    breaker."""

    total: int
    missing: int
    unended: int
    unread: int
    outcomes: Mapping[str, int]
    rested: int


def found(
    *,
    machine: Machine,
    minutes: float,
    seed: int,
    rate: float,
    plain: Mapping[str, Any],
    told: Mapping[str, Any],
    samples: Sequence[Sample],
    files: tuple[int, int],
    figures: Mapping[str, float],
    stored: Stored,
) -> Found:
    """Puts everything together. `plain` and `told` are what the callers saw, first at the maximum
    and then in the soak; `files` were open at rest before and after; `figures` are the last."""
    early = next((one for one in samples if one.at >= _settled_at(minutes)), samples[-1])
    last = samples[-1]
    grown = last.resident / early.resident - 1
    sent = told["sent"] + plain["sent"]
    answered = told["answered"] + plain["answered"]
    lost = int(figures.get("filon_traces_lost_total", 0))
    opened = max((one.open for one in samples), default=0)
    closed_again = any(two.open < one.open for one, two in zip(samples, samples[1:], strict=False))
    busy = (last.cpu - samples[0].cpu) / (last.at - samples[0].at) if len(samples) > 1 else 0.0
    wrong = [
        *(f"callers: {line}" for line in (*plain["examples"], *told["examples"])),
        *_unless(told["answered"] + told["left"] == told["sent"], "not every caller was answered"),
        *_unless(stored.missing == 0, f"{stored.missing} answers have no trace"),
        *_unless(answered <= stored.total <= sent, f"{stored.total} traces of {sent} requests"),
        *_unless(stored.unended == 0, f"{stored.unended} traces have no outcome"),
        *_unless(stored.unread == 0, f"{stored.unread} traces cannot be read"),
        *_unless(lost == 0, f"{lost} traces were lost"),
        *_unless(opened > 0 and stored.rested > 0, "no breaker opened"),
        *_unless(closed_again, "no breaker closed again"),
        *_unless(grown <= _GROWTH, f"memory grew by {grown:.0%} from {early.at:.0f} s on"),
        *_unless(files[1] <= files[0] + FILES, f"{files[1] - files[0]} files were left open"),
        *_unless(figures.get("filon_running_turns") == 0, "turns run without their callers"),
        *_unless(figures.get("filon_store_waiting") == 0, "the store has not written all"),
    ]
    rows = (
        ("maximum, plain requests alone", f"{rate * 2:,.0f} requests/s"),
        ("rate of the soak", f"{rate:,.0f} requests/s"),
        ("of a core that Filon used", f"{busy:.0%}"),
        ("requests", f"{told['sent']:,}"),
        ("by kind", _counts(told["kinds"])),
        ("answered whole", f"{told['answered']:,}"),
        ("by status", _counts(told["statuses"])),
        ("left by their callers", f"{told['left']:,}"),
        ("whole replies of the steady endpoint: p50", f"{told['whole_p50_ms']:.1f} ms"),
        ("the same: p99", f"{told['whole_p99_ms']:.1f} ms"),
        ("how late the callers were, at most", f"{told['late_ms']:.0f} ms"),
        ("traces in the database", f"{stored.total:,}"),
        ("by outcome", _counts(stored.outcomes)),
        ("answers without a trace", f"{stored.missing}"),
        ("requests kept away by an open breaker", f"{stored.rested:,}"),
        ("breakers that were open at once, at most", f"{opened}"),
        (f"resident memory after {early.at:.0f} s", f"{early.resident:.0f} MB"),
        ("resident memory at the end", f"{last.resident:.0f} MB ({grown:+.0%})"),
        ("open files, at the start and at rest afterwards", f"{files[0]}, {files[1]}"),
        ("turns that ran at once, at most", f"{max(one.running for one in samples)}"),
    )
    return Found(machine=machine, minutes=minutes, seed=seed, rows=rows, wrong=wrong)


def page(found: Found) -> str:
    """The page of the report."""
    command = f'make soak ARGS="--minutes {found.minutes:g} --seed {found.seed}"'
    machine = found.machine
    verdict = [f"- Wrong: {line}." for line in found.wrong] or ["- Nothing went wrong."]
    parts = [
        "# What a soak leaves behind",
        f"Written by `{command}` on {machine.day}; what it does and what it looks for stands in "
        "[README.md](README.md#the-soak).",
        "\n".join(verdict),
        markdown_table(("", ""), found.rows).strip(),
        f"{machine.processor}, {machine.cores} cores, Linux {machine.kernel}, Python "
        f"{machine.python}; load average before it began: {machine.busy:.1f}.",
    ]
    return "\n\n".join(parts) + "\n"


def _settled_at(minutes: float) -> float:
    return min(_SETTLED_AT, minutes * 60 / 3)


def _unless(right: bool, wrong: str) -> list[str]:
    return [] if right else [wrong]


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in sorted(counts.items()))


def stored(folder: Path) -> Stored:
    """Looks for the trace of every answer, and reads some of all."""
    answered = set((folder / TRACES).read_text(encoding="utf-8").split())
    with closing(sqlite3.connect(folder / "filon" / "home" / "filon.db")) as connection:
        total, unended = connection.execute(
            "SELECT count(*), count(*) FILTER (WHERE outcome IS NULL OR total IS NULL) FROM traces"
        ).fetchone()
        outcomes = dict(connection.execute("SELECT outcome, count(*) FROM traces GROUP BY outcome"))
        (rested,) = connection.execute(
            "SELECT count(*) FROM traces WHERE mark = 'endpoint_resting'"
        ).fetchone()
        for (name,) in connection.execute("SELECT public_id FROM traces"):
            answered.discard(name)
        unread = sum(_is_unread(connection, blob) for (blob,) in _some(connection, total))
    return Stored(
        total=total,
        missing=len(answered),
        unended=unended,
        unread=unread,
        outcomes=outcomes,
        rested=rested,
    )


def _some(connection: sqlite3.Connection, total: int) -> sqlite3.Cursor:
    step = max(1, total // _READ)
    return connection.execute("SELECT records FROM traces WHERE id % ? = 0", (step,))


def _is_unread(connection: sqlite3.Connection, blob: bytes) -> bool:
    """Whether a trace's records cannot be put together from its pieces."""
    encoded = decode(blob)
    groups = _pieces(connection, encoded.groups())
    try:
        pieces = _pieces(connection, encoded.pieces(groups))
        return not encoded.records(groups | pieces)
    except KeyError:
        return True


def _pieces(connection: sqlite3.Connection, wanted: set[bytes]) -> dict[bytes, bytes]:
    query = "SELECT data FROM body_pieces WHERE hash = ?"
    rows = {digest: connection.execute(query, (digest,)).fetchone() for digest in wanted}
    return {digest: row[0] for digest, row in rows.items() if row is not None}
