"""`include`: another file whose sections count as if they stood in this one."""

import os
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from filon.config import files, interpolate, keys
from filon.config.connection import Reading
from filon.config.yaml import Document, Node

# What is of each file alone: which version of LibreChat's format it is written in, and what no
# included file may have.
_OWN = keys.FILON_TOP | {"version"}

_NOTHING = "None of its sections count."


class Included(Struct, frozen=True, kw_only=True):
    """The file that is included, whether or not it could be read. `root` is what counts of it."""

    path: Path
    document: Document
    root: Node | None


def read_include(root: Node | None, path: Path, reading: Reading) -> Included | None:
    """The file that the file at `path` includes; None where it includes none, or itself."""
    entry = root.entry("include") if root is not None else None
    text = entry.node.text if entry else None
    if root is None or entry is None or not text:
        return None
    if interpolate.names_variable(text):
        message = "Variables are not filled in inside include."
        reading.notes.warning("no-interpolation", message, entry.node)
    if not text.isprintable():
        message = "include is no path: it holds a line break or the like."
        reading.notes.error("include-unread", f"{message} {_NOTHING}", entry.node)
        return None
    there = path.parent / text
    if os.path.realpath(there) == os.path.realpath(path):
        message = f"{path.name} includes itself. Filon leaves the line out."
        reading.notes.error("include-itself", message, entry.node)
        return None
    document = files.read(there)
    unread = next((one for one in document.verdicts if one.code in files.UNREAD), None)
    if unread is not None:
        gone = unread.code == "not-found" and not there.is_symlink()
        why = f"There is no file {text} beside {path.name}." if gone else unread.message
        reading.notes.error("include-unread", f"{why} {_NOTHING}", entry.node)
        document = Document(None)
    return Included(
        path=there, document=document, root=_counting(root, document.root, there, reading)
    )


def _counting(root: Node, included: Node | None, there: Path, reading: Reading) -> Node | None:
    """The included file without the sections that this one has too."""
    if included is None or included.kind != "map":
        return included
    doubled = {one.key for one in root.entries if one.key not in _OWN}
    for entry in included.entries:
        mine = root.entry(entry.key)
        if mine is not None and entry.key in doubled:
            message = (
                f"{entry.key} stands in {there.name} too, in line {entry.line}. That is passed "
                "over: this file's counts."
            )
            reading.notes.note("section-twice", message, mine)
    return replace(included, value=tuple(e for e in included.entries if e.key not in doubled))
