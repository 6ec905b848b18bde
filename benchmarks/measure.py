"""`make bench`: each target measured in turn, over and over, and the table printed.

`--quick` takes short stages, and Filon, nginx and the upstream alone. A run of all targets writes
results/full.json and report.md; any other writes its figures to part.json beside the peers.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec

from benchmarks import report
from benchmarks.machine import describe
from benchmarks.processes import BenchError, Process
from benchmarks.runs import Results, Run
from benchmarks.stages import Plan, reached, run
from benchmarks.targets import PROGRAMS, ROOT, TARGETS, Ground, surroundings
from filon.kit import clock

_QUICK = ("direct", "nginx", "filon")
# The program that is needed, and Debian's package of it.
_NEEDED = {"wrk": "wrk", "nginx": "nginx", "gcc": "gcc libc6-dev", "taskset": "util-linux"}


def measure(wanted: Sequence[str], repeats: int, plan: Plan, cache: Path) -> Results:
    """Runs the targets interleaved, in the other direction each second time."""
    machine = describe(wanted, cache, pinned=plan.target_core is not None)
    # Under the cache, since the system's temporary folder may be in memory, where no disk is slow.
    with tempfile.TemporaryDirectory(dir=cache, prefix="run-") as name:
        folder = Path(name)
        port = free_port()
        upstream = start_upstream(folder, port, plan.loader_core)
        try:
            runs = [
                _run_one(target, repeat, plan, folder, cache, port)
                for repeat in range(repeats)
                for target in (wanted if repeat % 2 == 0 else reversed(wanted))
            ]
        finally:
            upstream.stop()
    return Results(machine=machine, runs=runs)


def _run_one(name: str, repeat: int, plan: Plan, top: Path, cache: Path, upstream: int) -> Run:
    folder = top / f"{name}-{repeat}"
    folder.mkdir()
    ground = Ground(folder=folder, peers=cache, port=free_port(), upstream=upstream)
    _say(f"{name}, repeat {repeat + 1}")
    done = run(name, repeat, TARGETS[name](ground), plan, folder, upstream)
    per_s = done.figures.get("whole_per_s")
    if per_s is not None:
        _say(f"  {per_s:,.0f} requests/s at 32 connections")
    for line in done.wrong:
        _say(f"  wrong: {line}")
    # Half a gigabyte of traces per run.
    shutil.rmtree(folder, ignore_errors=True)
    return done


def start_upstream(folder: Path, port: int, core: int | None) -> Process:
    """Builds the upstream and starts it. Raises BenchError if it cannot."""
    program = folder / "upstream"
    source = str(ROOT / "benchmarks" / "upstream.c")
    built = subprocess.run(
        ("gcc", "-O2", "-o", str(program), source), capture_output=True, text=True, check=False
    )
    if built.returncode != 0:
        raise BenchError(f"gcc cannot build benchmarks/upstream.c:\n{built.stderr.strip()}")
    process = Process((str(program), str(port)), surroundings(folder), folder, core=core)
    end = clock.monotonic() + 10
    while clock.monotonic() < end:
        try:
            reached(port)
        except OSError:
            continue
        return process
    process.stop()
    raise BenchError(f"The upstream did not start:\n{process.told()}")


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _need_programs() -> None:
    missing = [name for name in _NEEDED if shutil.which(name, path=PROGRAMS) is None]
    if missing:
        packages = " ".join(_NEEDED[name] for name in missing)
        raise BenchError(
            f"The benchmark needs {', '.join(missing)}. "
            f"On Debian or Ubuntu: apt-get install {packages}"
        )


def _plan(*, quick: bool) -> Plan:
    cores = sorted(os.sched_getaffinity(0))
    target, loader = cores[:2] if len(cores) > 1 else (None, None)
    if target is None:
        _say("there is one core: target, upstream and loader share it, and figures say little")
    scale = 1 if quick else 2
    return Plan(
        warm=1 * scale,
        whole=2 * scale,
        rest=1 * scale,
        slow=2 * scale,
        few=1.5 * scale,
        many=2 * scale,
        target_core=target,
        loader_core=loader,
    )


def _say(line: str) -> None:
    sys.stderr.write(f"bench: {line}\n")
    sys.stderr.flush()


def _arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two minutes, without the peers")
    parser.add_argument("--repeats", type=int, help="runs of each target [3; quick: 1]")
    parser.add_argument("--targets", help=f"which, between commas, of {', '.join(TARGETS)}")
    parser.add_argument("--cache", type=Path, required=True, help="where the peers are")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Measures and tells; 1 if it could not be measured."""
    given = _arguments(arguments)
    # What was started is ended in this case too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    wanted = given.targets.split(",") if given.targets else _QUICK if given.quick else [*TARGETS]
    unknown = [name for name in wanted if name not in TARGETS]
    try:
        if unknown:
            raise BenchError(f"There is no target {unknown[0]}; there are {', '.join(TARGETS)}.")
        _need_programs()
        plan = _plan(quick=given.quick)
        results = measure(wanted, given.repeats or (1 if given.quick else 3), plan, given.cache)
    except BenchError as error:
        _say(str(error))
        return 1
    except KeyboardInterrupt:
        _say("stopped; all that was started has ended")
        return 130
    is_whole = not given.quick and not given.targets
    where = report.FULL if is_whole else given.cache / "part.json"
    where.parent.mkdir(parents=True, exist_ok=True)
    where.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")
    if is_whole:
        report.write(results)
    sys.stdout.write(report.table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
