"""The disk is full, another program holds the database, the writer cannot follow: programs go on
to be answered, a person is told, and what was said to be stored is there."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from filon.pipeline.ending import settled
from filon.server import chats as chats_module
from filon.store import obstacle
from filon.store import writer as writer_module
from filon.store.connection import AsyncConnection
from tests.journeys.conftest import RECORDED
from tests.journeys.recorder import Recorder
from tests.journeys.replies import START, STOP, delta, stream
from tests.journeys.site import PROVIDER_KEY, Reply, Site, running, settings_of, until
from tests.journeys.test_events import opened
from tests.waiting import LONG as PATIENCE

# No page that the database has free already holds it.
LONG = "A vein of ore. " * 4_000
BODY = {"model": "fast/echo", "messages": [{"role": "user", "content": LONG}]}


async def pragma(site: Site, words: str) -> Any:
    """Sets what the writing connection of SQLite has for it."""
    writer = site.house.store._writer  # pyright: ignore[reportPrivateUsage]
    return await writer.write(partial(run_pragma, words))


async def run_pragma(words: str, connection: AsyncConnection) -> Any:
    return await connection.scalar(text(f"PRAGMA {words}"))


@asynccontextmanager
async def full(site: Site) -> AsyncGenerator[None]:
    """No page more for the database, which SQLite takes as it takes a full disk."""
    await pragma(site, f"max_page_count = {await pragma(site, 'page_count')}")
    yield
    await pragma(site, "max_page_count = 1000000")


@asynccontextmanager
async def locked(site: Site) -> AsyncGenerator[None]:
    """Another program writes, for longer than each try waits."""
    await pragma(site, "busy_timeout = 20")
    with closing(sqlite3.connect(site.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def send(site: Site, words: str, model: str = "fast/echo") -> Any:
    return await site.browse("POST", "/api/chat/send", {"model": model, "text": words})


async def answered(site: Site, sent: Any) -> list[dict[str, Any]]:
    """The messages of a conversation when its answer is over."""
    await until(lambda: not site.house.services.running)
    await asyncio.sleep(0)
    page = await site.browse("GET", f"/api/conversations/{sent.json['conversation']['id']}")
    assert page.status == 200
    return page.json["messages"]


async def readiness(site: Site) -> list[str]:
    """Why no requests should come, by codes."""
    reply = await site.ask("GET", "/ready")
    codes = [reason["code"] for reason in reply.json["reasons"]]
    assert reply.status == (503 if codes else 200)
    return codes


async def ready_when(site: Site, codes: list[str]) -> None:
    """Waits until the readiness path says just this."""
    async with asyncio.timeout(PATIENCE):
        while await readiness(site) != codes:
            pass


async def test_on_a_full_disk_programs_go_on_and_people_are_told(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(obstacle, "LOOK_AGAIN", 0.02)
    before = await send(site, "Remember this.")
    kept = await answered(site, before)
    first = await site.program(BODY)
    await site.quiet()
    async with full(site):
        replies = await asyncio.gather(*(site.program(BODY) for _ in range(5)))
        assert [reply.status for reply in replies] == [200] * 5
        await until(lambda: "store.lost" in site.log.getvalue())
        lost = next(line for line in site.log.getvalue().splitlines() if "store.lost" in line)
        assert str(site.database) in lost
        assert "make room" in lost
        await check_refused(site, "store_full", "make room")
        await ready_when(site, ["store_full"])
        # What is there can be read all the while.
        assert await answered(site, before) == kept
        assert (await site.browse("GET", "/api/traces")).json["total"] == 2
    await ready_when(site, [])
    assert "the database can be written again" in site.log.getvalue()
    await check_well(site, [first, await site.program(BODY)])
    assert await answered(site, before) == kept


async def test_behind_a_lock_programs_go_on_people_are_told_and_no_trace_is_lost(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NOTED", "SERIOUS", "PATIENCE"):
        monkeypatch.setattr(obstacle, name, 0.0)
    # From here on the key is known, and that it was used is noted.
    first = await site.program(BODY)
    await site.quiet()
    async with locked(site):
        # Nobody has met the lock yet; the question itself finds it out.
        await ready_when(site, ["store_locked"])
        replies = await asyncio.gather(*(site.program(BODY) for _ in range(5)))
        assert [reply.status for reply in replies] == [200] * 5
        await check_refused(site, "store_locked", "close that program")
        assert (await site.browse("GET", "/api/traces")).json["total"] == 1
    await ready_when(site, [])
    told = site.log.getvalue()
    assert told.count("store.locked") == 1
    assert told.count("store.unlocked") == 1
    assert "store.lost" not in told
    await check_well(site, [first, *replies, await site.program(BODY)])


async def check_refused(site: Site, code: str, todo: str) -> None:
    refused = await send(site, LONG)
    assert (refused.status, refused.error["code"]) == (503, code)
    assert todo in refused.error["fix"]


async def check_well(site: Site, replies: list[Reply]) -> None:
    """Each of these has its trace, and a chat goes on."""
    for reply in replies:
        trace = await site.trace(reply.headers["x-filon-trace"])
        assert trace["trace"]["outcome"] == "complete"
    messages = await answered(site, await send(site, LONG))
    assert [message["state"] for message in messages] == ["complete", "complete"]


async def test_an_answer_that_ends_while_the_disk_is_full_is_shown_and_kept_later(
    site: Site, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chats_module, "AGAIN", 0.02)
    recorder.answers(stream(START, delta(LONG), delta("The end"), "stall"))
    async with opened(site) as tab:
        sent = await send(site, "Tell me a tale.", "rec/m-1")
        number = sent.json["answer"]["id"]
        while not tab.texts.get(number, "").endswith("The end"):
            await tab.upto("message.delta")
        async with full(site):
            await site.browse("POST", "/api/chat/stop", {"message_id": number})
            shown = (await tab.upto("message.finished")).data["message"]
            assert (shown["state"], shown["text"]) == ("partial", LONG + "The end")
            assert shown["problem"]["code"] == "not_stored"
            assert "not_stored" in site.log.getvalue()
    await until(partial(is_kept, site, number))
    _, answer = await answered(site, sent)
    assert {name: answer[name] for name in ("state", "text", "problem")} == {
        name: shown[name] for name in ("state", "text", "problem")
    }


def is_kept(site: Site, number: str) -> bool:
    """Whether the database has the end of an answer."""
    with closing(sqlite3.connect(site.database)) as connection:
        query = "SELECT state FROM messages WHERE id = ?"
        return connection.execute(query, (number,)).fetchone() == ("partial",)


@pytest.fixture
async def narrow(
    tmp_path: Path,
    template: Path,
    recorder: Recorder,
    practice: str,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncGenerator[Site]:
    """A server whose writer lets little wait."""
    monkeypatch.setattr(writer_module, "QUEUE_LENGTH", 4)
    monkeypatch.setattr(writer_module, "QUEUE_BYTES", 100_000)
    config = RECORDED % (recorder.url, practice)
    settings = settings_of(tmp_path / "home", config, {"REC_KEY": PROVIDER_KEY})
    async with running(settings, template) as site:
        yield site


def all_settled(site: Site, least: int) -> bool:
    """Whether so many turns or more are over and only wait to be noted."""
    turns = [progress.turn for progress in site.house.services.running.values()]
    return len(turns) >= least and all(settled(turn) for turn in turns)


async def test_a_writer_that_cannot_follow_slows_its_callers_and_loses_nothing(
    narrow: Site,
) -> None:
    writer = narrow.house.store._writer  # pyright: ignore[reportPrivateUsage]
    # From here on the key is known, and that it was used is noted.
    first = await narrow.program(BODY)
    await narrow.quiet()
    with closing(sqlite3.connect(narrow.database, isolation_level=None)) as slow:
        slow.execute("BEGIN IMMEDIATE")
        asking = [asyncio.ensure_future(narrow.program(BODY)) for _ in range(40)]
        # There is an answer for each of them, and they wait for room to have it noted.
        await until(partial(all_settled, narrow, 30))
        waiting = len(narrow.house.services.running)
        # Who comes now is told when it is noted.
        earlier = set(narrow.house.services.running)
        late = asyncio.ensure_future(narrow.program(BODY))
        await until(
            lambda: all_settled(narrow, 1) and narrow.house.services.running.keys() - earlier
        )
        await asyncio.sleep(0.1)
        assert not late.done()
        assert len(writer._queue) <= 4  # pyright: ignore[reportPrivateUsage]
        # One piece may be taken when there is still a little room.
        assert writer._bytes <= 100_000 + 2 * len(LONG)  # pyright: ignore[reportPrivateUsage]
        slow.execute("ROLLBACK")
    replies = await asyncio.gather(*asking, late)
    assert waiting >= 30
    assert [reply.status for reply in replies] == [200] * 41
    await narrow.quiet()
    ids = {reply.headers["x-filon-trace"] for reply in (first, *replies)}
    page = (await narrow.browse("GET", "/api/traces?limit=100")).json
    assert {trace["id"] for trace in page["traces"]} == ids
    assert "store.lost" not in narrow.log.getvalue()


async def test_a_slow_reader_slows_its_own_provider_alone(site: Site, recorder: Recorder) -> None:
    """What does not fit into the buffers between them stays at the provider."""
    part = delta("x" * 250_000)
    parts = [part] * 160
    recorder.answers(stream(START, *parts, STOP))
    host, _, port = site.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=2**16)
    body = b'{"model":"rec/m-1","stream":true,"messages":[{"role":"user","content":"x"}]}'
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nhost: {host}:{port}\r\n"
        f"authorization: Bearer {site.key}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    asked = await recorder.request(0)
    stood, seen = 0, -1
    while stood < 20:
        stood, seen = (stood + 1, seen) if asked.taken == seen else (0, asked.taken)
        reply = await site.program({**BODY, "messages": [{"role": "user", "content": "y"}]})
        assert reply.status == 200
    assert seen < len(part) * len(parts) * 3 / 4
    assert not asked.left.is_set()
    writer.transport.abort()
    await site.quiet()
    assert asked.taken == seen
    page = (await site.browse("GET", "/api/traces?outcome=partial")).json
    assert [trace["mark"] for trace in page["traces"]] == ["caller_left"]
