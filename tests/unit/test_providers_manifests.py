"""Every manifest that comes with Filon: its facts are whole, and it is found where it should be."""

from datetime import date
from pathlib import Path

import pytest
from genai_prices.data_snapshot import get_snapshot

from filon.config.environment import Environment
from filon.config.found import detected
from filon.config.load import read_config
from filon.diagnosis.diagnose import Failure, diagnose
from filon.protocols.openai_chat.errors import parse_error
from filon.protocols.registry import PROTOCOLS
from filon.providers import catalog
from filon.providers.endpoint import Endpoint
from filon.providers.manifest import Manifest

MANIFESTS = [one for one in catalog.manifests() if one.kind != "practice"]
PRICED = {provider.id for provider in get_snapshot().providers}


def names_of(one: Manifest) -> str:
    return one.name


def found(**variables: str) -> dict[str, Endpoint]:
    """What is there with these variables, less the local servers that need none."""
    endpoints = detected(Environment(variables), ())
    return {one.name: one for one in endpoints if one.kind != "local"}


def test_there_are_the_providers_that_people_ask_for() -> None:
    asked = (
        "anthropic anyscale apipie azure cerebras cloudflare cohere databricks deepseek fireworks "
        "google groq helicone huggingface litellm llamacpp lmstudio minimax mistral mlx moonshot "
        "nearai nvidia ollama openai openrouter perplexity portkey qwen shuttleai together "
        "truefoundry vercel vllm vultr xai zai"
    )
    assert set(asked.split()) <= {one.name for one in MANIFESTS}


@pytest.mark.parametrize("one", MANIFESTS, ids=names_of)
def test_a_manifest_is_whole(one: Manifest) -> None:
    assert date(2026, 11, 1) <= one.checked_on < date(2100, 1, 1)
    assert one.source
    assert one.docs
    assert one.docs.startswith("https://")
    assert one.base_url == one.base_url.rstrip("/")
    assert one.models or one.examples, "a page needs a model for its example"
    assert one.models_path is None or one.models_path.startswith("/")
    assert one.prices is None or one.prices in PRICED
    assert all(fact.source for fact in one.facts)
    assert all(prefix == prefix.strip() for prefix in one.prefixes)
    if "${" in one.base_url:
        assert one.own_address
    if one.own_address or one.closed:
        assert one.undetected, "nothing tells where it is"
    if one.undetected:
        assert one.undetected.endswith(".")


@pytest.mark.parametrize("one", MANIFESTS, ids=names_of)
def test_a_manifest_is_found_by_its_address(one: Manifest) -> None:
    for host in catalog.hosts(one):
        below = host.replace("*", "some-team", 1)
        assert catalog.by_address(f"https://{below}/v1") == one
        assert catalog.by_entry("whatever", f"https://{below}/v1") == one


@pytest.mark.parametrize(
    ("label", "address", "name"),
    [
        ("LiteLLM", "https://llm.corp.example/v1", "litellm"),
        ("LiteLLM (prod)", "https://llm.corp.example", "litellm"),
        ("LiteLLM", "https://llm.corp.example/other", None),
        ("LiteLLM", "https://api.groq.com/openai/v1", "groq"),
        ("LiteLLM", "", None),
        ("Portkey", "https://gateway.corp.example/v1", "portkey"),
        ("TrueFoundry", "https://llm.corp.example/anything", "truefoundry"),
        ("MLX", "http://localhost:8080/v1", "mlx"),
        ("llama.cpp", "http://10.0.0.7:9000/v1", "llamacpp"),
        ("My server", "http://localhost:8080/v1", "llamacpp"),
        ("vLLM", "http://127.0.0.1:8023/v1", "vllm"),
        ("vLLM", "http://gpu-box:8023/v1", "vllm"),
        ("vLLM", "https://vllm.corp.example/v1", None),
        ("LM Studio", "http://studio.local:1234/v1", "lmstudio"),
        ("Groq", "https://proxy.example/openai/v1", None),
        ("Azure OpenAI", "https://proxy.example/openai/v1", "azure"),
    ],
)
def test_what_has_an_address_of_ones_own_is_known_by_its_name(
    label: str, address: str, name: str | None
) -> None:
    known = catalog.by_entry(label, address)
    assert (known.name if known else None) == name


