"""Every export is run, with the most hostile of prompts: the same request arrives, byte for byte
where the form promises it, and nothing else happens."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from filon.trace.export.javascript import javascript
from filon.trace.export.python_http import python
from filon.trace.export.python_sdk import python_anthropic, python_openai
from filon.trace.export.shells import curl
from filon.trace.export.source import Exported, Source
from filon.trace.records import Attempt, Body, MaskedHeaders
from tests.exports import programs
from tests.journeys.recorder import Recorded, Recorder
from tests.journeys.replies import completion, spoken
from tests.journeys.replies_anthropic import message, text

KEY = "sk-of-the-reader"
ENVIRON = {"TEST_KEY": KEY}
PROMPTS = (
    'it\'s "quoted" $(touch x) `touch x` ${HOME} $TEST_KEY ; touch x & | > x < \\ \\\\ \\n %s !!',
    "\n#x *.yaml ~ '\"'\"' \t @file -d\r\n' \"\"\" ''' \\",
    "</script><script>require('fs').writeFileSync('x','')</script> `${process.exit(1)}`",
    "{{TEST_KEY}} {{$guid}} {x} {{ '{' }} %(x)s {0}",
    "nul \0 escape \x1b[2J\x07 bidi \u202etxt\u2066 \u2028 \ufeff 日本語 🪨 👩‍👩‍👧 é e\u0301",
)


def body_of(prompt: str, **more: Any) -> bytes:
    told = {"model": "m-1", "messages": [{"role": "user", "content": prompt}], **more}
    return json.dumps(told, ensure_ascii=False).encode()


# The last three are what no SDK can say: bytes that are no text, spelling, and an odd order.
EXACT = (
    *(body_of(prompt) for prompt in PROMPTS),
    body_of("x" * 300_000),
    b'{"model":"m-1","messages":[{"role":"user","content":"\xff\xfe \x00 \'$(touch x)"}]}',
    b'{ "messages" : [ ] ,\r\n\t"model":"m-\\u0031", "seed": 1.50E+2, "seed": 7 }\n',
    b"",
)


@pytest.fixture(scope="module")
async def recorder() -> AsyncIterator[Recorder]:
    async with Recorder().listening() as recorder:
        yield recorder


def source(url: str, body: bytes, protocol: str = "openai_chat", key: str = "bearer") -> Source:
    carrying = ("authorization", "Bearer ***") if key == "bearer" else ("x-api-key", "***")
    return Source(
        attempt=Attempt(
            number=1,
            endpoint="rec",
            model="m-1",
            method="POST",
            url=url,
            address=None,
            request_headers=MaskedHeaders(
                (
                    ("Host", "elsewhere"),
                    ("content-type", "application/json"),
                    ("accept", "application/json, text/event-stream"),
                    ("accept-encoding", "identity"),
                    ("user-agent", "filon/1"),
                    carrying,
                    ("x-mine", 'it\'s $(touch x) `touch x` "%s" {0} \\'),
                    ("Content-Length", "9"),
                )
            ),
            request_body=Body(body, tuple(range(20, len(body), 7000))),
            status=200,
        ),
        variable="TEST_KEY",
        protocol=protocol,
    )


def files(made: list[Exported], folder: Path) -> list[Path]:
    folder.mkdir(exist_ok=True)
    found = [folder / f"{number}.{one.ending}" for number, one in enumerate(made)]
    for file, one in zip(found, made, strict=True):
        file.write_text(one.text, encoding="utf-8", newline="")
    return found


def same(recorded: Recorded, sent: Source) -> None:
    """The same request, with the reader's key in the place of the other."""
    assert recorded.body == sent.body
    assert recorded.line == f"POST {sent.attempt.url.partition('127.0.0.1')[2][6:]} HTTP/1.1"
    headers = {name.lower(): value for name, value in recorded.headers}
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["host"].startswith("127.0.0.1")
    for name, value in sent.attempt.request_headers[1:-1]:
        assert name == "authorization" or headers[name] == value


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    """The folder in which programs run: it stays empty."""
    folder = tmp_path / "nowhere"
    folder.mkdir()
    return folder


