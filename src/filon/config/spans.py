"""Which letters of a file a verdict means: lines as YAML counts them, lengths, paths."""

import json
import re
from collections.abc import Iterator, Sequence

from filon.config.yaml import Entry, Node

_BREAK = re.compile(r"\r\n|\r|\n")
_DOUBLE = re.compile(r'"(?:\\.|[^"\\])*"?')
_SINGLE = re.compile(r"'(?:''|[^'])*'?")
_PLAIN = re.compile(r".*?(?=\s*:(?:\s|$)|\s+#|\s*$)")
_PLAIN_INSIDE = re.compile(r".*?(?=\s*:(?:\s|$)|\s+#|\s*[,\]}]|\s*$)")
_SIMPLE_KEY = re.compile(r"[\w$-]+")
_CLOSING = {"[": "]", "{": "}"}


def lines_of(text: str) -> list[str]:
    """The lines of a file, without their ends, counted as verdicts count them."""
    return _BREAK.split(text.removeprefix("\ufeff"))


def length_at(line: str, column: int) -> int:
    """How many letters the key or value has that begins at this column, within its line."""
    rest = line[column - 1 :]
    if not rest or rest[0].isspace() or rest.startswith(("- ", "|", ">")):
        return 1
    if rest.startswith('"'):
        return _matched(_DOUBLE, rest)
    if rest.startswith("'"):
        return _matched(_SINGLE, rest)
    if rest[0] in _CLOSING:
        return _bracketed(rest)
    inside = bool(_open_brackets(line[: column - 1]))
    if inside and rest.startswith("${"):
        return max(rest.find("}") + 1, 1)
    return _matched(_PLAIN_INSIDE if inside else _PLAIN, rest)


def part_at(line: str, column: int, part: str) -> tuple[int, int] | None:
    """Column and length of a part of what begins at this column; None if it is not in the line."""
    start = line.find(part, column - 1) if part else -1
    return None if start < 0 else (start + 1, len(part))


def _matched(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return max(found.end() if found else 1, 1)


def _bracketed(text: str) -> int:
    """The length up to the bracket that closes the first one; all of the line if none does."""
    waiting: list[str] = []
    for place, letter in _outside_quotes(text):
        if letter in _CLOSING:
            waiting.append(_CLOSING[letter])
        elif waiting and letter == waiting[-1]:
            waiting.pop()
            if not waiting:
                return place + 1
    return len(text.rstrip())


def _open_brackets(text: str) -> list[str]:
    waiting: list[str] = []
    for _, letter in _outside_quotes(text):
        if letter in _CLOSING:
            waiting.append(_CLOSING[letter])
        elif waiting and letter == waiting[-1]:
            waiting.pop()
    return waiting


def _outside_quotes(text: str) -> Iterator[tuple[int, str]]:
    place = 0
    while place < len(text):
        letter = text[place]
        if letter in "\"'":
            place += _matched(_DOUBLE if letter == '"' else _SINGLE, text[place:])
            continue
        if text.startswith("${", place):
            place = max(text.find("}", place) + 1, place + 2)
            continue
        yield place, letter
        place += 1


class Paths:
    """Leads from the top of a file to each of its keys and values."""

    def __init__(self, root: Node | None) -> None:
        self._root = root
        self._found: dict[int, str] | None = None
        self._places: dict[tuple[int, int], str] = {}

    def to(self, at: Node | Entry) -> str | None:
        """The path to this very key or value, else to the innermost one that begins there; None
        where the file has nothing."""
        if self._found is None:
            self._found = {}
            if self._root is not None:
                self._walk(self._root, "", self._found)
        return self._found.get(id(at)) or self._places.get((at.line, at.column))

    def _walk(self, node: Node, path: str, found: dict[int, str]) -> None:
        if id(node) in found:
            return
        found[id(node)] = path
        for entry in node.entries:
            inner = joined(path, entry.key)
            found.setdefault(id(entry), inner)
            self._places.setdefault((entry.line, entry.column), inner)
            self._walk(entry.node, inner, found)
        for index, item in enumerate(node.items):
            self._walk(item, f"{path}[{index}]", found)


def joined(path: str, key: str) -> str:
    """A path with one more key behind it; a key with other than plain letters in quotes."""
    if not _SIMPLE_KEY.fullmatch(key):
        return f"{path}[{json.dumps(key, ensure_ascii=False)}]"
    return f"{path}.{key}" if path else key


def at_line(lines: Sequence[str], number: int) -> str:
    """A line by its number from 1; empty where there is none."""
    return lines[number - 1] if 0 < number <= len(lines) else ""
