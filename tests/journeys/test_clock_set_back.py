"""Somebody sets the clock while Filon runs: nothing takes less than no time, nothing is lost from
the lists, limits and sessions hold."""

import time
from datetime import datetime
from typing import Any

import pytest

from filon.accounts.keys import KeyChanges
from filon.conversation.rights import KeyRules
from filon.kit import clock
from tests.journeys.recorder import Recorder
from tests.journeys.replies import DONE, START, STOP, USAGE, completion, delta, stream
from tests.journeys.site import ME, Site, until

HOUR = 3_600.0
DAY = 24 * HOUR
BODY = {"model": "rec/m-1", "messages": [{"role": "user", "content": "x"}]}


class Wall:
    """The clock on the wall, which can be set. It is noon to begin with, so that an hour more or
    less stays within the day."""

    def __init__(self) -> None:
        now = datetime.now().astimezone()
        noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
        self.set_by = (noon - now).total_seconds()

    def now(self) -> float:
        return time.time() + self.set_by


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch, site: Site) -> Wall:
    """The clock of the whole server."""
    wall = Wall()
    monkeypatch.setattr(clock, "now", wall.now)
    # These have been given theirs when they were made.
    for part in (site.house.keys, site.house.sessions, site.house.services.rates):
        monkeypatch.setattr(part, "_now", wall.now)
    return wall


async def streamed(site: Site, recorder: Recorder, wall: Wall, step: float) -> dict[str, Any]:
    """The trace of a stream in whose middle the clock is set by so many seconds."""
    recorder.answers(stream(START, delta("Hello"), 0.05, delta(" there"), STOP, USAGE, DONE))
    headers = {"authorization": f"Bearer {site.key}", "x-filon-timeout": "30"}
    async with site.http.post(
        f"{site.url}/v1/chat/completions", json={**BODY, "stream": True}, headers=headers
    ) as response:
        await response.content.readuntil(b"Hello")
        wall.set_by += step
        assert (await response.read()).endswith(DONE)
        return await site.trace(response.headers["x-filon-trace"])


def check_times(trace: dict[str, Any]) -> None:
    """Every duration of a trace is one."""
    told, records = trace["trace"], trace["records"]
    assert told["outcome"] == "complete"
    assert 0 <= told["ttft"] <= told["total"] < HOUR / 2
    for record in records:
        assert told["started_at"] <= record["started"] <= record["ended"]
        assert record["ended"] - record["started"] < HOUR / 2
    starts = [record["started"] for record in records]
    assert starts == sorted(starts)


@pytest.mark.parametrize("step", [-HOUR, HOUR])
async def test_in_the_middle_of_a_turn(
    wall: Wall, site: Site, recorder: Recorder, step: float
) -> None:
    check_times(await streamed(site, recorder, wall, step))


async def all_traces(site: Site) -> list[dict[str, Any]]:
    """The whole list, read as the page reads it when it is scrolled."""
    found: list[dict[str, Any]] = []
    page = (await site.browse("GET", "/api/traces?limit=2")).json
    while True:
        found += page["traces"]
        if page["next"] is None:
            return found
        page = (await site.browse("GET", f"/api/traces?limit=2&before={page['next']}")).json


async def test_between_turns(wall: Wall, site: Site, recorder: Recorder) -> None:
    recorder.answers(completion())
    asked: list[str] = []
    for step in (0.0, 0.0, -HOUR, 0.0, -HOUR, 2 * HOUR, 0.0):
        wall.set_by += step
        reply = await site.program(BODY)
        assert reply.status == 200
        asked.append(reply.headers["x-filon-trace"])
    await site.quiet()
    traces = await all_traces(site)
    times = {trace["id"]: trace["started_at"] for trace in traces}
    assert times[asked[2]] < times[asked[0]] < times[asked[5]]
    assert len(set(asked)) == len(asked)
    assert sorted(trace["id"] for trace in traces) == sorted(asked)
    assert [*times.values()] == sorted(times.values(), reverse=True)
    # Who is signed in stays so, and may sign out a day before having signed in.
    wall.set_by -= 2 * DAY
    assert (await site.browse("GET", "/api/status")).status == 200


async def test_a_chat_keeps_its_order(wall: Wall, site: Site) -> None:
    sent = (await site.browse("POST", "/api/chat/send", {"model": "fast/echo", "text": "1"})).json
    await until(lambda: not site.house.services.running)
    wall.set_by -= HOUR
    place = {"conversation_id": sent["conversation"]["id"], "parent_id": sent["answer"]["id"]}
    again = {"model": "fast/echo", "text": "2", **place}
    assert (await site.browse("POST", "/api/chat/send", again)).status == 200
    await until(lambda: not site.house.services.running)
    page = (await site.browse("GET", f"/api/conversations/{place['conversation_id']}")).json
    parents = {message["id"]: message["parent_id"] for message in page["messages"]}
    path = [page["conversation"]["active"]]
    while parents[path[-1]] is not None:
        path.append(parents[path[-1]])
    texts = {message["id"]: message["text"] for message in page["messages"]}
    assert [texts[step] for step in reversed(path)][::2] == ["1", "2"]
    assert {message["state"] for message in page["messages"]} == {"complete"}


async def test_the_limit_of_a_day_is_no_more_for_a_day_that_comes_twice(
    wall: Wall, site: Site, recorder: Recorder
) -> None:
    recorder.answers(completion())
    (key,) = await site.house.keys.all(ME)
    await site.house.keys.change(ME, key.id, KeyChanges(rules=KeyRules(requests_per_day=2)))
    statuses: list[int] = []
    for step in (0.0, 0.0, 0.0, -DAY, DAY):
        wall.set_by += step
        statuses.append((await site.program(BODY)).status)
        await site.quiet()
    assert statuses == [200, 200, 429, 200, 429]
