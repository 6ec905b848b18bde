"""What every endpoint of a file may have, and `endpoints.all` for all of them: titles, headers,
and the pause between pieces of an answer."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, cast

from msgspec import Struct

from filon.config.connection import HeaderPart, Reading, read_headers
from filon.config.yaml import Entry, Node
from filon.providers.endpoint import Title, TitleMethod
from filon.trace.records import Because

_METHODS: tuple[TitleMethod, ...] = ("completion", "structured", "functions")

_MADE = Because(source="default", why="Titles are made unless titleConvo is false.")

# Longer pauses than this would only look like a provider that is stuck; milliseconds.
_LONGEST_PAUSE = 10_000.0


class _Line(Struct, frozen=True):
    """A line that counts, and the path that leads to its key."""

    entry: Entry
    where: str


class Shared:
    """The settings of one entry. Each is looked for by itself: the entry's own line wins, then
    that of `endpoints.all`. In LibreChat the presence of `all` makes the entry's titles dead."""

    def __init__(self, item: Node | None, everyone: Node | None, reading: Reading) -> None:
        self._item = item
        self._everyone = everyone
        self._reading = reading

    def title(self) -> Title:
        """The title settings."""
        convo = self._line("titleConvo", "bool")
        enabled = convo.entry.node.value is True if convo else True
        model = self._line("titleModel", "string")
        decided = convo if not enabled or model is None else model
        named = model.entry.node.text if model else None
        method, role = self._text("titleMethod"), self._text("titleMessageRole")
        return Title(
            enabled=enabled,
            model=None if named == "current_model" else named,
            because=self._because(decided) if decided else _MADE,
            method=cast("Any", method) if method in _METHODS else "completion",
            prompt=self._text("titlePrompt"),
            template=self._text("titlePromptTemplate"),
            endpoint=self._text("titleEndpoint"),
            timing="immediate" if self._text("titleTiming") == "immediate" else "final",
            role=cast("Any", role) if role in ("system", "assistant") else "user",
        )

    @cached_property
    def headers(self) -> HeaderPart:
        """The headers: those of all, under the entry's own."""
        common = read_headers(self._everyone, self._reading)
        own = read_headers(self._item, self._reading)
        names = {name.lower() for name in own.headers}
        kept = {name: text for name, text in common.headers.items() if name.lower() not in names}
        merged: Mapping[str, str] = {**kept, **own.headers}
        return HeaderPart(merged, tuple(dict.fromkeys((*common.secrets, *own.secrets))))

    def stream_rate(self) -> float | None:
        """The pause between two pieces of an answer, in milliseconds."""
        line = self._line("streamRate", "number")
        if line is None or not line.entry.node.value > 0:
            return None
        return min(float(line.entry.node.value), _LONGEST_PAUSE)

    def _line(self, key: str, kind: str) -> _Line | None:
        """The line that counts; one of the wrong kind, or an empty one, does not."""
        for node, where in ((self._item, ""), (self._everyone, "endpoints.all.")):
            entry = node.entry(key) if node else None
            if entry is not None and entry.node.kind == kind and entry.node.value != "":
                return _Line(entry, where)
        return None

    def _text(self, key: str) -> str | None:
        line = self._line(key, "string")
        return line.entry.node.text if line else None

    def _because(self, line: _Line) -> Because:
        rule = f"{line.where}{line.entry.key}"
        return Because(source=self._reading.source, line=line.entry.line, rule=rule)
