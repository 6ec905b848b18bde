"""The log: lines wait for others for a moment, and none is lost or holds a secret."""

import asyncio
import io

import pytest

from filon.kit import log as log_module
from filon.kit.log import Log
from filon.kit.redact import Redactor
from tests.waiting import until

SECRET = "canary-0123456789"


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def log(stream: io.StringIO) -> Log:
    return Log(Redactor([SECRET]), stream=stream)


def told(stream: io.StringIO) -> list[str]:
    """The lines without their times."""
    return [line.partition(" ")[2].strip() for line in stream.getvalue().splitlines()]


def test_without_a_loop_a_line_is_written_at_once(log: Log, stream: io.StringIO) -> None:
    log.event("settled", trace="t1", text="two words", usd=0.000123456, none=None, yes=True)
    assert told(stream) == [
        'info    settled              trace=t1 text="two words" usd=0.0001235 yes=True'
    ]


async def test_lines_of_a_moment_are_written_together(log: Log, stream: io.StringIO) -> None:
    log.event("first", key=SECRET)
    log.event("second")
    assert told(stream) == []
    await until(lambda: len(told(stream)) == 2)
    assert SECRET not in stream.getvalue()


async def test_a_warning_takes_what_waits_with_it(log: Log, stream: io.StringIO) -> None:
    log.event("first")
    log.event("second", level="warning")
    assert [line.split()[1] for line in told(stream)] == ["first", "second"]


def test_what_waits_when_a_loop_ends_is_written_with_the_next(
    log: Log, stream: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_module, "_MOMENT", 0.0)

    asyncio.run(tell(log))
    log.event("second")
    assert [line.split()[1] for line in told(stream)] == ["first", "second"]


async def tell(log: Log) -> None:
    log.event("first")
