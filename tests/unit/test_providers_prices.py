"""Prices and facts of models: never invented, and reckoned so that a reader can check it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from filon.conversation.usage import Usage
from filon.providers import abilities, rates
from filon.providers.catalog import manifests
from filon.providers.endpoint import Endpoint, Key, Title, TokenRate
from filon.providers.models import facts, is_listed, price
from filon.providers.rates import NoRates, Rates, find
from filon.trace.records import Because

PLACE = Because(source="librechat.yaml", line=9)
NIGHT = datetime(2026, 3, 2, 20, tzinfo=UTC).timestamp()
DAY = datetime(2026, 3, 2, 8, tzinfo=UTC).timestamp()
USAGE = Usage(input_tokens=1284, output_tokens=331)


def endpoint(provider: str = "custom", **fields: Any) -> Endpoint:
    return Endpoint(
        name="e",
        label="E",
        provider=provider,
        protocol="openai_chat",
        base_url="https://proxy.example/v1",
        key=Key(source="none_needed"),
        origin=PLACE,
        kind=fields.pop("kind", "custom"),
        title=Title(enabled=True, because=PLACE),
        **fields,
    )


def test_the_arithmetic_can_be_checked() -> None:
    rate = TokenRate(model="m", because=PLACE, input_usd=0.27, output_usd=1.1, context=64000)
    cost = price(endpoint(rates=(rate,)), "m", USAGE, DAY)
    assert cost.arithmetic == "1,284 × $0.27/M + 331 × $1.10/M = $0.00071"
    assert cost.kind == "priced"
    assert cost.usd == pytest.approx(0.00071078)
    assert cost.source == "librechat.yaml:9"


def test_cached_tokens_have_their_own_price() -> None:
    rate = TokenRate(model="m", because=PLACE, input_usd=1, output_usd=2, cached_usd=0.1)
    usage = Usage(input_tokens=1_000_000, output_tokens=0, cached_tokens=400_000)
    cost = price(endpoint(rates=(rate,)), "m", usage, DAY)
    assert cost.usd == pytest.approx(0.64)
    assert cost.arithmetic == "600,000 × $1.00/M + 400,000 × $0.10/M + 0 × $2.00/M = $0.6400"


def test_without_a_price_for_cached_tokens_the_sum_is_said_to_be_an_upper_bound() -> None:
    rate = TokenRate(model="m", because=PLACE, input_usd=1, output_usd=2)
    usage = Usage(input_tokens=10, output_tokens=1, cached_tokens=20)
    cost = price(endpoint(rates=(rate,)), "m", usage, DAY)
    assert "full one" in str(cost.why)
    assert cost.usd == pytest.approx(12e-6)


@pytest.mark.parametrize("provider", ["custom", *(manifest.name for manifest in manifests())])
@pytest.mark.parametrize("kind", ["custom", "builtin", "local", "practice"])
def test_the_list_is_read_for_who_is_in_it_and_for_nobody_else(provider: str, kind: str) -> None:
    one = endpoint(provider, kind=kind)
    providers = rates._providers  # pyright: ignore[reportPrivateUsage]
    providers.cache_clear()
    rates._listed.cache_clear()  # pyright: ignore[reportPrivateUsage]
    price(one, "m", USAGE, DAY)
    facts(one, "m", DAY)
    assert bool(providers.cache_info().currsize) is is_listed(one)


def test_the_bundled_list_knows_the_hour() -> None:
    night = price(endpoint("deepseek"), "deepseek-chat", USAGE, NIGHT)
    day = price(endpoint("deepseek"), "deepseek-chat", USAGE, DAY)
    assert night.kind == day.kind == "priced"
    assert night.usd is not None
    assert day.usd is not None
    assert night.usd < day.usd
    assert "UTC" in str(day.why)
    assert str(day.source).startswith("genai-prices ")


@pytest.mark.parametrize(
    ("one", "model", "word"),
    [
        (endpoint(), "gpt-4o", "proxy.example"),
        (endpoint("mistral"), "no-such-model", "no-such-model"),
        (endpoint("practice"), "m", "no price list"),
    ],
)
def test_an_unknown_price_says_why(one: Endpoint, model: str, word: str) -> None:
    cost = price(one, model, USAGE, DAY)
    assert cost.kind == "unknown"
    assert cost.usd is None
    assert word in str(cost.why)
    assert facts(one, model, DAY).input_usd_per_mtok.value is None


def test_a_price_without_counts_is_unknown() -> None:
    rate = TokenRate(model="m", because=PLACE, input_usd=1, output_usd=2)
    cost = price(endpoint(rates=(rate,)), "m", Usage(input_tokens=3), DAY)
    assert cost.kind == "unknown"
    assert cost.input_usd_per_mtok == 1


def test_what_nobody_is_paid_for() -> None:
    assert price(endpoint("practice", kind="practice"), "echo", USAGE, DAY).kind == "free"
    assert price(endpoint("ollama", kind="local"), "m", USAGE, DAY).kind == "local"
    assert price(endpoint("ollama"), "m", USAGE, DAY).kind == "local"


def test_what_the_provider_reports_wins() -> None:
    usage = Usage(input_tokens=1, output_tokens=1, cost_usd=0.5)
    cost = price(endpoint("openrouter"), "openai/gpt-4o", usage, DAY)
    assert (cost.kind, cost.usd) == ("reported", 0.5)
    # What the list says stands beside it, with the sum that leads there.
    assert cost.reckoned_usd is not None
    assert 0 < cost.reckoned_usd < 0.5
    assert str(cost.reckoned_source).startswith("genai-prices ")
    assert cost.arithmetic


def test_what_the_provider_reports_stands_alone_where_no_list_knows_the_model() -> None:
    usage = Usage(input_tokens=1, output_tokens=1, cost_usd=0.5)
    cost = price(endpoint("openrouter"), "nobody/no-such", usage, DAY)
    assert (cost.kind, cost.usd, cost.reckoned_usd) == ("reported", 0.5, None)


def test_facts_name_their_source() -> None:
    known = facts(endpoint("openai"), "gpt-4o-mini", DAY)
    assert known.context.value
    assert str(known.context.source).startswith("genai-prices ")
    assert known.abilities.value == ["images"]
    assert known.abilities.source
    assert facts(endpoint("openai"), "no-such", DAY).abilities.value is None


def test_tiered_prices_follow_the_tokens() -> None:
    tiered = [
        (model, low, high)
        for model in ("google/gemini-2.5-pro", "anthropic/claude-sonnet-4.5")
        if isinstance(low := find(endpoint("openrouter"), model, DAY, 1000), Rates)
        and isinstance(high := find(endpoint("openrouter"), model, DAY, 900_000), Rates)
        and low.note
        and "above" in low.note
    ]
    for _, low, high in tiered:
        assert low.input_usd is not None
        assert high.input_usd is not None
        assert high.input_usd > low.input_usd
        assert isinstance(high.input_usd, Decimal)


def test_no_other_providers_price_is_taken() -> None:
    assert isinstance(find(endpoint("groq"), "gpt-4o", DAY), NoRates)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("gpt-5-mini", ("reasoning", "images")),
        ("openai/o3", ("reasoning", "images")),
        ("o1-mini", ("reasoning",)),
        ("llama-3.3-70b", None),
    ],
)
def test_abilities(model: str, expected: tuple[str, ...] | None) -> None:
    found = abilities.of(model)
    assert (found[0] if found else None) == expected


def test_embeddings_are_priced_by_what_they_read() -> None:
    usage = Usage(input_tokens=1_000_000, output_tokens=0)
    cost = price(endpoint("openai"), "text-embedding-3-small", usage, DAY)
    assert (cost.kind, cost.usd) == ("priced", 0.02)
    assert cost.arithmetic == "1,000,000 × $0.02/M = $0.0200"
    assert price(endpoint("mistral"), "mistral-embed", usage, DAY).usd == 0.1
    assert price(endpoint("deepseek"), "some-embedder", usage, DAY).usd is None
