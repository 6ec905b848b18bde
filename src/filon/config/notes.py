"""Collects verdicts while a file is read, and puts them in order."""

from collections.abc import Iterable
from itertools import groupby

from msgspec.structs import replace

from filon.config.settings import Level, Verdict
from filon.config.spans import Paths, at_line, length_at, lines_of, part_at
from filon.config.yaml import Entry, Node

_WEIGHT = {"error": 0, "warning": 1, "note": 2}


class Notes:
    """A list of verdicts that grows. `text` and `root` are the file, for the exact places."""

    def __init__(self, text: str | None = None, root: Node | None = None) -> None:
        self.verdicts: list[Verdict] = []
        self._lines = lines_of(text or "")
        self._paths = Paths(root)

    def error(self, code: str, message: str, at: Node | Entry, part: str = "") -> None:
        """LibreChat refuses the file for it, or drops the endpoint. `part` is what of the key or
        value is meant, as it is written there; all of it by default."""
        self._tell("error", code, message, at, part)

    def warning(self, code: str, message: str, at: Node | Entry, part: str = "") -> None:
        """It has no effect, or a variable is unset."""
        self._tell("warning", code, message, at, part)

    def note(self, code: str, message: str, at: Node | Entry, part: str = "") -> None:
        """Worth knowing."""
        self._tell("note", code, message, at, part)

    def _tell(self, level: Level, code: str, message: str, at: Node | Entry, part: str) -> None:
        line = at_line(self._lines, at.line)
        found = part_at(line, at.column, part)
        column, length = found or (at.column, length_at(line, at.column))
        self.verdicts.append(
            Verdict(
                level=level, code=code, message=message, line=at.line, column=column,
                length=length, path=self._paths.to(at),
            )
        )  # fmt: skip


def measured(verdicts: Iterable[Verdict], text: str | None) -> tuple[Verdict, ...]:
    """Verdicts on the text alone, which nobody has measured yet, with their lengths."""
    lines = lines_of(text or "")
    return tuple(
        replace(one, length=length_at(at_line(lines, one.line), one.column)) for one in verdicts
    )


def ordered(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """By place; each once, and a note that holds for many lines only at the first of them."""
    unique = dict.fromkeys(verdicts)
    alike = groupby(sorted(unique, key=_sameness), key=_sameness)
    kept = [one for _, group in alike for one in _folded(list(group))]
    return tuple(sorted(kept, key=lambda one: (one.line, one.column, _WEIGHT[one.level], one.code)))


def _sameness(verdict: Verdict) -> tuple[str, str, str]:
    return verdict.level, verdict.code, verdict.message


def _folded(alike: list[Verdict]) -> list[Verdict]:
    if alike[0].level != "note" or len(alike) == 1:
        return alike
    first, *rest = sorted(alike, key=lambda one: (one.line, one.column))
    lines = [line for line in dict.fromkeys(one.line for one in rest) if line != first.line]
    if not lines:
        return [first]
    shown = ", ".join(str(line) for line in lines[:3])
    more = f" and {len(lines) - 3} more" if len(lines) > 3 else ""
    word = "line" if len(lines) == 1 else "lines"
    return [replace(first, message=f"{first.message} Also in {word} {shown}{more}.")]
