"""Finds and reads the configuration file and the `.env` beside it."""

import os
from collections.abc import Mapping
from pathlib import Path

from filon.config.environment import Environment, parse_dotenv
from filon.config.settings import Verdict
from filon.config.yaml import Document, parse, place
from filon.conversation.errors import FilonError

NAMES = ("filon.yaml", "librechat.yaml")

# Where a file has one of these verdicts, nothing of it was read.
UNREAD = frozenset({"not-found", "not-a-file", "not-readable"})

_LARGEST = 4 * 1024 * 1024


class ConfigError(FilonError):
    """Filon cannot start with these settings. The message is one line for the console."""

    code = "config_error"
    blame = "configuration"


def find(chosen: Path | None, folders: tuple[Path, ...]) -> Path | None:
    """The file to read: the one chosen, else the first that exists. Raises ConfigError if the
    chosen one does not exist."""
    if chosen is not None:
        if not chosen.exists():
            raise ConfigError(f"There is no configuration file {chosen}.", code="config_not_found")
        return chosen
    candidates = (folder / name for folder in folders for name in NAMES)
    return next((path for path in candidates if os.path.lexists(path)), None)


def read(path: Path) -> Document:
    """Reads the file. Whatever keeps it from being read is a verdict."""
    try:
        data = path.read_bytes()
    except IsADirectoryError:
        message = (
            f"{path.name} is a folder, not a file. Docker makes one where the file that it was to "
            "mount does not exist."
        )
        return _nothing("not-a-file", message)
    except FileNotFoundError:
        return _nothing("not-found", f"{path.name} points to a file that does not exist.")
    except PermissionError:
        return _nothing("not-readable", f"{path.name} may not be read by this user.")
    except OSError as problem:
        return _nothing("not-readable", f"{path.name} cannot be read: {problem.strerror}.")
    return read_bytes(data, path.name)


def read_bytes(data: bytes, name: str) -> Document:
    """Reads the content of a file of this name."""
    if len(data) > _LARGEST:
        return _nothing("yaml-too-large", f"{name} is larger than {_LARGEST // 1024**2} MB.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _nothing("not-utf8", f"{name} is in UTF-16. Save it as UTF-8.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        line, column = place(data[: problem.start].decode("utf-8"), problem.start)
        message = f"{name} is not in UTF-8: here stands the byte 0x{data[problem.start]:02x}."
        return _nothing("not-utf8", message, line, column)
    document = parse(text)
    verdicts = document.verdicts
    if document.root is None and not verdicts:
        message = f"{name} is empty, so it has no effect."
        verdicts = (_verdict("warning", "empty-file", message),)
    return Document(document.root, verdicts, text)


def environment(process: Mapping[str, str], path: Path | None) -> tuple[Environment, Document]:
    """The variables for a file at `path`, and verdicts on the `.env` beside it."""
    if path is None:
        return Environment(process), Document(None)
    dotenv = path.parent / ".env"
    try:
        text = dotenv.read_text(encoding="utf-8") if dotenv.is_file() else ""
    except (OSError, UnicodeDecodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "it is not in UTF-8"
        message = f"The .env beside this file cannot be read: {reason}."
        return Environment(process), Document(None, (_verdict("warning", "env-file", message),))
    return Environment(process, parse_dotenv(text, dotenv.name)), Document(None)


def _nothing(code: str, message: str, line: int = 1, column: int = 1) -> Document:
    return Document(None, (_verdict("error", code, message, line, column),))


def _verdict(level: str, code: str, message: str, line: int = 1, column: int = 1) -> Verdict:
    kind = "warning" if level == "warning" else "error"
    return Verdict(level=kind, code=code, message=message, line=line, column=column)
