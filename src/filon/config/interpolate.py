"""Puts variables into values: `${NAME}`, and LibreChat's `{{LIBRECHAT_…}}` in headers.

A value with something missing is never used: the literal placeholder must not go on the wire.
"""

import difflib
import re
from collections.abc import Mapping

from msgspec import Struct

from filon.config.environment import NEVER, Environment, Variable

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")

_USER_FIELDS = (
    "ID NAME USERNAME EMAIL PROVIDER ROLE GOOGLEID FACEBOOKID OPENIDID SAMLID LDAPID GITHUBID "
    "DISCORDID APPLEID EMAILVERIFIED TWOFACTORENABLED TERMSACCEPTED TERMSACCEPTEDAT"
)
_BODY_FIELDS = "CONVERSATIONID PARENTMESSAGEID MESSAGEID"
_OPENID_FIELDS = "TOKEN ACCESS_TOKEN ID_TOKEN USER_ID USER_EMAIL USER_NAME EXPIRES_AT"

# Every placeholder of LibreChat 0.8.7, without the braces.
PLACEHOLDERS = frozenset(
    f"LIBRECHAT_{group}_{field}"
    for group, fields in (
        ("USER", _USER_FIELDS),
        ("BODY", _BODY_FIELDS),
        ("OPENID", _OPENID_FIELDS),
    )
    for field in fields.split()
)

# Until there are accounts, one person uses Filon; this is how the store knows them.
PERSON: Mapping[str, str] = {"LIBRECHAT_USER_ID": "1", "LIBRECHAT_USER_NAME": "you"}


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


def put_person(text: str) -> tuple[str, tuple[str, ...]]:
    """Puts LibreChat's placeholders in; the second part names those that have no value here."""
    open_ones = tuple(
        dict.fromkeys(match[1] for match in _PLACEHOLDER.finditer(text) if match[1] not in PERSON)
    )
    return _PLACEHOLDER.sub(_person, text), open_ones


def _person(match: re.Match[str]) -> str:
    return PERSON.get(match[1], match[0])


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
    return f"{told} Set {'them' if len(names) > 1 else 'it'} and start Filon again."


def nearest_placeholder(name: str) -> str | None:
    """The known placeholder that is meant by a misspelt one."""
    near = difflib.get_close_matches(name.upper(), PLACEHOLDERS, n=1, cutoff=0.8)
    return near[0] if near else None
