"""Reading YAML: places, refusals, and that nothing raises."""

import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from yaml.reader import Reader

from filon.config import files, yaml
from filon.config.yaml import Document, Node, parse

PIECES = st.sampled_from(
    [
        *("a", "b: ", ": ", "- ", "\n", "  ", "    ", "\t", "[", "]", "{", "}", ",", "'", '"'),
        *("|\n", ">-\n", "&x ", "*x", "<<: ", "!!int ", "!foo ", "# c\n", "? ", "---\n", "...\n"),
        *("%YAML 1.2\n", "1.5e3", "2024-01-01", "0x1F", "${A}", "{{B}}", "null", "yes"),
        *("\r", "é", "😀", "\u2028", "\\"),
    ]
)


def codes(document: Document) -> list[tuple[str, int, int]]:
    return [(one.code, one.line, one.column) for one in document.verdicts]


def nodes(node: Node) -> list[Node]:
    inner = [entry.node for entry in node.entries] + list(node.items)
    return [node, *(one for child in inner for one in nodes(child))]


def test_what_cannot_be_read_is_what_pyyaml_refuses() -> None:
    for letter in map(chr, range(sys.maxunicode + 1)):
        ours = yaml._UNREADABLE.match(letter)  # pyright: ignore[reportPrivateUsage]
        assert bool(ours) is bool(Reader.NON_PRINTABLE.match(letter)), repr(letter)


@given(st.lists(PIECES, max_size=30).map("".join))
@settings(max_examples=200)
def test_any_text_gives_nodes_or_a_verdict(text: str) -> None:
    document = parse(text)
    for verdict in document.verdicts:
        assert verdict.line >= 1
        assert verdict.column >= 1
        assert verdict.message.endswith((".", "?"))
    if document.root is not None:
        assert all(node.line >= 1 and node.column >= 1 for node in nodes(document.root))


@given(st.binary(max_size=60))
def test_any_bytes_give_nodes_or_a_verdict(data: bytes) -> None:
    document = files.read_bytes(data, "x.yaml")
    assert document.root is not None or document.verdicts


def test_every_key_and_value_has_its_place() -> None:
    root = parse("a:\n  - b: 'c'\n    é: [1, 2]\n").root
    assert root is not None
    first = root.entries[0]
    assert (first.key, first.line, first.column) == ("a", 1, 1)
    item = first.node.items[0]
    assert [(one.key, one.line, one.column) for one in item.entries] == [("b", 2, 5), ("é", 3, 5)]
    assert [(one.value, one.line, one.column) for one in item.entries[1].node.items] == [
        (1, 3, 9),
        (2, 3, 12),
    ]


def test_a_byte_order_mark_does_not_move_the_columns() -> None:
    root = parse("\ufeffa: 1\n").root
    assert root is not None
    assert root.entries[0].column == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", [("duplicate-key", 3, 1)]),
        (
            "a:\n  x: 1\n  y: 2\n  x: 3\n  x: 4\n",
            [("duplicate-key", 4, 3), ("duplicate-key", 5, 3)],
        ),
        ("a: 1\n b: 2\n", [("yaml-syntax", 2, 3)]),
        ("a:\n\tb: 1\n", [("yaml-tab", 2, 1)]),
        ("a: @b\n", [("yaml-syntax", 1, 4)]),
        ("a: 1\n---\nb: 2\n", [("yaml-documents", 2, 1)]),
        ("a: *b\n", [("yaml-syntax", 1, 4)]),
        ("a: &a\n  b: *a\n", [("yaml-recursive", 2, 6)]),
        ("a: !env X\n", [("yaml-tag", 1, 4)]),
        ("a: !!int x\n", [("yaml-tag", 1, 4)]),
        ("a: {{B}}\n", [("yaml-braces", 1, 5)]),
        ("a: x\n<<: 3\n", [("yaml-merge", 2, 5)]),
        ("a: 'x\x01'\n", [("yaml-character", 1, 6)]),
    ],
)
def test_what_is_refused_is_told_with_its_place(
    text: str, expected: list[tuple[str, int, int]]
) -> None:
    assert codes(parse(text)) == expected


def test_the_first_of_two_equal_keys_is_used() -> None:
    root = parse("a: 1\na: 2\n").root
    assert root is not None
    assert root.plain() == {"a": 1}


def test_aliases_that_unfold_without_end_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 10):
        lines.append(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]")
    assert [code for code, _, _ in codes(parse("\n".join(lines)))] == ["yaml-too-large"]


def test_deep_nesting_is_refused() -> None:
    assert [code for code, _, _ in codes(parse("[" * 5000))] == ["yaml-too-deep"]
    assert parse("[" * 90 + "]" * 90).root is not None


def test_lines_are_not_broken_at_unicode_separators() -> None:
    root = parse("a: 'x\u2028y'\nb: 1\n").root
    assert root is not None
    assert root.plain() == {"a": "x\u2028y", "b": 1}
    assert root.entries[1].line == 2


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ("empty-file", 1, 1)),
        (b"# nothing\n", ("empty-file", 1, 1)),
        (b"a: 1\nb: \xff\n", ("not-utf8", 2, 4)),
        (b"\xff\xfea\x00", ("not-utf8", 1, 1)),
        (b"a: 1\n" * 900_000, ("yaml-too-large", 1, 1)),
    ],
)
def test_bytes_that_are_no_configuration(data: bytes, expected: tuple[str, int, int]) -> None:
    document = files.read_bytes(data, "librechat.yaml")
    assert document.root is None
    assert codes(document) == [expected]


def test_a_folder_a_dangling_link_and_a_locked_file(tmp_path: Path) -> None:
    folder = tmp_path / "librechat.yaml"
    folder.mkdir()
    link = tmp_path / "filon.yaml"
    link.symlink_to(tmp_path / "nowhere")
    assert codes(files.read(folder)) == [("not-a-file", 1, 1)]
    assert codes(files.read(link)) == [("not-found", 1, 1)]
    locked = tmp_path / "locked.yaml"
    locked.write_text("a: 1\n")
    locked.chmod(0)
    expected = [] if _may_read(locked) else [("not-readable", 1, 1)]
    assert codes(files.read(locked)) == expected


def _may_read(path: Path) -> bool:
    """Root may read everything."""
    try:
        path.read_bytes()
    except PermissionError:
        return False
    return True
