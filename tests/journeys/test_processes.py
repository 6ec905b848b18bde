"""The server as a process: stopped by Ctrl-C, and starts that must fail."""

import asyncio
import shutil
import socket
import sqlite3
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from signal import SIGINT, SIGTERM, Signals
from typing import Any

import aiohttp
import pytest

from filon.cli import serve
from tests.journeys.process import Done, Serving, filon, serving
from tests.journeys.recorder import Recorder
from tests.journeys.replies import START, delta, stream
from tests.waiting import LONG

CONFIG = """
version: 1.2.1
endpoints:
  custom:
    - {name: rec, apiKey: none, baseURL: "%s", models: {default: [m-1]}, titleConvo: false}
"""
# What stalls here would else be waited for when the program ends.
AT_ONCE = {"FILON_SHUTDOWN_GRACE": "0"}
TALE = stream(START, delta("Once"), delta(" upon"), "stall")


@pytest.fixture
def home(tmp_path: Path, template: Path, recorder: Recorder) -> Path:
    """A home with a database and a configuration, found by its place alone."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copyfile(template, home / "filon.db")
    (home / "librechat.yaml").write_text(CONFIG % recorder.url)
    return home


@asynccontextmanager
async def signed_in(serving: Serving) -> AsyncGenerator[aiohttp.ClientSession]:
    # The jar refuses the cookies of addresses without a name unless it is told otherwise.
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(serving.url, cookie_jar=jar) as session:
        address = f"/sign-in?token={serving.token}"
        async with session.get(address, allow_redirects=False) as reply:
            assert reply.status == 303
        yield session


async def send(session: aiohttp.ClientSession) -> dict[str, Any]:
    body = {"model": "rec/m-1", "text": "Tell me a tale."}
    async with session.post("/api/chat/send", json=body) as reply:
        assert reply.status == 200
        return await reply.json()


async def get(session: aiohttp.ClientSession, path: str) -> Any:
    async with session.get(path) as reply:
        assert reply.status == 200
        return await reply.json()


def stored(home: Path, answer: str) -> tuple[str, str]:
    """The state and text of an answer, straight from the file."""
    connection = sqlite3.connect(home / "filon.db")
    row = connection.execute("select state, text from messages where id = ?", (answer,)).fetchone()
    connection.close()
    return row


@pytest.mark.parametrize("signal", [SIGINT, SIGTERM])
async def test_stopped_with_everything_open(
    home: Path, recorder: Recorder, signal: Signals
) -> None:
    recorder.answers(TALE)
    async with serving(home, environ=AT_ONCE) as server, signed_in(server) as session:
        async with session.get("/api/events") as events:
            sent = await send(session)
            await events.content.readuntil(b" upon")
            done = await server.end(signal)
            assert (await events.content.read()).endswith(b"\n\n")
        check_clean(done, 0)
    state, text = stored(home, sent["answer"]["id"])
    # Nobody pressed stop: the program ended while this was being written.
    assert (state, text) == ("partial", "Once upon")
    async with asyncio.timeout(LONG):
        await recorder.last.left.wait()


def check_clean(done: Done, code: int) -> None:
    """It ended with this code and nothing a reader would take for a crash."""
    assert done.code == code, done.err
    assert "Traceback" not in done.err
    assert "Error" not in done.err


def check_refused(done: Done, words: str) -> None:
    """One clear line."""
    check_clean(done, 1)
    assert done.err.count("\n") == 1, done.err
    assert done.err.startswith("filon: ")
    assert words in done.err
    assert "sign-in" not in done.out


def test_small_replies_do_not_wait_for_one_another() -> None:
    """Asyncio turns Nagle's algorithm off for sockets that name their protocol, and only there."""
    with serve._bind("127.0.0.1", 0) as listening:  # pyright: ignore[reportPrivateUsage]
        assert listening.proto == socket.IPPROTO_TCP


async def test_a_port_that_is_taken(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = await filon(home, "serve", "--no-browser", "--port", str(port))
    check_refused(done, f"Port {port} is taken")


def as_file(home: Path) -> None:
    shutil.rmtree(home)
    home.write_text("not a folder")


def as_rubbish(home: Path) -> None:
    (home / "filon.db").write_bytes(b"this is no database" * 1000)


def as_folder(home: Path) -> None:
    (home / "filon.db").unlink()
    (home / "filon.db").mkdir()


@pytest.mark.parametrize("spoil", [as_file, as_rubbish, as_folder])
async def test_a_home_that_cannot_be_used(home: Path, spoil: Callable[[Path], None]) -> None:
    spoil(home)
    done = await filon(home, "serve", "--no-browser", "--port", "0")
    check_refused(done, str(home))


@pytest.mark.parametrize(
    ("words", "environ", "told"),
    [
        (("--config", "nowhere.yaml"), {}, "There is no configuration file"),
        ((), {"FILON_CONFIG": "nowhere.yaml"}, "There is no configuration file"),
        (("--host", "0.0.0.0"), {}, "no password is set"),
        ((), {"FILON_PORT": "many"}, "FILON_PORT must be a number"),
        ((), {"FILON_LOG": "xml"}, "FILON_LOG must be json or text"),
        (("--host", "192.0.2.1"), {}, "Cannot listen on 192.0.2.1"),
    ],
)
async def test_a_start_that_cannot_be(
    home: Path, words: tuple[str, ...], environ: Mapping[str, str], told: str
) -> None:
    port = () if "FILON_PORT" in environ else ("--port", "0")
    done = await filon(home, "serve", "--no-browser", *port, *words, environ=environ)
    check_refused(done, told)


async def test_a_broken_file_does_not_stop_the_start(home: Path) -> None:
    (home / "librechat.yaml").write_text("endpoints: [\nversion: {")
    async with serving(home) as server, signed_in(server) as session:
        config = await get(session, "/api/config")
        assert config["verdicts"][0]["level"] == "error"
        assert (await get(session, "/api/models"))["models"]
        check_clean(await server.end(SIGTERM), 0)


async def test_with_a_password_it_listens_to_all(home: Path) -> None:
    """On an address of this machine all the same: the tests do not leave it."""
    done = await filon(home, "password", stdin=b"a vein of ore\n")
    assert done.code == 0, done.err
    async with serving(home, "--host", "0.0.0.0") as server:
        async with aiohttp.ClientSession(server.url) as session:
            form = {"password": "a vein of ore"}
            async with session.post("/sign-in", data=form, allow_redirects=False) as reply:
                assert reply.status == 303
        check_clean(await server.end(SIGINT), 0)
