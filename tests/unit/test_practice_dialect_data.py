"""The facts of each dialect: only words that the code knows, each fact with its source."""

import string
from collections.abc import Iterator
from importlib import resources
from typing import get_args

import msgspec
import pytest

from filon.practice.dialects.dialect import Dialect, Fact, Rule, Words, by_name, dialects
from filon.practice.dialects.parameters import EFFECTIVE, sort_out
from filon.practice.dialects.refusing import SHAPES, refuse, words_of
from filon.practice.limits import Limits, Style
from filon.practice.model.family import EMBEDDING, Model, find
from filon.practice.refusal import Kind, Refusal, Refused

MARKS = {
    "null_usage",
    "x_groq",
    "cache_hit_tokens",
    "cached_details",
    "cost",
    "cost_ticks",
    "reasoning_beside",
    "fingerprint",
    "native_finish",
    "provider_name",
    "short_call_ids",
    "embedding_id",
    "blank_lines",
    "system_first",
    "zero_temperature",
    "reasoning_back",
    "thinking_first",
    "service_tier",
    "balance",
    "no_auth_models",
    "think_tag_raw",
    "json_word",
    "bearer_words",
    "version_header",
    "removed",
    "most_stops",
}
USES = {
    "reasoning": {
        "hidden",
        "reasoning_content",
        "reasoning",
        "details",
        "parts",
        "formats",
        "blocks",
    },
    "usage": {"asked", "extra", "finish", "events"},
    "calls": {"pieces", "whole"},
    "rates": set(get_args(Style)),
    "unknown": {"accept", "reject"},
    "invalid": {"bad_request", "unprocessable"},
    "overflow": {"refuse", "refuse_prompt", "lower", "truncate"},
    "lists": {"openai", "mistral", "groq", "openrouter", "fireworks", "ollama", "pages"},
    "shape": {
        "openai",
        "openai_without_param",
        "openai_without_nulls",
        "mistral",
        "openrouter",
        "xai",
        "fireworks",
        "ollama",
        "anthropic",
    },
}
VALUES: dict[str, str] = dict.fromkeys(
    (
        "key",
        "model",
        "param",
        "value",
        "limit",
        "used",
        "requested",
        "wait",
        "metric",
        "context",
        "prompt",
        "answer",
        "total",
        "message",
    ),
    "something",
)
KINDS: tuple[Kind, ...] = get_args(Kind)
FILES = sorted(
    file.name.removesuffix(".toml")
    for file in (resources.files("filon.practice.dialects") / "data").iterdir()
    if file.name.endswith(".toml")
)
EACH = pytest.mark.parametrize("dialect", dialects(), ids=lambda dialect: dialect.name)
DIALECTS_AND_KINDS = pytest.mark.parametrize(
    ("dialect", "kind"),
    [(dialect, kind) for dialect in dialects() for kind in KINDS],
    ids=lambda value: value.name if isinstance(value, Dialect) else str(value),
)


def of(name: str) -> Dialect:
    dialect = by_name(name)
    assert dialect is not None
    return dialect


def model(name: str) -> Model:
    found = find(name)
    assert found is not None
    return found


def single_facts(dialect: Dialect) -> dict[str, Fact | None]:
    wire = dialect.wire
    return {
        "reasoning": wire.reasoning,
        "usage": wire.usage,
        "calls": wire.calls,
        "rates": wire.rates,
        "unknown": dialect.unknown,
        "invalid": dialect.invalid,
        "overflow": dialect.overflow,
        "lists": dialect.lists,
        "shape": dialect.errors.shape,
    }


