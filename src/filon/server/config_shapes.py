"""The bodies of `/api/config`: the file as it may be shown, with what is said of it.

Times are Unix seconds; lines and columns count from 1.
"""

from typing import Literal

from pydantic import Field

from filon.server.shapes import Shape

Level = Literal["error", "warning", "note"]
Fault = Literal["unreadable", "refused", "gone"]


class VerdictShape(Shape):
    """What `check` says of one place. `length` is in letters; `code` is a key of `codes`."""

    level: Level
    code: str
    message: str
    line: int
    column: int
    length: int = 1
    path: str | None = None


class CodeShape(Shape):
    """One thing that `check` can say. `example` gives the verdict, `better` does not. `page` is
    its page among Filon's own documents."""

    number: str
    title: str
    why: str
    fix: str
    example: str | None
    better: str | None
    page: str


class CountsShape(Shape):
    """How many verdicts there are, and how many keys of the file have none."""

    error: int
    warning: int
    note: int
    valid: int


class VariableShape(Shape):
    """A variable that the file names, never with its value. "withheld" is one that no
    configuration gets. `place` is `.env` and its line, null for the process's own;
    `passed_over` is the line of the `.env` that the process's own wins over."""

    name: str
    state: Literal["set", "empty", "unset", "withheld"]
    lines: list[int]
    place: str | None
    passed_over: str | None


class RunsShape(Shape):
    """Which version is in use. While there is a `fault`, it is not the file as it now stands:
    unreadable, refused (by LibreChat, as a whole) or gone. `since` null: nothing of a file runs.
    `needs_restart` names changed settings that count at the next start only."""

    since: float | None
    fault: Fault | None
    fault_since: float | None
    needs_restart: list[str]


class IncludedShape(Shape):
    """The file that the configuration includes, and what is said of it."""

    file: str
    path: str
    text: str
    verdicts: list[VerdictShape]


class ConfigShape(Shape):
    """The configuration file, if there is one. `text` has its literal secrets masked, letter for
    letter; null where the file is no text. `looked_for` are the places where a file counts, the
    first one that exists. `codes` and `counts` are of the `included` file too."""

    file: str | None
    path: str | None
    text: str | None
    verdicts: list[VerdictShape]
    codes: dict[str, CodeShape]
    counts: CountsShape
    variables: list[VariableShape]
    runs: RunsShape
    looked_for: list[str]
    included: IncludedShape | None = None


class ReadShape(Shape):
    """What reading again led to: a new version, the same as before, or the last good one kept.
    The names are those of endpoints."""

    result: Literal["taken_up", "unchanged", "kept"]
    added: list[str]
    removed: list[str]
    changed: list[str]


class DropBody(Shape):
    """A parameter that is to be no longer sent to an entry of endpoints.custom. Without `write`
    the change is only shown. `seen` is the fingerprint of the change that was shown: where the file
    has changed since, nothing is written."""

    endpoint: str = Field(max_length=500)
    parameter: str = Field(max_length=200)
    write: bool = False
    seen: str | None = Field(default=None, max_length=64)


class DropShape(Shape):
    """The change of a file as a unified diff, empty where the file says so already; whether it was
    written, and a fingerprint of the file before it."""

    file: str
    diff: str
    written: bool
    seen: str


class ManifestShape(Shape):
    """A provider's manifest as it is written, so that a line of it can be shown."""

    name: str
    text: str
