"""Writes into a configuration file what was asked for, and touches nothing else in it.

The text is edited where it must be and stays as it is everywhere else: comments, blank lines,
quotes, anchors, line ends. What would be changed is shown first; a file that has changed meanwhile
is left alone.
"""

import contextlib
import difflib
import os
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from filon.conversation.errors import FilonError
from filon.providers.aliases import canonical

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KEY = "dropParams"
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


class CannotWrite(FilonError):
    """The file cannot be changed as wanted; it is as it was. The message says why."""

    status = 409
    code = "config_not_written"
    blame = "configuration"


class Change(Struct, frozen=True, kw_only=True):
    """A change of a file. `diff` is a unified diff, empty where there is nothing to change.
    `before` is a fingerprint of the file as it was read, `text` the file as it would be."""

    path: Path
    diff: str
    before: str
    text: str


def add_drop(path: Path, endpoint: str, parameter: str) -> Change:
    """The change that keeps a parameter from being sent to an entry of `endpoints.custom`.

    Raises CannotWrite where the file cannot be read, has no such entry, or has it in a form that
    cannot be extended in its place.
    """
    data = _read(path)
    text = data.decode("utf-8")
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    text = text.removeprefix(mark)
    edited = _edited(text, endpoint, parameter, path.name)
    _check(text, edited, endpoint, path.name)
    lines = difflib.unified_diff(
        _lines(text), _lines(edited), f"a/{path.name}", f"b/{path.name}", lineterm=""
    )
    return Change(
        path=path,
        diff="".join(f"{line}\n" for line in lines),
        before=_fingerprint(data),
        text=mark + edited,
    )


def write(change: Change) -> None:
    """Writes the change, all of it or nothing. Raises CannotWrite where the file has changed since
    it was read, or may not be written."""
    path = change.path
    if _fingerprint(_read(path)) != change.before:
        raise changed_since(path)
    # A link, as people keep their files under version control with, stays one.
    place = path.resolve()
    if not os.access(place, os.W_OK):
        raise _not_writable(path, "it is read-only")
    try:
        _replace(place, change.text.encode("utf-8"))
    except OSError as error:
        raise _not_writable(path, error.strerror or str(error)) from error


def changed_since(path: Path) -> CannotWrite:
    """That a file is not the one of which a change was shown."""
    return CannotWrite(
        f"{path.name} has changed since the change was shown.",
        fix="Look at the change again, then write it.",
    )


def _not_writable(path: Path, reason: str) -> CannotWrite:
    return CannotWrite(
        f"{path.name} cannot be written: {reason}.",
        fix="Add the lines by hand, or let this user write the file.",
    )


def _replace(place: Path, data: bytes) -> None:
    try:
        handle, name = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
    except OSError:
        # Of a single file that is mounted into a container, the folder cannot be written.
        place.write_bytes(data)
        return
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.chmod(place.stat().st_mode & 0o777)
        try:
            fresh.replace(place)
        except OSError:
            # A mounted file cannot be replaced either, only written into.
            place.write_bytes(data)
    finally:
        with contextlib.suppress(FileNotFoundError):
            fresh.unlink()


