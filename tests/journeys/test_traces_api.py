"""The API of the traces' page on a running server: what programs and chats left behind is found,
summed up, kept and deleted."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from filon.config.load import load
from filon.config.settings import Settings
from tests.journeys.recorder import Recorder
from tests.journeys.replies import completion, refusal, spoken
from tests.journeys.site import Site, running, until

CONFIG = """
version: 1.2.1
endpoints:
  custom:
    - name: rec
      apiKey: "sk-canary-REC-0123456789"
      baseURL: "%s"
      models: {default: [m-1, m-2]}
      dropParams: [top_k]
      titleConvo: false
filon:
  retries: {attempts: 1}
"""
MESSAGES: Any = [{"role": "user", "content": "a vein"}]


def settings_at(home: Path, config: str) -> Settings:
    home.mkdir()
    (home / "filon.yaml").write_text(config, encoding="utf-8")
    return load({"FILON_LOCAL_SERVERS": "off"}, cwd=home, home=home, port=0)


@pytest.fixture(scope="module")
async def recorder() -> AsyncIterator[Recorder]:
    async with Recorder().listening() as recorder:
        yield recorder


@pytest.fixture(scope="module")
async def site(
    tmp_path_factory: pytest.TempPathFactory, template: Path, recorder: Recorder
) -> AsyncIterator[Site]:
    """A server on which three requests were made: one answered, one refused, one of a chat."""
    home = tmp_path_factory.mktemp("traces") / "home"
    async with running(settings_at(home, CONFIG % recorder.url), template) as site:
        recorder.answers(completion("gold"))
        body = {"model": "rec/m-1", "messages": MESSAGES, "top_k": 4, "temperature": 0.5}
        tags = {"x-filon-tags": "prod, first"}
        assert (await site.program(body, headers=tags)).status == 200
        recorder.answers(refusal(429, "rate_limit_exceeded"))
        assert (await site.program({"model": "rec/m-2", "messages": MESSAGES})).status == 429
        recorder.answers(spoken("gold"))
        sent = {"model": "rec/m-1", "text": "a seam"}
        assert (await site.browse("POST", "/api/chat/send", sent)).status == 200
        await site.quiet()
        yield site


async def asked(site: Site, path: str, status: int = 200, method: str = "GET") -> Any:
    reply = await site.browse(method, f"/api/traces{path}")
    assert reply.status == status, reply.text
    return reply.json


async def found(site: Site, q: str, more: str = "") -> list[dict[str, Any]]:
    page = await asked(site, f"?q={quote(q)}{more}")
    assert page["total"] == len(page["traces"])
    assert page["total_is_at_least"] is False
    return page["traces"]


async def test_traces_are_found_by_what_happened(site: Site) -> None:
    for q, count in (
        ("", 3),
        ("caller:gateway", 2),
        ("dropped:top_k", 1),
        ("tag:prod model:m-1", 1),
        ("status:4xx", 1),
        ("is:failed -finding:nothing", 1),
        ("key:test", 2),
        ("since:1h", 3),
        ("until:1h", 0),
        ("has:error", 1),
        ("nothing_like_this", 0),
    ):
        assert len(await found(site, q)) == count, q
    (one,) = await found(site, "dropped:top_k")
    assert one["dropped"] == ["top_k"]
    assert one["tags"] == ["prod", "first"]
    assert one["key_id"] is not None
    assert one["model_answered"] is not None
    (failed,) = await found(site, "is:failed")
    assert failed["findings"]
    assert len(await found(site, f"finding:{failed['findings'][0]}")) == 1
    assert (await asked(site, "?outcome=failed"))["total"] == 1
    assert len(await found(site, "", "&caller=chat")) == 1


async def test_orders_and_pages(site: Site) -> None:
    latest = [one["id"] for one in await found(site, "")]
    assert [one["id"] for one in await found(site, "", "&order=asc")] == latest[::-1]
    totals = [one["total"] for one in await found(site, "", "&sort=latency")]
    assert totals == sorted(totals, reverse=True)
    seen: list[str] = []
    cursor = ""
    while True:
        page = await asked(site, f"?sort=latency&limit=1{cursor}")
        seen += [one["id"] for one in page["traces"]]
        if page["next"] is None:
            break
        cursor = f"&before={page['next']}"
    assert sorted(seen) == sorted(latest)
    await asked(site, f"?sort=cost{cursor}", 400)


async def test_a_bad_term_is_told_with_its_place(site: Site) -> None:
    for path in ("?q=", "/groups?by=key&q=", "/series?q="):
        error = (await asked(site, f"{path}{quote('x statu:4xx')}", 400))["error"]
        assert (error["code"], error["param"]) == ("filter_key", "q")
        assert error["names"] == {"at": "2", "length": "6", "near": "status:"}
        assert error["fix"] == "Did you mean status:?"


async def test_words_groups_and_series(site: Site) -> None:
    words = await asked(site, f"/words?q={quote('model:m-')}&at=8")
    assert [(one["text"], one["kind"], one["count"]) for one in words["words"]] == [
        ("rec/m-1", "value", 2),
        ("rec/m-2", "value", 1),
    ]
    assert (words["from"], words["to"]) == (6, 8)
    groups = (await asked(site, "/groups?by=key"))["groups"]
    assert [(one["title"], one["count"], one["failed"]) for one in groups] == [("test", 2, 1)]
    (chat,) = (await asked(site, "/groups?by=conversation"))["groups"]
    assert chat["title"] != chat["id"]
    series = await asked(site, "/series?by=model")
    lines = {line["name"]: line["points"] for line in series["groups"]}
    assert {name: sum(p["requests"] for p in points) for name, points in lines.items()} == {
        "rec/m-1": 2,
        "rec/m-2": 1,
    }
    assert series["totals"]["failed"] == 1
    assert sum(series["totals"]["findings"].values()) == 1
    assert series["totals"]["ttft_p50"] is not None
    tagged = await asked(site, f"/series?q={quote('tag:prod')}")
    assert tagged["totals"]["requests"] == 1
    await asked(site, "/series?since=5&until=4", 400)


async def test_what_runs_is_in_the_list_where_the_filter_lets_it(
    site: Site, recorder: Recorder
) -> None:
    await site.quiet()
    recorder.answers(("hold", *completion("gold")))
    body, tags = {"model": "rec/m-1", "messages": MESSAGES}, {"x-filon-tags": "nightly"}
    task = asyncio.create_task(site.program(body, headers=tags))
    try:
        await until(lambda: bool(site.house.services.running))
        live = (await asked(site, f"?q={quote('is:live')}"))["traces"]
        assert [one["outcome"] for one in live] == ["live"]
        # It says by then already who asks and what for, as the filter knows it.
        assert (live[0]["tags"], live[0]["key_id"] is not None) == (["nightly"], True)
        assert (await asked(site, f"?q={quote('is:live model:m-2')}"))["traces"] == []
        assert (await asked(site, f"?q={quote('-is:live')}"))["total"] == 3
    finally:
        recorder.release()
    await task
    await site.quiet()


async def test_what_is_kept_is_set_on_the_page(site: Site) -> None:
    kept = await asked(site, "/keeping")
    assert kept["traces"] >= 3
    assert kept["bytes"] > 0
    assert kept["database_bytes"] > kept["bytes"]
    assert (kept["keep_days"], kept["decided_by"]) == (None, "nobody")
    body = {"keep_days": 30, "keep_bytes": None}
    reply = await site.browse("PUT", "/api/traces/keeping", body)
    assert reply.status == 200, reply.text
    assert (reply.json["keep_days"], reply.json["decided_by"]) == (30, "page")
    wrong = await site.browse("PUT", "/api/traces/keeping", {"keep_days": 0, "keep_bytes": 1})
    assert wrong.status == 422


async def test_deleting_takes_what_is_shown_and_no_more(site: Site) -> None:
    (chat,) = await found(site, "caller:chat")
    tagged = await asked(site, f"?q={quote('tag:first')}", method="DELETE")
    assert tagged == {"deleted": 1}
    assert await found(site, "tag:first") == []
    assert await asked(site, f"/{chat['id']}", method="DELETE") == {"deleted": 1}
    await asked(site, f"/{chat['id']}", 404)
    await asked(site, f"/{chat['id']}", 404, method="DELETE")
    await asked(site, "", 422, method="DELETE")
    # The chat itself stays, and so do the sums.
    conversation = (await site.browse("GET", f"/api/conversations/{chat['conversation_id']}")).json
    assert [one["role"] for one in conversation["messages"]] == ["user", "assistant"]
    assert (await asked(site, "/series"))["totals"]["requests"] >= 3


async def test_the_file_decides_what_is_kept(tmp_path: Path, template: Path) -> None:
    config = "version: 1.2.1\nfilon:\n  retention: {days: 7, size: 2 GB}\n"
    async with running(settings_at(tmp_path / "home", config), template) as site:
        kept = await asked(site, "/keeping")
        assert (kept["keep_days"], kept["keep_bytes"]) == (7, 2_000_000_000)
        assert (kept["decided_by"], kept["origin"]) == ("file", "filon.yaml:3")
        body = {"keep_days": 30, "keep_bytes": None}
        reply = await site.browse("PUT", "/api/traces/keeping", body)
        assert (reply.status, reply.json["error"]["code"]) == (409, "kept_by_file")
        assert "filon.yaml:3" in reply.json["error"]["message"]
        assert site.house.keeper.deleted_last is None
        file = site.house.settings.home / "filon.yaml"
        file.write_text(file.read_text().replace("days: 7", "days: 8"))
        assert (await site.browse("POST", "/api/config/reload")).status == 200
        # What the file says counts at once, as what the page says does.
        await until(lambda: site.house.keeper.deleted_last is not None)
        assert (await asked(site, "/keeping"))["keep_days"] == 8
