"""Reads YAML as js-yaml 4 does, and remembers where every key and value stands.

PyYAML only scans; which value a scalar is, what a merge does and what is refused is decided here
and in `scalars`. Nothing raises: what is wrong becomes a verdict.
"""

import re
from collections.abc import Iterator
from typing import Any, Literal

import yaml
from msgspec import Struct
from yaml.error import MarkedYAMLError
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    Event,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.reader import ReaderError

from filon.config import scalars
from filon.config.settings import Level, Verdict

Kind = Literal["null", "bool", "number", "string", "date", "binary", "list", "map"]

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Deeper than any configuration; a bound keeps a hostile file from exhausting the stack.
_DEEPEST = 100
# A librechat.yaml of 1,200 lines has 3,000 nodes. Aliases count with all that they stand for.
_MOST_NODES = 200_000

# PyYAML has it by what is readable, which takes ten times as long to compile: 5 ms of a start.
_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")

# PyYAML breaks lines at these, as YAML 1.1 did and js-yaml does not: they pass it in disguise.
_HIDDEN = {0x85: "\U000f0085", 0x2028: "\U000f2028", 0x2029: "\U000f2029"}
_SHOWN = {ord(disguise): chr(code) for code, disguise in _HIDDEN.items()}


# A tag of these with nothing behind it is an empty list, or an empty map.
_LISTS = frozenset(scalars.TAG + name for name in ("seq", "omap", "pairs"))
_COLLECTIONS = _LISTS | {scalars.TAG + name for name in ("map", "set")}


class Node(Struct, frozen=True):
    """A value with its place. `line` and `column` count from 1.

    `value` is None, a bool, int, float, str, datetime or bytes; a tuple of nodes for a list; a
    tuple of entries for a map.
    """

    kind: Kind
    value: Any
    line: int
    column: int

    @property
    def entries(self) -> tuple["Entry", ...]:
        """The entries of a map; none for anything else."""
        return self.value if self.kind == "map" else ()

    @property
    def items(self) -> tuple["Node", ...]:
        """The items of a list; none for anything else."""
        return self.value if self.kind == "list" else ()

    @property
    def text(self) -> str | None:
        """The value if it is a string."""
        return self.value if self.kind == "string" else None

    def entry(self, key: str) -> "Entry | None":
        """The entry of a map with this key."""
        return next((entry for entry in self.entries if entry.key == key), None)

    def get(self, key: str) -> "Node | None":
        """The value of a map at this key."""
        entry = self.entry(key)
        return entry.node if entry else None

    def plain(self) -> Any:
        """The value without places, as dicts and lists."""
        if self.kind == "map":
            return {entry.key: entry.node.plain() for entry in self.entries}
        if self.kind == "list":
            return [item.plain() for item in self.items]
        return self.value


class Entry(Struct, frozen=True):
    """One key of a map with its own place, and its value."""

    key: str
    line: int
    column: int
    node: Node


class Document(Struct, frozen=True):
    """What was read. `root` is None where nothing could be; `text` where there was no text."""

    root: Node | None
    verdicts: tuple[Verdict, ...] = ()
    text: str | None = None


