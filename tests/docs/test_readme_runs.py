"""What the README shows is run as it stands, against a server of its own, in one shell.

In a `console` block a line that begins with `$` is a command, which must succeed; the lines below
it must stand in its output in this order, where … is anything.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from msgspec import Struct

from tests.docs.pages import Block, page
from tests.waiting import LONG

MARK = "<<<next>>>"


class Shown(Struct, frozen=True):
    """A command with what the page says that it prints."""

    command: str
    output: str


class Running(Struct, frozen=True):
    """A server: its port, and the folder and variables that belong to it."""

    port: str
    folder: Path
    environment: Mapping[str, str]


def shown(block: Block) -> list[Shown]:
    """The commands of a block."""
    if block.language == "python":
        return [
            Shown(f"python - <<'PYTHON'\n{block.text}PYTHON", "I am **echo**, a practice model.")
        ]
    # A command goes on while its lines end with a backslash.
    found = re.findall(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", block.text, re.MULTILINE)
    return [Shown(command, output) for command, output in found]


def differs(expected: str, printed: str) -> str | None:
    """The first part of what is expected that was not printed."""
    rest = plain(printed)
    for part in filter(None, map(plain, expected.split("…"))):
        before, found, rest = rest.partition(part)
        if not found:
            return f"{part!r} is not in {before!r}"
    return None


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    config = page("README.md").blocks_in("yaml")[0].text
    (tmp_path / "librechat.yaml").write_text(config, encoding="utf-8")
    environment = environment_in(tmp_path)
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(
            ["filon", "serve", "--no-browser", "--port", "0"],
            executable=tmp_path / "bin" / "filon",
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as server,
    ):
        assert server.stdout
        try:
            port = next((m[1] for m in map(at_port, server.stdout) if m), "")
            assert port, (tmp_path / "log").read_text(encoding="utf-8")
            yield Running(port, tmp_path, environment)
        finally:
            server.terminate()
            server.wait(LONG)
    assert server.returncode == 0


def at_port(line: str) -> re.Match[str] | None:
    return re.search(r"gateway +http://127\.0\.0\.1:(\d+)/v1", line)


def environment_in(folder: Path) -> dict[str, str]:
    """Nothing of the tester's own: no keys, no proxies, no Filon."""
    binaries = folder / "bin"
    binaries.mkdir()
    for name, module in (("filon", " -m filon"), ("python", "")):
        file = binaries / name
        file.write_text(f'#!/bin/sh\nexec "{sys.executable}"{module} "$@"\n', encoding="utf-8")
        file.chmod(0o755)
    return {
        "PATH": f"{binaries}:{os.environ['PATH']}",
        "HOME": str(folder),
        "FILON_HOME": str(folder / "home"),
        "FILON_LOCAL_SERVERS": "off",
        "LANG": "C.UTF-8",
    }


@pytest.mark.skipif(not shutil.which("curl"), reason="the README's commands use curl")
def test_the_readme_does_what_it_shows(running: Running) -> None:
    blocks = page("README.md").blocks_in("console", "python")
    steps = [step for block in blocks for step in shown(block)]
    assert len(steps) >= 8
    script = "".join(f"echo '{MARK}'\n{step.command}\n" for step in steps)
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script.replace(":8421", f":{running.port}")],
        cwd=running.folder,
        env=running.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONG,
        check=False,
    )
    printed = done.stdout.split(MARK)[1:]
    assert done.returncode == 0, done.stdout
    for step, output in zip(steps, printed, strict=True):
        assert differs(step.output, output) is None, step.command


def test_a_command_that_prints_otherwise_is_found() -> None:
    block = Block("console", "$ one \\\n    two\na … c\n…\n$ three\n")
    assert shown(block) == [Shown("one \\\n    two", "a … c\n…\n"), Shown("three", "")]
    assert differs("a … c\n…\n", "a  b\nc d") is None
    assert differs("a … c\n", "c a") is not None
