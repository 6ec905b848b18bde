"""Which models a key may use, and when it ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.accounts import scopes
from filon.accounts.expiry import expiry, shown
from filon.conversation.errors import InvalidRequest
from filon.conversation.rights import Allowance, KeyRules
from filon.protocols.limit_headers import limit_headers, span

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("pattern", "name", "is_match"),
    [
        ("mistral/*", "mistral/mistral-small-latest", True),
        ("mistral/*", "Mistral/Mistral-Small", True),
        ("mistral/*", "openrouter/mistral/small", False),
        ("*", "anything/at/all", True),
        ("*/deepseek-*", "openrouter/deepseek-chat", True),
        ("a.c/x", "abc/x", False),
        ("a[b]/x", "a[b]/x", True),
        ("mistral/small", "mistral/small-2", False),
        ("", "", True),
        ("**", "x", True),
    ],
)
def test_a_star_stands_for_anything_and_nothing_else_is_special(
    pattern: str, name: str, is_match: bool
) -> None:
    assert scopes.matches(pattern, name) is is_match


@given(name=st.text(max_size=30), cuts=st.lists(st.integers(0, 30), max_size=4))
def test_a_name_with_parts_replaced_by_stars_matches_itself(name: str, cuts: list[int]) -> None:
    places = sorted({min(cut, len(name)) for cut in cuts})
    for start, end in zip([0, *places], [*places, len(name)], strict=True):
        pattern = f"{name[:start]}*{name[end:]}"
        if "*" not in name:
            assert scopes.matches(pattern, name)


@pytest.mark.parametrize(
    ("rules", "name", "endpoint", "through"),
    [
        (KeyRules(), "mistral/small", "mistral", "*"),
        (KeyRules(models=("mistral/*",)), "mistral/small", "mistral", "mistral/*"),
        (KeyRules(models=("mistral/*",)), "groq/small", "groq", None),
        # A preset is a name of its own: a scope of models does not reach it.
        (KeyRules(models=("mistral/*",)), "preset/tutor", "mistral", None),
        (KeyRules(models=("preset/*",)), "preset/tutor", "mistral", "preset/*"),
        (KeyRules(endpoints=("mistral",)), "preset/tutor", "mistral", "mistral/*"),
        (KeyRules(endpoints=("mistral",)), "preset/tutor", "groq", None),
        (KeyRules(models=("preset/*",), endpoints=("groq",)), "preset/t", "mistral", None),
        # Without a slash it is the model's id, wherever it is.
        (KeyRules(models=("llama*",)), "groq/llama-3", "groq", "llama*"),
        (KeyRules(models=("groq",)), "groq/llama-3", "groq", None),
        # An endpoint's name may hold slashes.
        (KeyRules(models=("x",)), "a/b/x", "a/b", "x"),
        # What nobody knows is judged by the name alone, and is told later that it is unknown.
        (KeyRules(models=("mistral/*",)), "mistral/typo", None, "mistral/*"),
        (KeyRules(models=("mistral/*",)), "gpt-9", None, None),
    ],
)
def test_what_lets_a_model_in(
    rules: KeyRules, name: str, endpoint: str | None, through: str | None
) -> None:
    assert scopes.through(rules, name, endpoint) == through


@pytest.mark.parametrize("pattern", ["", "  ", "a\nb", "\x00", "x" * 201])
def test_a_pattern_that_can_match_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        scopes.checked([pattern], "models")
    assert caught.value.problem.param == "models"


def test_patterns_are_kept_once_and_without_blanks() -> None:
    assert scopes.checked([" a/* ", "b/*", "a/*"], "models") == ("a/*", "b/*")
    with pytest.raises(InvalidRequest):
        scopes.checked([f"m{number}" for number in range(101)], "models")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30d", 30 * 86_400), ("12 h", 43_200), ("2w", 14 * 86_400), ("90 Minutes", 5_400)],
)
def test_a_span_counts_from_now(text: str, seconds: float) -> None:
    assert expiry(text, NOW) == NOW + seconds


@pytest.mark.parametrize("text", ["never", "", " None "])
def test_never_is_no_end(text: str) -> None:
    assert expiry(text, NOW) is None


def test_a_date_lasts_to_the_end_of_its_day() -> None:
    at = expiry("2027-12-24", NOW)
    assert at is not None
    assert shown(at) == "2027-12-24 23:59"
    assert expiry("2027-12-24T18:00+00:00", NOW) == 1_829_671_200.0


@pytest.mark.parametrize("text", ["2020-01-01", "0d", "1000y", "9999-12-31", "soon", "30", "-3d"])
def test_what_is_no_end_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        expiry(text, NOW)
    assert caught.value.problem.param == "expires"
    assert "never" in (caught.value.problem.fix or "")


@given(st.text(max_size=40))
def test_any_text_is_an_end_or_refused(text: str) -> None:
    try:
        at = expiry(text, NOW)
    except InvalidRequest:
        return
    assert at is None or at > NOW


LIMITS = (
    Allowance(name="requests_per_minute", limit=60, left=59, reset=1.0),
    Allowance(name="tokens_per_minute", limit=1000, left=250, reset=45.0),
    Allowance(name="requests_per_day", limit=500, left=1, reset=7_500.0),
    Allowance(name="concurrent", limit=4, left=3),
)


def test_limits_in_openais_headers() -> None:
    assert dict(limit_headers("openai_chat", LIMITS, NOW)) == {
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": "59",
        "x-ratelimit-reset-requests": "1s",
        "x-ratelimit-limit-tokens": "1000",
        "x-ratelimit-remaining-tokens": "250",
        "x-ratelimit-reset-tokens": "45s",
        "x-ratelimit-limit-requests-day": "500",
        "x-ratelimit-remaining-requests-day": "1",
        "x-ratelimit-reset-requests-day": "2h5m0s",
        "x-ratelimit-limit-concurrent": "4",
        "x-ratelimit-remaining-concurrent": "3",
    }


def test_limits_in_anthropics_headers() -> None:
    assert dict(limit_headers("anthropic_messages", LIMITS[2:], NOW)) == {
        "anthropic-ratelimit-requests-limit": "500",
        "anthropic-ratelimit-requests-remaining": "1",
        "anthropic-ratelimit-requests-reset": "2027-01-15T10:05:00Z",
        "anthropic-ratelimit-concurrent-limit": "4",
        "anthropic-ratelimit-concurrent-remaining": "3",
    }


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "0ms"), (0.12, "120ms"), (8.64, "8.64s"), (60.0, "1m0s"), (3_725.0, "1h2m5s")],
)
def test_spans_as_openai_writes_them(seconds: float, text: str) -> None:
    assert span(seconds) == text
