"""LibreChat's own endpoints, made of variables and of their sections; and Azure's groups."""

import json
import tempfile
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from filon.config.load import load, read_config
from filon.config.settings import Settings
from filon.providers.endpoint import Endpoint, Target

KEY = "sk-0123456789abcdef"
AT = "/chat/completions?api-version="


@pytest.fixture
def settings(tmp_path: Path) -> Any:
    def _load(section: str = "", **environ: str) -> Settings:
        if section:
            text = f'version: "1.3.13"\nendpoints:\n{indent(dedent(section), "  ")}'
            (tmp_path / "librechat.yaml").write_text(text, encoding="utf-8")
        return load(environ, cwd=tmp_path, home=tmp_path)

    return _load


def names(made: Settings) -> list[str]:
    return [one.name for one in made.endpoints if one.kind != "local" and not one.aside]


def named(made: Settings, name: str) -> Endpoint:
    return next(one for one in made.endpoints if one.name == name)


def codes(made: Settings) -> list[str]:
    return [one.code for one in made.config.verdicts] if made.config else []


def test_openai_by_its_variables_alone(settings: Any) -> None:
    made = settings(OPENAI_API_KEY=KEY, OPENAI_MODELS="a, b,,a", OPENAI_ORGANIZATION="org-1")
    openai = named(made, "openai")
    assert (openai.state, openai.models, openai.fetch) == ("ready", ("a", "b"), False)
    assert openai.models_because is not None
    assert openai.models_because.rule == "OPENAI_MODELS"
    assert openai.headers == {"OpenAI-Organization": "org-1"}
    assert openai.base_url == "https://api.openai.com/v1"


@pytest.mark.parametrize(
    ("address", "state", "base_url"),
    [
        ("http://proxy:1/v1", "ready", "http://proxy:1/v1"),
        ("http://proxy:1/v1/chat/completions", "ready", "http://proxy:1/v1"),
        ("proxy", "broken", "https://api.openai.com/v1"),
        ("user_provided", "ready", "https://api.openai.com/v1"),
    ],
)
def test_openai_behind_a_proxy(settings: Any, address: str, state: str, base_url: str) -> None:
    openai = named(settings(OPENAI_API_KEY=KEY, OPENAI_REVERSE_PROXY=address), "openai")
    assert (openai.state, openai.base_url) == (state, base_url)
    # It is still OpenAI that is asked, by whatever way.
    assert openai.quirks


def test_a_section_without_its_key_says_what_is_missing(settings: Any) -> None:
    made = settings("openAI: {titleConvo: false}\n")
    openai = named(made, "openai")
    assert (openai.state, openai.key.value) == ("not_configured", None)
    assert (
        openai.reason == "OPENAI_API_KEY is not set. "
        "Set it in the .env beside the file, or start Filon again with it."
    )
    assert codes(made) == ["unset-variable"]
    assert (openai.origin.source, openai.origin.line) == ("librechat.yaml", 3)
    assert not openai.title.enabled


def test_a_key_that_each_person_brings(settings: Any) -> None:
    openai = named(settings(OPENAI_API_KEY="user_provided"), "openai")
    assert (openai.state, openai.key.source) == ("not_configured", "user_provided")


def test_a_section_is_merged_with_what_is_detected(settings: Any) -> None:
    section = """\
        all: {streamRate: 9}
        openAI: {titleModel: t-1, headers: {x-a: "${A}"}, baseURL: "http://ignored/v1"}
        """
    made = settings(section, OPENAI_API_KEY=KEY, A="b")
    assert names(made) == ["openai"]
    openai = named(made, "openai")
    assert (openai.title.model, openai.stream_rate) == ("t-1", 9.0)
    assert openai.headers == {"x-a": "b"}
    assert openai.base_url == "https://api.openai.com/v1"
    assert sorted(codes(made)) == ["no-effect", "shadowed-by-all"]


def test_a_custom_entry_at_openai_takes_its_place(settings: Any) -> None:
    custom = """\
        custom:
          - {name: Mine, apiKey: k, baseURL: "https://api.openai.com/v1", models: {default: [a]}}
        """
    assert names(settings(custom, OPENAI_API_KEY=KEY)) == ["Mine"]
    both = "openAI: {titleConvo: false}\n" + dedent(custom)
    assert names(settings(both, OPENAI_API_KEY=KEY)) == ["Mine", "openai"]


