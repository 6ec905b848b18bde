"""What the server exports, read by the programs of others: the HAR by har-validator, the Postman
collection run by newman; and each form as it is downloaded."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from filon.server.exporting import FORMS
from tests.exports import programs
from tests.journeys.process import filon
from tests.journeys.recorder import Script
from tests.journeys.replaying import KEY, Place, replaying
from tests.journeys.replies import completion, refusal, spoken

PROMPT = "{{REC_KEY}} {{$guid}} it's $(touch x) </script> \u202e \x1b[2J 🪨"
BODY: dict[str, Any] = {"model": "rec/m-1", "messages": [{"role": "user", "content": PROMPT}]}
TYPES = {
    "curl": "text/x-shellscript",
    "powershell": "text/plain",
    "python": "text/x-python",
    "python-openai": "text/x-python",
    "javascript": "text/javascript",
    "har": "application/json",
    "postman": "application/json",
    "json": "application/json",
}


@pytest.fixture(scope="module", autouse=True)
def installed() -> None:
    programs.install()


@pytest.fixture(scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory, template: Path) -> AsyncIterator[Place]:
    async with replaying(tmp_path_factory.mktemp("exports") / "home", template) as place:
        yield place


async def exported(place: Place, trace_id: str, form: str, **more: Any) -> str:
    query = "".join(f"&{name}={value}" for name, value in more.items())
    reply = await place.site.browse("GET", f"/api/traces/{trace_id}/export?as={form}{query}")
    assert reply.status == 200, reply.text
    return reply.text


async def test_every_form_as_it_is_downloaded(place: Place) -> None:
    place.first.answers(completion())
    trace_id = await place.asked(BODY)
    assert TYPES.keys() | {"python-anthropic"} == set(FORMS)
    for form, media_type in TYPES.items():
        reply = await place.site.browse("GET", f"/api/traces/{trace_id}/export?as={form}")
        assert reply.status == 200, reply.text
        assert reply.headers["content-type"].startswith(media_type)
        name = re.fullmatch(r'attachment; filename="(\S+)"', reply.headers["content-disposition"])
        assert name is not None
        assert name[1].startswith(trace_id)
        assert KEY not in reply.text
        assert form == "json" or "REC_KEY" in reply.text
    path = f"/api/traces/{trace_id}/export"
    refused = await place.site.browse("GET", f"{path}?as=python-anthropic")
    assert (refused.status, refused.error["code"]) == (400, "not_exportable")
    assert (await place.site.browse("GET", f"{path}?as=pdf")).status == 422
    assert (await place.site.browse("GET", f"{path}?as=curl&attempt=2")).status == 404
    whole = json.loads(await exported(place, trace_id, "json"))
    assert whole["schema"] == "filon.trace/1"
    assert whole["trace"]["id"] == trace_id
    assert whole["records"] == (await place.site.trace(trace_id))["records"]
    curl = (await place.site.browse("GET", f"/api/traces/{trace_id}/curl")).text
    assert curl == await exported(place, trace_id, "curl")


async def test_a_trace_that_sent_nothing_has_nothing_to_repeat(place: Place) -> None:
    reply = await place.site.program({**BODY, "model": "rec/nobody"})
    trace_id = reply.headers["x-filon-trace"]
    for form in FORMS:
        reply = await place.site.browse("GET", f"/api/traces/{trace_id}/export?as={form}")
        assert (reply.status == 200) == (form == "json")


async def test_har_validator_takes_every_archive(place: Place, tmp_path: Path) -> None:
    statuses: list[int] = []
    scripts: list[Script] = [completion(), spoken("a", "b"), refusal(429, "no"), ("cut",)]
    for script in scripts:
        place.first.answers(script)
        reply = await place.site.program({**BODY, "stream": len(statuses) == 1})
        await place.site.quiet()
        text = await exported(place, reply.headers["x-filon-trace"], "har")
        (entry,) = json.loads(text)["log"]["entries"]
        assert entry["_filon"]["endpoint"] == "rec"
        statuses.append(entry["response"]["status"])
        file = tmp_path / "archive.har"
        file.write_text(text, encoding="utf-8")
        words = ["sh", "-c", f'exec "{programs.node()}" har.mjs < "{file}"']
        await programs.run(words, programs.FOLDER)
    # Of the last, no reply came at all.
    assert statuses == [200, 200, 429, 0]


async def test_newman_runs_the_collection(place: Place, tmp_path: Path) -> None:
    place.first.answers(completion())
    trace_id = await place.asked(BODY)
    was = place.first.last
    file = tmp_path / "collection.json"
    file.write_text(await exported(place, trace_id, "postman"), encoding="utf-8")
    newman = programs.FOLDER / "node_modules" / "newman" / "bin" / "newman.js"
    words = [programs.node(), str(newman), "run", str(file), "--env-var", f"REC_KEY={KEY}"]
    await programs.run([*words, "--reporters", "json", "--disable-unicode"], tmp_path)
    now = place.first.last
    assert now is not was
    assert now.line == was.line
    # The second of two braces is written by its number, so that Postman fills nothing in.
    assert now.body != was.body
    assert json.loads(now.body) == json.loads(was.body)
    before = {name.lower(): value for name, value in was.headers}
    after = {name.lower(): value for name, value in now.headers}
    for name in before.keys() - {"content-length"}:
        assert after[name] == before[name]


async def test_the_command_writes_files(place: Place, tmp_path: Path) -> None:
    place.first.answers(completion())
    trace_id = await place.asked(BODY)
    await place.site.quiet()
    home = place.site.house.settings.home
    done = await filon(home, "trace", "export", trace_id, "--as", "har", "-o", str(tmp_path))
    assert (done.code, done.out) == (0, "")
    told = json.loads((tmp_path / f"{trace_id}.har").read_text(encoding="utf-8"))
    assert told["log"]["entries"][0]["request"]["method"] == "POST"
    refused = await filon(home, "trace", "export", trace_id, "--as", "python-anthropic")
    assert (refused.code, refused.out) == (1, "")
    assert "Take python" in refused.err
