"""Each symptom of the catalogue has an example that it, and no earlier one, explains."""

import pytest

from filon.diagnosis.catalogue import SYMPTOMS
from filon.diagnosis.diagnose import Failure, diagnose

# By the place in the catalogue: status, kind, and what the provider said (real words, shortened).
EXAMPLES: tuple[tuple[str, int | None, str, str], ...] = (
    ("dns", None, "dns", "Name or service not known"),
    ("refused", None, "refused", "Connect call failed ('127.0.0.1', 11434)"),
    ("tls", None, "tls", "certificate verify failed: self-signed certificate"),
    ("unreachable", None, "unreachable", "No route to host"),
    ("connect_timeout", None, "connect_timeout", "Connection timeout to host"),
    ("cut", None, "disconnected", "Server disconnected"),
    ("cut", None, "payload", "the connection ended in the middle of the reply"),
    ("compressed", None, "compressed", "content-encoding br, which was not asked for"),
    ("unsendable", None, "url", "there is a line break in the header x-team"),
    ("provider_timeout", None, "silent", "nothing for 60 s"),
    ("broken_reply", None, "broken_reply", "the stream ended before [DONE]"),
    (
        "quota_exhausted",
        429,
        "",
        '{"error":{"code":"insufficient_quota","message":"You exceeded"}}',
    ),
    ("quota_exhausted", 402, "", '{"error":"Payment Required"}'),
    ("key_refused", 401, "", '{"error":{"message":"Incorrect API key provided"}}'),
    ("key_refused", 400, "", '{"error":{"message":"Invalid API Key"}}'),
    ("not_allowed", 403, "", "Country, region, or territory not supported"),
    ("context_too_long", 400, "", '{"error":{"code":"context_length_exceeded"}}'),
    ("parameter_refused", 422, "", '{"detail":[{"type":"extra_forbidden"}]}'),
    ("model_not_found", 404, "", "The model `x` does not exist"),
    ("path_not_found", 404, "", '{"detail":"Not Found"}'),
    ("request_too_large", 413, "", "Request too large for model"),
    ("request_too_large", 429, "", "Request too large: tokens must be reduced"),
    ("rate_limited", 429, "", "Rate limit reached for requests"),
    ("rate_limited", 200, "", '{"error":{"type":"rate_limit_error"}}'),
    ("redirected", 307, "", ""),
    ("gave_up_waiting", 504, "", "upstream request timeout"),
    ("overloaded", 529, "", "Overloaded"),
    ("overloaded", 200, "", '{"error":{"code":"server_overloaded"}}'),
    ("error_in_reply", 200, "", '{"error":{"message":"Provider returned error"}}'),
    ("request_refused", 400, "", "Something else"),
)


def failure(status: int | None = None, kind: str = "", body: str = "", **fields: str) -> Failure:
    given = {"endpoint": "Rec", "model": "m-1", "url": "http://127.0.0.1/v1", "variable": "REC_KEY"}
    seconds = 60.0 if kind == "silent" else None
    return Failure(**{**given, **fields}, status=status, kind=kind, body=body, seconds=seconds)


def test_every_symptom_has_an_example() -> None:
    assert [code for code, *_ in EXAMPLES] == [symptom.code for symptom in SYMPTOMS]


@pytest.mark.parametrize("place", range(len(EXAMPLES)))
def test_an_example_is_explained_by_its_symptom(place: int) -> None:
    code, status, kind, body = EXAMPLES[place]
    (finding,) = diagnose(failure(status, kind, body))
    assert finding.code == code
    symptom = SYMPTOMS[place]
    # Only this entry's own words: several entries may share a code.
    assert finding.causes[0] == symptom.causes[0].format(
        endpoint="Rec", model="m-1", url="http://127.0.0.1/v1", variable="REC_KEY"
    )
    assert body in finding.evidence
    assert finding.fix


@pytest.mark.parametrize("symptom", SYMPTOMS, ids=lambda symptom: symptom.code)
def test_every_sentence_can_be_filled_in(symptom: object) -> None:
    for code, status, kind, body in EXAMPLES:
        for finding in diagnose(failure(status, kind, body)):
            told = (finding.title, finding.fix, *finding.causes)
            assert not any("{" in sentence or "}" in sentence for sentence in told), code


def test_names_with_braces_do_no_harm() -> None:
    (finding,) = diagnose(failure(404, "", "no model", model="{endpoint}", url="http://x/{0}"))
    assert "{endpoint}" in finding.title


@pytest.mark.parametrize("status", [100, 204, 418, 451, 999])
def test_an_unknown_failure_is_not_explained(status: int) -> None:
    assert diagnose(failure(status, "", "whatever")) == ()
    assert diagnose(failure(None, "something_new", "")) == ()


def test_long_words_are_cut_around_what_mattered() -> None:
    body = "x" * 5000 + " context_length_exceeded " + "y" * 5000
    (finding,) = diagnose(failure(400, "", body))
    assert "context_length_exceeded" in finding.evidence
    assert len(finding.evidence) < 500