def all_facts(dialect: Dialect) -> Iterator[tuple[str, Fact | Rule | Words]]:
    yield from ((name, fact) for name, fact in single_facts(dialect).items() if fact is not None)
    yield "id", dialect.wire.id
    if dialect.wire.comment is not None:
        yield "comment", dialect.wire.comment
    if dialect.errors.content_type is not None:
        yield "content_type", dialect.errors.content_type
    yield from ((f"mark {fact.use}", fact) for fact in dialect.wire.marks)
    yield from ((f"header {name}", fact) for name, fact in dialect.headers.items())
    yield from ((f"rule {rule.names} {rule.does}", rule) for rule in dialect.parameters)
    yield from (dialect.errors.kinds.items())


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def refusal_of(name: str, parameter: str, value: object, of_model: str = "pocket") -> Refusal:
    with pytest.raises(Refused) as caught:
        sort_out({parameter: value}, of(name), model(of_model))
    return caught.value.refusal


def test_each_file_is_the_dialect_of_its_name() -> None:
    assert sorted(dialect.name for dialect in dialects()) == FILES
    assert dialects()[0].name == "practice"
    assert len(FILES) == 11


def test_keys_roots_and_providers_belong_to_one_dialect() -> None:
    keys = [key for dialect in dialects() for key in (dialect.key, dialect.broke) if key]
    roots = [root for dialect in dialects() for root in dialect.roots]
    providers = [dialect.provider for dialect in dialects()]
    assert len(keys) == len(set(keys)) == 18
    assert len(roots) == len(set(roots))
    assert len(providers) == len(set(providers))


@EACH
def test_the_frame_of_a_dialect(dialect: Dialect) -> None:
    assert all(root.startswith("/") and not root.endswith("/") for root in dialect.roots)
    assert dialect.broke == (f"{dialect.key}-broke" if dialect.key else None)
    assert dialect.prefix == "" or dialect.prefix.endswith("/")
    assert dialect.seen.startswith("2026-")
    assert dialect.label


@EACH
def test_models_exist(dialect: Dialect) -> None:
    assert len(dialect.models) == len(set(dialect.models))
    assert "echo" in dialect.models
    assert [name for name in dialect.models if find(name) is None and name != EMBEDDING] == []


@EACH
def test_uses_are_words_that_the_code_knows(dialect: Dialect) -> None:
    used = single_facts(dialect)
    assert {
        name: fact.use
        for name, fact in used.items()
        if fact is not None and fact.use not in USES[name]
    } == {}
    marks = [mark.use.partition("=")[0] for mark in dialect.wire.marks]
    assert set(marks) <= MARKS
    assert len(marks) == len(set(marks))
    assert isinstance(dialect.wire.id.use, str)
    assert dialect.wire.comment is None or isinstance(dialect.wire.comment.use, str)


def test_every_mark_is_somebodys() -> None:
    assert {
        mark.use.partition("=")[0] for dialect in dialects() for mark in dialect.wire.marks
    } == MARKS


@EACH
def test_a_fact_that_is_not_our_choice_has_a_source(dialect: Dialect) -> None:
    found = list(all_facts(dialect))
    assert [what for what, fact in found if fact.sure != "practice" and not fact.source] == []


@EACH
def test_only_practice_is_all_our_choice(dialect: Dialect) -> None:
    ours = all(fact.sure == "practice" for _, fact in all_facts(dialect))
    assert ours == (dialect.name == "practice")


@EACH
def test_rules_name_parameters_that_there_are(dialect: Dialect) -> None:
    for rule in dialect.parameters:
        assert rule.names
        assert len(rule.names) == len(set(rule.names))
        assert rule.means is None or rule.means in EFFECTIVE
        if rule.does == "accept":
            assert {rule.means or name for name in rule.names} <= EFFECTIVE
        if rule.does == "clamp":
            assert rule.low is not None or rule.high is not None
        if rule.does != "reject":
            assert rule.kind == "unsupported_parameter"
            bounded = rule.low is not None or rule.high is not None
            assert rule.message is None or (rule.does == "accept" and bounded)
        if rule.low is not None and rule.high is not None:
            assert rule.low < rule.high
        assert placeholders(rule.message or "") <= {"param", "value", "model"}


