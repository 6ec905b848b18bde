"""What may be done about a finding, and what the configuration and the headers add to it."""

from typing import Any

import pytest

from filon.conversation.finding import (
    AddDrop,
    ChooseOther,
    Finding,
    LowerMaxTokens,
    OpenDocs,
    RenameParameter,
    RetryWithout,
    RunDoctor,
    SetVariable,
    ShortenConversation,
    UseModel,
    WaitFor,
)
from filon.diagnosis.budgets import budgets, shown
from filon.diagnosis.diagnose import Failure, Known, diagnose
from filon.diagnosis.fixes import near
from filon.providers.endpoint import Endpoint, Key, Title
from filon.trace.records import Because
from tests.unit.diagnosis_table import PAGE, said

PLACE = Because(source="librechat.yaml", line=4)


def endpoint(**given: Any) -> Endpoint:
    usual: dict[str, Any] = {
        "name": "There",
        "label": "There",
        "provider": "custom",
        "protocol": "openai_chat",
        "base_url": "https://api.example.com/v1",
        "key": Key(source="environment", value="key-0123456789", variable="THERE_KEY"),
        "origin": PLACE,
        "kind": "custom",
        "title": Title(enabled=False, because=PLACE),
    }
    return Endpoint(**{**usual, **given})


def found(
    at: int | str, body: str = "", known: Known | None = None, **more: Any
) -> tuple[Finding, ...]:
    known = known or Known(endpoint=endpoint())
    assert known.endpoint
    status, kind = (at, "") if isinstance(at, int) else (None, at)
    failure = Failure(
        endpoint="There",
        model=more.pop("model", "m-1"),
        url=known.endpoint.base_url + "/chat/completions",
        variable=known.endpoint.key.variable,
        status=status,
        kind=kind,
        body=body,
        **more,
    )
    return diagnose(failure, known)


def sent(**parameters: Any) -> Known:
    return Known(endpoint=endpoint(), parameters=parameters)


MISTRAL = (
    '{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body",'
    '"stream_options","include_usage"],"msg":"Extra inputs are not permitted"}]}}'
)


@pytest.mark.parametrize(
    ("body", "parameters", "name"),
    [
        (MISTRAL, {"stream_options": {}, "user": "x"}, "stream_options"),
        (said("Unrecognized request argument supplied: top_k"), {"top_k": 3}, "top_k"),
        (said("`logprobs` is not supported with this model"), {"logprobs": True}, "logprobs"),
        (said("property 'body.thinking' is unsupported"), {"thinking": {}}, "thinking"),
        (said('json: unknown field "seed"'), {"seed": 1, "stop": "x"}, "seed"),
        (said("Unsupported parameter(s): `tool_stream`"), {"tool_stream": True}, "tool_stream"),
        (
            said("unsupported parameter", param="max_tokens"),
            {"max_completion_tokens": 9},
            "max_completion_tokens",
        ),
        (said("n is not supported"), {"n": 2}, "n"),
    ],
)
def test_the_refused_parameter_is_read_from_the_words(
    body: str, parameters: dict[str, Any], name: str
) -> None:
    first = found(400, body, sent(**parameters))[0]
    assert RetryWithout(parameter=name) in first.fixes
    lines = ("dropParams:", f'  - "{name}"')
    assert AddDrop(endpoint="There", parameter=name, lines=lines) in first.fixes


@pytest.mark.parametrize(
    "parameters",
    [{}, {"seed": 1}],
)
def test_what_was_not_sent_is_not_left_out(parameters: dict[str, Any]) -> None:
    first = found(400, said("Unknown parameter: 'top_k'"), sent(**parameters))[0]
    assert first.code == "parameter_refused"
    assert not [fix for fix in first.fixes if isinstance(fix, RetryWithout | AddDrop)]


def test_only_an_entry_of_a_file_gets_a_line() -> None:
    known = Known(endpoint=endpoint(kind="detected"), parameters={"top_k": 1})
    first = found(400, said("Unknown parameter: 'top_k'"), known)[0]
    assert RetryWithout(parameter="top_k") in first.fixes
    assert not [fix for fix in first.fixes if isinstance(fix, AddDrop)]


