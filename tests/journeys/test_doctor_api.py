"""The doctor as the page asks it, and as a person types it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from filon.doctor.step import TITLES
from tests.journeys.conftest import RECORDED
from tests.journeys.doctoring import REFUSED, healthy
from tests.journeys.process import filon
from tests.journeys.recorder import Recorder
from tests.journeys.replies import refusal
from tests.journeys.site import PROVIDER_KEY, Reply, Site


def lines(reply: Reply) -> list[dict[str, Any]]:
    """The reply's lines."""
    assert reply.status == 200, reply.text
    assert reply.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in reply.text.splitlines()]


async def test_the_steps_come_as_lines(site: Site, recorder: Recorder) -> None:
    recorder.answers(*healthy("m-1", "m-2"))
    told = lines(await site.browse("POST", "/api/endpoints/rec/doctor", {}))
    ended = [one for one in told if one["state"] != "running"]
    assert [one["name"] for one in ended] == list(TITLES)
    assert {one["state"] for one in ended} == {"ok", "skipped"}
    assert [one["name"] for one in told if one["state"] == "running"] == list(TITLES)
    chat = json.loads(recorder.last.body)
    assert (chat["model"], chat["max_tokens"]) == ("m-1", 1)


async def test_a_failure_has_its_finding_and_no_key(site: Site, recorder: Recorder) -> None:
    recorder.answers(refusal(401, f"Incorrect API key provided: {PROVIDER_KEY}"))
    reply = await site.browse("POST", "/api/endpoints/rec/doctor", {})
    stopped = next(one for one in lines(reply) if one["state"] == "failed")
    assert stopped["name"] == "accepted"
    assert stopped["finding"]["code"] == "key_refused"
    assert PROVIDER_KEY not in reply.text
    assert lines(reply)[-1]["state"] == "skipped"


async def test_model_and_chat_are_chosen(site: Site, recorder: Recorder) -> None:
    recorder.answers(*healthy("m-1", "m-2"))
    await site.browse("POST", "/api/endpoints/rec/doctor", {"model": "m-2"})
    assert json.loads(recorder.last.body)["model"] == "m-2"
    recorder.answers(*healthy())
    told = lines(await site.browse("POST", "/api/endpoints/rec/doctor", {"chat": False}))
    assert told[-1]["code"] == "not_asked"
    assert recorder.last.line.startswith("GET ")


async def test_who_may_not_and_what_is_not_there(site: Site) -> None:
    assert (await site.ask("POST", "/api/endpoints/rec/doctor", {})).status == 401
    unknown = await site.browse("POST", "/api/endpoints/nowhere/doctor", {})
    assert (unknown.status, unknown.error["code"]) == (404, "not_found")
    wrong = await site.browse("POST", "/api/endpoints/rec/doctor", {"chats": True})
    assert wrong.status == 422


async def test_every_kind_of_practice_in_a_running_server(site: Site) -> None:
    for name, stops in (("practice", None), ("practice-closed", "tcp"), ("practice-tls", "tls")):
        told = lines(await site.browse("POST", f"/api/endpoints/{name}/doctor", {}))
        stopped = [one["name"] for one in told if one["state"] == "failed"]
        assert stopped == ([stops] if stops else [])


# The command.


@pytest.fixture
def home(tmp_path: Path, template: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    shutil.copyfile(template, home / "filon.db")
    return home


def write(home: Path, recorder: Recorder) -> None:
    (home / "librechat.yaml").write_text(RECORDED % (recorder.url, recorder.url))


async def test_the_command_for_one(home: Path, recorder: Recorder) -> None:
    write(home, recorder)
    recorder.answers(*healthy("m-1", "m-2"))
    done = await filon(home, "doctor", "rec/m-2", environ={"REC_KEY": PROVIDER_KEY})
    assert done.code == 0, done.out + done.err
    for title in TITLES.values():
        assert title in done.out
    assert "rec works, m-2 answers." in done.out
    assert PROVIDER_KEY not in done.out
    # Nothing moves where nobody looks.
    assert "\x1b" not in done.out
    assert "\r" not in done.out


async def test_the_command_where_it_fails(home: Path, recorder: Recorder) -> None:
    write(home, recorder)
    recorder.answers(REFUSED)
    done = await filon(home, "doctor", "REC", environ={"REC_KEY": PROVIDER_KEY})
    assert done.code == 1
    assert "✗  Key accepted" in done.out
    assert "No auth credentials found" in done.out
    assert "Correct REC_KEY" in done.out
    unset = await filon(home, "doctor", "rec")
    assert unset.code == 1
    assert "export REC_KEY=" in unset.out


async def test_the_command_as_json(home: Path, recorder: Recorder) -> None:
    write(home, recorder)
    recorder.answers(*healthy())
    done = await filon(
        home, "doctor", "rec", "--json", "--no-chat", environ={"REC_KEY": PROVIDER_KEY}
    )
    told = json.loads(done.out)
    assert (told["endpoint"], told["model"], told["failed"]) == ("rec", "m-1", None)
    assert [one["name"] for one in told["steps"]] == list(TITLES)
    assert PROVIDER_KEY not in done.out


async def test_the_command_for_all(home: Path) -> None:
    url = "http://127.0.0.1:1/v1"
    (home / "librechat.yaml").write_text(RECORDED % (url, url))
    done = await filon(home, "doctor")
    assert done.code == 1
    told = {line.split()[1]: line for line in done.out.splitlines() if line[:1] in {*"✓!✗–"}}
    assert told["practice"].startswith("✓")
    assert told["fast"].startswith("✗")
    assert "TCP" in told["fast"]
    # Nobody may want it, so it is told and not counted.
    assert told["rec"].startswith("–")
    assert "REC_KEY" in told["rec"]
    as_json = await filon(home, "doctor", "--json")
    assert {one["endpoint"] for one in json.loads(as_json.out)["endpoints"]} >= {"rec", "practice"}


async def test_the_command_with_a_name_that_is_none(home: Path) -> None:
    done = await filon(home, "doctor", "practise")
    assert done.code == 1
    assert "Did you mean practice" in done.err


async def test_its_help_says_what_it_may_cost(home: Path) -> None:
    done = await filon(home, "doctor", "--help")
    assert "fraction" in done.out
    assert "--no-chat" in done.out