@EACH
def test_no_rule_is_hidden_by_an_earlier_one(dialect: Dialect) -> None:
    done: set[tuple[str, str]] = set()
    for rule in dialect.parameters:
        sorts = ("reasoning", "plain") if rule.only is None else (rule.only,)
        reached = {(name, sort) for name in rule.names for sort in sorts} - done
        assert {name for name, _ in reached} == set(rule.names), rule
        if not rule.unless:
            done |= reached


@EACH
def test_a_dialect_takes_what_every_client_sends(dialect: Dialect) -> None:
    sent = {"temperature": 0.5, "top_p": 0.9, "tools": [{"type": "function"}]}
    taken = sort_out(sent, dialect, model("pocket"))
    assert {name: given.value for name, given in taken.items()} == sent


@DIALECTS_AND_KINDS
def test_every_kind_of_refusal_can_be_said(dialect: Dialect, kind: Kind) -> None:
    words = words_of(dialect, kind)
    assert 400 <= words.status < 600
    assert words.shape is None or words.shape in SHAPES
    assert placeholders(words.message or "") <= VALUES.keys()
    response = refuse(dialect, Refusal(kind=kind, param="temperature", values=VALUES))
    text = response.body.decode()
    assert response.status == words.status
    assert "unknown " not in text
    assert "{" not in (words.message or "").format_map(VALUES)
    if dict(response.headers)["content-type"] == "application/json":
        assert isinstance(msgspec.json.decode(response.body), dict)


@pytest.mark.parametrize(
    ("what", "wrong"),
    [
        (Fact, {"use": "asked", "sure": "surely"}),
        (Fact, {"use": "asked", "sure": "confirmed", "seen": "2026-11"}),
        (Rule, {"names": ["n"], "does": "drop", "sure": "practice"}),
        (Rule, {"names": ["n"], "does": "reject", "sure": "practice", "kind": "odd"}),
        (Words, {"sure": "practice", "message": "no status"}),
    ],
)
def test_a_word_that_nobody_knows_is_no_fact(what: type[object], wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, what)


@EACH
def test_headers_are_filled_with_what_there_is(dialect: Dialect) -> None:
    for name, fact in dialect.headers.items():
        assert name == name.lower()
        assert placeholders(str(fact.use)) <= {"id", "ms"}


@pytest.mark.parametrize(
    ("dialect", "kind", "status", "code"),
    [
        ("openai", "quota_exhausted", 429, "insufficient_quota"),
        ("deepseek", "no_money", 402, "invalid_request_error"),
        ("mistral", "unknown_model", 400, "1500"),
        ("mistral", "rate_limited", 429, "1300"),
        ("groq", "request_over_limit", 413, "rate_limit_exceeded"),
        ("groq", "capacity", 498, "capacity_exceeded"),
        ("openrouter", "unknown_model", 400, None),
        ("fireworks", "no_money", 412, "PRECONDITION_FAILED"),
        ("xai", "wrong_key", 400, "Client specified an invalid argument"),
        ("xai", "missing_key", 401, "The request does not have valid authentication credentials"),
        ("ollama", "unknown_model", 404, None),
        ("anthropic", "no_money", 400, None),
        ("anthropic", "overloaded", 529, None),
    ],
)
def test_what_clients_match_on(dialect: str, kind: Kind, status: int, code: str | None) -> None:
    words = words_of(of(dialect), kind)
    assert (words.status, words.code) == (status, code)


