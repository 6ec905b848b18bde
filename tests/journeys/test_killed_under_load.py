"""A server that is killed while programs and a person use it: the next start finds whole rows, and
the traces of all that was answered but in the last moment."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from signal import SIGKILL, SIGTERM

import aiohttp
from msgspec import Struct

from filon.accounts.keys import Keys
from filon.kit import clock
from filon.store.store import Store
from filon.trace.records import Received, Settled
from tests.journeys.process import serving
from tests.journeys.recorder import Recorder
from tests.journeys.replies import START, delta, spoken, stream
from tests.journeys.site import ME, until
from tests.journeys.test_processes import get, send, signed_in, stored

CONFIG = """
version: 1.2.1
endpoints:
  custom:
    - {name: rec, apiKey: none, baseURL: "%s", models: {default: [m-1]}, titleConvo: false}
    - {name: fast, apiKey: none, baseURL: "%s", models: {default: [echo]},
       headers: {x-practice-speed: "0"}}
"""
CALLERS = 8


class Answered(Struct, frozen=True):
    """The trace of an answer that a caller had whole, when it was asked for and when it was there
    (monotonic seconds)."""

    trace: str
    asked: float
    at: float


async def call(session: aiohttp.ClientSession, number: int, answered: list[Answered]) -> None:
    """Asks again and again until the server is gone."""
    count = 0
    try:
        while True:
            count += 1
            # Each longer than the one before, so that they have pieces in common and their own.
            text = f"caller {number} " * count
            body = {"model": "fast/echo", "messages": [{"role": "user", "content": text}]}
            body |= {"stream": count % 2 == 0}
            asked = clock.monotonic()
            async with session.post("/v1/chat/completions", json=body) as reply:
                await reply.read()
                assert reply.status == 200
            trace = reply.headers["x-filon-trace"]
            answered.append(Answered(trace, asked, clock.monotonic()))
    except aiohttp.ClientError:
        pass


def due(answered: list[Answered], kept: set[str]) -> list[str]:
    """The traces that must be kept where these are: they go to the disk in their order, so those of
    all answers that were there before the latest of these was asked for. How soon they go there is
    no matter of a busy machine's; tests/store/test_writer.py looks at it."""
    latest = max((one.asked for one in answered if one.trace in kept), default=0.0)
    return [one.trace for one in answered if one.at < latest]


def kept_in(home: Path) -> set[str]:
    """The traces in the file."""
    with closing(sqlite3.connect(home / "filon.db")) as connection:
        return {name for (name,) in connection.execute("SELECT public_id FROM traces")}


async def test_killed_under_load(
    tmp_path: Path, template: Path, recorder: Recorder, practice: str
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    shutil.copyfile(template, home / "filon.db")
    (home / "librechat.yaml").write_text(CONFIG % (recorder.url, practice))
    store = await Store.open(f"sqlite+aiosqlite:///{home / 'filon.db'}")
    key = (await Keys(store).make(ME, "load")).secret
    await store.close()
    # The pause is longer than what passes between two checkpoints of a running answer.
    recorder.answers(stream(START, delta("Once"), 0.55, delta(" upon"), "stall"))
    answered: list[Answered] = []
    async with serving(home) as server, signed_in(server) as person:
        sent = await send(person)
        await until(lambda: stored(home, sent["answer"]["id"]) == ("streaming", "Once upon"))
        head = {"authorization": f"Bearer {key}"}
        async with aiohttp.ClientSession(server.url, headers=head) as session:
            callers = [
                asyncio.ensure_future(call(session, number, answered)) for number in range(CALLERS)
            ]
            await until(lambda: len(due(answered, kept_in(home))) >= 200)
            assert (await server.end(SIGKILL)).code == -SIGKILL
            await asyncio.gather(*callers)
    async with serving(home) as again, signed_in(again) as person:
        assert (await get(person, "/api/traces?limit=1"))["total"] > 0
        page = await get(person, f"/api/conversations/{sent['conversation']['id']}")
        asked, answer = page["messages"]
        assert asked["text"] == "Tell me a tale."
        assert (answer["state"], answer["text"]) == ("partial", "Once upon")
        assert answer["problem"]["code"] == "interrupted"
        assert page["conversation"]["live"] is False
        # And it goes on from there.
        recorder.answers(spoken("Once again"))
        async with person.post("/api/chat/regenerate", json={"message_id": answer["id"]}) as reply:
            assert reply.status == 200
        assert (await again.end(SIGTERM)).code == 0
    kept = await check_whole(home)
    asked_for = due(answered, kept)
    assert len(asked_for) >= 200
    assert set(asked_for) <= kept


async def check_whole(home: Path) -> set[str]:
    """Looks at the database as a whole and at each trace; the ids of all."""
    with closing(sqlite3.connect(home / "filon.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    ids = kept_in(home)
    store = await Store.open(f"sqlite+aiosqlite:///{home / 'filon.db'}")
    for trace_id in ids:
        found = await store.traces.get(ME, trace_id)
        assert found.summary.outcome in ("complete", "partial")
        # From the request as it came to how it ended; `get` has put its pieces together.
        assert isinstance(found.records[0], Received)
        assert isinstance(found.records[-1], Settled)
    await store.close()
    return ids
