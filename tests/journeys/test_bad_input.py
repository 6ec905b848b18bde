"""Whatever comes in at a door: the right status, a clear error in that door's own shape, and never
a 500 or a hang."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from filon.server.security import COOKIE
from tests.journeys.conftest import RECORDED
from tests.journeys.recorder import Recorder
from tests.journeys.site import Reply, Site, running, settings_of
from tests.waiting import LONG

MESSAGES = [{"role": "user", "content": "x"}]
DEEP = 100_000


@pytest.fixture(scope="module")
async def bad_site(tmp_path_factory: pytest.TempPathFactory, template: Path) -> AsyncIterator[Site]:
    """One server for all of it, which must meet no fault of its own and ask no provider."""
    home = tmp_path_factory.mktemp("bad") / "home"
    async with Recorder().listening() as recorder:
        settings = settings_of(home, RECORDED % (recorder.url, recorder.url), {"REC_KEY": "x" * 9})
        async with running(settings, template) as site:
            yield site
            await site.quiet()
            assert "fault" not in site.log.getvalue()
        assert recorder.requests == []


def check_openai(reply: Reply, status: int) -> dict[str, Any]:
    """The reply as OpenAI's clients read an error."""
    assert reply.status == status, reply.text
    assert reply.headers["content-type"] == "application/json"
    assert set(reply.json) == {"error"}
    error = reply.error
    assert set(error) == {"message", "type", "param", "code"}
    assert len(error["message"]) > 10
    assert isinstance(error["type"], str)
    assert isinstance(error["code"], str)
    assert "Traceback" not in reply.text
    return error


def check_ours(reply: Reply, status: int) -> dict[str, Any]:
    """The reply as the page reads an error."""
    assert reply.status == status, reply.text
    assert reply.headers["content-type"] == "application/json"
    error = reply.error
    assert {"code", "message", "blame", "status", "fix"} <= set(error)
    assert error["status"] == status
    assert error["blame"] in ("caller", "configuration")
    assert "Traceback" not in reply.text
    return error


def chat(**fields: Any) -> bytes:
    return json.dumps({"model": "rec/m-1", "messages": MESSAGES, **fields}).encode()


# What is sent to /v1/chat/completions: status, param, and words that the message must hold.
GATEWAY: dict[str, tuple[bytes, int, str | None, str]] = {
    "empty": (b"", 400, None, "empty"),
    "blank": (b" \n ", 400, None, "empty"),
    "not JSON": (b"hello", 400, None, "not JSON"),
    "cut off": (chat()[:-2], 400, None, "not JSON"),
    "two documents": (chat() + b"{}", 400, None, "not JSON"),
    "single quotes": (b"{'model': 'x'}", 400, None, "not JSON"),
    "trailing comma": (b'{"model":"x",}', 400, None, "not JSON"),
    "NaN": (chat(temperature=float("nan")), 400, None, "not JSON"),
    "null": (b"null", 400, None, "it is null"),
    "list": (b"[]", 400, None, "it is a list"),
    "text": (b'"x"', 400, None, "it is a string"),
    "number": (b"1", 400, None, "it is a number"),
    "no model": (json.dumps({"messages": MESSAGES}).encode(), 400, "model", "missing"),
    "model null": (chat(model=None), 400, "model", "missing"),
    "model empty": (chat(model=" "), 400, "model", "empty"),
    "model number": (chat(model=7), 400, "model", "a number"),
    "model list": (chat(model=["a"]), 400, "model", "a list"),
    "model unknown": (chat(model="x/y"), 404, "model", "no model x/y"),
    "model odd": (chat(model="../../etc\n\0\u202e"), 404, "model", "no model"),
    "model slashes": (chat(model="/" * 5000), 404, "model", "no model"),
    "no messages": (b'{"model":"rec/m-1"}', 400, "messages", "missing"),
    "messages null": (chat(messages=None), 400, "messages", "missing"),
    "messages empty": (chat(messages=[]), 400, "messages", "empty"),
    "messages text": (chat(messages="hi"), 400, "messages", "a list"),
    "messages object": (chat(messages={}), 400, "messages", "a list"),
    "message text": (chat(messages=["hi"]), 400, "messages[0]", "an object"),
    "message null": (chat(messages=[None]), 400, "messages[0]", "an object"),
    "no role": (chat(messages=[{"content": "x"}]), 400, "messages[0].role", "role"),
    "role number": (chat(messages=[{"role": 1, "content": "x"}]), 400, "messages[0].role", "role"),
    "role odd": (chat(messages=[{"role": "god", "content": "x"}]), 400, "messages[0].role", "god"),
    "content number": (
        chat(messages=[{"role": "user", "content": 1.5}]),
        400,
        "messages[0].content",
        "number",
    ),
    "content object": (
        chat(messages=[*MESSAGES, {"role": "user", "content": {}}]),
        400,
        "messages[1].content",
        "object",
    ),
    "stream text": (chat(stream="yes"), 400, "stream", "true or false"),
    "stream number": (chat(stream=1), 400, "stream", "true or false"),
    "deep list": (b"[" * DEEP, 400, None, "it is a list"),
    "deep object": (b'{"a":' * DEEP + b"1" + b"}" * DEEP, 400, None, "deep"),
    "deep parameter": (chat()[:-1] + b',"x":' + b"[" * 500 + b"]" * 500 + b"}", 400, "x", "deep"),
    "huge integer": (chat(seed=2**64), 400, "seed", "64 bits"),
    "huge number": (chat()[:-1] + b',"seed":1e999}', 400, "seed", "range"),
    "not UTF-8": (b'{"model":"\xff\xfe"}', 400, None, "not UTF-8"),
    "UTF-16": ('{"model":"x"}'.encode("utf-16"), 400, None, "not UTF-8"),
    "half a pair": (chat(user="\ud800"), 400, None, "surrogate"),
    "binary": (bytes(range(256)), 400, None, "not"),
}


