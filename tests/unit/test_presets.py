"""Presets made of modelSpecs, what is said of each slip, and the variables of a system prompt."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.config import special
from filon.config.codes.presets import PRESETS
from filon.config.connection import Reading
from filon.config.environment import Environment
from filon.config.load import Read, read_config
from filon.config.notes import Notes
from filon.config.preset import Preset
from filon.config.presets import read_presets
from filon.config.yaml import parse

HEAD = """\
version: "1.3.13"
endpoints:
  custom:
    - name: One
      apiKey: sk-0123456789abcdef
      baseURL: https://one.example/v1
      models: {default: [m-1, m-2]}
    - name: Fetched
      apiKey: sk-0123456789abcdef
      baseURL: https://two.example/v1
      models: {default: [f-1], fetch: true}
    - name: Waiting
      apiKey: ${WAITING_KEY}
      baseURL: https://three.example/v1
      models: {default: [w-1]}
    - name: Gem
      apiKey: sk-0123456789abcdef
      baseURL: https://four.example/v1
      models: {default: [g-1]}
      customParams: {defaultParamsEndpoint: google}
modelSpecs:
"""
FIRST = HEAD.count("\n") + 2


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def _read(*entries: str, above: str = "", **environ: str) -> Read:
        listed = "\n".join("    - " + indent(dedent(entry), "      ").lstrip() for entry in entries)
        text = f"{HEAD}{indent(dedent(above), '  ')}  list:\n{listed}\n"
        path = tmp_path / "librechat.yaml"
        path.write_text(text, encoding="utf-8")
        return read_config(path, environ)

    return _read


def entry(preset: str, name: str = "p", more: str = "") -> str:
    return f"name: {name}\nlabel: P\npreset: {{{preset}}}\n{more}"


def only(read: Read) -> Preset:
    (preset,) = read.presets.listed
    return preset


def said(read: Read, code: str) -> list[str]:
    return [one.message for one in read.file.verdicts if one.code == code]


def test_a_whole_preset(read: Any) -> None:
    result = read(
        """\
        name: talk
        label: Talk
        description: Talks
        group: One
        order: 2
        default: true
        iconURL: mistral
        showOnLanding: false
        showIconInHeader: false
        conversation_starters: ["Why?", " ", "How? "]
        preset:
          endpoint: One
          model: m-2
          modelLabel: Someone
          greeting: Hello
          promptPrefix: Be kind.
          temperature: 0.2
          stop: ["END"]
        """
    )
    preset = only(result)
    assert (preset.name, preset.label, preset.target) == ("talk", "Talk", "One/m-2")
    assert (preset.state, preset.reason) == ("ready", None)
    assert (preset.group, preset.order, preset.icon) == ("One", 2, "mistral")
    assert (preset.is_default, preset.on_landing, preset.icon_in_header) == (True, False, False)
    assert preset.starters == ("Why?", "How?")
    assert (preset.greeting, preset.sender) == ("Hello", "Someone")
    assert preset.because.line == FIRST
    assert preset.system is not None
    assert (preset.system.text, preset.system.because.line) == ("Be kind.", FIRST + 15)
    rules = [(rule.name, rule.value, rule.because.line) for rule in preset.parameters]
    assert rules == [("temperature", 0.2, FIRST + 16), ("stop", ["END"], FIRST + 17)]
    assert preset.parameters[0].because.rule == "modelSpecs.list[0].preset.temperature"
    assert result.presets.prioritize
    assert not result.presets.enforce


@pytest.mark.parametrize(
    ("preset", "reason", "code"),
    [
        # The schema has told it, and one verdict at a place is enough.
        ("model: m-1", "preset.endpoint is missing.", "missing-key"),
        (
            "endpoint: custom, model: m-1",
            "endpoint is custom, which is no endpoint's name. "
            "Write the entry's own name, such as One.",
            "preset-skipped",
        ),
        (
            "endpoint: Oen, model: m-1",
            "There is no endpoint Oen. Did you mean One?",
            "preset-skipped",
        ),
        (
            "endpoint: openAI, model: gpt-4o",
            "OpenAI is not set up: OPENAI_API_KEY is not set. "
            "Set it in the .env beside the file, or start Filon again with it.",
            "unset-variable",
        ),
        (
            "endpoint: agents, agent_id: a",
            "Filon does not have LibreChat's endpoint agents yet.",
            "unsupported",
        ),
        (
            "endpoint: One, model: m-3",
            "One has no model m-3 in its models.default. Did you mean m-2?",
            "unknown-model",
        ),
        (
            "endpoint: Waiting, model: w-1",
            "Waiting cannot be used: WAITING_KEY is not set. "
            "Set it in the .env beside the file, or start Filon again with it.",
            "unset-variable",
        ),
    ],
)
def test_a_preset_that_leads_nowhere(read: Any, preset: str, reason: str, code: str) -> None:
    result = read(entry(preset))
    assert only(result).state == "broken"
    assert only(result).reason == reason
    assert said(result, code)


def test_what_is_found_beside_the_exact_name(read: Any) -> None:
    loose = read(entry("endpoint: one, model: m-1"))
    assert only(loose).target == "One/m-1"
    assert "only by this spelling" in said(loose, "preset-skipped")[0]
    own = read(entry("endpoint: openAI, model: gpt-4o"), OPENAI_API_KEY="sk-0123456789abcdef")
    assert only(own).target == "openai/gpt-4o"
    found = read(entry("endpoint: practice, model: 'pocket:cut'"))
    assert only(found).target == "practice/pocket:cut"
    assert "LibreChat has no endpoint practice" in said(found, "differs")[0]
    fetched = read(entry("endpoint: Fetched, model: anything"))
    assert only(fetched).state == "ready"
    default = read(entry("endpoint: One"))
    assert only(default).model == "m-1"
    assert said(default, "default-model")


def test_names_and_defaults_count_once(read: Any) -> None:
    good = "endpoint: One, model: m-1"
    result = read(
        entry(good, "a", "default: true\norder: 3"),
        entry(good, "a", "default: true"),
        entry(good, "b", "default: true\nsoftDefault: true\norder: 1"),
        entry(good, "c", "softDefault: true"),
    )
    presets = result.presets.listed
    assert [one.name for one in presets] == ["b", "a", "a-2", "c"]
    assert [one.name for one in presets if one.is_default] == ["a"]
    assert [one.name for one in presets if one.is_soft_default] == ["b"]
    assert presets[2].reason == f"The name a is taken by the preset in line {FIRST}."
    assert len(said(result, "no-effect")) == 3
    assert len(said(result, "duplicate-name")) == 1


@pytest.mark.parametrize(
    ("endpoint", "name", "right"),
    [
        ("One", "maxOutputTokens", "max_tokens"),
        ("One", "maxTokens", "max_tokens"),
        ("One", "topP", "top_p"),
        ("Gem", "max_tokens", "maxOutputTokens"),
        ("Gem", "top_p", "topP"),
    ],
)
def test_a_name_of_another_kind_of_endpoint(
    read: Any, endpoint: str, name: str, right: str
) -> None:
    wrong = read(entry(f"endpoint: {endpoint}, {name}: 1"))
    assert f"calls it {right}" in said(wrong, "wrong-parameter")[0]
    assert [rule.name for rule in only(wrong).parameters] == [name]
    assert said(read(entry(f"endpoint: {endpoint}, {right}: 1")), "wrong-parameter") == []


def test_what_is_no_parameter_is_none(read: Any) -> None:
    result = read(
        entry(
            "endpoint: One, web_search: true, thinking: true, maxContextTokens: 9, stream: true, "
            "tools: [], temperature: null, top_p: 1, topP: 2, disableStreaming: true, odd: 1, "
            "seed: 3"
        )
    )
    names = [rule.name for rule in only(result).parameters]
    assert names == ["top_p", "disableStreaming", "seed"]
    assert [one for one in said(result, "unknown-key") if "odd" in one]
    assert not [one for one in said(result, "unknown-key") if "seed" in one]
    assert "LibreChat takes seed away" in said(result, "differs")[0]
    assert len(said(result, "unsupported")) == 2
    assert any("which holds" in message for message in said(result, "no-effect"))
    assert any("stream cannot be set" in message for message in said(result, "no-effect"))


def test_the_first_system_prompt_holds(read: Any) -> None:
    result = read(
        entry('endpoint: One, promptPrefix: "", system: "A {{curent_user}}", instructions: B')
    )
    preset = only(result)
    assert preset.system is not None
    assert preset.system.text == "A {{curent_user}}"
    assert said(result, "no-effect") == [
        f"instructions has no effect beside system in line {FIRST + 2}."
    ]
    assert "Did you mean {{current_user}}?" in said(result, "unknown-placeholder")[0]


def test_the_section_itself(read: Any) -> None:
    good = entry("endpoint: One, model: m-1")
    result = read(
        good, above="enforce: true\nprioritize: false\naddedEndpoints: [one, Nothing, agents]\n"
    )
    presets = result.presets
    assert (presets.enforce, presets.prioritize) == (True, False)
    assert presets.added_endpoints == ("One",)
    assert said(result, "unknown-endpoint") == ["There is no endpoint Nothing."]
    assert said(result, "enforced-in-chat")


@pytest.mark.parametrize("code", PRESETS, ids=lambda code: code.name)
def test_each_code_has_an_example_that_gives_it(tmp_path: Path, code: Any) -> None:
    path = tmp_path / code.file
    path.write_text(code.example)
    found = [one for one in read_config(path, {}).file.verdicts if one.code == code.name]
    assert len(found) == 1
    line = code.example.splitlines()[found[0].line - 1]
    assert line[found[0].column - 1 :].startswith(code.at)
    path.write_text(code.better)
    assert code.name not in [one.code for one in read_config(path, {}).file.verdicts]


NOW = datetime(2026, 11, 27, 9, 5, 7, 123456, tzinfo=timezone(timedelta(hours=1)))


def test_the_special_variables() -> None:
    text = "{{current_user}}|{{ Current_Date }}|{{current_datetime}}|{{iso_datetime}}|{{other}}|{x}"
    assert special.fill(text, "Ana", NOW).split("|") == [
        "Ana",
        "2026-11-27 (Friday)",
        "2026-11-27 09:05:07 +01:00 (Friday)",
        "2026-11-27T08:05:07.123Z",
        "{{other}}",
        "{x}",
    ]
    assert special.unknown(text) == ("other",)


@given(st.text(alphabet="{}curent_dae x"), st.text(max_size=5))
def test_any_text_is_filled_once(text: str, person: str) -> None:
    filled = special.fill(text, person, NOW.astimezone(UTC))
    if "{{" not in text:
        assert filled == text
    assert special.fill("{{current_user}}", "{{current_date}}", NOW) == "{{current_date}}"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text("a1 {}/", max_size=6),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["list", "preset", "name", "endpoint", "model", "enforce", "promptPrefix"]
                    + ["conversation_starters", "order", "default", "temperature", "addedEndpoints"]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=20,
    )
)
def test_whatever_stands_there_is_read(value: Any) -> None:
    document = parse(json.dumps({"modelSpecs": value}, ensure_ascii=True))
    assert document.root is not None
    reading = Reading(source="x.yaml", environment=Environment({}), notes=Notes())
    presets = read_presets(document.root, reading, ())
    assert all(one.state == "broken" and one.reason for one in presets.listed)
    assert len({one.name for one in presets.listed}) == len(presets.listed)
