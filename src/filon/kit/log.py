"""One line per event on stderr: readable by a person, or JSON for a collector.

Every line names its event and carries fields; secrets are masked before it is written.
"""

import asyncio
import atexit
import json
import sys
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal, TextIO

from filon.kit import clock
from filon.kit.redact import Redactor

Level = Literal["debug", "info", "warning", "error"]
# Seconds for which a line may wait for others, to be written with them.
_MOMENT = 0.05
_CAN_WAIT = frozenset({"debug", "info"})
_RANK: dict[str, int] = {"debug": 10, "info": 20, "warning": 30, "error": 40}


class Log:
    """Writes events. `level` is the least that is written."""

    def __init__(
        self,
        redactor: Redactor,
        *,
        as_json: bool = False,
        level: str = "info",
        stream: TextIO | None = None,
    ) -> None:
        self._redactor = redactor
        self._as_json = as_json
        self._least = _RANK.get(level, 20)
        self._stream = stream or sys.stderr
        # The wall clock is asked once a second: of a line's cost it was more than half.
        self._second = -1
        self._wall = ""
        self._lines: list[str] = []
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._is_written_at_exit = False

    def tells(self, level: Level) -> bool:
        """Whether events of this level are written, for those who would gather fields in vain."""
        return _RANK[level] >= self._least

    def event(self, event: str, *, level: Level = "info", **fields: Any) -> None:
        """One event with its fields; a field that is None is left out."""
        if _RANK[level] < self._least:
            return
        now = clock.now()
        if self._as_json:
            line = _as_json(now, event, level, fields)
        else:
            line = _as_text(self._stamp(now), event, level, fields)
        self._lines.append(line)
        if level not in _CAN_WAIT:
            # Somebody should see it now.
            self.write()
        elif now >= self._due:
            self._write_soon(now)

    def _write_soon(self, now: float) -> None:
        """Under load the lines of a moment go out together: each by itself is a system call, which
        costs as much as ten lines."""
        loop = _running_loop()
        if loop is None:
            self.write()
            return
        self._timer = loop.call_later(_MOMENT, self.write)
        # Later than the timer, which never comes if its loop has ended meanwhile.
        self._due = now + 4 * _MOMENT
        if not self._is_written_at_exit:
            self._is_written_at_exit = True
            atexit.register(self.write)

    def write(self) -> None:
        """Writes the lines that wait, at once."""
        timer, self._timer, self._due = self._timer, None, 0.0
        if timer is not None:
            timer.cancel()
        if self._lines:
            lines, self._lines = self._lines, []
            self._stream.write(self._redactor.text("\n".join(lines)) + "\n")
            self._stream.flush()

    def _stamp(self, now: float) -> str:
        second = int(now)
        if second != self._second:
            self._second, self._wall = second, clock.local(now).strftime("%H:%M:%S")
        return f"{self._wall}.{int((now - second) * 1000):03d}"


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _as_json(now: float, event: str, level: str, fields: dict[str, Any]) -> str:
    stamp = datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds")
    told = {name: value for name, value in fields.items() if value is not None}
    return json.dumps(
        {"time": stamp, "level": level, "event": event, **told}, ensure_ascii=False, default=str
    )


def _as_text(stamp: str, event: str, level: str, fields: dict[str, Any]) -> str:
    told = [
        f"{name}={value if type(value) is int else _plain(value)}"
        for name, value in fields.items()
        if value is not None
    ]
    return f"{stamp} {_head(level, event)} {' '.join(told)}".rstrip()


@lru_cache(maxsize=256)
def _head(level: str, event: str) -> str:
    return f"{level:<7} {event:<20}"


def _plain(value: Any) -> str:
    if type(value) is str:
        text = value
    elif isinstance(value, float):
        return f"{value:.4g}"
    else:
        text = str(value)
    # A line break inside a value would let a provider's text pose as a line of its own.
    if text and " " not in text and text.isprintable():
        return text
    return json.dumps(text, ensure_ascii=False)
