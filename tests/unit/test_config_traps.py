"""Traps are told where they are, and nowhere else."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from filon.config.check import Checked, check_text
from filon.config.codes.code import HEAD, custom

# Nowhere, so that no .env counts.
PLACE = Path("/nowhere/at/all/librechat.yaml")
KEYS = {"KEY": "local-1"}


def checked(text: str, variables: Mapping[str, str] = KEYS) -> Checked:
    return check_text(text, PLACE, variables)


def codes(text: str, variables: Mapping[str, str] = KEYS) -> set[str]:
    return {one.code for one in checked(text, variables).verdicts} - {"not-used-yet"}


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:1234/v1",
        "http://127.0.0.1:8000/v1",
        "http://[::1]:8000/v1",
        "http://192.168.1.7:8000/v1",
        "http://vllm:8000/v1",
        "http://host.docker.internal:8000/v1",
        "http://models.home.lan/v1",
        "https://models.example.com/v1",
    ],
)
def test_a_network_of_ones_own_needs_no_encryption(url: str) -> None:
    assert "plain-http" not in codes(custom(url=url))


def test_elsewhere_it_does() -> None:
    assert "plain-http" in codes(custom(url="http://8.8.8.8/v1"))
    assert "plain-http" in codes(custom(url="http://models.example.com/v1"))


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://api.mistral.ai", True),
        ("https://api.mistral.ai/", True),
        ("https://api.mistral.ai/v1", False),
        ("https://api.mistral.ai/v1/", False),
        ("https://api.groq.com/v1", True),
        ("https://api.groq.com/openai/v1", False),
        ("https://api.deepseek.com/v1", False),
        ("https://api.deepseek.com", False),
        ("https://models.example.com", False),
        # Servers of one's own answer at several paths.
        ("http://localhost:11434", False),
    ],
)
def test_the_path_of_a_known_provider(url: str, told: bool) -> None:
    assert ("missing-path" in codes(custom(url=url))) == told


@pytest.mark.parametrize(
    ("key", "url", "told"),
    [
        ("gsk_0000", "https://api.mistral.ai/v1", True),
        ("gsk_0000", "https://api.groq.com/openai/v1", False),
        # Many have keys that begin with sk-, so it says nothing.
        ("sk-0000", "https://api.mistral.ai/v1", False),
        ("sk-or-v1-0000", "https://api.deepseek.com", True),
        # A gateway may take anybody's key.
        ("gsk_0000", "https://gateway.example.com/v1", False),
        ("none", "https://api.mistral.ai/v1", False),
    ],
)
def test_a_key_goes_to_its_provider(key: str, url: str, told: bool) -> None:
    found = codes(custom(key="${KEY}", url=url), {"KEY": key})
    assert ("foreign-key" in found) == told


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://localhost:11434/v1/v1", True),
        ("http://localhost:11434/v1/v1/", True),
        ("http://localhost:11434/api/v1", False),
        ("http://localhost:11434/v1/v1beta", False),
        ("http://localhost:11434/v1beta/v1beta", True),
    ],
)
def test_a_version_stands_once_in_a_path(url: str, told: bool) -> None:
    assert ("doubled-version" in codes(custom(url=url))) == told


def test_a_version_doubled_by_a_variable_is_told_at_the_value() -> None:
    text = custom(url="${BASE}/v1")
    (one,) = [
        one
        for one in checked(text, {"BASE": "http://localhost:11434/v1"}).verdicts
        if one.code == "doubled-version"
    ]
    assert (one.line, one.column, one.length) == (6, 16, len("${BASE}/v1"))
    assert one.path == "endpoints.custom[0].baseURL"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("${HOST}", "mcp-url-variable"),
        ("http://${HOST}:${PORT}/mcp", "mcp-url-variable"),
        ("http://${HOST:-x}/mcp", "mcp-url-variable"),
        # These pass for addresses, so LibreChat starts and calls them as they stand.
        ("http://${HOST}/mcp", "unset-variable"),
        ("http://host/${PATH_OF_IT}", "unset-variable"),
        ("http://host/mcp", None),
        ("http://${KEY}/mcp", None),
    ],
)
def test_an_unset_variable_in_the_address_of_a_server(address: str, code: str | None) -> None:
    text = f"{HEAD}mcpServers:\n  a:\n    type: sse\n    url: {address}\n"
    assert codes(text) == ({code} if code else set())


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("sk-abc", True),
        ("a1b2c3d4e5f6a1b2c3d4e5f6", True),
        ("ollama", False),
        ("not-needed", False),
        ("user_provided", False),
        ("${KEY}", False),
    ],
)
def test_a_key_in_the_file_is_told_where_it_looks_like_one(key: str, told: bool) -> None:
    assert ("literal-key" in codes(custom(key=key))) == told


@pytest.mark.parametrize("key", ["$KEY", "price-in-$US", "${KEY}"])
def test_a_dollar_alone(key: str) -> None:
    assert ("bare-dollar" in codes(custom(key=key))) == (key == "$KEY")


def test_user_provided_with_fetch_says_what_becomes_of_the_list() -> None:
    text = custom(key="user_provided", fetch="true")
    (one,) = [one for one in checked(text).verdicts if one.code == "user-provided"]
    assert "without a key" in one.message


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('titlePrompt: "Title: {convo}"', False),
        ('titlePrompt: "Title"', True),
        ('titlePromptTemplate: "{input} {output}"', False),
        ('titlePromptTemplate: "{output}"', True),
        ("titleMethod: completion", False),
    ],
)
def test_title_prompts(line: str, told: bool) -> None:
    assert ("title-prompt" in codes(custom(line))) == told


@pytest.mark.parametrize(
    ("shown", "told"), [("openAI,google", True), ("openAI, custom", False), ("", False)]
)
def test_endpoints_that_are_shown(shown: str, told: bool) -> None:
    assert ("endpoints-variable" in codes(custom(), {"ENDPOINTS": shown})) == told


def test_paths_lead_through_lists_and_odd_keys() -> None:
    text = custom(
        "headers:",
        '  "x a": "${UNSET}"',
        "addParams:",
        '  "a.b": [{c: "${UNSET}"}]',
        "nonsense: 1",
    )
    assert {(one.line, one.path) for one in checked(text).verdicts} == {
        (10, 'endpoints.custom[0].headers["x a"]'),
        (12, 'endpoints.custom[0].addParams["a.b"]'),
        (13, "endpoints.custom[0].nonsense"),
    }