def test_what_filon_cannot_serve_yet_is_shown_where_it_is_set_up(settings: Any) -> None:
    made = settings(
        ASSISTANTS_API_KEY=KEY,
        BEDROCK_AWS_ACCESS_KEY_ID="AKIA0123456789",
        BEDROCK_AWS_MODELS="claude, nova",
        AZURE_ASSISTANTS_API_KEY="user_provided",
    )
    assert names(made) == ["bedrock", "assistants"]
    bedrock = named(made, "bedrock")
    assert bedrock.models == ("claude", "nova")
    assert bedrock.reason == (
        "LibreChat's endpoint bedrock needs the protocol of Amazon Bedrock, which comes later."
    )
    assert "AKIA0123456789" in made.secrets
    assert names(settings("bedrock: {models: [nova]}\n")) == []


def test_endpoints_says_which_are_shown_and_in_which_order(settings: Any) -> None:
    section = """\
        azureOpenAI:
          groups:
            - {group: a, apiKey: k, instanceName: i, version: v, models: {m: {deploymentName: d}}}
        custom:
          - {name: Mine, apiKey: k, baseURL: "https://one.example/v1", models: {default: [a]}}
        """
    keys = {"OPENAI_API_KEY": KEY, "GOOGLE_KEY": "g", "DEEPSEEK_API_KEY": "d"}
    usual = ["Mine", "openai", "google", "azureOpenAI", "deepseek"]
    assert names(settings(section, **keys)) == usual
    listed = settings(section, **keys, ENDPOINTS="azureOpenAI, custom,openAI")
    assert names(listed) == ["azureOpenAI", "Mine", "openai", "deepseek"]
    assert named(listed, "google").aside
    hidden = settings(section, **keys, ENDPOINTS="google")
    assert names(hidden) == ["google", "Mine", "deepseek"]
    assert named(hidden, "azureOpenAI").state == "ready"
    assert codes(hidden).count("endpoints-variable") == 2


GROUP = {
    "group": "west",
    "apiKey": "${WEST}",
    "instanceName": "my-west",
    "version": '"2024-10-21"',
    "models": "{gpt-4o: {deploymentName: d-4o}}",
}


def azure(settings: Any, *groups: dict[str, str], **environ: str) -> Settings:
    """Settings with these groups; an empty value leaves a key out."""
    listed = ""
    for group in groups:
        lines = [f"{key}: {value}" for key, value in group.items() if value]
        listed += "    - " + "\n      ".join(lines) + "\n"
    return settings(f"azureOpenAI:\n  groups:\n{listed}", WEST="west-key-1", **environ)


def target(made: Settings, model: str = "gpt-4o") -> Target:
    return named(made, "azureOpenAI").targets[model]


@pytest.mark.parametrize(
    ("changed", "url", "model"),
    [
        ({}, "https://my-west.openai.azure.com/openai/deployments/d-4o", "d-4o"),
        (
            {"instanceName": "my-west.cognitiveservices.azure.com"},
            "https://my-west.cognitiveservices.azure.com/openai/deployments/d-4o",
            "d-4o",
        ),
        ({"instanceName": "${NAME}"}, "https://n.openai.azure.com/openai/deployments/d-4o", "d-4o"),
        (
            {"baseURL": '"https://gw.example/${INSTANCE_NAME}/${DEPLOYMENT_NAME}"'},
            "https://gw.example/my-west/d-4o",
            "d-4o",
        ),
        (
            {"baseURL": '"https://${NAME}.example/azure/"'},
            "https://n.example/azure/d-4o",
            "d-4o",
        ),
        (
            {"models": "{gpt-4o: true}", "deploymentName": "of-all"},
            "https://my-west.openai.azure.com/openai/deployments/of-all",
            "of-all",
        ),
    ],
)
def test_the_address_of_a_deployment(
    settings: Any, changed: dict[str, str], url: str, model: str
) -> None:
    # A variable of this name would be another thing.
    made = azure(settings, GROUP | changed, NAME="n", INSTANCE_NAME="wrong")
    found = target(made)
    assert found.url == f"{url}{AT}2024-10-21"
    assert (found.model, found.auth, found.reason) == (model, ("api-key",), None)
    assert found.key.variable == "WEST"
    assert codes(made) == []


@pytest.mark.parametrize(
    ("base", "version", "url"),
    [
        ("https://m.example/v1/chat/completions", "", "https://m.example/v1/chat/completions"),
        ("https://m.example/v1/", "", "https://m.example/v1/chat/completions"),
        ("https://m.example/models", "v9", f"https://m.example/models{AT}v9"),
        ("https://m.example/models?api-version=x", "v9", f"https://m.example/models{AT}x"),
    ],
)
def test_the_address_of_a_serverless_group(
    settings: Any, base: str, version: str, url: str
) -> None:
    group = GROUP | {
        "serverless": "true",
        "baseURL": f'"{base}"',
        "instanceName": "",
        "version": version,
        "models": "{mistral: true}",
    }
    made = azure(settings, group)
    found = target(made, "mistral")
    assert (found.url, found.model, found.auth) == (url, "mistral", ("bearer", "api-key"))
    assert not found.ask_usage
    assert codes(made) == []


