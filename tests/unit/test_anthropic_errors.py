"""Errors of Anthropic's messages, both ways."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.errors import InvalidRequest, Problem
from filon.protocols.anthropic_messages.errors import (
    error_object,
    parse_error,
    problem_of,
    render_error,
)


def envelope(kind: str, message: str = "Oh.") -> bytes:
    told = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}
    return json.dumps(told).encode()


@pytest.mark.parametrize(
    ("status", "kind", "blame"),
    [
        (400, "invalid_request_error", "caller"),
        (401, "authentication_error", "configuration"),
        (402, "billing_error", "configuration"),
        (403, "permission_error", "configuration"),
        (404, "not_found_error", "caller"),
        (413, "request_too_large", "caller"),
        (429, "rate_limit_error", "provider"),
        (500, "api_error", "provider"),
        (504, "timeout_error", "provider"),
        (529, "overloaded_error", "provider"),
    ],
)
def test_the_status_and_the_type_say_the_same(status: int, kind: str, blame: str) -> None:
    body = envelope(kind)
    apart = parse_error(status, (), body, now=0.0)
    assert (apart.status, apart.code, apart.message) == (status, kind, "Oh.")
    assert (apart.blame, apart.provider_status) == (blame, status)
    assert apart.provider_body == body.decode()
    within = parse_error(200, (), body, now=0.0)
    assert (within.status, within.code) == (status, kind)
    sent, told = render_error(apart)
    assert sent == status
    assert json.loads(told)["error"]["type"] == kind


@pytest.mark.parametrize(
    ("status", "body", "code", "message"),
    [
        (401, b'{"error":{"message":"No.","code":"invalid_api_key"}}', "invalid_api_key", "No."),
        (502, b"<html><title>Bad Gateway</title></html>", "provider_error", "a web page instead"),
        (500, b"", "provider_error", "nothing: its body was empty"),
        (200, b'{"error":"text"}', "provider_error", "text"),
        (400, b'{"type":"error","error":7}', "invalid_request", "{"),
    ],
)
def test_other_shapes_are_read_too(status: int, body: bytes, code: str, message: str) -> None:
    problem = parse_error(status, (), body, now=0.0)
    assert problem.code == code
    assert message in problem.message


def test_how_long_to_wait_comes_along() -> None:
    problem = parse_error(429, [("Retry-After", "7")], envelope("rate_limit_error"), now=0.0)
    assert problem.retry_after == 7
    assert parse_error(529, (), envelope("overloaded_error"), now=0.0).fix != problem.fix


@given(st.integers(100, 700), st.binary(max_size=60))
def test_no_error_is_too_odd(status: int, body: bytes) -> None:
    problem = parse_error(status, (), body, now=0.0)
    assert 400 <= problem.status < 600
    sent, told = render_error(problem)
    assert sent == problem.status
    assert json.loads(told)["type"] == "error"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (408, "timeout_error"),
        (409, "conflict_error"),
        (422, "invalid_request_error"),
        (499, "invalid_request_error"),
        (502, "api_error"),
        (503, "api_error"),
    ],
)
def test_statuses_without_a_type_of_their_own(status: int, kind: str) -> None:
    problem = Problem(code="x", message="Oh.", blame="provider", status=status, fix="Wait.")
    sent, body = render_error(problem)
    assert sent == status
    told = {"type": "error", "error": {"type": kind, "message": "Oh. Wait."}, "request_id": None}
    assert json.loads(body) == told
    assert json.loads(render_error(problem, "01ABC")[1]) == {**told, "request_id": "01ABC"}


def test_our_own_refusals_and_their_number() -> None:
    problem = InvalidRequest("`max_tokens` is missing.", fix="Send it.").problem
    told = error_object(problem, "01ABC")
    assert told["error"]["message"] == "`max_tokens` is missing. Send it."
    assert told["request_id"] == "01ABC"
    odd = Problem(code="x", message="Oh.", blame="filon", status=200)
    assert render_error(odd)[0] == 500


def test_what_is_no_error_is_none() -> None:
    assert problem_of({"type": "message", "content": []}) is None
    told = problem_of(json.loads(envelope("overloaded_error")))
    assert told is not None
    assert told.status == 529
