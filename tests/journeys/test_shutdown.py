"""A signal while answers are written: they may end, are cut in the caller's protocol when the time
is over, and at once by a second signal."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from signal import SIGINT, SIGTERM
from typing import Any

import aiohttp
import pytest

from filon.accounts.keys import Keys
from filon.store.store import Store
from tests.journeys.process import Serving, serving
from tests.journeys.recorder import Recorder
from tests.journeys.replies import DONE, START, STOP, delta, stream
from tests.journeys.site import ME
from tests.journeys.test_processes import CONFIG, check_clean
from tests.waiting import LONG

MESSAGES: Any = [{"role": "user", "content": "Tell me of a vein of gold."}]
# What is held until the test lets it go on.
SHORT = {"model": "rec/m-1", "messages": MESSAGES, "stream": True}
# It says a few words, and then nothing for longer than anybody waits.
STALLING = {"model": "practice/pocket:stall", "messages": MESSAGES, "stream": True}


@pytest.fixture
async def home(tmp_path: Path, template: Path, recorder: Recorder) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    shutil.copyfile(template, home / "filon.db")
    (home / "librechat.yaml").write_text(CONFIG % recorder.url)
    return home


@asynccontextmanager
async def asking(
    home: Path, body: dict[str, Any], path: str = "/v1/chat/completions", grace: str = "600"
) -> AsyncGenerator[tuple[Serving, aiohttp.ClientSession, aiohttp.ClientResponse]]:
    """A server that has begun to answer this."""
    store = await Store.open(f"sqlite+aiosqlite:///{home / 'filon.db'}")
    key = (await Keys(store).make(ME, "test")).secret
    await store.close()
    async with serving(home, environ={"FILON_SHUTDOWN_GRACE": grace}) as server:
        right = {"authorization": f"Bearer {key}"}
        async with (
            aiohttp.ClientSession(server.url, headers=right) as session,
            session.post(path, json=body) as reply,
        ):
            assert reply.status == 200
            assert await reply.content.readuntil(b"\n\n")
            yield server, session, reply


def outcomes(home: Path) -> list[tuple[str, str | None]]:
    """Outcome and mark of every trace, straight from the file."""
    connection = sqlite3.connect(home / "filon.db")
    rows = connection.execute("select outcome, mark from traces").fetchall()
    connection.close()
    return rows


async def test_what_is_being_answered_ends(home: Path, recorder: Recorder) -> None:
    recorder.answers(stream(START, delta("Once"), "hold", delta(" upon"), STOP, DONE))
    async with asking(home, SHORT) as (server, session, reply):
        ending = asyncio.ensure_future(server.end(SIGTERM))
        async with asyncio.timeout(LONG):
            while (await status(session, "/ready")) == 200:
                pass
            assert await status(session, "/ready") == 503
            assert await status(session, "/health") == 200
            async with session.post("/v1/messages", json={}) as late:
                assert late.status == 503
                assert (await late.json())["error"]["message"].startswith("Filon is shutting down")
                assert late.headers["retry-after"] == "1"
        recorder.release()
        assert (await reply.content.read()).endswith(b"data: [DONE]\n\n")
        done = await ending
    check_clean(done, 0)
    assert "Ends when an answer is written" in done.out
    assert outcomes(home) == [("complete", None)]


async def status(session: aiohttp.ClientSession, path: str) -> int:
    async with session.get(path) as reply:
        return reply.status


async def test_what_takes_too_long_is_cut(home: Path) -> None:
    async with asking(home, STALLING, grace="0.1") as (server, _, reply):
        done = await server.end(SIGTERM)
        last = (await reply.content.read()).split(b"\n\n")
    check_clean(done, 0)
    told = json.loads(last[-2].removeprefix(b"data: "))
    assert told["error"]["message"].startswith("The program stopped while this was being written.")
    assert outcomes(home) == [("partial", "interrupted")]


async def test_a_second_signal_ends_it_at_once(home: Path) -> None:
    body = {**STALLING, "max_tokens": 500}
    async with asking(home, body, "/v1/messages") as (server, session, reply):
        await server.signal(SIGINT, "closing")
        async with session.get("/ready") as unready:
            assert (await unready.json())["reasons"][0]["code"] == "shutting_down"
        # Within the minutes that it would wait, or the test fails.
        done = await server.end(SIGINT)
        last = (await reply.content.read()).split(b"\n\n")
    check_clean(done, 0)
    assert last[-2].startswith(b"event: error\n")
    assert outcomes(home) == [("partial", "interrupted")]