@pytest.mark.parametrize(
    ("changed", "reason", "code"),
    [
        ({"apiKey": "${UNSET}"}, "UNSET is not set. Set it in", "unset-variable"),
        ({"instanceName": ""}, "instanceName is missing in the group west.", "missing-key"),
        ({"version": ""}, "version of gpt-4o stands neither", "missing-key"),
        ({"version": "${UNSET}"}, "UNSET is not set.", "unset-variable"),
        ({"models": "{gpt-4o: true}"}, "deploymentName of gpt-4o stands neither", "missing-key"),
        ({"baseURL": "gw.example/x"}, "baseURL is not an address", "bad-address"),
        ({"serverless": "true"}, "baseURL is missing, which the group west", "missing-key"),
    ],
)
def test_what_a_group_lacks(settings: Any, changed: dict[str, str], reason: str, code: str) -> None:
    other = GROUP | {"group": "north", "models": "{gpt-4: {deploymentName: d-4}}"}
    made = azure(settings, GROUP | changed, other)
    endpoint = named(made, "azureOpenAI")
    assert endpoint.state == "ready"
    assert str(endpoint.against("gpt-4o")).startswith(reason)
    assert endpoint.against("gpt-4") is None
    assert set(codes(made)) == {code}
    alone = named(azure(settings, GROUP | changed), "azureOpenAI")
    assert alone.state == "not_configured"
    assert str(alone.reason).startswith(reason)


def test_what_stands_twice(settings: Any) -> None:
    made = azure(settings, GROUP, GROUP | {"instanceName": "other"})
    assert "my-west" in target(made).url
    assert codes(made) == ["duplicate-name", "duplicate-name"]


def test_keys_of_all_groups_are_secrets(settings: Any) -> None:
    north = GROUP | {
        "group": "north",
        "apiKey": "a-key-in-the-file",
        "models": "{gpt-4: {deploymentName: d-4}}",
        "additionalHeaders": "{x-token: another-secret}",
    }
    made = azure(settings, GROUP, north)
    assert {"west-key-1", "a-key-in-the-file", "another-secret"} <= set(made.secrets)
    endpoint = named(made, "azureOpenAI").at("gpt-4")
    assert (endpoint.key.value, endpoint.targets) == ("a-key-in-the-file", {})
    assert endpoint.headers == {"x-token": "another-secret"}


@pytest.mark.parametrize(
    "groups", ["[]", "[{}]", "[3]", "x", "[{models: 3}]", "[{models: {a: 3}}]"]
)
def test_groups_that_hold_nothing_are_shown_broken(settings: Any, groups: str) -> None:
    endpoint = named(settings(f"azureOpenAI: {{groups: {groups}}}\n"), "azureOpenAI")
    assert endpoint.state != "ready"
    assert endpoint.reason


def test_the_older_variables_of_azure(settings: Any) -> None:
    made = settings(
        AZURE_API_KEY=KEY,
        AZURE_OPENAI_API_INSTANCE_NAME="i",
        AZURE_OPENAI_API_DEPLOYMENT_NAME="d",
        AZURE_OPENAI_API_VERSION="v",
        AZURE_OPENAI_MODELS="gpt-4o,gpt-4",
    )
    endpoint = named(made, "azureOpenAI")
    assert (endpoint.state, endpoint.models) == ("ready", ("gpt-4o", "gpt-4"))
    assert target(made).url == f"https://i.openai.azure.com/openai/deployments/d{AT}v"
    assert (endpoint.origin.source, endpoint.origin.line) == ("environment", None)


_KEYS = st.sampled_from(
    [*GROUP, "deploymentName", "baseURL", "serverless", "additionalHeaders", "addParams", "gpt-4o"]
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "x", "${A}", "https://h/v1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=6),
    max_leaves=20,
)


@bounded(max_examples=40)
@given(st.lists(st.dictionaries(_KEYS, _VALUES, max_size=8), max_size=3))
def test_any_groups_give_an_endpoint(groups: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "librechat.yaml"
        told = {"version": "1", "endpoints": {"azureOpenAI": {"groups": groups}}}
        path.write_text(json.dumps(told), encoding="utf-8")
        (endpoint,) = read_config(path, {"A": "b"}).endpoints
    assert (endpoint.state == "ready") == (endpoint.reason is None)
    for one in endpoint.targets.values():
        assert one.reason or one.url.startswith("http")
