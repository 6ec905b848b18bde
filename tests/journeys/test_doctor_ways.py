"""The doctor on the way to an API: key, address, name, port, certificate, and what answers."""

import json
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from filon.config.proxying import proxying
from filon.config.surroundings import Surroundings
from filon.doctor.case import Patience
from filon.doctor.step import Report
from filon.practice import faults
from tests.journeys.doctoring import (
    CERTIFICATES,
    KEY,
    REFUSED,
    USUAL,
    configured,
    examined,
    healthy,
    listing,
    outcome,
    plain,
    secure,
    step,
    stopped_by_silence,
    warned,
)
from tests.journeys.recorder import Recorder, Script
from tests.journeys.replies import (
    DONE,
    EVENTS,
    JSON,
    START,
    STOP,
    completion,
    delta,
    event,
    refusal,
    spoken,
    stream,
    whole,
)
from tests.waiting import with_patience

PAGE = b"<!doctype html><html><title>Sign in</title><body>Welcome</body></html>"
NOT_FOUND: Script = (whole(b'{"error": {"message": "Not Found"}}', JSON, status=404),)


def fix(report: Report) -> str:
    """The corrected line that is offered."""
    stopped = report.failed
    assert stopped
    assert stopped.finding
    return stopped.finding.names["line"]


async def test_a_healthy_endpoint(tmp_path: Path, recorder: Recorder) -> None:
    recorder.answers(*healthy())
    report = await examined(configured(tmp_path, recorder.url))
    assert (outcome(report), warned(report)) == ((None, None), {})
    assert [one.name for one in report.steps if one.state == "skipped"] == ["tls"]
    assert report.model == "m-1"
    assert KEY not in repr(report)
    seen = {one.name: one.seen for one in report.steps}
    assert seen["key"] == f"ONE_KEY, {len(KEY)} chars, …cdef"
    assert seen["usage"] == "7 in, 3 out"


async def test_the_chat_is_made_as_the_pipeline_makes_it(
    tmp_path: Path, recorder: Recorder
) -> None:
    recorder.answers(*healthy())
    lines = ("addParams: {top_k: 4}", 'dropParams: ["max_tokens"]', 'headers: {x-team: "ore"}')
    report = await examined(configured(tmp_path, recorder.url, *lines))
    assert outcome(report) == (None, None)
    body = json.loads(recorder.last.body)
    assert body["top_k"] == 4
    assert "max_tokens" not in body
    assert body["stream"] is True
    assert ("x-team", "ore") in recorder.requests[0].headers
    assert ("x-team", "ore") in recorder.last.headers


# Key and address: nothing is sent.


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ('"sk-0123456789abcdef"', "key_quoted"),
        ("sk-0123456789 # mine", "key_blank"),
        ("Bearer sk-0123456789", "key_bearer"),
        ("your-api-key", "key_unfilled"),
        ("<paste it here>", "key_unfilled"),
    ],
)
async def test_a_key_that_is_none(tmp_path: Path, recorder: Recorder, key: str, code: str) -> None:
    report = await examined(configured(tmp_path, recorder.url, key=key))
    assert outcome(report) == ("key", code)
    assert recorder.requests == []


async def test_a_variable_that_is_not_set(tmp_path: Path, recorder: Recorder) -> None:
    report = await examined(configured(tmp_path, recorder.url, environ={}))
    assert outcome(report) == ("key", "key_missing")
    assert fix(report) == "export ONE_KEY=…"
    assert recorder.requests == []


@pytest.mark.parametrize(
    ("url", "code", "line"),
    [
        ("api.example.invalid/v1", "address_scheme", 'baseURL: "https://api.example.invalid/v1"'),
        ("localhost:1234/v1", "address_scheme", 'baseURL: "http://localhost:1234/v1"'),
        ("ftp://api.example.invalid", "address_bad", None),
        ("http://", "address_bad", None),
    ],
)
async def test_an_address_that_is_none(
    tmp_path: Path, url: str, code: str, line: str | None
) -> None:
    report = await examined(configured(tmp_path, url))
    assert outcome(report) == ("address", code)
    if line is not None:
        assert fix(report) == line


async def test_an_entry_that_is_broken_for_another_reason(tmp_path: Path) -> None:
    report = await examined(configured(tmp_path, "http://127.0.0.1:1/v1", models="[]"))
    assert outcome(report) == ("address", "not_configured")