def test_a_renamed_parameter_is_sent_by_its_new_name() -> None:
    body = said(
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
        "'max_completion_tokens' instead."
    )
    first = found(400, body, sent(max_tokens=50))[0]
    assert (first.code, first.fixes[0]) == (
        "parameter_renamed",
        RenameParameter(parameter="max_tokens", to="max_completion_tokens"),
    )
    assert first.title == "m-1 wants max_completion_tokens in place of max_tokens"


GROQ = said(
    "Request too large for model `m` on tokens per minute (TPM): Limit 6000, Requested "
    "14810, please reduce your message size"
)
CONTEXT = said(
    "This model's maximum context length is 8192 tokens. However, you requested 9000 "
    "tokens (5000 in the messages, 4000 in the completion)."
)


@pytest.mark.parametrize(
    ("at", "body", "asked", "to"),
    [
        (402, said("You requested up to 64000 tokens, but can only afford 1,200."), None, 1200),
        (413, GROQ, 12000, 12000 - (14810 - 6000)),
        (413, GROQ, 8000, None),
        (400, CONTEXT, 4000, 3192),
        (
            400,
            said(
                "max_tokens is too large: 90000. This model supports at most 16384 completion "
                "tokens"
            ),
            90000,
            16384,
        ),
        (400, said("prompt is too long: 205351 tokens > 200000 maximum"), 4096, None),
    ],
)
def test_how_far_max_tokens_is_to_be_lowered(
    at: int, body: str, asked: int | None, to: int | None
) -> None:
    known = sent() if asked is None else sent(max_tokens=asked)
    fixes = found(at, body, known)[0].fixes
    lowered = [fix.to for fix in fixes if isinstance(fix, LowerMaxTokens)]
    assert lowered == ([] if to is None else [to])


def test_how_much_is_to_be_left_out() -> None:
    body = said("prompt is too long: 205351 tokens > 200000 maximum")
    assert ShortenConversation(tokens=5351) in found(400, body)[0].fixes
    assert ShortenConversation() in found(400, said("x", code="context_length_exceeded"))[0].fixes


MODELS = ("accounts/fireworks/models/llama-v3", "deepseek-chat", "deepseek-reasoner", "gpt-4o")


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        ("llama-v3", "accounts/fireworks/models/llama-v3"),
        ("deepseek_chat", "deepseek-chat"),
        ("gpt4o", "gpt-4o"),
        ("zephyr", None),
    ],
)
def test_the_nearest_model_is_offered(asked: str, nearest: str | None) -> None:
    known = Known(endpoint=endpoint(), models=MODELS)
    fixes = found(404, said("The model does not exist"), known, model=asked)[0].fixes
    used = [fix for fix in fixes if isinstance(fix, UseModel)]
    assert [fix.name for fix in used] == ([] if nearest is None else [nearest])
    assert asked not in near(asked, (*MODELS, asked))


def test_the_wait_is_what_the_reply_says() -> None:
    first = found(429, said("Slow"), retry_after=17.0)[0]
    assert first.fixes[0] == WaitFor(seconds=17.0)
    assert first.retry == "wait"
    assert not [fix for fix in found(429, said("Slow"))[0].fixes if isinstance(fix, WaitFor)]


def test_a_refused_key_leads_to_where_keys_are_made() -> None:
    known = Known(endpoint=endpoint(provider="groq"))
    fixes = found(401, said("Invalid API Key"), known)[0].fixes
    assert fixes[:2] == (SetVariable(name="THERE_KEY"), RunDoctor(endpoint="There"))
    assert isinstance(fixes[2], OpenDocs)
    assert "groq" in fixes[2].page
    assert ChooseOther() in fixes


# The key, and what its letters tell.
KEYS = {
    '"key-0123456789"': "key_quoted",
    "key 0123456789": "key_blank",
    "Bearer key-0123456789": "key_bearer",
    "your-api-key-here": "key_unfilled",
    "sk-or-v1-0123456789": "key_of_another",
    "gsk_0123456789abcdef": None,
}


