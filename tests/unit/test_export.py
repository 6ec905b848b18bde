"""The curl command: whatever stands in a request, a shell passes it on and runs none of it."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from filon.trace.export import curl
from filon.trace.records import Attempt, Body, Headers, Recalled

# What a shell cannot be given in an argument, and what is no text.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)


def attempt(body: str, url: str = "http://127.0.0.1:1/v1", sent: Headers = ()) -> Attempt:
    return Attempt(
        number=1,
        endpoint="rec",
        model="m-1",
        method="POST",
        url=url,
        address=None,
        request_headers=sent,
        request_body=Body(body.encode()),
        status=200,
    )


def arguments(command: str, folder: Path, key: str = "sk-mine") -> list[str]:
    """The arguments that curl would get, by a stand-in that prints them."""
    script = "curl() { printf '%s\\0' \"$@\"; }\n" + command
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, cwd=folder, env={"API_KEY": key}, check=True
    )
    assert done.stderr == b""
    return done.stdout.decode().split("\0")[:-1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("empty")


@settings(max_examples=60, deadline=None)
@example("'; touch x; '", "v", "u")
@example("$(touch x) `touch x` ${HOME} $API_KEY", '"$(touch x)"', "`touch x`")
@example("@/etc/passwd", "@x", "' '")
@example("-d", "-H", "--help")
@example("line\\\nline\r\n\\", "\\", "!")
@given(TEXTS, VALUES, VALUES)
def test_a_shell_passes_everything_on(folder: Path, body: str, value: str, path: str) -> None:
    url = f"http://127.0.0.1:1/{path}"
    command = curl((attempt(body, url, (("x-mine", value), ("Authorization", "Bearer old"))),))
    assert command is not None
    found = arguments(command, folder)
    assert found[found.index("-X") + 1 :][:2] == ["POST", url]
    assert f"x-mine: {value}" in found
    assert "Authorization: Bearer sk-mine" in found
    if body:
        assert found[-2:] == ["--data-raw", body]
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("Authorization", "Bearer sk-old", "Authorization: Bearer KEY"),
        ("authorization", "Basic abc", "authorization: Basic KEY"),
        ("Authorization", "sk-old", "Authorization: Bearer KEY"),
        ("Authorization", "$(touch x) y", "Authorization: Bearer KEY"),
        ("x-api-key", "sk-old", "x-api-key: KEY"),
        ("Api-Key", "`touch x`", "Api-Key: KEY"),
    ],
)
def test_the_key_is_the_reader_s_own(folder: Path, name: str, value: str, told: str) -> None:
    command = curl((attempt("{}", sent=((name, value),)),))
    assert command is not None
    assert told in arguments(command, folder, "KEY")
    assert "sk-old" not in command


def test_what_curl_itself_sets_is_left_out(folder: Path) -> None:
    sent = (("Host", "x"), ("Content-Length", "9"), ("connection", "close"), ("a", "b"))
    command = curl((attempt("{}", sent=sent),))
    assert command is not None
    found = arguments(command, folder)
    assert [found[n + 1] for n, word in enumerate(found) if word == "-H"] == ["a: b"]


def test_the_last_attempt_is_told() -> None:
    told = curl((attempt("first"), attempt("second")))
    assert told is not None
    assert "second" in told
    assert "first" not in told


def test_nothing_sent_is_nothing_to_tell() -> None:
    records: tuple[Any, ...] = (Recalled(hit=False, reason="x"),)
    assert curl(records) is None
    assert curl(()) is None