async def test_a_key_of_another_provider(tmp_path: Path, recorder: Recorder) -> None:
    """Noticed at once, and the reason as soon as it is refused."""
    recorder.answers(REFUSED)
    key = "gsk_canary0123456789"
    endpoint = replace(configured(tmp_path, recorder.url, key=key), provider="openrouter")
    report = await examined(endpoint)
    assert warned(report) == {"key": "key_of_another"}
    assert outcome(report) == ("accepted", "key_of_another")
    stopped = report.failed
    assert stopped
    assert stopped.finding
    assert "begins with gsk_" in stopped.finding.evidence
    assert "No auth credentials found" in stopped.finding.evidence
    assert fix(report) == "export ONE_KEY=sk-or-…"
    assert key not in repr(report)


# Name, port, TLS.


async def test_a_name_without_an_address(tmp_path: Path) -> None:
    endpoint = configured(tmp_path, "https://api.ore.invalid/v1")
    assert outcome(await examined(endpoint)) == ("dns", "dns")
    named = Surroundings(
        proxying=proxying({"HTTPS_PROXY": "http://proxy.invalid:3128", "NO_PROXY": ".ore.invalid"})
    )
    assert outcome(await examined(endpoint, surroundings=named)) == ("dns", "proxy_passed_over")
    socks = Surroundings(proxying=proxying({"ALL_PROXY": "socks5://127.0.0.1:1080"}))
    assert outcome(await examined(endpoint, surroundings=socks)) == ("dns", "proxy_unused")


async def test_a_port_at_which_nothing_listens(tmp_path: Path) -> None:
    async with Recorder().listening() as recorder:
        url = recorder.url
    endpoint = configured(tmp_path, url)
    name, code = outcome(await examined(endpoint))
    # Where a local server happens to run on the machine of the test, it is named.
    assert name == "tcp"
    assert code in ("refused", "other_port")
    report = await examined(endpoint, surroundings=Surroundings(container=True))
    assert outcome(report) == ("tcp", "container_localhost")
    assert "//host.docker.internal:" in fix(report)


async def test_a_server_at_another_port(
    tmp_path: Path, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("filon.doctor.network._LOCAL_PORTS", (recorder.port,))
    async with Recorder().listening() as other:
        url = other.url
    report = await examined(configured(tmp_path, url))
    name, code = outcome(report)
    assert (name, code) == ("tcp", "other_port")


@pytest.mark.parametrize(
    ("file", "trusted", "code"),
    [
        ("good.pem", False, "tls_self_signed"),
        ("other-name.pem", True, "tls_name"),
        ("unknown-authority.pem", False, "tls_untrusted"),
        ("expired.pem", True, "tls_expired"),
    ],
)
async def test_a_certificate_that_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, trusted: bool, code: str
) -> None:
    folder = Path(faults.__file__).parent if file == "expired.pem" else CERTIFICATES
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(folder / file))
    async with secure(folder / file) as url:
        report = await examined(configured(tmp_path, url))
    assert outcome(report) == ("tls", code)
    stopped = report.failed
    assert stopped
    assert stopped.finding
    says = {
        "tls_name": "other.example",
        "tls_untrusted": "Unknown Authority",
        "tls_expired": "2000-01-02",
        "tls_self_signed": "Test of Filon",
    }
    assert says[code] in " ".join((stopped.finding.title, *stopped.finding.causes))


async def test_a_certificate_that_is_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "good.pem"))
    async with secure(CERTIFICATES / "good.pem") as url:
        # It answers nothing, which is no matter here.
        report = await examined(configured(tmp_path, url), patience=replace(USUAL, answer=0.1))
    assert step(report, "tls").state == "ok"
    assert "valid to 2126-" in step(report, "tls").seen


async def test_plain_http_where_https_is_said(tmp_path: Path) -> None:
    async with plain() as url:
        report = await examined(configured(tmp_path, url))
    assert outcome(report) == ("tls", "tls_plain")
    assert fix(report) == f'baseURL: "{url.replace("https", "http")}"'


async def test_a_handshake_that_is_never_answered(tmp_path: Path, recorder: Recorder) -> None:
    endpoint = configured(tmp_path, recorder.url.replace("http:", "https:"))
    report = await examined(endpoint, patience=Patience(connect=0.3))
    assert outcome(report) == ("tls", "tls")
    assert step(report, "tls").seen == "no answer"


# What answers there.


@pytest.mark.parametrize(
    ("script", "stops"),
    [
        ((whole(b"", ("location", "/elsewhere/v1/models"), status=308),), "address_moved"),
        ((whole(PAGE, ("content-type", "text/html")),), "address_page"),
        ((whole(PAGE, ("content-type", "text/html"), status=404),), "address_page"),
        ((whole(PAGE, ("content-type", "text/html"), status=502),), "overloaded"),
        ((whole(b"", status=500),), "overloaded"),
        ((whole(b"", status=504),), "gave_up_waiting"),
        (("stall",), "provider_timeout"),
        (("close",), "cut"),
        ((b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "close"), "broken_reply"),
    ],
)
async def test_no_api_answers(
    tmp_path: Path, recorder: Recorder, script: Script, stops: str
) -> None:
    recorder.answers(script)
    endpoint = configured(tmp_path, recorder.url)
    if stops == "provider_timeout":
        report = await stopped_by_silence(endpoint, ("http", stops))
    else:
        report = await examined(endpoint)
    assert outcome(report) == ("http", stops)


