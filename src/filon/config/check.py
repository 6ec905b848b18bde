"""What `filon check` says of a file: everything that was found while it was read, by line."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from filon.config import files, load
from filon.config.files import ConfigError
from filon.config.load import Read
from filon.config.settings import Level, Verdict
from filon.config.shown import masked
from filon.config.spans import joined, lines_of
from filon.config.walk import Idle
from filon.config.yaml import Node

_SECTION = re.compile(r"^(?:endpoints|modelSpecs|mcpServers|interface|version):", re.MULTILINE)


class Keys(Struct, frozen=True, kw_only=True):
    """How many keys a file has, how many of them are right, and how many Filon leaves alone."""

    all: int = 0
    valid: int = 0
    unused: int = 0


class Checked(Struct, frozen=True, kw_only=True):
    """One file with what is to be said of it. `name` is how it was asked for; `lines` are its
    text with every secret masked; `idle` are the keys without effect."""

    name: str
    verdicts: tuple[Verdict, ...]
    lines: tuple[str, ...] = ()
    keys: Keys = Keys()
    idle: tuple[Idle, ...] = ()

    @property
    def unread(self) -> bool:
        """Whether nothing of it could be read."""
        return any(one.code in files.UNREAD for one in self.verdicts)

    def count(self, level: Level) -> int:
        """How many verdicts of this level there are."""
        return sum(one.level == level for one in self.verdicts)


def check_file(path: Path, name: str | None = None) -> tuple[Checked, ...]:
    """Checks one file with this process's variables, and behind it the one that it includes. Raises
    ConfigError if there is none."""
    if not path.exists():
        raise ConfigError(f"There is no file {path}.", code="config_not_found")
    read, shown = load.read_from_process(path), name or str(path)
    first, inner = _checked(read, shown), read.included
    if inner is None or inner.file.text is None:
        return (first,)
    beside = Path(shown).parent / os.path.relpath(inner.file.path, path.absolute().parent)
    return first, _checked(inner, str(beside))


def check_data(data: bytes, path: Path, name: str) -> Checked:
    """Checks what came from elsewhere as if it stood at `path`, with this process's variables."""
    return _checked(load.read_data_from_process(data, path), name)


def check_text(text: str, path: Path, environ: Mapping[str, str]) -> Checked:
    """Checks a text as if it stood at `path`, with these variables alone."""
    return _checked(load.read_data(text.encode(), path, environ), path.name)


def files_in(folder: Path) -> tuple[Path, ...]:
    """The configurations in a folder: those of the usual names, else every YAML file that looks
    like one."""
    usual = tuple(folder / name for name in files.NAMES if (folder / name).exists())
    if usual:
        return usual
    others = sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))
    return tuple(path for path in others if path.is_file() and _looks_like_one(path))


def used_file() -> tuple[Path | None, tuple[Path, ...]]:
    """The file that `filon serve` would read now, if there is one, and all places it looks at."""
    places = load.config_paths_of_process()
    return next((path for path in places if path.exists() or path.is_symlink()), None), places


def _looks_like_one(path: Path) -> bool:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return len(set(_SECTION.findall(text))) > 1 or text.startswith("endpoints:")


def _checked(read: Read, name: str) -> Checked:
    text = read.file.text or ""
    told = read.file.verdicts
    return Checked(
        name=name,
        verdicts=tuple(_masked(told, read.root)),
        lines=tuple(lines_of(masked(text, read.root))),
        keys=_keys(read),
        idle=read.idle,
    )


def _masked(told: Sequence[Verdict], root: Node | None) -> Iterator[Verdict]:
    """The verdicts without secrets, which a message may quote. All in one go, as each look for
    secrets takes a walk through the file; a mask is as long as what it hides."""
    safe = masked("\n".join(one.message for one in told), root)
    start = 0
    for one in told:
        end = start + len(one.message)
        yield replace(one, message=safe[start:end])
        start = end + 1


def _keys(read: Read) -> Keys:
    wrong = {one.path for one in read.told if one.level != "note"}
    idle = {(one.line, one.column) for one in read.idle if one.known}
    all_keys = list(_walked(read.root, "", idle)) if read.root is not None else []
    return Keys(
        all=len(all_keys),
        valid=sum(path not in wrong for path, _ in all_keys),
        unused=sum(unused for _, unused in all_keys),
    )


def _walked(
    node: Node, path: str, idle: Set[tuple[int, int]], above: bool = False
) -> Iterator[tuple[str, bool]]:
    """Every key below a node: its path, and whether Filon leaves it alone, or all around it."""
    for entry in node.entries:
        inner = joined(path, entry.key)
        unused = above or (entry.line, entry.column) in idle
        yield inner, unused
        yield from _walked(entry.node, inner, idle, unused)
    for index, item in enumerate(node.items):
        yield from _walked(item, f"{path}[{index}]", idle, above)
