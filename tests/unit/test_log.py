"""The log: lines wait for others for a moment, and none is lost or holds a secret."""

import asyncio
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.sampled_from(["", " ", "one", "two words", 'a"quote', "line\nbreak", "100%", "%s"]),
)


@given(st.dictionaries(st.sampled_from(["usd", "model", "text", "seconds"]), VALUES))
def test_a_line_is_the_same_whether_its_values_have_a_form_or_not(fields: dict[str, Any]) -> None:
    stream = io.StringIO()
    log = Log(Redactor([]), stream=stream)
    log.event("settled", trace="t1", **fields)
    log.event("settled", trace="t1", **fields, formless=())
    formed, formless = told(stream)
    assert formless == f"{formed} formless=()"


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
