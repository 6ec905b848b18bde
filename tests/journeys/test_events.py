"""The stream of what happens, over real HTTP: a reload in the middle, a tab that comes back, a tab
that comes late."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from msgspec import Struct

from filon.server import live as live_module
from filon.server.security import COOKIE
from tests.journeys.recorder import Recorder, Step
from tests.journeys.replies import DONE, START, STOP, delta, stream
from tests.journeys.site import Site, until
from tests.waiting import LONG

WORDS = [f"word{number} " for number in range(40)]


class Event(Struct, frozen=True):
    id: str
    kind: str
    data: dict[str, Any]


class Tab:
    """An open tab: what it was told, and the texts that it would show."""

    def __init__(self, content: aiohttp.StreamReader) -> None:
        self._content = content
        self.comments: list[str] = []
        self.events: list[Event] = []
        self.texts: dict[str, str] = {}

    async def next(self) -> Event:
        """The next event."""
        while True:
            frame = (await self._content.readuntil(b"\n\n")).decode()
            if frame.startswith(":"):
                self.comments.append(frame)
                continue
            lines = dict(line.split(": ", 1) for line in frame.strip().split("\n"))
            event = Event(lines["id"], lines["event"], json.loads(lines["data"]))
            self.events.append(event)
            self._show(event)
            return event

    async def upto(self, kind: str) -> Event:
        """Reads on to the next event of this kind."""
        async with asyncio.timeout(LONG):
            while (event := await self.next()).kind != kind:
                pass
        return event

    def _show(self, event: Event) -> None:
        match event.kind:
            case "message.delta":
                message = event.data["message_id"]
                self.texts[message] = self.texts.get(message, "") + event.data.get("text", "")
            case "message.started" | "message.snapshot" | "message.finished":
                message = event.data["message"]
                self.texts[message["id"]] = message["text"]
            case _:
                pass


@asynccontextmanager
async def opened(
    site: Site, *, last: str | None = None, since: str | None = None
) -> AsyncGenerator[Tab]:
    headers = {"cookie": f"{COOKIE}={site.cookie}"}
    if last is not None:
        headers["last-event-id"] = last
    query = "" if since is None else f"?since={since}"
    async with site.http.get(f"{site.url}/api/events{query}", headers=headers) as reply:
        assert reply.status == 200
        assert reply.headers["content-type"].startswith("text/event-stream")
        assert reply.headers["cache-control"] == "no-store"
        yield Tab(reply.content)


def tale(pause: Step) -> tuple[Step, ...]:
    """All words, with this in the middle."""
    parts: list[Step] = [delta(word) for word in WORDS]
    middle = len(parts) // 2
    return tuple(stream(START, *parts[:middle], pause, *parts[middle:], STOP, DONE))


async def send(site: Site) -> str:
    """Asks; the id of the answer."""
    reply = await site.browse("POST", "/api/chat/send", {"model": "rec/m-1", "text": "Go on."})
    return reply.json["answer"]["id"]


async def test_an_answer_as_one_tab_sees_it(site: Site, recorder: Recorder) -> None:
    recorder.answers(tale(0.01))
    async with opened(site) as tab:
        answer = await send(site)
        finished = await tab.upto("message.finished")
        message = finished.data["message"]
        assert (message["id"], message["state"]) == (answer, "complete")
        assert message["chip"]["output_tokens"] > 0
        assert tab.texts[answer] == "".join(WORDS)
        kinds = [event.kind for event in tab.events]
        assert kinds.count("message.started") == 2
        assert kinds.index("conversation.changed") < kinds.index("message.delta")
        deltas = kinds.count("message.delta")
        # Small pieces that came close together travel together.
        assert 0 < deltas < len(WORDS)
        while "trace.settled" not in [event.kind for event in tab.events]:
            await tab.next()
        numbers = [int(event.id.partition(".")[2]) for event in tab.events]
        assert numbers == sorted(set(numbers))


async def test_a_reload_in_the_middle_shows_the_whole(site: Site, recorder: Recorder) -> None:
    """As the page does it: open the stream, fetch the conversation, apply what comes."""
    recorder.answers(tale("hold"))
    answer = await send(site)
    await until(lambda: "word19" in str(site.house.live.writing(1, answer)))
    async with opened(site) as tab:
        snapshot = await tab.upto("message.snapshot")
        conversation = snapshot.data["message"]["conversation_id"]
        page = (await site.browse("GET", f"/api/conversations/{conversation}")).json
        assert page["conversation"]["live"] is True
        assert page["messages"][-1]["state"] == "streaming"
        assert page["messages"][-1]["text"] == "".join(WORDS[:20])
        assert snapshot.data["message"]["text"] == "".join(WORDS[:20])
        recorder.release()
        await tab.upto("message.delta")
        await tab.upto("message.finished")
        assert tab.texts[answer] == "".join(WORDS)


@pytest.mark.parametrize("way", ["header", "query"])
async def test_a_tab_that_comes_back_gets_what_it_missed(
    site: Site, recorder: Recorder, way: str
) -> None:
    recorder.answers(tale("hold"))
    async with opened(site) as tab:
        answer = await send(site)
        seen = await tab.upto("message.delta")
    before = tab.texts[answer]
    assert before
    recorder.release()
    await site.quiet()
    resumed = {"last": seen.id} if way == "header" else {"since": seen.id}
    async with opened(site, **resumed) as again:
        again.texts[answer] = before
        finished = await again.upto("message.finished")
        assert finished.data["message"]["text"] == "".join(WORDS)
        told = [
            event.data.get("text", "") for event in again.events if event.kind.endswith("delta")
        ]
        assert before + "".join(told) == "".join(WORDS)
        assert "message.snapshot" not in [event.kind for event in again.events]
        first = int(again.events[0].id.partition(".")[2])
        assert first > int(seen.id.partition(".")[2])


@pytest.mark.parametrize("last", ["", "nonsense", "0.5", "deadbeef.1", "1e999.x", "-1", "ff.999"])
async def test_a_number_of_another_run_gives_the_whole(
    site: Site, recorder: Recorder, last: str
) -> None:
    recorder.answers(tale("hold"))
    answer = await send(site)
    await until(lambda: "word19" in str(site.house.live.writing(1, answer)))
    async with opened(site, last=last) as tab:
        first = await tab.next()
        assert first.kind == "message.snapshot"
        assert first.data["message"]["text"] == "".join(WORDS[:20])
        recorder.release()
        await tab.upto("message.finished")
        assert tab.texts[answer] == "".join(WORDS)


async def test_what_is_too_long_ago_is_told_as_a_whole(
    site: Site, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "_REMEMBERED", 2)
    site.house.live._past.clear()  # pyright: ignore[reportPrivateUsage]
    recorder.answers(tale("hold"))
    async with opened(site) as tab:
        answer = await send(site)
        seen = await tab.next()
    await until(lambda: "word19" in str(site.house.live.writing(1, answer)))
    async with opened(site, last=seen.id) as tab:
        assert (await tab.next()).kind == "message.snapshot"
        recorder.release()
        await tab.upto("message.finished")
        assert tab.texts[answer] == "".join(WORDS)


async def test_a_tab_is_kept_alive(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "_HEARTBEAT", 0.02)
    async with opened(site) as tab:
        reading = asyncio.ensure_future(tab.next())
        await until(lambda: len(tab.comments) >= 4)
        reading.cancel()
        await asyncio.wait({reading})
    assert set(tab.comments[1:]) == {": alive\n\n"}


async def test_a_tab_that_leaves_is_forgotten(site: Site) -> None:
    async with opened(site) as tab:
        reading = asyncio.ensure_future(tab.next())
        await until(lambda: site.house.live.is_watched(1))
        reading.cancel()
        await asyncio.wait({reading})
    await until(lambda: not site.house.live.is_watched(1))


async def test_all_tabs_are_told(site: Site, recorder: Recorder) -> None:
    recorder.answers(tale(0.01))
    async with opened(site) as one, opened(site) as other:
        answer = await send(site)
        await one.upto("message.finished")
        await other.upto("message.finished")
        assert one.texts[answer] == other.texts[answer] == "".join(WORDS)


async def test_a_tab_learns_of_renaming_and_deleting(site: Site, recorder: Recorder) -> None:
    recorder.answers(tale(0.0))
    await send(site)
    await site.quiet()
    (chat,) = (await site.browse("GET", "/api/conversations")).json["conversations"]
    async with opened(site) as tab:
        path = f"/api/conversations/{chat['id']}"
        await until(lambda: site.house.live.is_watched(1))
        await site.browse("PATCH", path, {"title": "Renamed"})
        changed = await tab.upto("conversation.changed")
        assert changed.data["conversation"]["title"] == "Renamed"
        await site.browse("DELETE", path)
        deleted = await tab.upto("conversation.deleted")
        assert deleted.data == {"conversation_id": chat["id"]}


async def test_a_trace_can_be_watched_while_it_runs(site: Site, recorder: Recorder) -> None:
    recorder.answers(tale("hold"))
    async with opened(site) as tab:
        answer = await send(site)
        started = await tab.upto("trace.started")
        await until(lambda: "word19" in str(site.house.live.writing(1, answer)))
        trace_id = started.data["trace"]["id"]
        page = (await site.browse("GET", f"/api/traces/{trace_id}")).json
        assert page["trace"]["outcome"] == "live"
        assert page["records"][-1]["type"] == "attempt"
        assert "word19" in page["records"][-1]["frames"][-1]["text"]
        listed = (await site.browse("GET", "/api/traces")).json["traces"]
        assert [one["outcome"] for one in listed] == ["live"]
        recorder.release()
        settled = await tab.upto("trace.settled")
        assert settled.data["trace"]["id"] == trace_id
        page = (await site.browse("GET", f"/api/traces/{trace_id}")).json
        assert page["trace"]["outcome"] == "complete"