class _Refused(Exception):
    """The text cannot be read on; carries the verdict."""

    def __init__(self, code: str, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.verdict = Verdict(level="error", code=code, message=message, line=line, column=column)


def parse(text: str) -> Document:
    """Reads one YAML document."""
    text = text.removeprefix("\ufeff")
    if text and text[-1] not in "\r\n":
        # As js-yaml does: the last line of a block of text ends there as any other.
        text += "\n"
    strange = _UNREADABLE.search(text)
    if strange:
        line, column = place(text, strange.start())
        name = f"U+{ord(strange.group()):04X}"
        refused = _Refused("yaml-character", f"The character {name} is not allowed.", line, column)
        return Document(None, (refused.verdict,))
    composer = _Composer(text)
    try:
        root = composer.document()
    except _Refused as refused:
        return Document(None, (*composer.verdicts, refused.verdict))
    except MarkedYAMLError as problem:
        return Document(None, (*composer.verdicts, _syntax(problem, text)))
    except ReaderError as problem:
        message = f"The text cannot be read: {problem.reason}."
        refused = _Refused("yaml-character", message, 1, 1)
        return Document(None, (refused.verdict,))
    return Document(root, tuple(composer.verdicts))


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of an offset into a text."""
    lines = re.split(r"\r\n|\r|\n", text[:offset])
    return len(lines), len(lines[-1]) + 1


_PLAIN_WORDS = {
    "mapping values are not allowed in this context": (
        'A ":" stands where no key can be. Either the indentation is wrong here, or the text '
        "holds a colon and needs quotes."
    ),
    "did not find expected key": (
        "A key was expected here. The indentation does not fit the lines above."
    ),
    "did not find expected '-' indicator": (
        'A "-" was expected here. The indentation does not fit the list above.'
    ),
    "could not find expected ':'": 'A ":" is missing after the key.',
    "did not find expected ',' or ']'": 'A "," or "]" is missing in the list.',
    "did not find expected ',' or '}'": 'A "," or "}" is missing in the braces.',
    "did not find expected node content": "A value was expected here.",
    "found unexpected end of stream": "The file ends inside quotes or brackets.",
    "found unknown escape character": (
        "This backslash is not an escape that YAML knows. Use single quotes, or write it twice."
    ),
    "found undefined alias": "This alias has no anchor before it.",
}


def _syntax(problem: MarkedYAMLError, text: str) -> Verdict:
    mark = problem.problem_mark or problem.context_mark
    line, column = _inside(text, mark)
    said = problem.problem or "it cannot be read"
    message = _PLAIN_WORDS.get(said, f"{said[:1].upper()}{said[1:]}.")
    code = "yaml-syntax"
    if "cannot start any token" in said:
        lines = _lines(text)
        character = lines[line - 1][column - 1 : column] if line <= len(lines) else ""
        message = f"A value cannot begin with {character}: put it in quotes."
        if character == "\t":
            code, message = "yaml-tab", "A tab is used where YAML wants spaces."
    return Verdict(
        level="error", code=code, message=f"Not valid YAML. {message}", line=line, column=column
    )


def _inside(text: str, mark: Any) -> tuple[int, int]:
    """Line and column of a mark; what is beyond the last line is at its end."""
    if mark is None:
        return 1, 1
    lines = _lines(text)
    last = len(lines) - 1 if len(lines) > 1 and not lines[-1] else len(lines)
    if mark.line < last:
        return mark.line + 1, mark.column + 1
    return last, len(lines[last - 1]) + 1


def _lines(text: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", text)


class _Composer:
    """Makes nodes of PyYAML's events. Iterative scanning is PyYAML's; the depth is bounded here."""

    def __init__(self, text: str) -> None:
        self._events = yaml.parse(text.translate(_HIDDEN), Loader=_LOADER)
        self._anchors: dict[str, tuple[Node, int] | None] = {}
        self._total = 0
        self.verdicts: list[Verdict] = []

    def document(self) -> Node | None:
        """The one document of the stream, or None if there is none."""
        next(self._events)
        if isinstance(next(self._events), StreamEndEvent):
            return None
        root = self._node(next(self._events), 0)
        next(self._events)
        after = next(self._events)
        if not isinstance(after, StreamEndEvent):
            line, column = _at(after)
            message = "A second document begins here; a configuration is one document."
            raise _Refused("yaml-documents", message, line, column)
        return root

    def _node(self, event: Event, depth: int) -> Node:
        line, column = _at(event)
        if depth > _DEEPEST:
            raise _Refused("yaml-too-deep", f"Nested deeper than {_DEEPEST} levels.", line, column)
        before = self._total
        if isinstance(event, AliasEvent):
            return self._alias(event)
        anchor: str | None = getattr(event, "anchor", None)
        if anchor is not None:
            self._anchors[anchor] = None
        node = self._content(event, depth)
        self._count(1, node)
        if anchor is not None:
            self._anchors[anchor] = (node, self._total - before)
        return node

    def _content(self, event: Event, depth: int) -> Node:
        line, column = _at(event)
        tag: str | None = getattr(event, "tag", None)
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        if isinstance(event, SequenceStartEvent):
            self._expect_tag(tag, ("seq", "omap", "pairs"), line, column)
            return Node("list", tuple(self._rest(depth)), line, column)
        self._expect_tag(tag, ("map", "set"), line, column)
        return Node("map", self._entries(depth), line, column)

    def _rest(self, depth: int) -> Iterator[Node]:
        """The nodes up to the end of the collection that has begun."""
        while not isinstance(event := next(self._events), CollectionEndEvent):
            yield self._node(event, depth + 1)

    def _scalar(self, event: ScalarEvent) -> Node:
        line, column = _at(event)
        text = event.value.translate(_SHOWN)
        if event.tag in _COLLECTIONS and not text and not event.style:
            empty: Kind = "list" if event.tag in _LISTS else "map"
            return Node(empty, (), line, column)
        if event.tag is not None and event.tag != "!":
            found = scalars.tagged(event.tag, text)
            if found is None:
                self._refuse_tag(event.tag, line, column)
                found = ("string", text)
        elif (event.implicit[0] and event.tag is None) or _is_empty(event):
            found = scalars.plain(text)
        else:
            found = ("string", text)
        kind, value = found
        return Node("string" if kind == "merge" else kind, value, line, column)

    def _entries(self, depth: int) -> tuple[Entry, ...]:
        made: dict[str, Entry] = {}
        merged: set[str] = set()
        while not isinstance(event := next(self._events), CollectionEndEvent):
            merges = _is_merge(event)
            key_node = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if merges:
                self._merge(made, merged, value)
            else:
                self._add(made, merged, Entry(self._key(key_node), *_where(key_node), value))
        return tuple(made.values())

    def _add(self, made: dict[str, Entry], merged: set[str], entry: Entry) -> None:
        earlier = made.get(entry.key)
        if earlier is not None and entry.key not in merged:
            message = (
                f"{entry.key} stands here a second time; the first is in line {earlier.line}. "
                "LibreChat cannot read such a file; Filon uses the first."
            )
            self._tell("error", "duplicate-key", message, (entry.line, entry.column))
            return
        merged.discard(entry.key)
        made[entry.key] = entry

    def _merge(self, made: dict[str, Entry], merged: set[str], source: Node) -> None:
        for part in source.items if source.kind == "list" else (source,):
            if part.kind != "map":
                message = "Only a map, or a list of maps, can be merged with <<."
                self._tell("error", "yaml-merge", message, _where(part))
                continue
            self._count(len(part.entries), part)
            for entry in part.entries:
                if entry.key not in made:
                    made[entry.key] = entry
                    merged.add(entry.key)

    def _key(self, node: Node) -> str:
        if node.kind == "map":
            message = "Braces without quotes make a map. Put {{…}} and {…} in quotes."
            self._tell("warning", "yaml-braces", message, _where(node))
            return "[object Object]"
        if node.kind == "list":
            return ",".join(scalars.as_key(item.kind, item.value) for item in node.items)
        return scalars.as_key(node.kind, node.value)

    def _alias(self, event: AliasEvent) -> Node:
        line, column = _at(event)
        name = event.anchor or ""
        if name not in self._anchors:
            raise _Refused("yaml-syntax", f"*{name} has no anchor before it.", line, column)
        anchored = self._anchors[name]
        if anchored is None:
            message = f"*{name} stands inside what it names, so it would never end."
            raise _Refused("yaml-recursive", message, line, column)
        node, weight = anchored
        self._count(weight, node)
        return node

    def _count(self, nodes: int, node: Node) -> None:
        self._total += nodes
        if self._total > _MOST_NODES:
            message = f"The file unfolds to more than {_MOST_NODES:,} values."
            raise _Refused("yaml-too-large", message, node.line, node.column)

    def _expect_tag(
        self, tag: str | None, allowed: tuple[str, ...], line: int, column: int
    ) -> None:
        if tag not in (None, "!", *(scalars.TAG + name for name in allowed)):
            self._refuse_tag(tag or "", line, column)

    def _refuse_tag(self, tag: str, line: int, column: int) -> None:
        shown = tag.replace(scalars.TAG, "!!")
        message = f"The tag {shown} does not fit this value. LibreChat cannot read such a file."
        self._tell("error", "yaml-tag", message, (line, column))

    def _tell(self, level: Level, code: str, message: str, where: tuple[int, int]) -> None:
        line, column = where
        self.verdicts.append(
            Verdict(level=level, code=code, message=message, line=line, column=column)
        )


def _at(event: Event) -> tuple[int, int]:
    mark: Any = event.start_mark
    return mark.line + 1, mark.column + 1


def _where(node: Node) -> tuple[int, int]:
    return node.line, node.column


def _is_empty(event: ScalarEvent) -> bool:
    return event.tag == "!" and not event.value and not event.style


def _is_merge(event: Event) -> bool:
    """Whether this key is the merge key: `<<` without quotes, or tagged as one."""
    if not isinstance(event, ScalarEvent):
        return False
    if event.tag == scalars.TAG + "merge":
        return True
    return event.tag is None and event.implicit[0] and event.value == "<<"
