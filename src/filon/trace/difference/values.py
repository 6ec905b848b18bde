"""Where two JSON values differ, place by place."""

import re
from difflib import SequenceMatcher
from typing import Any, Literal, cast

import msgspec
from msgspec import Struct

_PLAIN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]*")
# Longer lists are compared item by item at the same place: aligning them takes too long.
_ALIGNED = 2000

Kind = Literal["added", "removed", "changed"]


class Difference(Struct, frozen=True, kw_only=True):
    """One place at which two values differ. `path` is such as `messages[2].content`, counted in the
    value after, or before where it was removed."""

    path: str
    kind: Kind
    before: Any = None
    after: Any = None


def differences(before: Any, after: Any, path: str = "") -> list[Difference]:
    """All places at which two values differ, in the order of the value after. Members of an object
    are compared by name, whatever their order; what was put into a list is told as one item, not
    as a change of all that follow."""
    if isinstance(before, dict) and isinstance(after, dict):
        return _objects(cast("dict[str, Any]", before), cast("dict[str, Any]", after), path)
    if isinstance(before, list) and isinstance(after, list):
        return _lists(cast("list[Any]", before), cast("list[Any]", after), path)
    if _same(before, after):
        return []
    return [Difference(path=path, kind="changed", before=before, after=after)]


def _same(before: Any, after: Any) -> bool:
    # In Python, true is 1; in JSON it is not.
    return isinstance(before, bool) == isinstance(after, bool) and before == after


def _objects(before: dict[str, Any], after: dict[str, Any], path: str) -> list[Difference]:
    found: list[Difference] = []
    for name, value in after.items():
        place = _member(path, name)
        if name in before:
            found += differences(before[name], value, place)
        else:
            found.append(Difference(path=place, kind="added", after=value))
    found += [
        Difference(path=_member(path, name), kind="removed", before=value)
        for name, value in before.items()
        if name not in after
    ]
    return found


def _lists(before: list[Any], after: list[Any], path: str) -> list[Difference]:
    found: list[Difference] = []
    for start, end, first, last in _gaps(before, after):
        paired = min(end - start, last - first)
        for offset in range(paired):
            place = f"{path}[{first + offset}]"
            found += differences(before[start + offset], after[first + offset], place)
        found += [
            Difference(path=f"{path}[{number}]", kind="added", after=after[number])
            for number in range(first + paired, last)
        ]
        found += [
            Difference(path=f"{path}[{number}]", kind="removed", before=before[number])
            for number in range(start + paired, end)
        ]
    return found


def _gaps(before: list[Any], after: list[Any]) -> list[tuple[int, int, int, int]]:
    """The stretches of both lists between the items that they share."""
    if max(len(before), len(after)) > _ALIGNED:
        return [(0, len(before), 0, len(after))]
    ones = [msgspec.msgpack.encode(item) for item in before]
    others = [msgspec.msgpack.encode(item) for item in after]
    blocks = SequenceMatcher(None, ones, others, autojunk=False).get_opcodes()
    return [
        (start, end, first, last) for kind, start, end, first, last in blocks if kind != "equal"
    ]


def _member(path: str, name: str) -> str:
    if not _PLAIN.fullmatch(name):
        return f"{path}[{msgspec.json.encode(name).decode()}]"
    return f"{path}.{name}" if path else name
