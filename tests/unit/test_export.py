"""The exports of an attempt: whatever stands in a request, a shell passes it on and runs none of
it, and no program says anything but what was sent."""

import ast
import base64
import inspect
import json
import re
import subprocess
from pathlib import Path
from typing import Any, get_args

import pytest
from anthropic import Anthropic
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openai import OpenAI

from filon.cli.main import Form
from filon.conversation.errors import InvalidRequest, NotFound
from filon.server.exporting import FORMS
from filon.trace.export import python_sdk
from filon.trace.export.har import har
from filon.trace.export.javascript import javascript
from filon.trace.export.postman import postman
from filon.trace.export.python_sdk import python_anthropic, python_openai
from filon.trace.export.python_text import literal
from filon.trace.export.shells import curl, powershell
from filon.trace.export.source import Source, source_of
from filon.trace.frames import Frame, frames_of
from filon.trace.pasted.curl import read_curl
from filon.trace.records import (
    NO_HEADERS,
    Attempt,
    Body,
    Headers,
    MaskedHeaders,
    Recalled,
    Timing,
    Translated,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)
PATHS = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30)


def attempt(
    body: str | bytes,
    url: str = "http://127.0.0.1:1/v1/chat/completions",
    sent: Headers = (),
) -> Attempt:
    return Attempt(
        number=1,
        endpoint="rec",
        model="m-1",
        method="POST",
        url=url,
        address=None,
        request_headers=MaskedHeaders(sent),
        request_body=Body(body.encode() if isinstance(body, str) else body),
        status=200,
    )


def source(
    body: str | bytes = "{}",
    url: str = "http://127.0.0.1:1/v1/chat/completions",
    sent: Headers = (),
    protocol: str = "openai_chat",
) -> Source:
    return Source(attempt=attempt(body, url, sent), variable="API_KEY", protocol=protocol)


def arguments(command: str, folder: Path, key: str = "sk-mine") -> tuple[list[str], bytes]:
    """The arguments that curl would get and what would come to it, by a stand-in that prints
    them."""
    script = 'curl() { printf \'%s\\0\' "$@"; [ "${!#}" = @- ] && cat; true; }\n' + command
    file = folder.parent / "script.sh"
    file.write_text(script, encoding="utf-8", newline="")
    done = subprocess.run(
        ["bash", file],
        capture_output=True,
        cwd=folder,
        env={"API_KEY": key, "PATH": "/usr/bin:/bin"},
        stdin=subprocess.DEVNULL,
        check=True,
    )
    assert done.stderr == b""
    head, mark, given = done.stdout.partition(b"@-\0")
    return [*head.decode().split("\0")[:-1], *(["@-"] if mark else [])], given


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    empty = tmp_path_factory.mktemp("shell") / "empty"
    empty.mkdir()
    return empty


def test_the_command_knows_every_form() -> None:
    assert get_args(Form) == FORMS


@settings(max_examples=60, deadline=None)
@example("'; touch x; '", "v", "u")
@example("$(touch x) `touch x` ${HOME} $API_KEY", '"$(touch x)"', "`touch x`")
@example("@/etc/passwd", "@x", "' '")
@example("-d", "-H", "--help")
@example("line\\\nline\r\n\\", "\\", "!")
@example("nul \0 bell \x07 %s \u202e", "", "[{a,b}]")
@given(TEXTS, VALUES, VALUES)
def test_a_shell_passes_everything_on(folder: Path, body: str, value: str, path: str) -> None:
    url = f"http://127.0.0.1:1/{path}"
    sent = (("x-mine", value), ("Authorization", "Bearer old"))
    found, given = arguments(curl(source(body, url, sent)).text, folder)
    assert found[found.index("-X") + 1 :][:2] == ["POST", url]
    assert (f"x-mine: {value}" if value.strip() else "x-mine;") in found
    assert "Authorization: Bearer sk-mine" in found
    if found[-1] == "@-":
        assert found[-2:] == ["--data-binary", "@-"]
        assert given == body.encode()
    elif body:
        assert found[-2:] == ["--data-raw", body]
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("body", [b"\xff\xfe\x00'\"$(touch x)%s\\", b"x" * 200_000])
def test_bytes_and_what_is_too_long_for_an_argument_come_by_a_pipe(
    folder: Path, body: bytes
) -> None:
    assert arguments(curl(source(body)).text, folder)[1] == body
    assert list(folder.iterdir()) == []


