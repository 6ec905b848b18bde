"""What the trace says was sent is, byte for byte, what the provider received."""

import json
from pathlib import Path
from typing import Any

import pytest

from filon.store.trace_blob import bare
from filon.store.traces import Trace
from filon.trace.records import Attempt
from tests.journeys.recorder import Recorded, Recorder
from tests.journeys.replies import completion, spoken
from tests.journeys.site import ME, PROVIDER_KEY, Site, running, settings_of

UNICODE = "Grüße, 世界 👩‍👩‍👧 \u2028 \u0000 \\ \" ' </script> \ud7ff \U0010ffff"


def masked(key: str) -> str:
    """A key as the trace shows it."""
    return "*" * (len(key) - 4) + key[-4:]


async def compare(site: Site, recorded: Recorded) -> Trace:
    """Holds the newest trace against what came over the socket."""
    page = await site.last_trace()
    stored = await site.house.store.traces.get(ME, page["trace"]["id"])
    (attempt,) = [record for record in stored.records if isinstance(record, Attempt)]
    assert attempt.request_body.data == recorded.body
    sent = [
        (name, value.replace(PROVIDER_KEY, masked(PROVIDER_KEY)))
        for name, value in recorded.headers
    ]
    assert list(attempt.request_headers) == sent
    path = attempt.url.partition("127.0.0.1")[2].partition("/")[2]
    assert recorded.line == f"{attempt.method} /{path} HTTP/1.1"
    (shown,) = [record for record in page["records"] if record["type"] == "attempt"]
    assert shown["request_body"] == {
        "text": recorded.body.decode(),
        "size": len(recorded.body),
        "exact": True,
    }
    return stored


@pytest.mark.parametrize("stream", [False, True])
async def test_a_program_s_request(site: Site, recorder: Recorder, stream: bool) -> None:
    recorder.answers(spoken("a", "b") if stream else completion())
    body = {
        "model": "rec/m-1",
        "messages": [{"role": "user", "content": UNICODE}],
        "temperature": 0.25,
        "logit_bias": {"50256": -100},
        "stream": stream,
    }
    reply = await site.program(body)
    assert reply.status == 200
    await compare(site, recorder.last)
    assert json.loads(recorder.last.body)["messages"] == body["messages"]


async def test_a_request_that_was_sent_twice(site: Site, recorder: Recorder) -> None:
    """The connection that was kept was closed: the trace says that it went out again."""
    recorder.answers(completion(), ("close",), completion())
    body = {"model": "rec/m-1", "messages": [{"role": "user", "content": "x"}]}
    for _ in range(2):
        assert (await site.program(body)).status == 200
    assert recorder.requests[1].body == recorder.requests[2].body
    (attempt,) = [
        record for record in (await site.last_trace())["records"] if record["type"] == "attempt"
    ]
    assert (attempt["timing"]["reused"], attempt["timing"]["retried_stale"]) == (False, True)


async def test_the_head_is_ours_alone(site: Site, recorder: Recorder) -> None:
    """Nothing of the caller's head travels on: no cookie, no key, no name of its program."""
    recorder.answers(completion())
    body = {"model": "rec/m-1", "messages": [{"role": "user", "content": "x"}]}
    strange = {"x-secret-of-mine": "1", "cookie": "a=b", "user-agent": "mine/1", "forwarded": "me"}
    await site.program(body, headers=strange)
    assert sorted(name.lower() for name, _ in recorder.last.headers) == [
        "accept",
        "accept-encoding",
        "authorization",
        "content-length",
        "content-type",
        "host",
        "user-agent",
    ]
    sent = dict(recorder.last.headers)
    assert sent["authorization"] == f"Bearer {PROVIDER_KEY}"
    await compare(site, recorder.last)


async def test_messages_keep_their_own_spelling(site: Site, recorder: Recorder) -> None:
    recorder.answers(completion())
    message = (
        b'{ "role":"user" ,\n\t"content": [{"type":"text","text":"\\u00e9 \\/ \xc3\xa9"}],'
        b' "odd":[1.0, 1e2, 1E+2, -0.0, 12345678901234567890123, 0.10],"odd2":{}  }'
    )
    data = b'{"messages":[ ' + message + b' ] , "top_k": 5, "model":"rec/m-1"}'
    reply = await site.program(None, data=data)
    assert reply.status == 200, reply.text
    assert recorder.last.body == b'{"model":"m-1","messages":[' + message + b'],"top_k":5}'
    await compare(site, recorder.last)