def _read(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        data.decode("utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise CannotWrite(f"{path.name} cannot be read: {reason}.") from error
    except UnicodeDecodeError as error:
        raise CannotWrite(f"{path.name} is not in UTF-8.", fix="Save it as UTF-8.") from error
    return data


def _fingerprint(data: bytes) -> str:
    return sha256(data).hexdigest()


def _lines(text: str) -> list[str]:
    """The lines without their ends: a diff shows what is said, whatever ends a line."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _edited(text: str, endpoint: str, parameter: str, name: str) -> str:
    entry = _entry(text, endpoint, name)
    found = _value(entry, _KEY)
    wanted = _spelled(parameter)
    if found is None:
        # A key of its own hides what the entry has from a merge (`<<`), so it holds that too.
        inherited = [_quoted(item) for item in _merged(entry)]
        return _with_key(text, entry, ", ".join([*inherited, wanted]))
    if not _is_in_place(entry, _KEY):
        raise CannotWrite(
            f"{_KEY} of {endpoint} in {name} is an alias for a list that others may share.",
            fix=f"Add {parameter} to that list by hand, if it is meant for all of them.",
        )
    if isinstance(found, SequenceNode):
        items = [item.value for item in found.value if isinstance(item, ScalarNode)]
        if any(canonical(item) == canonical(parameter) for item in items):
            return text
        return _with_item(text, found, wanted)
    if isinstance(found, ScalarNode) and found.value in ("", "null", "~"):
        return _in_place_of(text, found, f"[{wanted}]")
    raise CannotWrite(
        f"{_KEY} of {endpoint} in {name} is no list.", fix="Make it a list, then try again."
    )


def _spelled(parameter: str) -> str:
    """The name as YAML takes it for a string: `n` and `on` are other things to some readers."""
    if parameter and set(parameter) <= _PLAIN:
        return f'"{parameter}"'
    raise CannotWrite(f"{parameter!r} is no name of a parameter.")


def _quoted(item: str) -> str:
    return '"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _merged(entry: MappingNode) -> list[str]:
    """The items of the key that the entry has from other maps."""
    for name, value in entry.value:
        if name.value != "<<":
            continue
        others = value.value if isinstance(value, SequenceNode) else [value]
        for other in others:
            found = _value(other, _KEY)
            if isinstance(found, SequenceNode):
                return [item.value for item in found.value if isinstance(item, ScalarNode)]
    return []


def _is_in_place(entry: MappingNode, key: str) -> bool:
    """Whether the value of a key stands behind it, and is no alias for one that stands before."""
    pair = next(pair for pair in entry.value if pair[0].value == key)
    return _follows(*pair)


def _follows(name: Node, value: Node) -> bool:
    return value.start_mark.index >= name.end_mark.index


def _entry(text: str, endpoint: str, name: str) -> MappingNode:
    """The entry of `endpoints.custom` with this name."""
    try:
        root = yaml.compose(text, _LOADER)
    except yaml.YAMLError as error:
        told = str(error).partition("\n")[0]
        raise CannotWrite(f"{name} is no valid YAML: {told}.", fix="Run `filon check`.") from error
    custom = _value(_value(root, "endpoints"), "custom")
    entries: list[Any] = custom.value if isinstance(custom, SequenceNode) else []
    for entry in entries:
        named = _value(entry, "name")
        if isinstance(named, ScalarNode) and named.value == endpoint:
            return entry
    raise CannotWrite(
        f"{name} has no entry {endpoint} under endpoints.custom.",
        fix="An endpoint that was found by its key gets an entry of its own first: "
        "docs/configuration.md shows one.",
    )


def _value(node: Node | None, key: str) -> Node | None:
    pairs: list[tuple[Any, Any]] = node.value if isinstance(node, MappingNode) else []
    return next(
        (value for name, value in pairs if isinstance(name, ScalarNode) and name.value == key), None
    )


def _with_key(text: str, entry: MappingNode, wanted: str) -> str:
    """The entry with a key more, behind its last one."""
    if entry.flow_style:
        at = _closing(text, entry)
        comma = ", " if entry.value else ""
        return f"{text[:at].rstrip()}{comma}{_KEY}: [{wanted}]{text[at:]}"
    first = entry.value[0][0]
    indent = " " * first.start_mark.column
    end = _end_of(text, _last_of(entry))
    newline = _newline(text)
    before, after = text[:end], text[end:]
    gap = "" if before.endswith(("\n", "\r")) else newline
    return f"{before}{gap}{indent}{_KEY}: [{wanted}]{newline}{after}"


def _with_item(text: str, items: SequenceNode, wanted: str) -> str:
    if items.flow_style:
        at = _closing(text, items)
        before = text[:at].rstrip()
        if not items.value:
            return f"{before}{wanted}{text[at:]}"
        # A comma may stand behind the last item already; a comment behind it may not be split.
        last = items.value[-1].end_mark.index
        comma = "" if "," in _bare(text[last:at]) else ","
        if "\n" in text[last:at]:
            return f"{text[:last]}{comma or ','} {wanted}{_after_comma(text[last:])}"
        return f"{before}{comma} {wanted}{text[at:]}"
    last = items.value[-1]
    indent = " " * items.start_mark.column
    if last.start_mark.index < items.start_mark.index:
        raise CannotWrite(f"The last item of {_KEY} is an alias.", fix="Add the item by hand.")
    end = _end_of(text, last.end_mark.index)
    newline = _newline(text)
    before, after = text[:end], text[end:]
    gap = "" if before.endswith(("\n", "\r")) else newline
    return f"{before}{gap}{indent}- {wanted}{newline}{after}"


def _after_comma(rest: str) -> str:
    """What follows an item, less a comma that is put before the new one."""
    stripped = rest.lstrip(" ")
    return stripped[1:] if stripped.startswith(",") else rest


def _bare(text: str) -> str:
    """The text without its comments."""
    return "\n".join(line.partition("#")[0] for line in text.splitlines())


def _in_place_of(text: str, node: ScalarNode, value: str) -> str:
    start, end = node.start_mark.index, node.end_mark.index
    before = text[:start]
    space = "" if before.endswith((" ", "\t")) else " "
    return f"{before}{space}{value}{text[end:]}"


def _closing(text: str, node: Node) -> int:
    """Where the bracket stands that closes a flow collection."""
    return node.end_mark.index - 1


def _end_of(text: str, last: int) -> int:
    """Where the line ends in which something ends: blank lines and comments stay behind it."""
    at = text.find("\n", last)
    return len(text) if at < 0 else at + 1


def _last_of(node: Node) -> int:
    """Where the last thing of a value ends. The mark of a block itself reaches to the next key."""
    if isinstance(node, ScalarNode):
        # A block of text ends with the end of its last line.
        block = node.style in ("|", ">")
        return node.end_mark.index - 1 if block else node.end_mark.index
    if getattr(node, "flow_style", False) or not node.value:
        return int(node.end_mark.index)
    last: Any = node.value[-1]
    if isinstance(node, MappingNode):
        name, value = last
        return _last_of(value) if _follows(name, value) else int(name.end_mark.index)
    if last.start_mark.index < node.start_mark.index:
        raise CannotWrite("The last item of a list is an alias.", fix="Add the lines by hand.")
    return _last_of(last)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _check(before: str, after: str, endpoint: str, name: str) -> None:
    """The edited text says what was wanted and else the same as before, or nothing is written."""
    try:
        same = _without(before, endpoint, name) == _without(after, endpoint, name)
    except (CannotWrite, yaml.YAMLError, ValueError, RecursionError):
        same = False
    if not same:
        raise CannotWrite(
            f"{_KEY} cannot be put into the entry {endpoint} of {name} without changing more.",
            fix="Add it by hand.",
        )


def _without(text: str, endpoint: str, name: str) -> list[Any]:
    """The file as plain values, less the key in this entry."""
    entry = _entry(text, endpoint, name)
    kept = [pair for pair in entry.value if pair[0].value != _KEY]
    whole: Any = yaml.compose(text, _LOADER)
    rest = _plain(whole, entry.start_mark.index)
    return [rest, [(_plain(key, -1), _plain(value, -1)) for key, value in kept]]


def _plain(node: Node, aside: int) -> Any:
    """A node as values, less the map that begins at `aside`."""
    if node.start_mark.index == aside and isinstance(node, MappingNode):
        return None
    if isinstance(node, ScalarNode):
        return node.tag, node.value
    if isinstance(node, MappingNode):
        return [(_plain(key, aside), _plain(value, aside)) for key, value in node.value]
    return [_plain(item, aside) for item in node.value]
