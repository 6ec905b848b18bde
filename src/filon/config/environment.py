"""The variables that a configuration may name: the process's own, then a `.env` beside the file."""

import re
from collections.abc import Mapping

from msgspec import Struct

# LibreChat never puts these into a configuration, whoever asks.
NEVER = frozenset(
    {
        "JWT_SECRET",
        "JWT_REFRESH_SECRET",
        "CREDS_KEY",
        "CREDS_IV",
        "MEILI_MASTER_KEY",
        "MONGO_URI",
        "REDIS_URI",
        "REDIS_PASSWORD",
    }
)

# As the dotenv package reads them: quotes of three kinds may span lines, and outside of quotes a
# `#` begins a comment wherever it stands.
_ASSIGNMENT = re.compile(
    r"""^[ \t]*(?:export[ \t]+)?(?P<name>[\w.-]+)[ \t]*=[ \t]*"""
    r"""(?P<value>'(?:\\'|[^'])*'|"(?:\\"|[^"])*"|`(?:\\`|[^`])*`|[^#\r\n]*)""",
    re.MULTILINE,
)


class Variable(Struct, frozen=True, kw_only=True):
    """A variable's value. `place` is `.env` and its line, or None for the process's own."""

    name: str
    value: str
    place: str | None = None


class Environment(Struct, frozen=True):
    """Where variables are looked up. What the process has wins, even where it is empty."""

    process: Mapping[str, str] = {}
    file: Mapping[str, Variable] = {}

    def get(self, name: str) -> Variable | None:
        """The variable; None if it is unset, empty, or one that is never given out."""
        if name in NEVER:
            return None
        if name in self.process:
            found = Variable(name=name, value=self.process[name])
        else:
            found = self.file.get(name)
        return found if found is not None and found.value.strip() else None


def parse_dotenv(text: str, source: str) -> Mapping[str, Variable]:
    """The assignments of a `.env` file; the last of a name counts."""
    text = text.removeprefix("\ufeff")
    found: dict[str, Variable] = {}
    end = 0
    for match in _ASSIGNMENT.finditer(text):
        if match.start() < end:
            continue
        end = match.end()
        line = text.count("\n", 0, match.start("name")) + 1
        value = _unquoted(match["value"].strip())
        found[match["name"]] = Variable(name=match["name"], value=value, place=f"{source}:{line}")
    return found


def _unquoted(value: str) -> str:
    if len(value) < 2 or value[0] != value[-1] or value[0] not in "'\"`":
        return value
    inner = value[1:-1]
    return inner.replace("\\n", "\n").replace("\\r", "\r") if value[0] == '"' else inner
