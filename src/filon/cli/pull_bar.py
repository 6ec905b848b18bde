"""How the progress of a pull is shown: a bar on a terminal, a line now and then elsewhere."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial

from msgspec import Struct

from filon.cli.console import plain
from filon.providers.local.pulling import Progress

Show = Callable[[Progress], None]
# Without a terminal a line is printed each time so much more has come, in percent.
_STEP = 10


class Told(Struct, frozen=True):
    """How far a pull is, for the sentence that says where it was stopped."""

    completed: int = 0
    total: int = 0

    def after(self, progress: Progress) -> "Told":
        """The same after one more step."""
        return Told(progress.completed, progress.total)

    def where(self) -> str:
        """How far it came, in words."""
        if not self.total:
            return "before anything came"
        return f"at {self.completed / self.total:.0%}, {_mib(self.completed)} of {_mib(self.total)}"


@contextmanager
def bar(name: str) -> Generator[Show]:
    """Something to show each step with, until the block ends."""
    if not sys.stderr.isatty():
        yield _Lines(name).show
        return
    from rich import progress as rich
    from rich.console import Console

    columns = (
        rich.TextColumn("{task.description}", markup=False),
        rich.BarColumn(),
        rich.DownloadColumn(binary_units=True),
        rich.TransferSpeedColumn(),
        rich.TimeRemainingColumn(),
    )
    with rich.Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task(plain(name), total=None)
        yield partial(_move, name, partial(bars.update, task))


def _move(name: str, update: Callable[..., None], progress: Progress) -> None:
    waits = not progress.total or progress.completed >= progress.total
    word = f" {progress.status}" if waits and progress.status else ""
    update(
        description=plain(name + word),
        total=progress.total or None,
        completed=progress.completed,
    )


class _Lines:
    """Plain lines, for a log."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._last = ""
        self._percent = -_STEP

    def show(self, progress: Progress) -> None:
        """Prints what is new enough to be worth a line."""
        if progress.total and progress.status.startswith("pulling") and progress.completed:
            percent = progress.completed * 100 // progress.total
            if percent < self._percent + _STEP and percent < 100:
                return
            if percent == self._percent:
                return
            self._percent = percent
            self._say(f"{percent} %, {_mib(progress.completed)} of {_mib(progress.total)}")
        elif progress.status != self._last and not self._is_layer(progress):
            self._last = progress.status
            self._say(progress.status)

    def _is_layer(self, progress: Progress) -> bool:
        """Whether the status only names a file of which nothing has come."""
        return bool(progress.layers) and progress.status.startswith("pulling ")

    def _say(self, text: str) -> None:
        sys.stderr.write(plain(f"{self._name}: {text}\n"))
        sys.stderr.flush()


def _mib(size: int) -> str:
    return f"{size / 1024**2:,.1f} MiB"