def test_every_protocol_of_a_manifest_is_spoken() -> None:
    assert {manifest.protocol for manifest in MANIFESTS} <= set(PROTOCOLS)
    quirks = [quirk for manifest in MANIFESTS for quirk in manifest.quirks]
    assert {quirk.protocol for quirk in quirks} <= set(PROTOCOLS)


@pytest.mark.parametrize("one", [m for m in MANIFESTS if m.kind == "cloud"], ids=names_of)
def test_a_key_makes_an_endpoint_or_the_manifest_says_why_not(one: Manifest) -> None:
    for variable in one.variables:
        made = found(**{variable: "a-key"})
        assert set(made) == (set() if one.undetected else {one.name})
        for endpoint in made.values():
            assert endpoint.key.variable == variable
            assert endpoint.state == "ready"
    for variable in one.also:
        assert found(**{variable: "a-key"}) == {}


def test_anthropic_is_found_in_its_own_protocol() -> None:
    endpoint = found(ANTHROPIC_API_KEY="sk-ant-1")["anthropic"]
    assert (endpoint.state, endpoint.protocol) == ("ready", "anthropic_messages")
    assert endpoint.auth == ("x-api-key",)


def test_a_word_of_librechat_is_no_key() -> None:
    endpoint = found(OPENAI_API_KEY="user_provided")["openai"]
    assert endpoint.state == "not_configured"
    assert endpoint.key.value is None
    assert "OPENAI_API_KEY is user_provided" in str(endpoint.reason)


def test_an_entry_that_leads_to_a_closed_service_is_broken_and_warned_of(tmp_path: Path) -> None:
    file = tmp_path / "librechat.yaml"
    file.write_text(
        'version: "1.3.13"\nendpoints:\n  custom:\n    - name: Llama\n      apiKey: some-key\n'
        "      baseURL: https://api.endpoints.anyscale.com/v1\n      models: {default: [m]}\n",
        encoding="utf-8",
    )
    read = read_config(file, {})
    (endpoint,) = read.endpoints
    assert (endpoint.provider, endpoint.state) == ("anyscale", "broken")
    assert "2024-08-01" in str(endpoint.reason)
    (warned,) = [one for one in read.file.verdicts if one.code == "closed-service"]
    assert (warned.level, warned.line, warned.message) == ("warning", 6, endpoint.reason)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        # cohere: ai_clients_dart issue 26 (2026-02)
        (
            422,
            '{"id":"3","message":"unprocessable entity: n is not supported"}',
            "parameter_refused",
        ),
        # google: page-assist issue 418 (2025-02)
        (
            400,
            '[{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name '
            '\\"frequency_penalty\\": Cannot find field.","status":"INVALID_ARGUMENT"}}]',
            "parameter_refused",
        ),
        # cerebras: free-claude-code issue 1136 (2026-07)
        (
            400,
            '{"message":"body.thinking: property \'body.thinking\' is unsupported","type":'
            '"invalid_request_error","param":"validation_error","code":"wrong_api_format"}',
            "parameter_refused",
        ),
        # databricks: continue issue 12936 (2026-07)
        (
            400,
            '{"error_code":"BAD_REQUEST","message":"Bad request: json: unknown field '
            '\\"stream_options\\""}',
            "parameter_refused",
        ),
        # nvidia: openclaude issue 1950 (2026-07)
        (
            400,
            '{"message":"Validation: Unsupported parameter(s): `tool_stream`"}',
            "parameter_refused",
        ),
        # huggingface: councilof-ai issue 1102 (2026-09)
        (
            403,
            '{"error":"This authentication method does not have sufficient permissions to call '
            'Inference Providers on behalf of user x"}',
            "not_allowed",
        ),
        # perplexity: api-discussion issue 265 (2025-04)
        (
            400,
            '{"error":{"message":"After the (optional) system message(s), user and assistant roles '
            'should be alternating.","type":"invalid_message","code":400}}',
            "roles_must_alternate",
        ),
    ],
)
def test_errors_of_the_wild_are_read_and_diagnosed(status: int, body: str, code: str) -> None:
    read = parse_error(status, (), body.encode(), now=0.0)
    assert read.status == status
    assert "message" not in read.message.split()[:4]
    failure = Failure(
        endpoint="e", model="m", url="https://e.example/v1", variable=None, status=status, body=body
    )
    assert [finding.code for finding in diagnose(failure)] == [code]