@pytest.mark.parametrize("name", GATEWAY)
async def test_a_bad_body_at_the_gateway(bad_site: Site, name: str) -> None:
    data, status, param, words = GATEWAY[name]
    reply = await bad_site.program(None, data=data)
    error = check_openai(reply, status)
    assert error["param"] == param
    assert words in error["message"]


@pytest.mark.parametrize("stream", [False, True])
async def test_an_error_before_the_stream_has_its_own_status(bad_site: Site, stream: bool) -> None:
    reply = await bad_site.program(None, data=chat(model="x/y", stream=stream))
    check_openai(reply, 404)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer  \t ",
        "Basic dXNlcjpwYXNz",
        "fln_something",
        "Bearer fln_unknown",
        "Bearer 'or 1=1 --",
        "Bearer " + "x" * 10_000,
        "Bearer fln_\xe9",
    ],
)
async def test_a_bad_key(bad_site: Site, value: str) -> None:
    for path, data in (("/v1/chat/completions", chat()), ("/v1/models", None)):
        method = "GET" if data is None else "POST"
        headers = {"authorization": value} if value else {}
        reply = await bad_site.ask(method, path, data=data, headers=headers)
        error = check_openai(reply, 401)
        assert error["type"] == "authentication_error"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/chat/completions", 405),
        ("PUT", "/v1/chat/completions", 405),
        ("DELETE", "/v1/models", 405),
        ("POST", "/v1/models", 405),
        ("POST", "/v1/nothing", 404),
        ("GET", "/v1/", 404),
        ("POST", "/v1/chat/completions/", 404),
        ("POST", "/v1//chat/completions", 404),
        ("GET", "/v1/embeddings", 405),
        ("POST", "/v1/models/", 404),
    ],
)
async def test_a_wrong_door_of_the_gateway(
    bad_site: Site, method: str, path: str, status: int
) -> None:
    reply = await bad_site.ask(method, path, headers={"authorization": f"Bearer {bad_site.key}"})
    check_openai(reply, status)
    assert ("allow" in reply.headers) == (status == 405)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/api/me", 405),
        ("GET", "/api/chat/send", 405),
        ("PUT", "/api/chat/send", 405),
        ("DELETE", "/api/conversations", 405),
        ("GET", "/api/nothing", 404),
        ("POST", "/api/nothing", 404),
        ("PATCH", "/chat", 405),
        ("GET", "/api/traces/t_none", 404),
        ("GET", "/api/traces/t_none/curl", 404),
        ("GET", "/api/conversations/%00%ff", 404),
        ("DELETE", "/api/keys/none", 404),
        ("POST", "/api/endpoints/none/fetch-models", 404),
        ("GET", "/v2/models.json", 404),
        ("GET", "/assets/../../../etc/passwd.txt", 404),
        ("GET", "/..%2f..%2f..%2fpyproject.toml", 404),
        ("GET", "/%2e%2e/app.py", 404),
    ],
)
async def test_a_wrong_door_of_the_api(bad_site: Site, method: str, path: str, status: int) -> None:
    check_ours(await bad_site.browse(method, path), status)


SEND = {"model": "rec/m-1", "text": "x"}


def parameters(**fields: Any) -> bytes:
    return json.dumps({**SEND, "parameters": fields}).encode()


