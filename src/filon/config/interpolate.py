"""Puts variables into values: `${NAME}`.

A value with something missing is never used: the literal placeholder must not go on the wire.
"""

import re

from msgspec import Struct

from filon.config.environment import NEVER, Environment, Variable

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")


class Filled(Struct, frozen=True, kw_only=True):
    """A value with its variables put in. `missing` are those that are not set."""

    value: str
    used: tuple[Variable, ...] = ()
    missing: tuple[str, ...] = ()


def fill(text: str, environment: Environment) -> Filled:
    """Puts the variables in. White space around the whole is not part of a value."""
    used: list[Variable] = []
    missing: list[str] = []
    pieces: list[str] = []
    end = 0
    for match in _VARIABLE.finditer(text):
        variable = environment.get(match[1])
        pieces += [text[end : match.start()], variable.value.strip() if variable else match[0]]
        end = match.end()
        if variable is None:
            missing.append(match[1])
        else:
            used.append(variable)
    pieces.append(text[end:])
    return Filled(
        value="".join(pieces).strip(),
        used=tuple(dict.fromkeys(used)),
        missing=tuple(dict.fromkeys(missing)),
    )


def names_variable(text: str) -> bool:
    """Whether the text has a `${…}`."""
    return _VARIABLE.search(text) is not None


def is_doubled(text: str) -> bool:
    """Whether a `${…}` has a second dollar sign before it, which then stays in the value."""
    return re.search(r"\$\$\{[^{}]*\}", text) is not None


def is_several(text: str) -> bool:
    """Whether the text begins with one variable and ends with another, which LibreChat leaves."""
    stripped = text.strip()
    found = list(_VARIABLE.finditer(stripped))
    return len(found) > 1 and found[0].start() == 0 and found[-1].end() == len(stripped)


def unset(names: tuple[str, ...]) -> str:
    """One sentence on what is missing."""
    if len(names) > 1:
        return f"{', '.join(names[:-1])} and {names[-1]} are not set."
    name = "".join(names)
    if not name:
        return "${} names no variable."
    if name in NEVER:
        return f"{name} is never put into a configuration, as in LibreChat. Use another variable."
    if not re.fullmatch(r"\w+", name):
        return (
            f'"{name}" is not set: all that stands between ${{ and }} is the name of a variable; '
            "there are no default values."
        )
    return f"{name} is not set."


def why_unset(names: tuple[str, ...]) -> str:
    """The same, and what to do about it."""
    told = unset(names)
    if not told.endswith("not set."):
        return told
    what = "them" if len(names) > 1 else "it"
    return f"{told} Set {what} in the .env beside the file, or start Filon again with {what}."
