"""Files that went wrong in any way: `check` always ends, and points into the file."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filon.config.load import read_data

EXAMPLES = Path(__file__).parent / "fixtures" / "librechat"
FILES = [path.read_text(encoding="utf-8") for path in sorted(EXAMPLES.glob("*.yaml"))]

ODD = st.sampled_from(
    ["\t", "\x00", "\u2028", "\x85", "\ufeff", "\u00a0", "é", "漢", "🙂", "\r", "\r\n", "\n", "  "]
    + [": ", "- ", "#", "'", '"', "{", "}", "[", "]", "&a ", "*a", "<<: ", "!!int ", "|", ">", "%"]
    + [
        "${",
        "}",
        "${A}",
        "{{B}}",
        "---\n",
        "...\n",
        "? ",
        ", ",
        "\\",
        "@",
        "`",
        "null",
        "~",
        ".nan",
    ]
    + ["true", "1e999", "2024-01-01", "[[[[", "{a: {b: {c: ", "- - - - ", "\ud800"]
)
VALUES = st.sampled_from(
    ["", "null", "yes", "true", "1", "-1", ".nan", "text", "[]", "[1]", "[null]", "{}", "{a: 1}"]
    + ["2024-01-01", "!!binary aGk=", "''", "|\n  a\n  b", "${NOT_SET}", "user_provided", "*none"]
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    lines = draw(st.sampled_from(FILES)).split("\n")
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(
            st.sampled_from(["drop", "twice", "rename", "retype", "indent", "splice", "move"])
        ):
            case "drop":
                del lines[at]
            case "twice":
                lines.insert(at, lines[at])
            case "rename":
                lines[at] = re.sub(r"\w+(?=:)", draw(st.text(max_size=6)), lines[at], count=1)
            case "retype":
                lines[at] = re.sub(r"(?<=:).*", f" {draw(VALUES)}", lines[at], count=1)
            case "indent":
                lines[at] = " " * draw(st.integers(0, 9)) + lines[at].lstrip()
            case "splice":
                cut = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:cut] + draw(ODD | st.text(max_size=4)) + lines[at][cut:]
            case _:
                lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(at))
        lines = lines or [""]
    return "\n".join(lines)


def lines_of(text: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", text)


def look(data: bytes, folder: Path) -> None:
    """Reads it as a file and holds each verdict against it."""
    read = read_data(data, folder / "librechat.yaml", {"KEY": "k"})
    lines = lines_of(data.decode("utf-8", "replace"))
    for one in read.file.verdicts:
        assert 1 <= one.line <= len(lines), one
        # One more than there are letters is the end of the line, where something is missing.
        assert 1 <= one.column <= len(lines[one.line - 1]) + 1, one
        assert one.length >= 1
        assert one.message
        assert "\n" not in one.message
    for idle in read.idle:
        assert 1 <= idle.line <= len(lines)
    names = [endpoint.name for endpoint in read.endpoints]
    assert len(set(names)) == len(names)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mutations")


OFTEN = settings(
    max_examples=125,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@OFTEN
@given(mutated())
def test_whatever_is_done_to_a_file(folder: Path, text: str) -> None:
    look(text.encode("utf-8", "surrogatepass"), folder)


@OFTEN
@given(st.binary(max_size=60), st.integers(0, 2000))
def test_any_bytes_in_the_middle(folder: Path, data: bytes, at: int) -> None:
    whole = FILES[0].encode()
    look(whole[:at] + data + whole[at:], folder)


@OFTEN
@given(st.text(max_size=200))
def test_any_text(folder: Path, text: str) -> None:
    look(text.encode("utf-8", "surrogatepass"), folder)