@pytest.mark.parametrize(
    ("path", "asked", "right"),
    [
        ("", ("/models", "/v1/models"), "/v1"),
        ("/v1/v1", ("/v1/v1/models", "/v1/models"), "/v1"),
        ("/v1", ("/v1/models", "/models"), ""),
        ("/api", ("/api/models", "/api/v1/models"), "/api/v1"),
    ],
)
@pytest.mark.parametrize("key_is_good", [True, False])
async def test_an_address_whose_path_is_wrong_is_corrected_by_what_answers(
    tmp_path: Path,
    recorder: Recorder,
    path: str,
    asked: tuple[str, str],
    right: str,
    key_is_good: bool,
) -> None:
    root = recorder.url.removesuffix("/v1")
    recorder.answers(NOT_FOUND, listing("m-1") if key_is_good else REFUSED)
    report = await examined(configured(tmp_path, root + path))
    doubled = path == "/v1/v1"
    if not (doubled or key_is_good):
        # A refusal proves no guess: some servers refuse whatever they are asked for.
        assert outcome(report) == ("accepted", "key_refused")
        return
    assert outcome(report) == ("http", "address_doubled" if doubled else "address_found")
    assert warned(report) == ({"address": "address_doubled"} if doubled else {})
    assert fix(report) == f'baseURL: "{root}{right}"'
    lines = [one.line.split()[1] for one in recorder.requests]
    assert tuple(lines) == asked


async def test_a_provider_without_a_list(tmp_path: Path, recorder: Recorder) -> None:
    recorder.answers(NOT_FOUND, NOT_FOUND, spoken("Yes"))
    report = await examined(configured(tmp_path, recorder.url))
    assert outcome(report) == (None, None)
    assert warned(report) == {"list": "list_missing"}
    assert step(report, "accepted").seen == "POST one token: 200"


async def test_a_key_that_may_not_read_the_list(tmp_path: Path, recorder: Recorder) -> None:
    recorder.answers(refusal(403, "Missing scopes: api.model.read"), spoken("Yes"))
    report = await examined(configured(tmp_path, recorder.url))
    assert outcome(report) == (None, None)
    assert warned(report) == {"list": "list_missing"}


async def test_a_list_that_is_empty(tmp_path: Path, recorder: Recorder) -> None:
    recorder.answers(listing(), REFUSED, spoken("Yes"))
    report = await examined(configured(tmp_path, recorder.url))
    assert outcome(report) == (None, None)
    assert warned(report) == {"list": "list_empty"}
    recorder.answers(listing(), REFUSED)
    nothing = replace(configured(tmp_path, recorder.url), models=())
    assert outcome(await examined(nothing)) == ("model", "model_none")


async def test_a_server_that_wants_a_key(tmp_path: Path, recorder: Recorder) -> None:
    recorder.answers(REFUSED)
    endpoint = configured(tmp_path, recorder.url)
    bare = replace(endpoint, key=replace(endpoint.key, value=None, source="none_needed"))
    assert outcome(await examined(bare)) == ("accepted", "key_needed")


# Models.


async def test_a_configured_model_that_was_retired(tmp_path: Path, recorder: Recorder) -> None:
    recorder.answers(*healthy("m-2", "m-3"))
    endpoint = configured(tmp_path, recorder.url, models="[m-1, m-2]")
    report = await examined(endpoint)
    assert outcome(report) == (None, None)
    assert report.model == "m-2"
    assert warned(report) == {"model": "models_missing"}
    gone = refusal(404, "The model `m-1` does not exist", code="model_not_found")
    recorder.answers(listing("m-2", "m-3"), REFUSED, gone)
    report = await examined(endpoint, model="m-1")
    assert outcome(report) == ("model", "model_near")


async def test_a_model_that_is_served_unlisted(tmp_path: Path, recorder: Recorder) -> None:
    recorder.answers(*healthy("m-2"))
    report = await examined(configured(tmp_path, recorder.url))
    assert outcome(report) == (None, None)
    assert warned(report) == {"model": "model_unlisted"}


async def test_an_embedding_model_is_not_asked_to_chat(tmp_path: Path, recorder: Recorder) -> None:
    recorder.answers(*healthy("a-embed", "b-chat"))
    report = await examined(replace(configured(tmp_path, recorder.url), models=()))
    assert report.model == "b-chat"