@pytest.mark.parametrize("key", KEYS)
def test_a_key_that_is_refused_is_looked_at(key: str) -> None:
    known = Known(
        endpoint=endpoint(provider="groq", key=Key(source="file", value=key, variable="GROQ"))
    )
    codes = [one.code for one in found(401, said("No"), known)]
    assert codes == ["key_refused", *([KEYS[key]] if KEYS[key] else [])]
    for one in found(401, said("No"), known):
        assert key not in repr(one)
    assert [one.code for one in found(500, "", known)] == ["overloaded"]


@pytest.mark.parametrize(
    ("url", "container", "expected"),
    [
        ("http://localhost:11434/v1", True, "http://host.docker.internal:11434/v1"),
        ("http://127.0.0.1:1234/v1", True, "http://host.docker.internal:1234/v1"),
        ("http://localhost:11434/v1", False, None),
        ("http://host.docker.internal:11434/v1", True, None),
        ("http://10.0.0.7:11434/v1", True, None),
    ],
)
def test_localhost_in_a_container(url: str, container: bool, expected: str | None) -> None:
    known = Known(endpoint=endpoint(base_url=url), container=container)
    added = found("refused", "Connect call failed", known)[1:]
    assert [one.names["corrected"] for one in added] == ([expected] if expected else [])
    assert all((one.code, one.where) == ("container_localhost", "request") for one in added)


@pytest.mark.parametrize(
    ("url", "code", "corrected"),
    [
        (
            "https://api.example.com/v1/chat/completions",
            "address_chat",
            "https://api.example.com/v1",
        ),
        ("https://api.example.com/v1/v1", "address_doubled", "https://api.example.com/v1"),
        ("https://api.example.com/v1", None, None),
    ],
)
def test_an_address_that_leads_nowhere_is_looked_at(
    url: str, code: str | None, corrected: str | None
) -> None:
    for at, body in ((404, '{"detail":"Not Found"}'), (404, PAGE), ("broken_reply", PAGE)):
        added = found(at, body, Known(endpoint=endpoint(base_url=url)))[1:]
        told = [(one.code, one.names["corrected"]) for one in added]
        assert told == ([(code, corrected)] if code else [])


def test_a_redirect_says_where_it_points() -> None:
    _, moved = found(308, "", headers=(("Location", "/v2/chat/completions"),))
    assert (moved.code, moved.where) == ("address_moved", "header location")
    assert moved.names["location"] == "https://api.example.com/v2/chat/completions"


def test_a_key_in_the_wrong_header() -> None:
    known = Known(endpoint=endpoint(), headers=(("authorization", "Bearer …"),))
    first, header = found(401, said("x-api-key header is required"), known)
    assert (first.code, header.code) == ("key_not_sent", "key_header")
    assert header.names["header"] == "x-api-key"


NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("headers", "what", "wait"),
    [
        (
            {
                "x-ratelimit-limit-requests": "500",
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-requests": "6m0s",
            },
            "requests",
            360.0,
        ),
        (
            {
                "anthropic-ratelimit-input-tokens-remaining": "0",
                "anthropic-ratelimit-input-tokens-reset": "2027-01-15T08:00:11Z",
            },
            "input-tokens",
            11.0,
        ),
        ({"RateLimit-Remaining": "0", "RateLimit-Reset": "30"}, "requests", 30.0),
        (
            {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000060000"},
            "requests",
            60.0,
        ),
    ],
)
def test_an_allowance_that_is_used_up_says_until_when(
    headers: dict[str, str], what: str, wait: float
) -> None:
    first, used_up = found(429, said("Slow"), headers=tuple(headers.items()), now=NOW)
    assert (first.code, used_up.code) == ("rate_limited", "allowance_used_up")
    assert used_up.names["what"] == what
    assert used_up.fixes[0] == WaitFor(seconds=wait)
    assert used_up.where.startswith("header ")
    assert used_up.evidence.endswith(": 0")


def test_an_allowance_with_something_left_is_no_cause() -> None:
    headers = (("x-ratelimit-remaining-tokens", "12"), ("x-ratelimit-reset-tokens", "1s"))
    assert [one.code for one in found(429, said("Slow"), headers=headers)] == ["rate_limited"]
    assert budgets((("x-ratelimit-remaining-tokens", "many"),), NOW) == ()
    assert [shown(one) for one in (0.2, 11, 360, 11_100)] == ["1 s", "11 s", "6 min", "3 h 5 min"]