async def test_a_large_request_is_stored_in_pieces_and_comes_back_whole(
    site: Site, recorder: Recorder
) -> None:
    recorder.answers(completion())
    history: list[dict[str, Any]] = []
    for number in range(12):
        history.append({"role": "user", "content": f"{number} {UNICODE}" * 40})
        await site.program({"model": "rec/m-1", "messages": history, "seed": number})
        assert len(recorder.last.body) > 4096 or number == 0
        await compare(site, recorder.last)
        history.append({"role": "assistant", "content": "Hello there."})


async def test_a_body_of_megabytes(site: Site, recorder: Recorder) -> None:
    recorder.answers(completion())
    messages = [{"role": "user", "content": "x" * 6_000_000}]
    reply = await site.program({"model": "rec/m-1", "messages": messages})
    assert reply.status == 200
    await compare(site, recorder.last)


async def test_a_chat_s_requests(site: Site, recorder: Recorder) -> None:
    recorder.answers(spoken("Hello", " there"))
    text = UNICODE.replace("\0", "")
    body: dict[str, Any] = {"model": "rec/m-1", "text": text, "parameters": {"temperature": 1.0}}
    sent = (await site.browse("POST", "/api/chat/send", body)).json
    await recorder.request(0)
    await compare(site, recorder.last)
    body["conversation_id"] = sent["conversation"]["id"]
    body["parent_id"] = sent["answer"]["id"]
    body["text"] = "And then?"
    assert (await site.browse("POST", "/api/chat/send", body)).status == 200
    await recorder.request(1)
    await compare(site, recorder.last)
    assert json.loads(recorder.last.body)["messages"] == [
        {"role": "user", "content": text},
        {"role": "assistant", "content": "Hello there"},
        {"role": "user", "content": "And then?"},
    ]


TITLED = """
endpoints:
  custom:
    - name: rec
      apiKey: "${REC_KEY}"
      baseURL: "%s"
      models: {default: [m-1]}
      titleModel: t-1
      headers: {X-Team: "blue", x-odd: "a  b"}
      addParams: {safe_prompt: true, temperature: 0.5}
      dropParams: [top_p]
"""


async def test_a_body_that_goes_on_unchanged_is_kept_once(site: Site, recorder: Recorder) -> None:
    recorder.answers(completion())
    asked = b'{"model":"m-1","messages":[{"role":"user","content":"%s"}],"temperature":0.5}' % (
        b"Hello" * 1000
    )
    assert (await site.program(None, data=asked)).status == 200
    stored = await compare(site, recorder.last)
    assert recorder.last.body == asked
    kept = bare(stored.records)
    assert [body.data for body in kept.bodies] == [asked]


async def test_a_title_s_request(tmp_path: Path, template: Path, recorder: Recorder) -> None:
    recorder.answers(spoken("Hello"), completion("A fine title"))
    settings = settings_of(tmp_path / "home", TITLED % recorder.url, {"REC_KEY": PROVIDER_KEY})
    async with running(settings, template) as site:
        body = {"model": "rec/m-1", "text": "Hi", "parameters": {"top_p": 0.5}}
        await site.browse("POST", "/api/chat/send", body)
        asked, titled = await recorder.request(0), await recorder.request(1)
        assert b'"model":"t-1"' in titled.body
        assert b"top_p" not in asked.body
        assert b'"safe_prompt":true' in asked.body
        assert dict(asked.headers)["x-team"] == "blue"
        await compare(site, titled)


async def test_the_reply_s_frames_are_what_came(site: Site, recorder: Recorder) -> None:
    script = spoken("Grüße", " 👩‍👩‍👧", " there")
    recorder.answers(script)
    body = {"model": "rec/m-1", "messages": [{"role": "user", "content": "x"}], "stream": True}
    reply = await site.program(body)
    stored = await compare(site, recorder.last)
    (attempt,) = [record for record in stored.records if isinstance(record, Attempt)]
    frames = attempt.frames.data
    sent = b"".join(part for part in script if isinstance(part, bytes))
    assert frames in dechunked(sent)
    assert frames.endswith(b"data: [DONE]\n\n")
    assert attempt.status == 200
    assert ("content-type", "text/event-stream") in attempt.reply_headers
    # All the same to the caller, less the usage that only we asked for and with its own name.
    assert reply.body.count(b"data: ") == frames.count(b"data: ") - 1
    assert reply.body.replace(b"rec/m-1", b"m-1-2026") in frames.replace(usage_frame(frames), b"")


def dechunked(raw: bytes) -> bytes:
    body = raw.partition(b"\r\n\r\n")[2]
    parts: list[bytes] = []
    while body:
        size, _, body = body.partition(b"\r\n")
        parts.append(body[: int(size, 16)])
        body = body[int(size, 16) + 2 :]
    return b"".join(parts)


def usage_frame(frames: bytes) -> bytes:
    (frame,) = [one + b"\n\n" for one in frames.split(b"\n\n") if b"prompt_tokens" in one]
    return frame
