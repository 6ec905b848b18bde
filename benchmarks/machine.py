"""The machine, and the versions of what is measured on it."""

import os
import platform
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from pathlib import Path

from benchmarks.runs import Machine
from benchmarks.targets import PEERS, PROGRAMS, ROOT
from filon import __version__
from filon.kit import clock

# Those that decide most of a gateway's speed.
_LIBRARIES = ("uvicorn", "uvloop", "httptools", "aiohttp", "httpx")


def describe(targets: Sequence[str], peers: Path, *, pinned: bool) -> Machine:
    """What a reader must know of this machine; the load is that of this moment."""
    processor = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    own = ROOT / ".venv" / "bin" / "python"
    versions = {"filon": f"{__version__} ({_libraries(own)})", "nginx": _nginx()}
    for name in PEERS:
        if name in targets:
            python = peers / name / "bin" / "python"
            versions[name] = f"{_version(python, name)} ({_libraries(python)})"
    return Machine(
        day=clock.day(clock.now()),
        processor=processor[0] if processor else platform.machine(),
        cores=len(os.sched_getaffinity(0)),
        pinned=pinned,
        busy=os.getloadavg()[0],
        kernel=platform.release(),
        python=platform.python_version(),
        built=f"{platform.python_build()[1]}, {platform.python_compiler()}",
        versions=versions,
    )


def _libraries(python: Path) -> str:
    found = [(name, _version(python, name)) for name in _LIBRARIES]
    return ", ".join(f"{name} {version}" for name, version in found if version)


def _version(python: Path, package: str) -> str:
    """Which version that Python has of a package; empty if none."""
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    return subprocess.run(
        (str(python), "-c", code), capture_output=True, text=True, check=False
    ).stdout.strip()


def _nginx() -> str:
    told = subprocess.run(
        (shutil.which("nginx", path=PROGRAMS) or "nginx", "-v"),
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stderr.strip().rpartition("/")[2]


def in_a_line() -> str:
    """The machine in one sentence, for a page that compares nothing."""
    told = describe((), Path(), pinned=False)
    return (
        f"{told.day}, {told.processor}, {told.cores} cores (load {told.busy:.1f} at the end), "
        f"Linux {told.kernel}, Python {told.python}, SQLite {sqlite3.sqlite_version}."
    )