@pytest.mark.parametrize(
    ("dialect", "parameter", "value", "of_model", "kind"),
    [
        ("openai", "max_tokens", 5, "pocket-reasoner", "unsupported_parameter"),
        ("openai", "temperature", 0.2, "pocket-reasoner", "unsupported_parameter"),
        ("openai", "top_k", 5, "pocket", "unknown_parameter"),
        ("openai", "reasoning_effort", "low", "pocket", "unknown_parameter"),
        ("mistral", "user", "ann", "pocket", "unknown_parameter"),
        ("mistral", "seed", 1, "pocket", "unknown_parameter"),
        ("mistral", "reasoning_effort", "low", "pocket-reasoner", "unprocessable"),
        ("groq", "logprobs", True, "pocket", "unsupported_parameter"),
        ("groq", "n", 2, "pocket", "bad_request"),
        ("groq", "reasoning", {}, "pocket", "unknown_parameter"),
        ("fireworks", "store", False, "pocket", "unknown_parameter"),
        ("xai", "presence_penalty", 0, "pocket", "unsupported_parameter"),
        ("ollama", "reasoning_effort", "xhigh", "pocket-reasoner", "bad_request"),
        ("anthropic", "seed", 1, "pocket", "unknown_parameter"),
        ("anthropic", "thinking", {"type": "adaptive"}, "pocket", "bad_request"),
    ],
)
def test_what_a_dialect_refuses(
    dialect: str, parameter: str, value: object, of_model: str, kind: Kind
) -> None:
    refusal = refusal_of(dialect, parameter, value, of_model)
    assert (refusal.kind, refusal.param) == (kind, parameter)
    text = refuse(of(dialect), refusal).body.decode()
    assert "unknown " not in text


@pytest.mark.parametrize(
    ("dialect", "sent", "of_model", "taken"),
    [
        (
            "openai",
            {"temperature": 1, "top_p": 1},
            "pocket-reasoner",
            {"temperature": 1, "top_p": 1},
        ),
        ("openai", {"presence_penalty": 0}, "pocket-reasoner", {"presence_penalty": 0}),
        ("openai", {"max_tokens": 5, "user": "ann"}, "pocket", {"max_tokens": 5}),
        ("deepseek", {"temperature": 1.5, "top_p": 0.5}, "pocket-reasoner", {"top_p": 0.95}),
        ("deepseek", {"seed": 1, "max_completion_tokens": 5}, "pocket", {}),
        ("mistral", {"random_seed": 3}, "pocket", {"seed": 3}),
        ("mistral", {"reasoning_effort": "none"}, "pocket", {"reasoning_effort": "none"}),
        ("groq", {"n": 1, "logprobs": False}, "pocket", {"n": 1}),
        ("openrouter", {"reasoning": {}, "anything": 1}, "pocket", {}),
        ("fireworks", {"max_completion_tokens": 5}, "pocket", {"max_tokens": 5}),
        ("xai", {"parallel_function_calling": True}, "pocket", {"parallel_tool_calls": True}),
        ("ollama", {"tool_choice": "none", "n": 3, "max_completion_tokens": 5}, "pocket", {}),
        ("ollama", {"reasoning_effort": "low"}, "pocket", {"reasoning_effort": "low"}),
        ("anthropic", {"stop_sequences": ["."], "metadata": {}}, "pocket", {"stop": ["."]}),
        (
            "anthropic",
            {"thinking": {"type": "disabled"}},
            "pocket",
            {"thinking": {"type": "disabled"}},
        ),
    ],
)
def test_what_becomes_of_parameters(
    dialect: str, sent: dict[str, object], of_model: str, taken: dict[str, object]
) -> None:
    found = sort_out(sent, of(dialect), model(of_model))
    assert {name: given.value for name, given in found.items()} == taken


def test_the_usual_names_all_have_an_effect_at_practice() -> None:
    assert set(sort_out(dict.fromkeys(EFFECTIVE, 1), of("practice"), model("pocket"))) == EFFECTIVE


def test_limits() -> None:
    unlimited = {dialect.name for dialect in dialects() if dialect.limits == Limits()}
    assert unlimited == {"practice", "ollama"}
    assert of("groq").limits == Limits(
        requests_per_minute=30,
        requests_per_day=14_400,
        tokens_per_minute=6_000,
        tokens_per_day=500_000,
    )