@settings(max_examples=50, deadline=None)
@given(TEXTS, VALUES, PATHS)
def test_what_curl_is_told_can_be_read_back(body: str, value: str, path: str) -> None:
    url = "http://127.0.0.1:1/" + re.sub(r"[?#\[\]@]", "", path)
    sent = (("x-mine", value.strip()), ("Authorization", "Bearer old"))
    told = read_curl(curl(source(body, url, sent)).text)
    assert (told.method, told.url, told.body or "") == ("POST", url, body)
    assert dict(told.headers).get("x-mine", "") == value.strip()
    assert dict(told.headers)["Authorization"] == "Bearer $API_KEY"
    assert told.variables == ("API_KEY",)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("Authorization", "Bearer sk-old", "Authorization: Bearer KEY"),
        ("authorization", "Basic abc", "authorization: Basic KEY"),
        ("Authorization", "sk-old", "Authorization: Bearer KEY"),
        ("Authorization", "skold", "Authorization: Bearer KEY"),
        ("Authorization", "$(touch x) y", "Authorization: Bearer KEY"),
        ("x-api-key", "sk-old", "x-api-key: KEY"),
        ("Api-Key", "`touch x`", "Api-Key: KEY"),
    ],
)
def test_the_key_is_the_reader_s_own(folder: Path, name: str, value: str, told: str) -> None:
    command = curl(source(sent=((name, value),))).text
    assert told in arguments(command, folder, "KEY")[0]
    assert "old" not in command


def test_what_curl_itself_sets_is_left_out(folder: Path) -> None:
    sent = (("Host", "x"), ("Content-Length", "9"), ("connection", "close"), ("a", "b"))
    found, _ = arguments(curl(source(sent=sent)).text, folder)
    assert [found[n + 1] for n, word in enumerate(found) if word == "-H"] == ["a: b"]


def test_which_attempt_is_told() -> None:
    translated = Translated(
        protocol="openai_chat",
        decisions=(),
        method="POST",
        url="",
        headers=NO_HEADERS,
        body=Body(b""),
    )
    records = (translated, attempt("first"), attempt("second"))
    assert source_of(records).text == "second"
    assert source_of(records, number=1).variable == "API_KEY"
    assert source_of(records, variable="DEEPSEEK_API_KEY").variable == "DEEPSEEK_API_KEY"
    assert source_of(records, variable="$(touch x)").variable == "API_KEY"
    with pytest.raises(NotFound, match="no attempt 3"):
        source_of(records, number=3)
    nothing: tuple[Any, ...] = (Recalled(hit=False, reason="x"),)
    with pytest.raises(NotFound, match="Nothing was sent"):
        source_of(nothing)


def test_powershell_takes_curved_quotes_for_quotes() -> None:
    text = powershell(source("it's ‘quoted’ ‚and‛ $(x) `n \"")).text
    assert "'it''s ‘‘quoted’’ ‚‚and‛‛ $(x) `n \"'" in text
    assert "$Env:" not in text
    hidden = powershell(source("\x1b[2J\u202e")).text
    assert base64.b64encode("\x1b[2J\u202e".encode()).decode() in hidden
    keyed = powershell(source(sent=(("Authorization", "Bearer x"), ("x-a", 'a"b')))).text
    assert '"Authorization: Bearer $Env:API_KEY"' in keyed
    assert "'x-a: a\\\"b'" in keyed


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_python_reads_its_own_literals(value: Any) -> None:
    assert ast.literal_eval(literal(value, 4)) == value


def test_the_names_that_an_sdk_is_given_are_its_own() -> None:
    client, claude = OpenAI(api_key="x"), Anthropic(api_key="x")
    for names, create in (
        (python_sdk.CHAT, client.chat.completions.create),
        (python_sdk.RESPONSES, client.responses.create),
        (python_sdk.EMBEDDINGS, client.embeddings.create),
        (python_sdk.MESSAGES, claude.messages.create),
    ):
        assert names <= set(inspect.signature(create).parameters)


