"""Sections as values, and verdicts at the very key or value that is wrong."""

from pathlib import Path

import pytest

from filon.config.load import Read, read_config
from filon.config.shape.mcp import HttpServer, SseServer, StdioServer, WebSocketServer

HEAD = 'version: "1.3.17"\n'


def read(text: str, folder: Path, **variables: str) -> Read:
    path = folder / "librechat.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    return read_config(path, variables)


def errors(text: str, folder: Path, **variables: str) -> list[tuple[str, int, int]]:
    verdicts = read(text, folder, **variables).file.verdicts
    return [(one.code, one.line, one.column) for one in verdicts if one.level == "error"]


def test_sections_are_values(tmp_path: Path) -> None:
    text = (
        "interface: {temporaryChatRetention: 12, prompts: {use: false}}\n"
        "balance: {enabled: true, refillIntervalUnit: weeks}\n"
        "fileConfig: {endpoints: {Mistral: {fileLimit: 3}}}\n"
        "webSearch: {safeSearch: STRICT}\n"
        "modelSpecs: {list: [{name: a, label: A, preset: {endpoint: x, topP: 0.5, top_p: 1}}]}\n"
    )
    values = read(text, tmp_path).values
    assert values is not None
    assert values.interface is not None
    assert values.interface.temporary_chat_retention == 12
    assert not isinstance(values.interface.prompts, bool)
    assert values.balance is not None
    assert (values.balance.refill_interval_unit, values.balance.start_balance) == ("weeks", 20_000)
    assert values.file_config is not None
    assert (values.file_config.endpoints or {})["Mistral"].file_limit == 3
    assert values.web_search is not None
    assert values.web_search.safe_search == "STRICT"
    assert values.model_specs is not None
    preset = values.model_specs.list[0].preset
    assert (preset.camel_top_p, preset.top_p) == (0.5, 1)


def test_what_is_wrong_is_left_out_of_the_values(tmp_path: Path) -> None:
    text = "balance: {enabled: sometimes, startBalance: 5}\nimageOutputType: bmp\nocr: 3\n"
    values = read(text, tmp_path).values
    assert values is not None
    assert values.balance is not None
    assert (values.balance.enabled, values.balance.start_balance) == (False, 5)
    assert (values.image_output_type, values.ocr) == ("png", None)


@pytest.mark.parametrize(
    ("server", "kind"),
    [
        ("{command: npx, args: []}", StdioServer),
        ("{url: 'https://a.example/mcp'}", SseServer),
        ("{url: 'wss://a.example/mcp'}", WebSocketServer),
        ("{type: http, url: 'https://a.example/mcp'}", HttpServer),
        ("{type: streamable-http, url: '${HOST}/mcp'}", HttpServer),
    ],
)
def test_the_kind_of_an_mcp_server(server: str, kind: type, tmp_path: Path) -> None:
    text = f"mcpServers:\n  one: {server}\n"
    values = read(text, tmp_path, HOST="https://b.example").values
    assert values is not None
    assert isinstance((values.mcp_servers or {})["one"], kind)
    assert errors(text, tmp_path, HOST="https://b.example") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("interface: {currency: {code: EUR}}\n", ("missing-key", 2, 13)),
        ("interface:\n  currency: {code: EUR, rate: 0}\n", ("bad-value", 3, 31)),
        ("fileStrategy: s4\n", ("bad-value", 2, 15)),
        ("balance: {refillIntervalUnit: day}\n", ("bad-value", 2, 31)),
        ("rateLimits: {agentEvents: {userMax: 1.5}}\n", ("bad-value", 2, 37)),
        ("mcpServers: {a: {url: 'nonsense'}}\n", ("bad-value", 2, 23)),
        ("mcpServers: {a: {type: pipe, command: x, args: []}}\n", ("bad-value", 2, 24)),
        ("memory: {agent: {provider: openAI}}\n", ("bad-value", 2, 10)),
        ("cloudfront: {domain: 'https://a', invalidateOnDelete: true}\n", ("bad-value", 2, 55)),
        ("actions: {allowedAddresses: ['8.8.8.8:80']}\n", ("bad-value", 2, 30)),
        ("endpoints: {agents: {maxCitations: 51}}\n", ("bad-value", 2, 36)),
        ("endpoints: {agents: {capabilities: [magic]}}\n", ("bad-value", 2, 37)),
        ("endpoints: {azureOpenAI: {groups: []}}\n", ("missing-key", 2, 27)),
        ("filters: {messages: {extra: 1}}\n", ("unknown-key", 2, 22)),
        ("speech: {tts: {openai: {apiKey: x, model: m}}}\n", ("missing-key", 2, 16)),
    ],
)
def test_where_it_is_wrong(text: str, expected: tuple[str, int, int], tmp_path: Path) -> None:
    assert expected in errors(text, tmp_path)


def test_keys_that_do_nothing(tmp_path: Path) -> None:
    text = (
        "balance: {enabled: true}\n"
        "endpoints:\n"
        "  custom:\n"
        "    - {name: A, apiKey: k, baseURL: 'http://a', models: {default: [m]}, nonsense: 1,\n"
        "       maxToolResultChars: 5}\n"
    )
    found = [(one.path, one.line, one.known) for one in read(text, tmp_path).idle]
    assert found == [
        ("balance", 2, True),
        ("endpoints.custom[0].nonsense", 5, False),
        ("endpoints.custom[0].maxToolResultChars", 6, True),
    ]


def test_a_key_at_the_wrong_place(tmp_path: Path) -> None:
    text = (
        "modelSpecs:\n  list:\n    - {name: a, label: A, temperature: 1, preset: {endpoint: x}}\n"
    )
    verdicts = read(text, tmp_path).file.verdicts
    (one,) = [one for one in verdicts if one.code == "misplaced-key"]
    assert one.message == "temperature has no effect here. It belongs in preset.temperature."