# What is sent to /api/chat/send: status and param.
API: dict[str, tuple[bytes, int, str | None]] = {
    "empty": (b"", 422, None),
    "not JSON": (b"hello", 422, None),
    "cut off": (b'{"model":', 422, None),
    "null": (b"null", 422, None),
    "list": (b"[]", 422, None),
    "number": (b"1", 422, None),
    "no model": (b'{"text":"x"}', 400, "model"),
    "model number": (b'{"model":1,"text":"x"}', 422, "model"),
    "model unknown": (b'{"model":"x/y","text":"x"}', 404, "model"),
    "no text": (b'{"model":"rec/m-1"}', 422, "text"),
    "text empty": (b'{"model":"rec/m-1","text":""}', 422, "text"),
    "text list": (b'{"model":"rec/m-1","text":["x"]}', 422, "text"),
    "unknown field": (json.dumps({**SEND, "txet": 1}).encode(), 422, "txet"),
    "parameters list": (json.dumps({**SEND, "parameters": []}).encode(), 422, "parameters"),
    "parameter model": (parameters(model="x"), 422, "parameters"),
    "parameter messages": (parameters(messages=[]), 422, "parameters"),
    "parameter huge": (parameters(seed=[2**64]), 422, "parameters"),
    "parameter NaN": (parameters(temperature=float("nan")), 422, "parameters"),
    "parameter half a pair": (parameters(user="\ud800"), 422, "parameters"),
    "parent alone": (json.dumps({**SEND, "parent_id": "m_1"}).encode(), 400, "parent_id"),
    "conversation unknown": (json.dumps({**SEND, "conversation_id": "c"}).encode(), 404, None),
    "not UTF-8": (b'{"model":"\xff"}', 400, None),
    "deep": (b"[" * DEEP, 400, None),
}


@pytest.mark.parametrize("name", API)
async def test_a_bad_body_at_the_api(bad_site: Site, name: str) -> None:
    data, status, param = API[name]
    headers = {"cookie": f"{COOKIE}={bad_site.cookie}"}
    reply = await bad_site.ask("POST", "/api/chat/send", data=data, headers=headers)
    error = check_ours(reply, status)
    assert error["param"] == param
    conversations = await bad_site.browse("GET", "/api/conversations")
    assert conversations.json == {"conversations": []}


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=x", "limit=999999", "limit=-1", "before=%27--", "before=nothing"]
)
async def test_a_bad_query(bad_site: Site, query: str) -> None:
    reply = await bad_site.browse("GET", f"/api/traces?{query}")
    assert reply.status in (200, 400, 422), reply.text


HOSTS = ["evil.example", "evil.example:8421", "127.0.0.1.evil.example", "127.0.0.1@evil.example",
         "127.0.0.1/evil", "", "[::1", "127.0.0.1:x\u00e9", "localhost#.evil.example"]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
async def test_a_foreign_host(bad_site: Site, host: str) -> None:
    headers = {"host": host, "authorization": f"Bearer {bad_site.key}"}
    gateway = await bad_site.ask("GET", "/v1/models", headers=headers)
    check_openai(gateway, 421)
    headers = {"host": host, "cookie": f"{COOKIE}={bad_site.cookie}"}
    check_ours(await bad_site.ask("GET", "/api/me", headers=headers), 421)
    check_openai(await bad_site.ask("GET", "/practice/v1/models", headers=headers), 421)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:1", "file://"]
)
async def test_a_foreign_origin(bad_site: Site, origin: str) -> None:
    headers = {"origin": origin}
    check_openai(await bad_site.program(None, data=chat(), headers=headers), 403)
    for path in ("/api/chat/send", "/api/keys", "/api/sign-out"):
        check_ours(await bad_site.browse("POST", path, {}, headers), 403)
    assert (await bad_site.browse("GET", "/api/me")).status == 200


async def test_another_site_s_request_without_origin(bad_site: Site) -> None:
    for said in ("cross-site", "same-site"):
        reply = await bad_site.browse("POST", "/api/keys", {"name": "x"}, {"sec-fetch-site": said})
        check_ours(reply, 403)


async def test_the_own_origin_is_let_in(bad_site: Site) -> None:
    headers = {"origin": bad_site.url, "sec-fetch-site": "same-origin"}
    reply = await bad_site.browse("POST", "/api/keys", {"name": "x"}, headers)
    assert reply.status == 201


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
async def test_a_form_of_another_site_is_no_json(bad_site: Site, kind: str) -> None:
    """What a page may send anywhere without asking must not be read as JSON."""
    data = json.dumps({"name": "x"}).encode()
    headers = {"cookie": f"{COOKIE}={bad_site.cookie}", "content-type": kind}
    reply = await bad_site.ask("POST", "/api/keys", data=data, headers=headers)
    assert 400 <= reply.status < 500


