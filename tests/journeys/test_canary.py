"""Keys with a face one would recognise are used in every way, echoed by the provider in every
place; afterwards they are found nowhere."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from filon.config.load import load
from filon.server.exporting import FORMS
from tests.journeys.kept import files_of
from tests.journeys.process import filon
from tests.journeys.recorder import Recorder, Script
from tests.journeys.replies import (
    DONE,
    EVENTS,
    JSON,
    START,
    STOP,
    answer,
    delta,
    event,
    refusal,
    spoken,
    stream,
    whole,
)
from tests.journeys.site import ME, ONCE, Site, running

FROM_VARIABLE = "sk-CANARY-variable-0123456789abcdefghij"
IN_FILE = "sk-CANARY-literal-0123456789abcdefghij"
IN_HEADER = "CANARY-header-0123456789abcdefghij"

CONFIG = f"""
version: 1.2.1
endpoints:
  custom:
    - name: variable
      apiKey: "${{KEY}}"
      baseURL: "%s"
      models: {{default: [m-1], fetch: true}}
      headers: {{X-Team-Token: "${{TOKEN}}"}}
      titleModel: m-1
    - name: literal
      apiKey: {IN_FILE}
      baseURL: "%s"
      models: {{default: [m-1]}}
      titleConvo: false
"""
KEYS = {"variable": FROM_VARIABLE, "literal": IN_FILE}


def echoes(key: str) -> list[Script]:
    """Replies that tell the key: in a header, a body, across two pieces, an error, a page."""
    half = len(key) // 2
    said = f"You sent Authorization: Bearer {key}"
    header = ("x-your-key", key)
    cut = json.dumps({"error": {"message": "x" * 16_330 + key}}).encode()
    return [
        spoken("Fine."),
        (whole(answer(said), JSON, header),),
        stream(START, delta(said), STOP, DONE),
        stream(START, delta("Your key: " + key[:half]), delta(key[half:] + "!"), STOP, DONE),
        stream(START, delta("x"), *halves(delta(said), key), STOP, DONE),
        stream(START, delta("x"), event(error={"message": said, "code": 500})),
        stream(START, delta("x"), b"data: {" + key.encode() + b"}\n\n"),
        refusal(401, f"Incorrect API key provided: {key}", header),
        refusal(500, said, code=key, type=key, param=key),
        refusal(429, said, ("retry-after", "1"), ("set-cookie", f"k={key}")),
        (whole(f"<title>{key}</title>".encode(), ("content-type", "text/html"), status=502),),
        (whole(cut, JSON, status=400),),
        (whole(key.encode(), EVENTS),),
    ]


def halves(frame: bytes, key: str) -> tuple[bytes, bytes]:
    """One frame in two pieces, cut in the middle of the key."""
    middle = frame.index(key.encode()) + len(key) // 2
    return frame[:middle], frame[middle:]


@pytest.fixture(params=[False, True], ids=["text", "json"])
async def canary(
    request: pytest.FixtureRequest, tmp_path: Path, template: Path, recorder: Recorder
) -> AsyncIterator[Site]:
    file = tmp_path / "librechat.yaml"
    file.write_text(CONFIG % (recorder.url, recorder.url))
    home = tmp_path / "home"
    home.mkdir()
    environ = {
        "KEY": FROM_VARIABLE,
        "TOKEN": IN_HEADER,
        "FILON_CONFIG": str(file),
        "FILON_LOCAL_SERVERS": "off",
    }
    loaded = load(environ, cwd=tmp_path, home=home, port=0)
    settings = replace(loaded, log_json=request.param, retries=ONCE)
    async with running(settings, template) as site:
        yield site


async def use_everything(site: Site, recorder: Recorder) -> str:
    """Asks in every way and is answered in every way; all that callers were told."""
    told: list[str] = []
    for endpoint, key in KEYS.items():
        for script in echoes(key):
            recorder.answers(script)
            told += await ask_in_every_way(site, f"{endpoint}/m-1")
            if endpoint == "variable":
                path = f"/api/endpoints/{endpoint}/fetch-models"
                told.append((await site.browse("POST", path)).text)
        recorder.answers(spoken("Fine."))
        told += await tell_the_key(site, endpoint, key)
    return "\n".join(told)


async def ask_in_every_way(site: Site, model: str) -> list[str]:
    body: dict[str, Any] = {"model": model, "messages": [{"role": "user", "content": "x"}]}
    errors: list[str] = []
    for streamed in (False, True):
        reply = await site.program({**body, "stream": streamed})
        # A good reply is the provider's own words to the caller; an error is ours.
        if reply.status >= 400:
            errors.append(f"{reply.text} {dict(reply.headers)}")
        elif streamed:
            errors += [line for line in reply.text.split("\n") if '{"error":' in line]
    sent = await site.browse("POST", "/api/chat/send", {"model": model, "text": "x"})
    assert sent.status == 200
    await site.quiet()
    return [*errors, sent.text]


async def tell_the_key(site: Site, endpoint: str, key: str) -> list[str]:
    """A person or a program writes the key where it does not belong."""
    model, told = f"{endpoint}/m-1", list[str]()
    body: dict[str, Any] = {"model": model, "messages": [{"role": "user", "content": key}]}
    for secret in (key, site.key):
        strange = {"x-api-key": secret, "api-key": secret, "cookie": f"a={secret}"}
        await site.program({**body, "user": secret, secret: [secret]}, headers=strange)
        await site.program({**body, "model": f"variable/{secret}"})
        sent = await site.browse(
            "POST",
            "/api/chat/send",
            {"model": model, "text": f"My key is {secret}", "parameters": {"user": secret}},
        )
        told.append(sent.text)
        await site.quiet()
    return told


async def pages(site: Site) -> list[str]:
    """Every page of the API that shows something."""
    found: list[str] = []
    for path in ("me", "status", "config", "models", "endpoints", "conversations", "keys"):
        found.append((await site.browse("GET", f"/api/{path}")).text)
    for chat in json.loads(found[5])["conversations"]:
        found.append((await site.browse("GET", f"/api/conversations/{chat['id']}")).text)
    listed = await site.browse("GET", "/api/traces?limit=500")
    found.append(listed.text)
    for trace in listed.json["traces"]:
        found.append((await site.browse("GET", f"/api/traces/{trace['id']}")).text)
        # The reply stands in a HAR; the others say the request again, each in its words.
        for form in FORMS if len(found) < 60 else ("har",):
            path = f"/api/traces/{trace['id']}/export?as={form}"
            found.append((await site.browse("GET", path)).text)
    return found


def check(what: str, told: str | bytes, secrets: list[str]) -> None:
    data = told.encode() if isinstance(told, str) else told
    for secret in secrets:
        # What is left of a key that was cut off counts too.
        for part in (secret, secret[:-6], secret[:24]):
            place = data.find(part.encode())
            assert place < 0, f"{what}: {data[max(0, place - 200) : place + 80]!r}"


async def test_no_key_is_found_anywhere(canary: Site, recorder: Recorder) -> None:
    secrets = [FROM_VARIABLE, IN_FILE, IN_HEADER, canary.key, canary.cookie]
    told = await use_everything(canary, recorder)
    await canary.quiet()
    assert len(recorder.requests) > 100
    assert {
        key for key in KEYS.values() if any(key.encode() in one.head for one in recorder.requests)
    }
    check("an error that a caller was told", told, secrets)
    check("the log", canary.log.getvalue(), secrets)
    for page in await pages(canary):
        check("a page", page, secrets)
    files = dict(files_of(canary.house.settings.home))
    assert {"filon.db", "filon.db-wal"} <= files.keys()
    for name, data in files.items():
        check(name, data, secrets)


@pytest.mark.parametrize("canary", [False], indirect=True)
async def test_no_command_tells_a_key(canary: Site, recorder: Recorder) -> None:
    recorder.answers(refusal(401, f"Incorrect API key provided: {FROM_VARIABLE}"))
    await ask_in_every_way(canary, "variable/m-1")
    home = canary.house.settings.home
    for words in (
        ("trace", "list"),
        ("trace", "show", "last"),
        ("trace", "show", "last", "--json"),
        ("trace", "curl", "last"),
        *(("trace", "export", "last", "--as", form) for form in ("har", "json")),
        ("keys", "list"),
    ):
        done = await filon(home, *words)
        assert done.code == 0, done.err
        assert len(done.out) > 40
        check(" ".join(words), done.out + done.err, [FROM_VARIABLE, IN_HEADER, canary.key])
        assert words[1] not in ("curl", "export") or "json" in words or "$KEY" in done.out


async def test_deltas_of_a_chat_are_masked_too(canary: Site, recorder: Recorder) -> None:
    said = f"You sent Bearer {FROM_VARIABLE}"
    recorder.answers(stream(START, delta(said), STOP, DONE))
    frames = canary.house.live.frames(ME, None)
    await canary.browse("POST", "/api/chat/send", {"model": "variable/m-1", "text": "x"})
    told = ""
    while "message.finished" not in told:
        told += (await anext(frames)).decode()
    check("the event stream", told, [FROM_VARIABLE])
    assert "You sent Bearer" in told
