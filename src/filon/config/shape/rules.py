"""Checks on single values, each with the sentence that says what is wrong."""

import math
import re
import unicodedata
from datetime import datetime
from functools import partial
from typing import Annotated, Any, cast

from filon.config.environment import Environment
from filon.config.shape.section import Rule, rule


def _matches(pattern: str, wanted: str, value: Any, _: Environment) -> str | None:
    return None if re.fullmatch(pattern, value) else f"{value} must be {wanted}."


def _matching(pattern: str, wanted: str) -> Rule:
    return partial(_matches, pattern, wanted)


skill_identifier = _matching(
    r"[a-zA-Z0-9][a-zA-Z0-9_-]*",
    "a letter or digit, then letters, digits, underscores and hyphens",
)
github_owner = _matching(
    r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?", "the name of a GitHub account"
)
github_repository = _matching(r"[a-zA-Z0-9._-]+", "the name of a GitHub repository")
variable_reference = _matching(
    r"\$\{[A-Za-z_][A-Za-z0-9_]*\}", "a variable such as ${GITHUB_SKILLS_TOKEN}"
)
variable_name = _matching(r"[A-Za-z_][A-Za-z0-9_]*", "the name of a variable, without ${}")
machine_identifier = _matching(
    r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}",
    "a letter or digit, then up to 127 letters, digits, dots, colons, underscores and hyphens",
)
scope = _matching(r"\S+", "one scope, without spaces")
object_id = _matching(r"[a-fA-F0-9]{24}", "an id of MongoDB: 24 hexadecimal digits")


def tenant_id(value: Any, environment: Environment) -> str | None:
    """The id of a tenant."""
    if value == "__SYSTEM__":
        return "__SYSTEM__ is LibreChat's own tenant."
    wanted = "a letter or digit, then letters, digits, underscores, dots and hyphens"
    return _matches(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*", wanted, value, environment)


def server_title(value: Any, _: Environment) -> str | None:
    """The title of an MCP server."""
    kinds = [unicodedata.category(character)[0] for character in value]
    pairs = list(zip(kinds, value, strict=True))
    rest = all(kind in "LNM" or character in "'’ -" for kind, character in pairs[1:])
    if pairs and kinds[0] in "LN" and rest:
        return None
    return (
        "A title begins with a letter or digit; letters, digits, spaces, hyphens and apostrophes "
        "may follow."
    )


def cookie_domain(value: Any, _: Environment) -> str | None:
    """The domain of a cookie, for all hosts below it."""
    return None if value.startswith(".") else f"{value} must begin with a dot: .{value}."


def spaced_scopes(value: Any, _: Environment) -> str | None:
    """Scopes in one text."""
    return "Scopes stand with spaces between them, not commas." if "," in value else None


def no_obo(_: Any, __: Environment) -> str | None:
    """A key that this kind of MCP server may not have."""
    return "Only servers that are reached by HTTP may have obo."


def git_ref(value: Any, _: Environment) -> str | None:
    """A branch, a tag or a commit."""
    segments = value.split("/")
    bad = (
        re.search(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{", value)
        or value == "@"
        or value.endswith(".")
        or any(not one or one.startswith(".") or one.endswith(".lock") for one in segments)
    )
    return f"{value} is not the name of a branch or tag." if bad else None


def skill_path(value: Any, _: Environment) -> str | None:
    """A folder of a repository."""
    if not value.strip():
        return "A path is empty; write . for the whole repository."
    path = re.sub(r"^/+|/+$", "", value.strip())
    if path in ("", "."):
        return None
    segments = path.split("/")
    if not re.fullmatch(r"[a-zA-Z0-9._/-]+", path) or ".." in path or {"", "."} & set(segments):
        return f"{value} is not a path inside the repository."
    return None


def mime_pattern(value: Any, _: Environment) -> str | None:
    """A regular expression of MIME types."""
    return _is_no_pattern(value)


def linear_pattern(value: Any, _: Environment) -> str | None:
    """A regular expression without what only backtracking can match."""
    if re.search(r"\(\?(?:<?[=!])|\\[1-9]|\\k<", value):
        return f"{value} looks around or back, which LibreChat's engine does not do."
    return _is_no_pattern(value)


def _is_no_pattern(value: str) -> str | None:
    try:
        re.compile(value)
    except (re.error, OverflowError, RecursionError) as problem:
        return f"{value} is not a regular expression: {problem}."
    return None


def boolean_web_search(value: Any, _: Environment) -> str | None:
    """addParams, of which one key is a switch."""
    wanted = value.get("web_search", True)
    return None if isinstance(wanted, bool) else "web_search must be true or false."


def json(value: Any, environment: Environment) -> str | None:
    """A value of any depth that JSON can hold."""
    if isinstance(value, datetime):
        return "A date must stand in quotes here."
    if _odd(value):
        return "This must be text, a number, true, false, a list or a map."
    faults = (json(one, environment) for one in _inside(value))
    return next((fault for fault in faults if fault), None)


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(cast("dict[str, Any]", value).values())
    return cast("list[Any]", value) if isinstance(value, list) else []


def _odd(value: Any) -> bool:
    return isinstance(value, bytes) or (isinstance(value, float) and math.isnan(value))


Json = Annotated[Any, rule(json)]
