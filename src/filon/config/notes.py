"""Collects verdicts while a file is read, and puts them in order."""

from collections.abc import Iterable
from itertools import groupby

from msgspec.structs import replace

from filon.config.settings import Level, Verdict
from filon.config.yaml import Entry, Node

_WEIGHT = {"error": 0, "warning": 1, "note": 2}


class Notes:
    """A list of verdicts that grows."""

    def __init__(self) -> None:
        self.verdicts: list[Verdict] = []

    def error(self, code: str, message: str, at: Node | Entry) -> None:
        """LibreChat refuses the file for it, or drops the endpoint."""
        self._tell("error", code, message, at)

    def warning(self, code: str, message: str, at: Node | Entry) -> None:
        """It has no effect, or a variable is unset."""
        self._tell("warning", code, message, at)

    def note(self, code: str, message: str, at: Node | Entry) -> None:
        """Worth knowing."""
        self._tell("note", code, message, at)

    def _tell(self, level: Level, code: str, message: str, at: Node | Entry) -> None:
        self.verdicts.append(
            Verdict(level=level, code=code, message=message, line=at.line, column=at.column)
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
