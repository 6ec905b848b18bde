"""For scripts/test: which tests failed, so that they can be tried once more, alone; and which of
them passed only then. `FILON_FAILED` is the file in which the first run leaves this to the second.
"""

import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

# So many may fail beside the others by the machine's doing; more is a fault of ours for certain.
MOST = 20
RESULT = Path("test-results") / "unsteady.txt"
COUNTED = ("passed", "skipped", "xfailed")


def pytest_configure(config: pytest.Config) -> None:
    """Workers of xdist tell the one that started them."""
    file = os.environ.get("FILON_FAILED")
    if file and not hasattr(config, "workerinput"):
        again = Path(file).exists()
        config.pluginmanager.register(Second(Path(file)) if again else First(Path(file)))


class First:
    """Writes down which tests failed, and how many did not."""

    def __init__(self, file: Path) -> None:
        self._file = file
        RESULT.unlink(missing_ok=True)

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: Any, exitstatus: int) -> None:
        """Leaves nothing where there is nothing to try again, or too much."""
        stats: dict[str, list[Any]] = terminalreporter.stats
        reports = [*stats.get("failed", []), *stats.get("error", [])]
        failed = list(dict.fromkeys(report.nodeid for report in reports))
        if exitstatus != pytest.ExitCode.TESTS_FAILED or not 0 < len(failed) <= MOST:
            return
        counts = {name: len(stats.get(name, [])) for name in COUNTED}
        self._file.write_text(json.dumps(counts), encoding="utf-8")
        self._file.with_suffix(".args").write_text("\n".join(failed), encoding="utf-8")


class Second:
    """Tells which of them pass alone; its summary is that of both runs."""

    def __init__(self, file: Path) -> None:
        self._before: dict[str, int] = json.loads(file.read_text(encoding="utf-8"))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> Generator[None]:
        """Moves what passed from "passed" to "unsteady", and adds what had passed before."""
        yield
        stats: dict[str, list[Any]] = terminalreporter.stats
        bad = {one.nodeid for name in ("failed", "error") for one in stats.get(name, [])}
        passed = stats.pop("passed", [])
        unsteady = [report for report in passed if report.nodeid not in bad]
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text("".join(f"{one.nodeid}\n" for one in unsteady), encoding="utf-8")
        if unsteady:
            terminalreporter.section("unsteady", sep="=", yellow=True, bold=True)
            terminalreporter.line("These failed beside the others and passed alone. That is a")
            terminalreporter.line("fault to mend; test-results/unsteady.txt lists them.")
            for one in unsteady:
                terminalreporter.line(f"unsteady: {one.nodeid}")
            stats["unsteady"] = unsteady
        for name, count in self._before.items():
            if count:
                stats[name] = [*stats.get(name, []), *[None] * count]
