"""Manifests, quirks, aliases."""

from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.providers import catalog, manifest
from filon.providers.aliases import OPENAI_CHAT, canonical, is_known, wire_name
from filon.providers.quirks import Quirk, applies, bounded
from filon.trace.records import Because

MANIFESTS = catalog.manifests()


@pytest.mark.parametrize("one", MANIFESTS, ids=lambda one: one.name)
def test_every_quirk_has_its_reason_and_its_line(one: manifest.Manifest) -> None:
    folder = resources.files("filon.providers") / "manifests"
    lines = (folder / f"{one.name}.toml").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 90
    for quirk in one.quirks:
        assert quirk.because.source == f"{one.name}.toml"
        assert quirk.because.line is not None
        assert lines[quirk.because.line - 1] == "[[quirks]]"
        assert "seen 20" in str(quirk.because.why)
        assert (quirk.use == "rename") == (quirk.to is not None)
        assert (quirk.use == "clamp") == (quirk.low is not None or quirk.high is not None)


def test_names_hosts_and_variables_are_told_apart() -> None:
    hosts = [host for one in MANIFESTS for host in catalog.hosts(one)]
    variables = [name for one in MANIFESTS for name in (*one.variables, *one.also)]
    assert len(set(hosts)) == len(hosts)
    assert len(set(variables)) == len(variables)
    assert [one.name for one in MANIFESTS][:3] == ["openai", "anthropic", "google"]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://api.deepseek.com", "deepseek"),
        ("https://api.deepseek.com/v1/", "deepseek"),
        ("HTTPS://API.DEEPSEEK.COM:443/v1", "deepseek"),
        ("https://eu.openrouter.ai/api/v1", "openrouter"),
        ("http://localhost:11434/v1", "ollama"),
        ("https://my-team.openai.azure.com/openai/v1", "azure"),
        ("https://openai.azure.com/v1", None),
        ("https://dbc-1.cloud.databricks.com/serving-endpoints", "databricks"),
        ("http://litellm:4000", "litellm"),
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
key = { env = ["X_API_KEY"] }
checked_on = "2026-11-27"
sure = "confirmed"
source = "x.example/docs"

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
    assert [(quirk.name, quirk.because.line) for quirk in one.quirks] == [("a", 11), ("b", 11)]
    assert one.quirks[0].because.rule == "quirks[0]"
    assert str(one.checked_on) == "2026-11-27"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('label = "X"', 'label = "X"\ncolour = "red"', "x.toml, line 4: there is no key colour"),
        ('label = "X"', 'lable = "X"', "did you mean label?"),
        ('label = "X"', "label = 7", "x.toml, line 3: label: Expected `str`, got `int`"),
        ('label = "X"', 'label = "X', "x.toml: this is not TOML"),
        ('name = "x"', 'name = "y"', "x.toml: name is 'y'"),
        ("env =", "evn =", "line 6: key: there is no key evn here; did you mean env?"),
        ('["X_API_KEY"]', "[]", "line 6: key.env"),
        ('checked_on = "2026-11-27"', "", "x.toml: checked_on is missing"),
        ('checked_on = "2026-11-27"', 'checked_on = "soon"', "a day, such as 2026-11-27"),
        ('use = "drop"', 'use = "explode"', "line 11: quirks[0].use: Invalid enum value 'explode'"),
        ('use = "drop"', 'use = "rename"', 'quirks[0] needs both use = "rename" and to'),
        ('use = "drop"', 'use = "clamp"', "low or high"),
        ('use = "drop"', 'use = "add"', "and value"),
        ('use = "drop"', 'use = "drop"\nto = "c"', "or neither"),
        ('why = "They answer 400 to it."', 'why = ""', "quirks[0].why"),
        ('seen = "2026-11"', "", "line 11: quirks[0]: seen is missing"),
        ('seen = "2026-11"', 'seen = "lately"', 'a month or a day, such as "2026-11"'),
        ('sure = "confirmed"\nsource = "their', 'sure = "perhaps"\nsource = "their', "secondary"),
        ('source = "their documentation"', "", "quirks[0]: source is missing"),
        ("[[quirks]]", "[[quirk]]", "did you mean quirks?"),
        ("[[quirks]]", "[[ quirks ]]", "[[quirks]] of its own"),
    ],
)
def test_a_slip_in_a_manifest_is_told_with_its_place(before: str, after: str, told: str) -> None:
    assert before in GOOD
    with pytest.raises(manifest.ManifestError) as caught:
        manifest.parse(GOOD.replace(before, after), "x.toml")
    assert told in str(caught.value)
    assert str(caught.value).startswith("x.toml")


@given(st.text())
def test_no_text_does_more_than_be_refused(text: str) -> None:
    with pytest.raises(manifest.ManifestError):
        manifest.parse(text, "x.toml")


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
