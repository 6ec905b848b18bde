"""Runs the real `filon` command in a process of its own."""

import asyncio
import os
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from signal import SIGKILL, Signals
from typing import NamedTuple

from msgspec import Struct

from tests.journeys.forking import ROOT, fork
from tests.waiting import LONG

NOTHING: Mapping[str, str] = {}

_LINK = re.compile(rb"(http://[^/]+)/sign-in\?token=(\S+)")


class Ends(NamedTuple):
    """Our ends of a command's pipes."""

    stdin: asyncio.WriteTransport
    stdout: asyncio.StreamReader
    stderr: asyncio.StreamReader
    transports: list[asyncio.BaseTransport]


class Process:
    """A command that runs, in the manner of asyncio's own."""

    def __init__(self, pid: int, told: asyncio.StreamReader, ends: Ends) -> None:
        self.stdin = ends.stdin
        self.stdout = ends.stdout
        self.stderr = ends.stderr
        self.returncode: int | None = None
        self._pid = pid
        self._told = told
        self._transports = ends.transports

    def send_signal(self, signal: Signals) -> None:
        """As a shell's kill."""
        os.kill(self._pid, signal)

    async def communicate(self, stdin: bytes = b"") -> tuple[bytes, bytes]:
        """Gives it this to read, and waits for its end: its output and its complaints."""
        self.stdin.write(stdin)
        self.stdin.close()
        out, err = await asyncio.gather(self.stdout.read(), self.stderr.read())
        self.returncode = int(await self._told.readline())
        for transport in self._transports:
            transport.close()
        return out, err


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
    async with asyncio.timeout(LONG):
        out, err = await process.communicate(stdin)
    assert process.returncode is not None
    return Done(process.returncode, out.decode(), err.decode())


class Serving:
    """A server in its own process, with its address and its one-time token."""

    def __init__(self, process: Process, url: str, token: str) -> None:
        self._process = process
        self.url = url
        self.token = token

    async def signal(self, signal: Signals, until: str) -> str:
        """Sends a signal and reads the log on to the line that holds this word; that line."""
        self._process.send_signal(signal)
        async with asyncio.timeout(LONG):
            while line := (await self._process.stderr.readline()).decode():
                if until in line:
                    return line
        raise AssertionError("it ended before it said so")

    async def end(self, signal: Signals) -> Done:
        """Sends a signal and waits for the end."""
        self._process.send_signal(signal)
        async with asyncio.timeout(LONG):
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
        async with asyncio.timeout(LONG):
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


async def _start(home: Path, words: tuple[str, ...], environ: Mapping[str, str]) -> Process:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    given = {
        **kept,
        "PYTHONPATH": str(ROOT),
        "FILON_HOME": str(home),
        "FILON_LOCAL_SERVERS": "off",
        **environ,
    }
    (theirs, ours), *read = (os.pipe() for _ in range(4))
    fork(words, given, home.parent, [theirs, *(end for _, end in read)])
    for end in (theirs, *(end for _, end in read)):
        os.close(end)
    loop = asyncio.get_running_loop()
    stdin, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, os.fdopen(ours, "wb", 0))
    (stdout, one), (stderr, two), (told, three) = [await _reader(end) for end, _ in read]
    pid = int(await told.readline())
    return Process(pid, told, Ends(stdin, stdout, stderr, [stdin, one, two, three]))


async def _reader(end: int) -> tuple[asyncio.StreamReader, asyncio.BaseTransport]:
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        partial(asyncio.StreamReaderProtocol, reader), os.fdopen(end, "rb", 0)
    )
    return reader, transport
