"""How a conversation gets its title: first words at once, a model's later, a person's for good."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.recorder import Recorder, Script
from tests.journeys.replies import completion, refusal, spoken
from tests.journeys.site import Site, running, settings_of, until

CONFIG = """
version: 1.2.1
endpoints:
  custom:
    - name: rec
      apiKey: none
      baseURL: "%s"
      models: {default: [m-1]}
      %s
"""
TEXT = "Please tell me how gold came into the quartz veins of the Alps, and when."
WORDS = "Please tell me how gold came into the quartz …"


async def talk(site: Site, text: str = TEXT, **fields: Any) -> dict[str, Any]:
    """One message and its answer; the conversation as it is when all is quiet."""
    reply = await site.browse(
        "POST", "/api/chat/send", {"model": "rec/m-1", "text": text, **fields}
    )
    assert reply.status == 200, reply.text
    sent = reply.json
    chats = site.house.chats
    await until(lambda: not chats._tasks)  # pyright: ignore[reportPrivateUsage]
    page = await site.browse("GET", f"/api/conversations/{sent['conversation']['id']}")
    return page.json["conversation"]


async def traces(site: Site, caller: str) -> list[dict[str, Any]]:
    await site.quiet()
    return (await site.browse("GET", f"/api/traces?caller={caller}")).json["traces"]


@pytest.mark.parametrize(
    ("rule", "model"),
    [("titleModel: t-9", "t-9"), ("titleConvo: true", "m-1"), ("titleModel: current_model", "m-1")],
)
async def test_a_model_writes_the_title(
    tmp_path: Path, template: Path, recorder: Recorder, rule: str, model: str
) -> None:
    recorder.answers(spoken("From hot water."), completion('"Gold in **Alpine** veins."\n'))
    settings = settings_of(tmp_path / "home", CONFIG % (recorder.url, rule))
    async with running(settings, template) as site:
        chat = await talk(site)
        assert chat["title"] == "Gold in **Alpine** veins"
        asked, titled = recorder.requests
        sent = json.loads(titled.body)
        assert sent["model"] == model
        assert TEXT in sent["messages"][0]["content"]
        assert "From hot water." in sent["messages"][0]["content"]
        assert json.loads(asked.body)["model"] == "m-1"
        (trace,) = await traces(site, "title")
        assert trace["mark"] == "title"
        assert trace["model"] == f"rec/{model}"
        assert trace["message_id"] is None
        await talk(site, "And silver?", conversation_id=chat["id"], parent_id=chat["active"])
        assert len(recorder.requests) == 3
        assert len(await traces(site, "title")) == 1


@pytest.mark.parametrize(
    ("script", "asked"),
    [
        (refusal(500, "no"), 1),
        (completion(""), 1),
        (completion("<think>hm</think>  \n"), 1),
        # A connection kept from the chat that ends without a word is replaced once.
        (("close",), 2),
        ((b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nno...",), 1),
    ],
)
async def test_the_first_words_stay_where_the_model_fails(
    tmp_path: Path, template: Path, recorder: Recorder, script: Script, asked: int
) -> None:
    recorder.answers(spoken("From hot water."), script)
    settings = settings_of(tmp_path / "home", CONFIG % (recorder.url, "titleModel: m-1"))
    async with running(settings, template) as site:
        assert (await talk(site))["title"] == WORDS
        assert len(recorder.requests) == 1 + asked
        assert len(await traces(site, "title")) == 1


async def test_no_title_where_none_is_wanted(
    tmp_path: Path, template: Path, recorder: Recorder
) -> None:
    recorder.answers(spoken("From hot water."))
    settings = settings_of(tmp_path / "home", CONFIG % (recorder.url, "titleConvo: false"))
    async with running(settings, template) as site:
        assert (await talk(site))["title"] == WORDS
        assert len(recorder.requests) == 1


async def test_no_title_of_an_answer_that_failed(
    tmp_path: Path, template: Path, recorder: Recorder
) -> None:
    recorder.answers(refusal(500, "no"))
    settings = settings_of(tmp_path / "home", CONFIG % (recorder.url, "titleModel: m-1"))
    async with running(settings, template) as site:
        assert (await talk(site))["title"] == WORDS
        assert len(recorder.requests) == 1


async def test_a_person_s_title_stays(tmp_path: Path, template: Path, recorder: Recorder) -> None:
    slow: Script = (0.3, *spoken("Slowly."))
    recorder.answers(slow, completion("A model's title"))
    settings = settings_of(tmp_path / "home", CONFIG % (recorder.url, "titleModel: m-1"))
    async with running(settings, template) as site:
        sent = await site.browse("POST", "/api/chat/send", {"model": "rec/m-1", "text": TEXT})
        path = f"/api/conversations/{sent.json['conversation']['id']}"
        assert (await site.browse("PATCH", path, {"title": "Mine"})).status == 200
        chats = site.house.chats
        await until(lambda: not chats._tasks)  # pyright: ignore[reportPrivateUsage]
        page = await site.browse("GET", path)
        assert page.json["conversation"]["title"] == "Mine"
