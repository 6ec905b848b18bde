"""SIGHUP reads the configuration again; a terminal that is closed still ends the program."""

import asyncio
import fcntl
import os
import pty
import sys
import termios
from pathlib import Path
from signal import SIGHUP, SIGKILL, SIGTERM

import aiohttp

from tests.journeys.process import ROOT, serving
from tests.waiting import LONG

GOOD = 'version: "1.3.13"\nendpoints:\n  custom:\n'
ENTRY = """    - name: {name}
      apiKey: none
      baseURL: http://127.0.0.1:9/v1
      models: {{default: [m]}}
"""


async def answers(url: str) -> None:
    """Waits until it serves; only then does it listen to signals."""
    async with aiohttp.ClientSession() as session, session.get(f"{url}/sign-in") as reply:
        assert reply.status < 500


async def test_sighup_reads_again_and_one_line_tells_of_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    file = home / "librechat.yaml"
    file.write_text(GOOD + ENTRY.format(name="first"))
    async with serving(home) as server:
        await answers(server.url)
        assert "librechat.yaml" in await server.signal(SIGHUP, "config_unchanged")
        file.write_text(GOOD + ENTRY.format(name="first") + ENTRY.format(name="second"))
        told = await server.signal(SIGHUP, "config_taken_up")
        for part in ("errors=0", 'endpoints="2 of 2 ready"', "added=second"):
            assert part in told
        file.write_text("a: [")
        told = await server.signal(SIGHUP, "config_kept")
        assert "the version of" in told
        done = await server.end(SIGTERM)
        assert done.code == 0


async def test_a_closed_terminal_ends_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    outside, inside = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "filon", "serve", "--no-browser", "--port", "0"),
        stdin=inside,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "FILON_HOME": str(home), "PYTHONPATH": str(ROOT)},
        start_new_session=True,
        preexec_fn=take_terminal,
    )
    os.close(inside)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(LONG):
            while b"/sign-in?token=" not in (line := await process.stdout.readline()):
                assert line, "it ended before it printed a link"
        await answers(line.decode().strip().split("/sign-in")[0])
        os.close(outside)
        async with asyncio.timeout(LONG):
            _, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        assert b"Traceback" not in err
    finally:
        if process.returncode is None:
            process.send_signal(SIGKILL)
            await process.communicate()


def take_terminal() -> None:
    """Makes standard input the terminal of this session, as a shell does."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
