"""The drawn line and the mark below it, whatever stands in the line."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.cli.check_drawing import drawn, width_of
from filon.cli.check_formats import as_github, as_json
from filon.cli.check_text import Style, report
from filon.config.check import check_text
from filon.config.spans import length_at, lines_of, part_at


@pytest.mark.parametrize(
    ("line", "column", "length", "expected"),
    [
        ("  a: b", 6, 1, ("  a: b", "     ^")),
        ("  abc: b", 3, 3, ("  abc: b", "  ^~~")),
        ("\ta: b", 2, 1, ("    a: b", "    ^")),
        ("a: 日本", 4, 2, ("a: 日本", "   ^~~~")),
        ("日本: x", 5, 1, ("日本: x", "      ^")),
        ("e\u0301a: x", 3, 1, ("e\u0301a: x", " ^")),
        ("ae\u0301: x", 1, 2, ("ae\u0301: x", "^~")),
        ("a\x1b[2J: x", 7, 1, ("a\\x1b[2J: x", "         ^")),
        ("a:", 3, 1, ("a:", "  ^")),
        ("", 1, 1, ("", "^")),
    ],
)
def test_a_mark_stands_under_what_is_meant(
    line: str, column: int, length: int, expected: tuple[str, str]
) -> None:
    assert drawn(line, column, length, 80) == expected


def test_a_long_line_is_cut_around_what_is_meant() -> None:
    line = "k: " + "a" * 200 + "WRONG" + "b" * 200
    text, mark = drawn(line, 204, 5, 40)
    assert width_of(text) <= 40
    assert text.startswith("…")
    assert text.endswith("…")
    assert text[mark.index("^") :][: len(mark.strip())] == "WRONG"


letters = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1, max_size=120)


@given(line=letters, room=st.integers(12, 60), data=st.data())
def test_any_line_is_drawn_within_its_room(line: str, room: int, data: st.DataObject) -> None:
    column = data.draw(st.integers(1, len(line)))
    length = data.draw(st.integers(1, len(line) - column + 1))
    text, mark = drawn(line, column, length, room)
    assert all(letter.isprintable() for letter in text)
    assert width_of(text) <= max(room, width_of(line))
    assert set(mark.lstrip(" ")) <= {"^", "~"}
    assert mark.count("^") == 1
    # A control character that is wider than the room is spelt out all the same.
    assert len(mark) <= room + 12


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [
        ("key: value # why", 1, "key"),
        ("key: value # why", 6, "value"),
        ("key: a b c", 6, "a b c"),
        ('key: "a: b" # c', 6, '"a: b"'),
        ("key: 'it''s' x", 6, "'it''s'"),
        ("key: [a, [b]] # c", 6, "[a, [b]]"),
        ("key: {a: b, c: '}'}", 6, "{a: b, c: '}'}"),
        ("key: {a: b, c: d}", 7, "a"),
        ("key: {a: b, c: d}", 10, "b"),
        ("key: [a, ${B}, c]", 10, "${B}"),
        ("key: ${A}/b", 6, "${A}/b"),
        ("key: [a, b", 6, "[a, b"),
        ("key: |", 6, "|"),
        ("- name: x", 1, "-"),
        ("key:", 5, "-"),
        ("https://a.example/b c", 1, "https://a.example/b c"),
    ],
)
def test_the_length_of_what_begins_at_a_column(line: str, column: int, expected: str) -> None:
    assert length_at(line, column) == len(expected)


@given(line=letters, data=st.data())
def test_a_length_stays_within_its_line(line: str, data: st.DataObject) -> None:
    column = data.draw(st.integers(1, len(line)))
    assert 1 <= length_at(line, column) <= len(line) - column + 1


def test_a_part_of_a_value() -> None:
    assert part_at("url: https://x/${B}", 6, "${B}") == (16, 4)
    assert part_at("url: https://x", 6, "${B}") is None
    assert part_at("url: https://x", 6, "") is None


def test_lines_are_counted_as_yaml_counts_them() -> None:
    assert lines_of("\ufeffa\r\nb\rc\nd\x85e\u2028f") == ["a", "b", "c", "d\x85e\u2028f"]


@given(
    text=st.text(st.characters(codec="utf-8")) | st.text("ab:-[]{}'\"\n\t #&*!|>$%@", max_size=60)
)
def test_whatever_the_file_what_is_printed_moves_no_terminal(text: str) -> None:
    checked = check_text(f"endpoints:\n{text}", Path("/nowhere/at/all/librechat.yaml"), {})
    told = report([checked], [checked.verdicts], Style())
    assert all(letter.isprintable() or letter == "\n" for letter in told)
    for one in checked.verdicts:
        line = checked.lines[one.line - 1] if one.line <= len(checked.lines) else ""
        assert one.length >= 1
        assert one.column + one.length - 1 <= max(len(line), one.column)
    as_github([checked], [checked.verdicts])
    json.loads(as_json([checked], [checked.verdicts]))
