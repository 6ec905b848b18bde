"""One line per event on stderr: readable by a person, or JSON for a collector.

Every line names its event and carries fields; secrets are masked before it is written.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

from filon.kit import clock
from filon.kit.redact import Redactor

Level = Literal["debug", "info", "warning", "error"]
# Seconds for which a line may wait for others, to be written with them.
_MOMENT = 0.05
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
        self._timer: asyncio.TimerHandle | None = None

    def event(self, event: str, *, level: Level = "info", **fields: Any) -> None:
        """One event with its fields; a field that is None is left out."""
        if _RANK[level] < self._least:
            return
        told = {name: value for name, value in fields.items() if value is not None}
        if self._as_json:
            line = _as_json(event, level, told)
        else:
            line = _as_text(self._stamp(clock.now()), event, level, told)
        self._stream.write(self._redactor.text(line) + "\n")
        self._flush_soon(at_once=_RANK[level] > _RANK["info"])

    def _flush_soon(self, *, at_once: bool) -> None:
        """Under load the lines of a moment go out together: each by itself is a system call, which
        costs as much as ten lines. What somebody should see goes out now."""
        loop = None if at_once else _running_loop()
        if loop is None:
            self._flush()
        elif self._timer is None:
            self._timer = loop.call_later(_MOMENT, self._flush)

    def _flush(self) -> None:
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
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


def _as_json(event: str, level: str, fields: dict[str, Any]) -> str:
    stamp = datetime.fromtimestamp(clock.now(), UTC).isoformat(timespec="milliseconds")
    return json.dumps(
        {"time": stamp, "level": level, "event": event, **fields}, ensure_ascii=False, default=str
    )


def _as_text(stamp: str, event: str, level: str, fields: dict[str, Any]) -> str:
    told = " ".join([f"{name}={_plain(value)}" for name, value in fields.items()])
    return f"{stamp} {level:<7} {event:<20} {told}".rstrip()


def _plain(value: Any) -> str:
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{value:.4g}"
    text = str(value)
    # A line break inside a value would let a provider's text pose as a line of its own.
    return (
        json.dumps(text, ensure_ascii=False)
        if not text or not text.isprintable() or " " in text
        else text
    )
