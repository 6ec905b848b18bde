"""What `filon check` prints for programs: JSON, and the commands of GitHub's workflows."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from filon.cli.console import plain
from filon.config.check import Checked
from filon.config.codes.catalogue import by_name
from filon.config.settings import Verdict
from filon.config.walk import Idle

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def as_json(files: Sequence[Checked], shown: Sequence[Sequence[Verdict]]) -> str:
    """One object: a list of files, each with its sums and its verdicts."""
    told = [_file(file, verdicts) for file, verdicts in zip(files, shown, strict=True)]
    data = msgspec.json.format(msgspec.json.encode({"files": told}), indent=2)
    return "".join(map(_printable, data.decode())) + "\n"


def as_github(files: Sequence[Checked], shown: Sequence[Sequence[Verdict]]) -> str:
    """One workflow command for each verdict; GitHub shows them at the lines of a pull request."""
    lines = [
        _command(file, one) for file, verdicts in zip(files, shown, strict=True) for one in verdicts
    ]
    return "".join(f"{line}\n" for line in lines)


def _file(file: Checked, verdicts: Sequence[Verdict]) -> Mapping[str, Any]:
    return {
        "file": file.name,
        "errors": file.count("error"),
        "warnings": file.count("warning"),
        "notes": file.count("note"),
        "keys": file.keys,
        "without_effect": [_idle(one) for one in file.idle],
        "verdicts": [_verdict(one) for one in verdicts],
    }


def _idle(one: Idle) -> Mapping[str, Any]:
    return {
        "path": one.path,
        "line": one.line,
        "column": one.column,
        "because": "not used by Filon yet" if one.known else "no such key",
    }


def _verdict(one: Verdict) -> Mapping[str, Any]:
    code = by_name(one.code)
    return {
        "level": one.level,
        "number": code.number if code else None,
        "code": one.code,
        "message": one.message,
        "line": one.line,
        "column": one.column,
        "length": one.length,
        "path": one.path,
        "why": code.why if code else None,
        "page": code.page if code else None,
    }


def _printable(letter: str) -> str:
    """A letter as JSON may hold it and a terminal may show it."""
    return letter if letter.isprintable() or letter == "\n" else _escaped(letter)


def _escaped(letter: str) -> str:
    units = letter.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _command(file: Checked, one: Verdict) -> str:
    code = by_name(one.code)
    title = f"{code.number} {code.name}" if code else one.code
    told = {
        "file": file.name,
        "line": str(one.line),
        "col": str(one.column),
        "endColumn": str(one.column + one.length),
        "title": title,
    }
    properties = ",".join(f"{name}={_property(value)}" for name, value in told.items())
    why = f" {code.why}" if code else ""
    return f"::{_COMMANDS[one.level]} {properties}::{_data(one.message + why)}"


def _data(text: str) -> str:
    text = "".join(letter if letter in "\r\n" else plain(letter) for letter in text)
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