def untouched(folder: Path) -> None:
    """No prompt became a command."""
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("form", ["bash", "dash", "python", "javascript"])
async def test_the_same_bytes_arrive(
    recorder: Recorder, tmp_path: Path, nowhere: Path, form: str
) -> None:
    recorder.answers(completion())
    url = f"http://127.0.0.1:{recorder.port}/v1/chat/completions?a=%20{{b}}"
    sources = [source(url, body) for body in EXACT]
    before = len(recorder.requests)
    make = {"python": python, "javascript": javascript}.get(form, curl)
    paths = files([make(one) for one in sources], tmp_path / "files")
    if form == "python":
        out = await programs.python(paths, nowhere, ENVIRON)
    elif form == "javascript":
        out = await programs.javascript(paths, nowhere, ENVIRON)
    else:
        out = b"".join([await programs.run([form, str(path)], nowhere, ENVIRON) for path in paths])
    assert out.count(b"Hello there.") == len(EXACT)
    arrived = recorder.requests[before:]
    assert len(arrived) == len(sources)
    for recorded, sent in zip(arrived, sources, strict=True):
        same(recorded, sent)
    untouched(nowhere)


async def test_the_sdk_of_openai_sends_the_same_json(
    recorder: Recorder, tmp_path: Path, nowhere: Path
) -> None:
    recorder.answers(*[completion()] * len(PROMPTS), spoken("Hello ", "there."))
    url = f"{recorder.url}/chat/completions"
    more: dict[str, Any] = {"temperature": 1e-7, "top_k": 3, "user": None, "a-b": [True, {}]}
    bodies = [body_of(prompt, **more) for prompt in PROMPTS]
    bodies.append(body_of("x", stream=True, stream_options={"include_usage": True}))
    before = len(recorder.requests)
    made = [python_openai(source(url, body)) for body in bodies]
    out = await programs.python(files(made, tmp_path / "files"), nowhere, ENVIRON)
    assert out.endswith(b"Hello there.\n")
    for recorded, body in zip(recorder.requests[before:], bodies, strict=True):
        assert json.loads(recorded.body) == json.loads(body)
        headers = {name.lower(): value for name, value in recorded.headers}
        assert headers["authorization"] == f"Bearer {KEY}"
        assert headers["x-mine"] == 'it\'s $(touch x) `touch x` "%s" {0} \\'
    untouched(nowhere)


async def test_the_sdk_of_anthropic_sends_the_same_json(
    recorder: Recorder, tmp_path: Path, nowhere: Path
) -> None:
    recorder.answers(message(text("Hello there.")))
    url = f"{recorder.url}/messages"
    bodies = [body_of(prompt, max_tokens=9, system="s", odd=1) for prompt in PROMPTS]
    before = len(recorder.requests)
    made = [
        python_anthropic(source(url, body, "anthropic_messages", key))
        for body, key in zip(bodies, ("own", "bearer") * len(bodies), strict=False)
    ]
    out = await programs.python(files(made, tmp_path / "files"), nowhere, ENVIRON)
    assert out.count(b"Hello there.") == len(bodies)
    arrived = recorder.requests[before:]
    for recorded, body in zip(arrived, bodies, strict=True):
        assert json.loads(recorded.body) == json.loads(body)
        headers = {name.lower(): value for name, value in recorded.headers}
        # Which of the two carries an `api_key` is the SDK's own affair, and changed with 2.0.
        told = {"authorization": f"Bearer {KEY}", "x-api-key": KEY}
        carried = {name: headers[name] for name in told if name in headers}
        assert carried
        assert all(told[name] == value for name, value in carried.items())
    untouched(nowhere)
