"""Runs the real `filon` command in a process of its own."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from signal import SIGKILL, Signals

from msgspec import Struct

ROOT = Path(__file__).resolve().parents[2]
NOTHING: Mapping[str, str] = {}

_LINK = re.compile(rb"(http://[^/]+)/sign-in\?token=(\S+)")


class Done(Struct, frozen=True):
    """How a command ended."""

    code: int
    out: str
    err: str


async def filon(
    home: Path, *words: str, environ: Mapping[str, str] = NOTHING, stdin: bytes = b""
) -> Done:
    """Runs a command to its end."""
    process = await _start(home, words, environ)
    async with asyncio.timeout(60):
        out, err = await process.communicate(stdin)
    assert process.returncode is not None
    return Done(process.returncode, out.decode(), err.decode())


class Serving:
    """A server in its own process, with its address and its one-time token."""

    def __init__(self, process: asyncio.subprocess.Process, url: str, token: str) -> None:
        self._process = process
        self.url = url
        self.token = token

    async def signal(self, signal: Signals, until: str) -> str:
        """Sends a signal and reads the log on to the line that holds this word; that line."""
        assert self._process.stderr is not None
        self._process.send_signal(signal)
        async with asyncio.timeout(30):
            while line := (await self._process.stderr.readline()).decode():
                if until in line:
                    return line
        raise AssertionError("it ended before it said so")

    async def end(self, signal: Signals) -> Done:
        """Sends a signal and waits for the end."""
        self._process.send_signal(signal)
        async with asyncio.timeout(30):
            out, err = await self._process.communicate()
        assert self._process.returncode is not None
        return Done(self._process.returncode, out.decode(), err.decode())


@asynccontextmanager
async def serving(
    home: Path, *words: str, environ: Mapping[str, str] = NOTHING
) -> AsyncGenerator[Serving]:
    """`filon serve` on a free port, killed at the end if it still runs."""
    process = await _start(home, ("serve", "--no-browser", "--port", "0", *words), environ)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(60):
            told = b""
            while (link := _LINK.search(told)) is None:
                line = await process.stdout.readline()
                assert line, "it ended before it printed a link"
                told += line
        yield Serving(process, link.group(1).decode(), link.group(2).decode())
    finally:
        if process.returncode is None:
            process.send_signal(SIGKILL)
            await process.communicate()


async def _start(
    home: Path, words: tuple[str, ...], environ: Mapping[str, str]
) -> asyncio.subprocess.Process:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.journeys.watched",
        *words,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=home.parent,
        env={
            **kept,
            "PYTHONPATH": str(ROOT),
            "FILON_HOME": str(home),
            "FILON_LOCAL_SERVERS": "off",
            **environ,
        },
    )