async def test_a_body_of_ten_megabytes(bad_site: Site) -> None:
    text = "x" * (10 * 1024 * 1024)
    gateway = await bad_site.program(None, data=chat(user=text))
    assert check_openai(gateway, 413)["code"] == "request_too_large"
    api = await bad_site.browse("POST", "/api/chat/send", {**SEND, "text": text})
    assert check_ours(api, 413)["code"] == "request_too_large"
    practice = await bad_site.ask("POST", "/practice/v1/chat/completions", data=chat(user=text))
    assert practice.status == 413
    form = await bad_site.ask("POST", "/sign-in", data=text.encode())
    assert form.status in (401, 413)


async def raw(site: Site, head: str, body: bytes = b"", *, close: bool = False) -> bytes:
    """Sends exactly this and reads until the server closes, which it must do."""
    host, _, port = site.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    text = head.format(host=f"{host}:{port}", key=site.key, cookie=f"{COOKIE}={site.cookie}")
    writer.write(text.replace("\n", "\r\n").encode("latin-1") + body)
    if close:
        writer.write_eof()
    async with asyncio.timeout(LONG):
        came = await reader.read()
    writer.close()
    return came


LATE = {
    "gateway": "POST /v1/chat/completions HTTP/1.1\nhost: {host}\nauthorization: Bearer {key}\n",
    "api": "POST /api/chat/send HTTP/1.1\nhost: {host}\ncookie: {cookie}\n",
    "practice": "POST /practice/v1/chat/completions HTTP/1.1\nhost: {host}\n",
    "form": "POST /sign-in HTTP/1.1\nhost: {host}\n",
}


@pytest.mark.parametrize("door", LATE)
@pytest.mark.parametrize("framing", ["content-length: 100", "transfer-encoding: chunked"])
async def test_a_body_that_never_ends(
    tmp_path: Path, template: Path, door: str, framing: str
) -> None:
    body = b'{"model": ' if "length" in framing else b'a\r\n{"model": \r\n'
    settings = settings_of(tmp_path / "home", body_time=0.2)
    async with running(settings, template) as site:
        head = f"{LATE[door]}content-type: application/json\nconnection: close\n{framing}\n\n"
        came = await raw(site, head, body)
        assert came.startswith(b"HTTP/1.1 408"), came
        told = json.loads(came.partition(b"\r\n\r\n")[2])
        assert told["error"]["code"] == "request_timeout"
        assert (await site.browse("GET", "/api/me")).status == 200


@pytest.mark.parametrize("door", LATE)
async def test_a_body_that_is_cut(bad_site: Site, door: str) -> None:
    """Nobody is there to read an answer; nothing may be left behind, and nothing be logged."""
    head = f"{LATE[door]}content-type: application/json\ncontent-length: 100\n\n"
    await raw(bad_site, head, b'{"model": ', close=True)
    assert bad_site.house.services.running == {}
    assert "fault" not in bad_site.log.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "GET /v1/models HTTP/1.1\n\n",
        "GET /v1/models HTTP/9.9\nhost: {host}\n\n",
        "nonsense\n\n",
        "POST /v1/chat/completions HTTP/1.1\nhost: {host}\ncontent-length: -1\n\n",
        "POST /v1/chat/completions HTTP/1.1\nhost: {host}\ncontent-length: x\n\n",
        "POST /v1/chat/completions HTTP/1.1\nhost: {host}\ntransfer-encoding: chunked\n\nzz\n\n",
        "GET /v1/models HTTP/1.1\nhost: {host}\nx: " + "y" * 200_000 + "\n\n",
    ],
)
async def test_what_is_no_http_is_refused(bad_site: Site, text: str) -> None:
    came = await raw(bad_site, text, close=True)
    assert came[:10] in (b"HTTP/1.1 4", b""), came
    assert (await bad_site.browse("GET", "/api/me")).status == 200
    assert "fault" not in bad_site.log.getvalue()


async def test_what_cannot_be_read_leaves_a_trace(site: Site) -> None:
    reply = await site.program(None, data=b'{"model": "practice/echo", "messages": [}')
    assert reply.status == 400
    page = await site.trace(reply.headers["x-filon-trace"])
    assert page["trace"]["outcome"] == "failed"
    assert page["trace"]["caller"] == "gateway"
    received, settled = page["records"]
    assert received["body"]["text"] == '{"model": "practice/echo", "messages": [}'
    assert received["error"]["message"] in reply.error["message"]
    assert settled["cost"]["why"]
