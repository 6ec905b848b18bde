"""Errors: every shape that providers answer with, and OpenAI's own."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.errors import Problem
from filon.protocols.openai_chat.errors import parse_error, problem_of, render_error
from filon.protocols.retry_after import retry_after

NOW = 1_790_000_000.0


def read(status: int, body: Any, *headers: tuple[str, str]) -> Problem:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return parse_error(status, headers, data, now=NOW)


def error(**fields: Any) -> dict[str, Any]:
    return {"error": fields}


EXTRA = {
    "type": "extra_forbidden",
    "loc": ["body", "user"],
    "msg": "Extra inputs are not permitted",
}
ROUTED = {
    "raw": '{"error":{"message":"Rate limited","type":"tokens"}}',
    "provider_name": "Acme",
}

SHAPES: list[tuple[str, int, Any, str, str, str | None]] = [
    (
        "openai",
        401,
        error(message="Incorrect key", type="invalid_request_error", code="invalid_api_key"),
        "invalid_api_key",
        "Incorrect key",
        None,
    ),
    (
        "openai with param",
        400,
        error(message="Too long", type="invalid_request_error", param="messages", code=None),
        "invalid_request_error",
        "Too long",
        "messages",
    ),
    (
        "mistral nested detail",
        422,
        {"object": "error", "message": {"detail": [EXTRA]}, "type": "invalid_request_error"},
        "extra_forbidden",
        "`user`: Extra inputs are not permitted (extra_forbidden)",
        "user",
    ),
    (
        "fastapi detail",
        422,
        {"detail": [EXTRA, EXTRA | {"loc": ["body", "messages", 0, "x"]}]},
        "extra_forbidden",
        "`user`: Extra inputs are not permitted (extra_forbidden); "
        "`messages.0.x`: Extra inputs are not permitted (extra_forbidden)",
        "user",
    ),
    ("detail text", 404, {"detail": "Not Found"}, "not_found", "Not Found", None),
    (
        "mistral number",
        400,
        {"object": "error", "message": "Bad", "type": "invalid_model", "code": "3001"},
        "3001",
        "Bad",
        None,
    ),
    (
        "mistral number as a number",
        400,
        {"object": "error", "message": "Bad", "type": "invalid_model", "code": 3001},
        "3001",
        "Bad",
        None,
    ),
    (
        "anthropic",
        529,
        {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
        "overloaded_error",
        "Overloaded",
        None,
    ),
    (
        "google",
        429,
        error(code=429, message="Quota", status="RESOURCE_EXHAUSTED"),
        "RESOURCE_EXHAUSTED",
        "Quota",
        None,
    ),
    (
        "google in a list",
        429,
        [error(code=429, message="Quota", status="RESOURCE_EXHAUSTED")],
        "RESOURCE_EXHAUSTED",
        "Quota",
        None,
    ),
    (
        "router with json inside",
        429,
        error(code=429, message="Provider returned error", metadata=ROUTED),
        "tokens",
        "Provider returned error (Acme: Rate limited)",
        None,
    ),
    (
        "router with text inside",
        429,
        error(code=429, message="Provider returned error", metadata={"raw": "error code: 1015"}),
        "rate_limit_exceeded",
        "Provider returned error (the host behind it: error code: 1015)",
        None,
    ),
    (
        "router with an object inside",
        400,
        error(code=400, message="Bad", metadata={"raw": {"message": "No"}}),
        "invalid_request",
        "Bad (the host behind it: No)",
        None,
    ),
    (
        "router with nothing inside",
        400,
        error(code=400, message="Bad", metadata={"raw": {}}),
        "invalid_request",
        "Bad",
        None,
    ),
    (
        "code and text",
        400,
        {"code": "Client specified an invalid argument", "error": "No model"},
        "Client specified an invalid argument",
        "No model",
        None,
    ),
    ("message alone", 402, {"message": "Top up"}, "insufficient_quota", "Top up", None),
    ("error text", 404, {"error": "model 'x' not found"}, "not_found", "model 'x' not found", None),
    (
        "flat",
        400,
        {"object": "error", "message": "Bad", "type": "BadRequestError", "code": 400},
        "BadRequestError",
        "Bad",
        None,
    ),
    ("a list of errors", 400, {"errors": [{"message": "Bad"}]}, "invalid_request", "Bad", None),
    ("a json text", 500, "Internal", "provider_error", "Internal", None),
    ("a number", 500, 17, "provider_error", "17", None),
    ("null", 500, None, "provider_error", "null", None),
    ("an empty object", 500, {}, "provider_error", "{}", None),
    (
        "a page",
        502,
        b"<html><head><title>502 Bad\n Gateway &amp; more</title></head><body>x</body></html>",
        "provider_error",
        "a web page instead of JSON: 502 Bad Gateway & more",
        None,
    ),
    (
        "a page without title",
        524,
        b"<div><style>p{}</style><p>A <b>timeout</b></p></div>",
        "provider_error",
        "a web page instead of JSON: A timeout",
        None,
    ),
    (
        "an empty page",
        502,
        b"<p></p>",
        "provider_error",
        "a web page instead of JSON: without any text",
        None,
    ),
    ("plain text", 403, b"error code: 1015", "forbidden", "error code: 1015", None),
    ("nothing", 503, b"", "provider_error", "nothing: its body was empty", None),
    ("blanks", 503, b" \n", "provider_error", "nothing: its body was empty", None),
    ("broken text", 500, b'{"error":{"message":"a\xff"}}', "provider_error", "a\ufffd", None),
]


@pytest.mark.parametrize(
    ("status", "body", "code", "message", "param"),
    [shape[1:] for shape in SHAPES],
    ids=[shape[0] for shape in SHAPES],
)
def test_every_shape(status: int, body: Any, code: str, message: str, param: str | None) -> None:
    problem = read(status, body)
    assert (problem.code, problem.message, problem.param) == (code, message, param)
    assert (problem.status, problem.provider_status) == (status, status)


def test_the_body_is_kept_as_it_came() -> None:
    assert read(400, b' {"error": "x"}\n').provider_body == '{"error": "x"}'
    long = read(500, b"x" * 100_000)
    assert len(long.provider_body or "") == 16_384
    assert len(long.message) == 2_000


def test_under_status_200_the_body_says_what_it_was() -> None:
    limited = problem_of(error(code=429, message="slow"))
    assert limited is not None
    assert (limited.status, limited.provider_status) == (429, 429)
    unnumbered = problem_of(error(message="?"))
    assert unnumbered is not None
    assert (unnumbered.status, unnumbered.provider_status) == (502, None)
    for harmless in (None, {}, [], {"error": None}, {"object": "list"}, "text", [1]):
        assert problem_of(harmless) is None


@pytest.mark.parametrize(
    ("status", "blame"),
    [
        (400, "caller"),
        (401, "configuration"),
        (402, "configuration"),
        (404, "caller"),
        (429, "provider"),
        (500, "provider"),
        (529, "provider"),
    ],
)
def test_who_is_to_blame(status: int, blame: str) -> None:
    assert read(status, {}).blame == blame


def test_a_status_that_http_does_not_have() -> None:
    problem = read(999, {"message": "no"})
    assert (problem.status, problem.provider_status) == (502, 999)
    assert read(302, b"").status == 502


def limits(remaining: str, reset: str) -> tuple[tuple[str, str], ...]:
    return (
        ("x-ratelimit-remaining-requests", "5"),
        ("x-ratelimit-reset-requests", "24h"),
        ("X-RateLimit-Remaining-Tokens", remaining),
        ("X-RateLimit-Reset-Tokens", reset),
    )


@pytest.mark.parametrize(
    ("headers", "text", "wait"),
    [
        ((("Retry-After-Ms", "1500"), ("Retry-After", "9")), "", 1.5),
        ((("x-ms-retry-after-ms", "250"),), "", 0.25),
        ((("retry-after", "30"),), "try again in 5s", 30.0),
        ((("retry-after", "2.5"),), "", 2.5),
        ((("retry-after", "1m30s"),), "", 90.0),
        ((("Retry-After", "Mon, 21 Sep 2026 14:13:25 GMT"),), "", 5.0),
        ((("Retry-After", "Mon, 21 Sep 2026 14:13:25 -0000"),), "", 5.0),
        ((("Retry-After", "Mon, 21 Sep 2026 14:00:00 GMT"),), "", 0.0),
        ((("retry-after", "soon"),), "Please try again in 5.289s.", 5.289),
        ((), "Please try again in 6m0s", 360.0),
        ((), "try again in 250ms, or", 0.25),
        ((), "Retry after 20 seconds", 20.0),
        ((), "retry in 2 minutes", 120.0),
        ((), '{"@type": "RetryInfo", "retryDelay": "34s"}', 34.0),
        ((), '{"retryDelay":"34.4s"}', 34.4),
        ((), "try again in a while", None),
        ((), "", None),
        (limits("0", "7.66s"), "", 7.66),
        (limits("0", "12"), "", 12.0),
        (limits("0", str(int(NOW) + 8)), "", 8.0),
        (limits("0", str(int(NOW * 1000) + 8000)), "", 8.0),
        (limits("0", "later"), "", None),
        (limits("3", "7.66s"), "", None),
    ],
)
def test_how_long_to_wait(
    headers: tuple[tuple[str, str], ...], text: str, wait: float | None
) -> None:
    assert retry_after(429, headers, text, now=NOW) == (
        None if wait is None else pytest.approx(wait)
    )


def test_reset_headers_mean_nothing_for_other_errors() -> None:
    assert retry_after(500, limits("0", "7s"), "", now=NOW) is None
    assert read(429, {}, *limits("0", "7s")).retry_after == 7.0


@given(st.text(max_size=12), st.text(max_size=30))
def test_no_header_is_too_odd(value: str, text: str) -> None:
    for name in ("retry-after", "retry-after-ms", "x-ratelimit-reset"):
        wait = retry_after(429, ((name, value), ("x-ratelimit-remaining", "0")), text, now=NOW)
        assert wait is None or wait >= 0


@given(st.integers(100, 999), st.binary(max_size=50))
def test_no_body_is_too_odd(status: int, body: bytes) -> None:
    problem = parse_error(status, (), body, now=NOW)
    assert problem.message
    assert problem.code
    assert 400 <= problem.status < 600


@pytest.mark.parametrize(
    ("status", "sent", "kind"),
    [
        (400, 400, "invalid_request_error"),
        (401, 401, "authentication_error"),
        (403, 403, "permission_error"),
        (404, 404, "invalid_request_error"),
        (408, 408, "timeout_error"),
        (413, 413, "invalid_request_error"),
        (429, 429, "rate_limit_error"),
        (500, 500, "server_error"),
        (503, 503, "server_error"),
        (0, 500, "server_error"),
    ],
)
def test_errors_as_openai_tells_them(status: int, sent: int, kind: str) -> None:
    problem = Problem(
        code="c", message="What.", blame="caller", status=status, fix="Do this.", param="p"
    )
    told, body = render_error(problem)
    assert told == sent
    assert json.loads(body) == {
        "error": {"message": "What. Do this.", "type": kind, "param": "p", "code": "c"}
    }


@given(
    st.builds(
        Problem,
        code=st.text("abc_", min_size=1),
        message=st.text("abc. ", min_size=1).filter(lambda text: bool(text.strip())),
        blame=st.just("provider"),
        status=st.sampled_from([400, 401, 404, 429, 500, 503]),
        param=st.none() | st.just("messages"),
    )
)
def test_an_error_that_is_written_is_read(problem: Problem) -> None:
    status, body = render_error(problem)
    told = parse_error(status, (), body, now=NOW)
    assert (told.code, told.message, told.param, told.status) == (
        problem.code,
        problem.message,
        problem.param,
        problem.status,
    )
