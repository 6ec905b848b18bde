"""A program that is measured: started on its core, watched through /proc, ended by its pid."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from filon.kit import clock

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PATIENCE = 15.0
_GONE = (FileNotFoundError, ProcessLookupError)


class BenchError(Exception):
    """The benchmark cannot go on; its text says why and what to do."""


class Process:
    """A program with all processes that it starts itself."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        *,
        core: int | None,
    ) -> None:
        self._log = folder / "output.txt"
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(
                pinned(command, core),
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def told(self) -> str:
        """The end of what it has printed."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-1500:].strip()

    def cpu(self) -> float:
        """CPU seconds of all its processes so far, to a hundredth."""
        return sum(_cpu(pid) for pid in self._pids())

    def resident(self) -> float:
        """Resident memory of all its processes in MB (10^6 bytes); shared pages count in each."""
        return sum(_resident(pid) for pid in self._pids())

    def files(self) -> int:
        """How many file descriptors all its processes have open."""
        return sum(_files(pid) for pid in self._pids())

    def wait_until_idle(self) -> None:
        """Waits until it has done what it still had to do, for some seconds at most."""
        end = clock.monotonic() + _PATIENCE
        before = self.cpu()
        while clock.monotonic() < end:
            time.sleep(0.3)
            now = self.cpu()
            if now - before < 0.03:
                return
            before = now

    def stop(self) -> None:
        """Asks it to end, and ends what is left of it after a while."""
        pids = self._pids()
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_PATIENCE)
        for pid in pids:
            if _session(pid) == self._process.pid:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self._process.wait(_PATIENCE)

    def _pids(self) -> list[int]:
        found = [self._process.pid]
        for pid in found:
            found += _children(pid)
        return found


def pinned(command: Sequence[str], core: int | None) -> list[str]:
    """The command, held to one core if one is given."""
    return [*(() if core is None else ("taskset", "-c", str(core))), *command]


def _children(pid: int) -> list[int]:
    with suppress(*_GONE):
        threads = Path(f"/proc/{pid}/task").iterdir()
        return [
            int(child) for thread in threads for child in (thread / "children").read_text().split()
        ]
    return []


def _fields(pid: int) -> list[str]:
    """What /proc tells of a process, from its state on; empty when it is gone."""
    with suppress(*_GONE):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return []


def _cpu(pid: int) -> float:
    fields = _fields(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS if fields else 0.0


def _resident(pid: int) -> float:
    with suppress(*_GONE):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE / 1e6
    return 0.0


def _files(pid: int) -> int:
    with suppress(*_GONE):
        return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    return 0


def _session(pid: int) -> int | None:
    """The session, which a process keeps when its parent is gone; pids are given out again."""
    fields = _fields(pid)
    return int(fields[3]) if fields else None
