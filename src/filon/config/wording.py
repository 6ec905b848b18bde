"""The words for what a key must hold and what stands there instead."""

import difflib
import re
from collections.abc import Iterable
from typing import Any

from msgspec import inspect

from filon.config.kinds import bare, members
from filon.config.yaml import Node

# What the advice says on a yes or no that is a text.
QUOTED = "text in this YAML"
REFUSED = "LibreChat refuses the file for it."
NOT_USED = "Filon leaves it out."
LEFT_OUT = "LibreChat leaves the endpoint out."

WORDS = {
    "null": "nothing",
    "bool": "true or false",
    "number": "a number",
    "string": "text",
    "date": "a date",
    "binary": "bytes",
    "list": "a list",
    "map": "a map",
}


def wanted(kind: inspect.Type) -> str:
    """What a value of this type is called."""
    words = [word for one in members(kind) for word in _words(bare(one))]
    return listed(dict.fromkeys(words), "or")


def _words(kind: inspect.Type) -> Iterable[str]:
    match kind:
        case inspect.LiteralType(values=values):
            return [str(value) or "an empty text" for value in values]
        case inspect.BoolType():
            return ["true", "false"]
        case inspect.StrType():
            return ["text"]
        case inspect.IntType():
            return ["a whole number"]
        case inspect.FloatType():
            return ["a number"]
        case inspect.VarTupleType(item_type=item):
            return ["a list of texts" if isinstance(bare(item), inspect.StrType) else "a list"]
        case inspect.NoneType():
            return []
        case _:
            return ["a map"]


def bounds(kind: inspect.IntType | inspect.FloatType) -> str:
    """Which numbers are meant."""
    low, over, high = kind.ge, kind.gt, kind.le
    if low is not None and high is not None:
        return f"from {_shown(low)} to {_shown(high)}"
    if over is not None and high is not None:
        return f"above {_shown(over)}, up to {_shown(high)}"
    if over is not None:
        return f"above {_shown(over)}"
    return f"{_shown(low)} or more" if low is not None else f"up to {_shown(high)}"


def _shown(number: float | None) -> str:
    return f"{number:,}" if isinstance(number, int) else f"{number:g}"


def hint(kind: inspect.Type, node: Node) -> str:
    """How to write what was probably meant; empty if that is unknown."""
    kinds = {type(bare(one)) for one in members(kind)}
    text = (node.text or "").lower()
    if inspect.BoolType in kinds and text in ("yes", "no", "on", "off", "true", "false"):
        right = "true" if text in ("yes", "on", "true") else "false"
        return f"{node.text} is {QUOTED}; write {right} without quotes. "
    if inspect.VarTupleType in kinds and node.kind == "string" and "\n" not in text:
        return f"Write [{node.text}]. "
    if inspect.StrType in kinds and node.kind in ("number", "bool", "date"):
        return "Put it in quotes. "
    if kinds & {inspect.IntType, inspect.FloatType} and _is_number(text):
        return f"Write {node.text} without quotes. "
    return ""


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", text) is not None


def shown(value: Any) -> str:
    """A value in a message, on one line and not too long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def meant(key: str, known: Iterable[str]) -> str:
    """A guess at what was meant; letter case is the commonest slip."""
    by_small = {name.lower().replace("_", ""): name for name in known}
    small = key.lower().replace("_", "").replace("-", "")
    near = difflib.get_close_matches(small, by_small, n=1, cutoff=0.75)
    return f" Did you mean {by_small[near[0]]}?" if near else ""


def listed(names: Iterable[str], word: str = "and") -> str:
    """Names with commas and a word before the last."""
    *first, last = names
    return f"{', '.join(first)} {word} {last}" if first else last
