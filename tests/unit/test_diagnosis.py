"""The catalogue of failures: each of its signs has a body that triggers it, and one nearby that
must not."""

import re
from typing import Any

import pytest

from filon.diagnosis.catalogue import SIGNS, SYMPTOMS, page
from filon.diagnosis.diagnose import Failure, diagnose, recognise
from filon.diagnosis.envelope import unwrap
from tests.unit.diagnosis_table import PAGE, ROWS, Row

# From outside, with when it was read; what HTTP and TCP say needs no source.
DATED = re.compile(r"20\d\d-\d\d(-\d\d)?$")


def failure(at: int | str, body: str = "", **fields: Any) -> Failure:
    given: dict[str, Any] = {
        "endpoint": "Rec",
        "model": "m-1",
        "url": "http://127.0.0.1/v1",
        "variable": "REC_KEY",
    }
    status, kind = (at, "") if isinstance(at, int) else (None, at)
    seconds = 60.0 if kind == "silent" else None
    return Failure(**{**given, **fields}, status=status, kind=kind, body=body, seconds=seconds)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.code}-{row.at}")
def test_a_row_triggers_its_code(row: Row) -> None:
    finding = diagnose(failure(row.at, row.body))[0]
    assert finding.code == row.code
    assert finding.fix
    assert finding.causes
    told = (finding.title, finding.fix, *finding.causes)
    assert not any("{" in sentence or "}" in sentence for sentence in told)
    assert finding.evidence or not row.body
    assert len(finding.evidence) <= 400
    assert finding.docs == page(row.code)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.code}-{row.at}")
def test_what_is_near_it_does_not(row: Row) -> None:
    assert row.code not in [one.code for one in diagnose(failure(row.near_at, row.near))]


def test_every_sign_is_triggered_by_a_row() -> None:
    kinds_of_reply = ("", "broken_reply")
    hit: set[int] = set()
    for row in ROWS:
        one = failure(row.at, row.body)
        said = unwrap(one.body if one.kind in kinds_of_reply else "")
        fit = recognise(one, said)
        assert fit is not None
        hit.add(next(at for at, (_, sign) in enumerate(SIGNS) if sign is fit.sign))
    missed = [(symptom.code, sign) for at, (symptom, sign) in enumerate(SIGNS) if at not in hit]
    assert missed == []


def test_no_code_stands_twice() -> None:
    codes = [symptom.code for symptom in SYMPTOMS]
    assert len(codes) == len(set(codes))
    assert len(codes) >= 96


@pytest.mark.parametrize("symptom", SYMPTOMS, ids=lambda symptom: symptom.code)
def test_what_providers_say_has_a_source_and_a_date(symptom: Any) -> None:
    assert all(DATED.search(source) for source in symptom.sources)
    if any(sign.words or sign.codes for sign in symptom.signs):
        assert symptom.sources
    for sign in symptom.signs:
        re.compile(sign.words)
        assert all(code == code.lower() for code in sign.codes)
    if symptom.kind == "failure" and symptom.retry in ("elsewhere", "changed"):
        assert symptom.offers


def test_names_with_braces_do_no_harm() -> None:
    finding = diagnose(failure(404, "no model", model="{endpoint}", url="http://x/{0}"))[0]
    assert "{endpoint}" in finding.title


@pytest.mark.parametrize("status", [100, 204, 418, 450, 999])
def test_an_unknown_failure_is_not_explained(status: int) -> None:
    assert diagnose(failure(status, "whatever")) == ()
    assert diagnose(failure("something_new")) == ()


def test_long_words_are_cut_around_what_mattered() -> None:
    body = "x" * 5000 + " context_length_exceeded " + "y" * 5000
    finding = diagnose(failure(400, body))[0]
    assert "context_length_exceeded" in finding.evidence
    assert len(finding.evidence) <= 400


@pytest.mark.parametrize(
    ("frames", "where"), [(None, "body"), ((12, 14), "frames 12-14"), ((3, 3), "frame 3")]
)
def test_it_says_where_the_evidence_stands(frames: tuple[int, int] | None, where: str) -> None:
    finding = diagnose(failure(200, '{"error":{"message":"It broke"}}', frames=frames))[0]
    assert (finding.code, finding.where) == ("error_in_reply", where)
    assert diagnose(failure("dns", "no such name"))[0].where == "connection"


WRAPPED = {
    # A router that quotes the host behind it, in JSON within a string.
    "openrouter": (
        429,
        '{"error":{"message":"Upstream error","code":429,"metadata":{"provider_name":"Groq",'
        '"raw":"{\\"error\\":{\\"message\\":\\"Rate limit reached on tokens per minute\\"}}"}}}',
        ("rate_limited", "Groq", "429 Groq: Rate limit reached on tokens per minute"),
    ),
    # A gateway that has made a 500 of it.
    "litellm": (
        500,
        '{"error":{"message":"litellm.AuthenticationError: AnthropicException - {\\"type\\":'
        '\\"error\\",\\"error\\":{\\"type\\":\\"authentication_error\\",\\"message\\":\\"invalid '
        'x-api-key\\"}}. Received Model Group=x","type":"None","code":"500"}}',
        ("key_refused", "Anthropic", "500 Anthropic: invalid x-api-key"),
    ),
    # What Python prints for the same.
    "litellm of openai": (
        400,
        '{"error":{"message":"litellm.BadRequestError: OpenAIException - Error code: 400 - '
        "{'error': {'message': \\\"Unsupported value: 'temperature' does not support 0.2\\\", "
        "'param': 'temperature', 'code': 'unsupported_value'}}\"}}",
        (
            "parameter_value",
            "OpenAI",
            "400 OpenAI: Unsupported value: 'temperature' does not support 0.2",
        ),
    ),
    "cloudflare": (
        524,
        "<!DOCTYPE html><html><head><title>api.example | 524: A timeout occurred</title></head>"
        "<body><h1>A timeout occurred <span>Error code 524</span></h1> cloudflare</body></html>",
        (
            "gave_up_waiting",
            "Cloudflare",
            "524 Cloudflare: api.example | 524: A timeout occurred · A timeout occurred Error code "
            "524",
        ),
    ),
}


@pytest.mark.parametrize("name", WRAPPED)
def test_envelopes_are_opened(name: str) -> None:
    status, body, (code, host, evidence) = WRAPPED[name]
    finding = diagnose(failure(status, body))[0]
    assert (finding.code, finding.host, finding.evidence) == (code, host, evidence)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"error":null}',
        '{"error":{"message":{"message":{"message":{}}}}}',
        "[" * 5000,
        "{" * 5000,
        '{"a":' * 2000,
        "\x00\ud800",
        "{'a': b'\\xff'}",
        "<html>" + "<h1>" * 5000,
        PAGE * 100,
        "Error: {" + '"' * 3001,
    ],
)
def test_no_body_is_too_strange(body: str) -> None:
    said = unwrap(body)
    assert said.layers
    assert isinstance(said.words, str)
    assert diagnose(failure(400, body))
