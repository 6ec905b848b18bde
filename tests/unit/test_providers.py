"""Manifests, quirks, aliases."""

from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from filon.providers import catalog, manifest
from filon.providers.aliases import OPENAI_CHAT, canonical, is_known, wire_name
from filon.providers.quirks import Quirk, applies, bounded
from filon.trace.records import Because

MANIFESTS = catalog.manifests()


@pytest.mark.parametrize("one", MANIFESTS, ids=lambda one: one.name)
def test_every_quirk_has_its_reason_and_its_line(one: manifest.Manifest) -> None:
    folder = resources.files("filon.providers") / "manifests"
    lines = (folder / f"{one.name}.toml").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 60
    for quirk in one.quirks:
        assert quirk.because.source == f"{one.name}.toml"
        assert quirk.because.line is not None
        assert lines[quirk.because.line - 1] == "[[quirks]]"
        assert "seen 20" in str(quirk.because.why)
        assert (quirk.use == "rename") == (quirk.to is not None)
        assert (quirk.use == "clamp") == (quirk.low is not None or quirk.high is not None)


def test_names_hosts_and_variables_are_told_apart() -> None:
    hosts = [host for one in MANIFESTS for host in catalog.hosts(one)]
    variables = [name for one in MANIFESTS for name in one.variables]
    assert len(set(hosts)) == len(hosts)
    assert len(set(variables)) == len(variables)
    assert [one.name for one in MANIFESTS][:3] == ["openai", "deepseek", "mistral"]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://api.deepseek.com", "deepseek"),
        ("https://api.deepseek.com/v1/", "deepseek"),
        ("HTTPS://API.DEEPSEEK.COM:443/v1", "deepseek"),
        ("https://eu.openrouter.ai/api/v1", "openrouter"),
        ("http://localhost:11434/v1", "ollama"),
        ("http://localhost/v1", None),
        ("https://api.deepseek.com.example/v1", None),
        ("https://proxy.example/api.deepseek.com", None),
        ("api.deepseek.com", None),
        ("", None),
        ("http://[::1", None),
        ("http://a:99999", None),
    ],
)
def test_a_provider_is_found_by_its_host(address: str, name: str | None) -> None:
    found = catalog.by_address(address)
    assert (found.name if found else None) == name


GOOD = """
name = "x"
label = "X"
protocol = "openai_chat"
base_url = "https://x.example/v1"

[[quirks]]
use = "drop"
name = ["a", "b"]
why = "They answer 400 to it."
seen = "2026-11"
sure = "confirmed"
source = "their documentation"
"""


def test_a_manifest_is_read() -> None:
    one = manifest.parse(GOOD, "x.toml")
    assert [(quirk.name, quirk.because.line) for quirk in one.quirks] == [("a", 7), ("b", 7)]
    assert one.quirks[0].because.rule == "quirks[0]"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('label = "X"', 'label = "X"\ncolour = "red"'),
        ('use = "drop"', 'use = "explode"'),
        ('why = "They answer 400 to it."', 'why = ""'),
        ('seen = "2026-11"', ""),
        ('sure = "confirmed"', 'sure = "perhaps"'),
        ('source = "their documentation"', ""),
    ],
)
def test_a_manifest_with_a_slip_is_refused(before: str, after: str) -> None:
    with pytest.raises(ValidationError):
        manifest.parse(GOOD.replace(before, after), "x.toml")


def quirk(**fields: Any) -> Quirk:
    return Quirk(
        use=fields.pop("use", "drop"), name="x", because=Because(source="x.toml"), **fields
    )


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("o1", True),
        ("o3-mini", True),
        ("gpt-5", True),
        ("GPT-5-mini", True),
        ("gpt-5-chat-latest", False),
        ("gpt-4o", False),
        ("omni", False),
    ],
)
def test_patterns_of_models(model: str, expected: bool) -> None:
    assert applies(quirk(models=("o[0-9]*", "gpt-5*", "!gpt-5-chat*")), model) == expected


def test_a_quirk_without_patterns_is_for_all_models() -> None:
    assert applies(quirk(), "anything")
    assert not applies(quirk(models=("!a*",)), "abc")
    assert applies(quirk(models=("!a*",)), "bc")


def test_a_quirk_may_be_off_for_some_requests() -> None:
    one = quirk(unless={"reasoning_effort": "none"})
    assert applies(one, "m", {})
    assert applies(one, "m", {"reasoning_effort": "low"})
    assert not applies(one, "m", {"reasoning_effort": "none"})


@pytest.mark.parametrize(
    ("value", "expected"),
    [(2.0, 1.5), (-1, 0), (1, 1), (0.5, 0.5), (2, 1.5), (True, True), ("2", "2"), (None, None)],
)
def test_bounds(value: Any, expected: Any) -> None:
    assert bounded(quirk(use="clamp", low=0.0, high=1.5), value) == expected


def test_a_bound_keeps_integers_whole() -> None:
    assert repr(bounded(quirk(use="clamp", low=1.0, high=1.0), 4)) == "1"


@pytest.mark.parametrize(
    ("name", "one", "wire"),
    [
        ("max_tokens", "max_tokens", "max_tokens"),
        ("maxTokens", "max_tokens", "max_tokens"),
        ("max_completion_tokens", "max_tokens", "max_completion_tokens"),
        ("maxOutputTokens", "max_tokens", "max_tokens"),
        ("max_output_tokens", "max_tokens", "max_tokens"),
        ("topP", "top_p", "top_p"),
        ("frequencyPenalty", "frequency_penalty", "frequency_penalty"),
        ("topLogprobs", "top_logprobs", "top_logprobs"),
        ("logitBias", "logit_bias", "logit_bias"),
        ("random_seed", "seed", "random_seed"),
        ("streaming", "stream", "stream"),
        ("chat_template_kwargs", "chat_template_kwargs", "chat_template_kwargs"),
        ("enableThinking", "enable_thinking", "enable_thinking"),
        ("myOwnField", "my_own_field", "myOwnField"),
    ],
)
def test_names_of_parameters(name: str, one: str, wire: str) -> None:
    assert canonical(name) == one
    assert wire_name(name) == wire


@given(st.text())
def test_canonical_names_are_their_own(name: str) -> None:
    assert canonical(canonical(name)) == canonical(name)


def test_known_fields() -> None:
    assert all(is_known(name) and wire_name(name) == name for name in OPENAI_CHAT)
    assert not is_known("add_generation_prompt")