# The chat and its stream.


async def test_a_refused_parameter_is_named_with_its_line(
    tmp_path: Path, recorder: Recorder
) -> None:
    told = {
        "detail": [{"type": "extra_forbidden", "loc": ["body", "top_k"], "msg": "Extra inputs ..."}]
    }
    answer: Script = (whole(json.dumps(told).encode(), JSON, status=422),)
    recorder.answers(listing("m-1"), REFUSED, answer)
    report = await examined(configured(tmp_path, recorder.url, "addParams: {top_k: 4}"))
    assert outcome(report) == ("chat", "parameter_sent")
    assert fix(report) == 'dropParams: ["top_k"]'
    stopped = report.failed
    assert stopped
    assert stopped.finding
    assert "librechat.yaml:8" in stopped.finding.causes[0]


async def test_a_parameter_of_filons_own_is_refused(tmp_path: Path, recorder: Recorder) -> None:
    answer = refusal(400, "Unsupported parameter: 'stream_options' is not supported")
    recorder.answers(listing("m-1"), REFUSED, answer)
    report = await examined(configured(tmp_path, recorder.url))
    assert outcome(report) == ("chat", "parameter_ours")
    assert fix(report) == 'dropParams: ["stream_options"]'


async def test_one_token_that_is_too_few(tmp_path: Path, recorder: Recorder) -> None:
    few = refusal(
        400,
        "Could not finish the message because max_tokens or model output limit was reached.",
    )
    recorder.answers(listing("m-1"), REFUSED, few, spoken("Yes"))
    report = await examined(configured(tmp_path, recorder.url))
    assert outcome(report) == (None, None)
    asked = [json.loads(one.body)["max_tokens"] for one in recorder.requests if one.body]
    assert asked == [1, 256]


@pytest.mark.parametrize(
    ("script", "stops", "remarks"),
    [
        (completion("Yes"), None, {"stream": "not_streamed"}),
        (stream(START, delta("Yes"), STOP), None, {"stream": "no_done", "usage": "no_usage"}),
        (spoken("Yes", usage=False), None, {"usage": "no_usage"}),
        (stream(START, delta("Yes")), ("stream", "broken_reply"), {}),
        (stream(START, delta("Yes"), b"data: {what}\n\n"), ("stream", "broken_reply"), {}),
        (stream(START), ("chat", "broken_reply"), {}),
        (stream(START, STOP, DONE), None, {"usage": "no_usage"}),
        ((whole(b"", EVENTS),), ("chat", "broken_reply"), {}),
        ((whole(PAGE, ("content-type", "text/html")),), ("chat", "page_instead"), {}),
        (
            stream(START, event(error={"message": "down", "code": 503})),
            ("chat", "overloaded"),
            {},
        ),
    ],
)
async def test_what_comes_back(
    tmp_path: Path,
    recorder: Recorder,
    script: Script,
    stops: tuple[str, str] | None,
    remarks: dict[str, str],
) -> None:
    recorder.answers(listing("m-1"), REFUSED, script)
    report = await examined(configured(tmp_path, recorder.url))
    assert outcome(report) == (stops or (None, None))
    assert warned(report) == remarks


async def falling_silent(folder: Path, recorder: Recorder, seconds: float) -> Report:
    recorder.answers(listing("m-1"), REFUSED, stream(START, delta("Yes"), "stall"))
    patience = replace(USUAL, answer=seconds)
    return await examined(configured(folder, recorder.url), patience=patience)


async def test_silence_after_the_first_word(tmp_path: Path, recorder: Recorder) -> None:
    stops = ("stream", "provider_timeout")
    report = await with_patience(
        partial(falling_silent, tmp_path, recorder), lambda report: outcome(report) == stops
    )
    assert outcome(report) == stops
    assert warned(report) == {}


async def test_usage_that_a_line_drops(tmp_path: Path, recorder: Recorder) -> None:
    recorder.answers(listing("m-1"), REFUSED, spoken("Yes", usage=False))
    report = await examined(configured(tmp_path, recorder.url, "dropParams: [stream_options]"))
    assert warned(report) == {"usage": "usage_dropped"}
    remark = step(report, "usage").finding
    assert remark
    assert "librechat.yaml:8" in remark.causes[0]


async def test_a_key_that_the_provider_repeats_is_masked(
    tmp_path: Path, recorder: Recorder
) -> None:
    recorder.answers(refusal(401, f"Incorrect API key provided: {KEY}"))
    report = await examined(configured(tmp_path, recorder.url))
    assert outcome(report) == ("accepted", "key_refused")
    assert KEY not in repr(report)
