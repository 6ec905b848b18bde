"""`filon explain`: what it says would be sent is what is sent, and every line has its cause."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.process import Done, filon
from tests.journeys.recorder import Recorder
from tests.journeys.replies import spoken, stream

FILE = """\
version: 1.3.13
endpoints:
  custom:
    - name: Rec
      apiKey: ${REC_KEY}
      baseURL: %s
      models: {default: [m-1, m-2]}
      addParams: {safe_prompt: false, temperature: 0.2}
      dropParams: [stop, user, frequency_penalty]
      customParams: {paramDefinitions: [{key: top_p, default: 0.95}]}
    - name: Keyless
      apiKey: ${NOT_SET_KEY}
      baseURL: http://127.0.0.1:9/v1
      models: {default: [m]}
    - name: Nameless models
      apiKey: k
      baseURL: http://127.0.0.1:9/v1
      models: {fetch: true, default: []}
"""
KEY = "sk-canary-0123456789abcdef"
ENVIRON = {"REC_KEY": KEY}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    return home


def written(home: Path, url: str = "http://127.0.0.1:9/v1") -> Path:
    path = home / "librechat.yaml"
    path.write_text(FILE % url, encoding="utf-8")
    return path


async def explain(home: Path, *words: str) -> Done:
    done = await filon(home, "explain", *words, environ=ENVIRON)
    assert KEY not in done.out + done.err
    return done


async def as_json(home: Path, *words: str) -> dict[str, Any]:
    done = await explain(home, *words, "--json")
    assert done.code == 0, done.err
    return json.loads(done.out)


async def test_what_it_shows_is_what_is_sent(home: Path) -> None:
    async with Recorder().listening() as recorder:
        recorder.answers(stream(*spoken("Hello")))
        written(home, recorder.url)
        told = await as_json(home, "Rec/m-2", "--prompt", "What is ore?")
        asked = await filon(home, "ask", "Rec/m-2", "What is ore?", environ=ENVIRON)
        assert asked.code == 0, asked.err
        (request,) = recorder.requests
    assert json.loads(request.body) == told["body"]
    assert told["bytes"]["sent"] == len(request.body)
    assert {name.lower() for name in told["header_names"]} <= {
        name.lower() for name, _ in request.headers
    }


async def test_each_parameter_has_its_cause(home: Path) -> None:
    written(home)
    done = await explain(home, "Rec", "--set", "temperature=0.9", "--set", "user=me")
    assert done.code == 0, done.err
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    for told in (
        "model Rec/m-1",
        "temperature 0.9 temperature 0.2 added librechat.yaml:8 addParams.temperature",
        "user me – dropped librechat.yaml:9 dropParams[1]",
        "top_p – top_p 0.95 defaulted librechat.yaml:10",
        "safe_prompt – safe_prompt false added librechat.yaml:8 addParams.safe_prompt",
        'stop ["END"] – dropped librechat.yaml:9 dropParams[0]',
    ):
        assert any(line.startswith(told) for line in lines), (told, done.out)


async def test_one_parameter_step_by_step(home: Path) -> None:
    written(home)
    told = await as_json(home, "Rec", "temperature", "--set", "temperature=1.5")
    steps = told["steps"]["temperature"]
    assert [(step["rules"], step["decision"]["sent"]) for step in steps] == [
        ("asked", 1.5),
        ("addParams", 0.2),
    ]
    dropped = (await as_json(home, "Rec", "frequencyPenalty"))["steps"]["frequency_penalty"]
    assert [step["decision"]["decision"] for step in dropped] == ["renamed", "dropped"]
    assert dropped[-1]["decision"]["because"]["line"] == 9


async def test_bytes_saved_by_drops(home: Path) -> None:
    written(home)
    told = await as_json(home, "Rec", "--set", 'stop=["one","two"]', "--no-stream")
    asked, sent = told["weights"]["stop"]
    assert (asked, sent) == (len(',"stop":["one","two"]'), 0)
    assert told["bytes"]["saved"] == told["bytes"]["asked"] - told["bytes"]["sent"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nope",), "There are Rec, Keyless"),
        (("Rec/m-9",), "There is no model Rec/m-9"),
        (("Rec", "--set", "temperature"), "--set takes NAME=VALUE"),
        ((), "Name an endpoint"),
    ],
)
async def test_what_cannot_be_explained_is_told(
    home: Path, words: tuple[str, ...], told: str
) -> None:
    written(home)
    done = await explain(home, *words)
    assert done.code != 0
    assert told in done.err


async def test_an_endpoint_that_waits_for_its_key_is_explained_too(home: Path) -> None:
    written(home)
    done = await explain(home, "Keyless")
    assert done.code == 1
    assert "NOT_SET_KEY is not set" in done.out
    assert '"model": "m"' in done.out


async def test_practice_needs_no_file(home: Path) -> None:
    done = await explain(home, "practice-mistral", "seed")
    assert done.code == 0, done.err
    assert "random_seed 7" in done.out
    assert "mistral.toml:" in done.out


async def test_settings_say_where_they_come_from(home: Path) -> None:
    path = written(home)
    done = await filon(
        home,
        "explain",
        "--settings",
        "--config",
        str(path),
        environ=ENVIRON | {"FILON_PORT": "9000", "FILON_LOG": "json"},
    )
    assert done.code == 0, done.err
    rows = {line.split()[0]: line for line in done.out.splitlines() if line.strip()}
    assert "flag --config" in rows["config"]
    assert "9000" in rows["port"]
    assert "environment FILON_PORT" in rows["port"]
    assert "environment FILON_LOG" in rows["log_json"]
    assert "default" in rows["host"]
    assert "librechat.yaml:4" in rows["Rec"]
    assert "NOT_SET_KEY is not set" in rows["Keyless"]
    assert KEY not in done.out
