"""One run of one target: started, loaded stage by stage, checked and ended."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from msgspec import Struct

from benchmarks.processes import BenchError, Process, pinned
from benchmarks.runs import AFTER_50, AT_ONCE, EACH_5, EACH_20, Counts, Load, Run, losses
from benchmarks.targets import ROOT, Target, surroundings
from filon.kit import clock

# A whole reply of the upstream with the least head that any gateway gives it.
_SMALLEST_REPLY = 700
_START = 90.0
_GROWTH_REQUESTS = 50_000
_GROWTH_SLICE = 5


class Plan(Struct, frozen=True, kw_only=True):
    """How long each stage takes, in seconds, and on which cores: that of the target, and that of
    upstream and loader; None where they cannot be held apart."""

    warm: float
    whole: float
    rest: float
    slow: float
    few: float
    many: float
    target_core: int | None
    loader_core: int | None


class Stages:
    """The stages of a run, with what they have seen so far."""

    def __init__(self, target: Target, process: Process | None, plan: Plan, folder: Path) -> None:
        self.figures: dict[str, float] = {}
        self.wrong: list[str] = []
        self.sent = self.answered = 0
        self._target = target
        self._process = process
        self._plan = plan
        self._folder = folder

    def all(self, *, growth: bool) -> None:
        """Every stage in its order. Growth is measured first, on a fresh process."""
        plan, figures = self._plan, self.figures
        self._settle()
        at_start = self._resident()
        figures["resident_mb"] = at_start
        if growth:
            self._load_until(_GROWTH_REQUESTS)
            figures["growth_mb"] = self._resident() - at_start
        else:
            self._whole(AT_ONCE, 32, plan.warm)
        whole, cpu = self._whole(AT_ONCE, 32, plan.whole)
        figures["whole_per_s"] = whole["answered"] / whole["seconds"]
        figures["whole_p50_ms"], figures["whole_p99_ms"] = whole["p50_ms"], whole["p99_ms"]
        if whole["answered"]:
            figures["whole_cpu_us"] = cpu / whole["answered"] * 1e6
        rest, _ = self._whole(AT_ONCE, 1, plan.rest)
        figures["rest_p50_ms"] = rest["p50_ms"]
        slow, _ = self._whole(AFTER_50, 16, plan.slow)
        figures["slow_p50_ms"], figures["slow_p99_ms"] = slow["p50_ms"], slow["p99_ms"]
        self._streams("few", EACH_5, 20, plan.few)
        self._streams("many", EACH_20, 500, plan.many)

    def _load_until(self, requests: int) -> None:
        before = self.answered
        while self.answered - before < requests:
            already = self.answered
            self._whole(AT_ONCE, 32, _GROWTH_SLICE)
            if self.answered == already:
                raise BenchError("it answers nothing under load")

    def _whole(
        self, load: Load, connections: int, seconds: float
    ) -> tuple[Mapping[str, Any], float]:
        """What wrk saw, and the CPU seconds that the target took meanwhile."""
        target = self._target
        told, cpu = self._run(
            "wrk", "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--timeout", "10s",
            "-s", str(ROOT / "benchmarks" / "load.lua"), f"http://127.0.0.1:{target.port}",
            "--", target.path(load), target.model_of(load), target.key,
        )  # fmt: skip
        if told["answered"] and told["bytes"] / told["answered"] < _SMALLEST_REPLY:
            self.wrong.append(f"{load.name}: replies are shorter than what the upstream said")
        self._note(f"{load.name}, {connections} connections", told)
        return told, cpu

    def _streams(self, name: str, load: Load, streams: int, seconds: float) -> None:
        target = self._target
        told, cpu = self._run(
            sys.executable, "-m", "benchmarks.streams", str(target.port), target.path(load),
            target.model_of(load), target.key, str(streams), str(seconds), str(load.chunks),
        )  # fmt: skip
        self._note(f"{streams} streams", told)
        kept = ("chunks_per_s", "first_p50_ms", "gap_p50_ms", "gap_p99_ms")
        found = {f"{name}_{key}": told[key] for key in kept if told[key] is not None}
        self.figures.update(found)
        if told["chunks"]:
            self.figures[f"{name}_cpu_ms"] = cpu * 1000 / told["chunks"] * 1000
        else:
            self.wrong.append(f"{streams} streams: nothing came")

    def _run(self, *command: str) -> tuple[Mapping[str, Any], float]:
        before = self._process.cpu() if self._process else 0.0
        done = subprocess.run(
            pinned(command, self._plan.loader_core),
            env=surroundings(self._folder),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        cpu = self._process.cpu() - before if self._process else 0.0
        # What wrk says in words comes before.
        last = re.search(r"^\{.*\}$", done.stdout, re.MULTILINE)
        if done.returncode != 0 or last is None:
            raise BenchError(f"{command[0]} failed: {(done.stderr or done.stdout)[-500:].strip()}")
        # wrk drops what it waits for at its end; a slow gateway still works on that.
        self._settle()
        return json.loads(last[0]), cpu

    def _note(self, where: str, told: Mapping[str, Any]) -> None:
        self.sent += told["sent"]
        self.answered += told["answered"]
        if told["wrong"]:
            example = told.get("example")
            why = f", such as: {example}" if example else ""
            self.wrong.append(f"{where}: {told['wrong']} of {told['sent']} went wrong{why}")

    def _settle(self) -> None:
        if self._process:
            self._process.wait_until_idle()

    def _resident(self) -> float:
        return self._process.resident() if self._process else 0.0


def run(name: str, repeat: int, target: Target, plan: Plan, folder: Path, upstream: int) -> Run:
    """Measures a target from its start to its end; what fails is told in the run."""
    before = reached(upstream)
    figures: dict[str, float] = {}
    probes, process = 0, None
    if target.command:
        environment = {**surroundings(folder), **target.environment}
        process = Process(target.command, environment, folder, core=plan.target_core)
    stages = Stages(target, process, plan, folder)
    try:
        if process:
            figures["start_s"] = _wait_for(target, process)
            probes = 1
        stages.all(growth=target.database is not None and repeat == 0)
        if process:
            # After so many streams that were broken off it must still serve.
            _wait_for(target, process)
            probes += 1
    except BenchError as error:
        stages.wrong.append(str(error))
    finally:
        if process:
            process.stop()
    counts = Counts(
        sent=stages.sent + probes,
        answered=stages.answered + probes,
        reached=reached(upstream) - before,
        traces=target.traces(),
    )
    return Run(
        target=name,
        repeat=repeat,
        figures=figures | stages.figures,
        counts=counts,
        wrong=(*stages.wrong, *losses(counts)),
    )


def reached(upstream: int) -> int:
    """How many requests have come to the upstream so far."""
    with closing(HTTPConnection("127.0.0.1", upstream, timeout=10)) as connection:
        connection.request("GET", "/count")
        return json.loads(connection.getresponse().read())["requests"]


def _wait_for(target: Target, process: Process) -> float:
    """Seconds from the spawn to the first right reply. Raises BenchError if none comes."""
    began = clock.monotonic()
    while clock.monotonic() - began < _START:
        if target.answers():
            return clock.monotonic() - began
        if not process.runs():
            raise BenchError(f"it ended at its start:\n{process.told()}")
        time.sleep(0.005)
    raise BenchError(f"it gave no right reply within {_START:.0f} s:\n{process.told()}")