def test_what_an_sdk_does_not_know_goes_by_extra_body() -> None:
    body: dict[str, Any] = {
        "model": "m",
        "messages": [],
        "top_k": 4,
        "temperature": 0.5,
        "import": 1,
    }
    text = python_openai(source(json.dumps(body))).text
    ast.parse(text)
    assert 'extra_body={"top_k": 4, "import": 1}' in text
    assert 'base_url="http://127.0.0.1:1/v1"' in text


@pytest.mark.parametrize(
    ("body", "url", "protocol", "told"),
    [
        ("not json", "http://h/v1/chat/completions", "openai_chat", "no JSON object"),
        ("[1]", "http://h/v1/chat/completions", "openai_chat", "no JSON object"),
        (
            '{"model":"m","messages":[],"a":1e999}',
            "http://h/v1/chat/completions",
            "openai_chat",
            "no JSON",
        ),
        (
            '{"model":"m","messages":' + "[" * 200 + "]" * 200 + "}",
            "http://h/v1/chat/completions",
            "openai_chat",
            "no JSON",
        ),
        ('{"model":"m"}', "http://h/v1/chat/completions", "openai_chat", "without messages"),
        ('{"model":"m","messages":[]}', "http://h/v1/other", "openai_chat", "ends in"),
        ("{}", "http://h/v1/messages", "anthropic_messages", "does not speak"),
    ],
)
def test_what_an_sdk_cannot_say_is_refused(body: str, url: str, protocol: str, told: str) -> None:
    with pytest.raises(InvalidRequest, match=told):
        python_openai(source(body, url, protocol=protocol))
    with pytest.raises(InvalidRequest, match="does not speak"):
        python_anthropic(source("{}", "http://h/v1/responses", protocol="openai_responses"))


def test_javascript_ends_no_script_of_a_page() -> None:
    text = javascript(source('"</script><!-- \u202e\u2028\x7f é 🪨"')).text
    assert "</" not in text
    assert "<!" not in text
    assert not re.search("[\u202e\u2028\x7f]", text)
    assert "é 🪨" in text


def test_postman_fills_nothing_into_a_body() -> None:
    body = '{"model":"m","messages":[{"content":"{{API_KEY}} {{{$guid}}} \\"{{\\""}]}'
    told = json.loads(postman(source(body, "http://h:1/v1/:x?a=1"), "t_1").text)
    request = told["item"][0]["request"]
    assert "{{" not in request["body"]["raw"]
    assert json.loads(request["body"]["raw"]) == json.loads(body)
    assert request["url"]["path"] == ["v1", "%3Ax"]
    assert (request["url"]["port"], request["url"]["query"]) == ("1", [{"key": "a", "value": "1"}])
    with pytest.raises(InvalidRequest, match="would change"):
        postman(source("not json {{x}}"), "t_1")
    with pytest.raises(InvalidRequest, match="would change"):
        postman(source(b"\xff"), "t_1")


def test_a_har_s_times_add_up() -> None:
    one = Attempt(
        number=1,
        endpoint="rec",
        model="m-1",
        method="POST",
        url="https://h/v1?a=%20b",
        address="[::1]:443",
        request_headers=MaskedHeaders((("authorization", "Bearer ***"),)),
        request_body=Body(b"\xff"),
        status=200,
        reply_headers=MaskedHeaders((("content-type", "text/event-stream"),)),
        frames=frames_of((Frame(0.5, b"data: \xc3"), Frame(0.6, b"\xa9\n\n", "text"))),
        timing=Timing(dns=0.01, connect=0.03, tls=0.06, sent=0.11, first_byte=0.4, ended=0.7),
        waited=1.5,
    )
    (entry,) = json.loads(har((one,), "t_1", {"rec": "REC_KEY"}).text)["log"]["entries"]
    assert entry["timings"] == {
        **{"blocked": 1500, "dns": 10, "connect": 90, "ssl": 60},
        **{"send": 10, "wait": 290, "receive": 300},
    }
    assert entry["time"] == 1500 + 700
    assert entry["serverIPAddress"] == "::1"
    assert entry["request"]["headers"] == [{"name": "authorization", "value": "Bearer $REC_KEY"}]
    assert entry["request"]["postData"]["_base64"] == "/w=="
    assert entry["response"]["content"]["text"] == "data: é\n\n"
    assert entry["request"]["queryString"] == [{"name": "a", "value": " b"}]
    with pytest.raises(NotFound):
        har((), "t_1", {})
