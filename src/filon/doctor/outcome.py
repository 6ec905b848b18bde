"""What the look of one step came to, put into words. Pure."""

import string
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from filon.conversation.finding import Finding
from filon.doctor.step import State
from filon.doctor.words import FINDINGS, SEEN


class Outcome(Struct, frozen=True, kw_only=True):
    """The result of one step: how it went, what was seen, and the finding where there is one."""

    state: State
    code: str
    names: Mapping[str, str] = {}
    finding: Finding | None = None

    @property
    def seen(self) -> str:
        """What was seen, in one line of English."""
        return filled(SEEN[self.code], self.names)


def ok(code: str, **names: object) -> Outcome:
    """It is as it should be."""
    return Outcome(state="ok", code=code, names=_texts(names))


def skipped(code: str, **names: object) -> Outcome:
    """There was nothing to look at."""
    return Outcome(state="skipped", code=code, names=_texts(names))


def warn(finding: Finding, code: str, **names: object) -> Outcome:
    """It works, and yet there is something to know."""
    return Outcome(state="warn", code=code, names=_texts(names), finding=finding)


def failed(finding: Finding, code: str, **names: object) -> Outcome:
    """Here it ends."""
    return Outcome(state="failed", code=code, names=_texts(names), finding=finding)


def find(code: str, evidence: str = "", **names: object) -> Finding:
    """A finding of the doctor's own. What its sentences speak of must be among `names`, but for
    causes and the line, which are left out where they cannot be said."""
    words = FINDINGS[code]
    known = _texts(names)
    if words.line and _sayable(words.line, known):
        known = {**known, "line": filled(words.line, known)}
    return Finding(
        code=code,
        title=filled(words.title, known),
        evidence=evidence,
        causes=tuple(filled(cause, known) for cause in words.causes if _sayable(cause, known)),
        fix=filled(words.fix, known),
        names=known,
    )


def quoting(finding: Finding, evidence: str) -> Finding:
    """The same finding, with what was seen now as its evidence."""
    both = " · ".join(part for part in (finding.evidence, evidence) if part)
    return replace(finding, evidence=both)


def filled(text: str, names: Mapping[str, str]) -> str:
    """The text with its names filled in."""
    return text.format_map(names)


def _sayable(text: str, names: Mapping[str, str]) -> bool:
    return all(name in names for _, name, _, _ in string.Formatter().parse(text) if name)


def _texts(names: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in names.items() if value is not None}
