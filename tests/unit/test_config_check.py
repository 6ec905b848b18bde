"""Verdicts on a whole file."""

from pathlib import Path

import pytest

from filon.config.check import check_file
from filon.config.files import ConfigError
from filon.config.load import read_config
from filon.config.settings import Verdict

ONE = """\
    - name: One
      apiKey: k
      baseURL: https://one.example/v1
      models: {default: [m]}
"""


def verdicts(text: str, folder: Path, name: str = "librechat.yaml") -> list[Verdict]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return list(read_config(path, {}).file.verdicts)


def told(text: str, folder: Path, name: str = "librechat.yaml") -> list[tuple[str, str, int]]:
    return [(one.level, one.code, one.line) for one in verdicts(text, folder, name)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('version: "1.3"\n', []),
        ("version: 1.2.8\n", []),
        ("version: 1.2\n", [("error", "version-type", 1)]),
        ("version: 2024-01-01\n", [("error", "version-type", 1)]),
        ("cache: true\n", [("error", "missing-key", 1)]),
        ("- a\n", [("error", "wrong-type", 1)]),
        ("text\n", [("error", "wrong-type", 1)]),
        ('version: "1"\ncache: yes\n', [("error", "quoted-boolean", 2)]),
        ('version: "1"\nendpoint: {}\n', [("error", "unknown-key", 2)]),
        ('version: "1"\ntts: {}\n', [("error", "misplaced-key", 2)]),
        ('version: "1"\ncustom: []\n', [("error", "misplaced-key", 2)]),
        ('version: "1"\nfilon: {}\n', [("error", "misplaced-key", 2)]),
        ('version: "1"\nendpoints: {}\n', [("error", "missing-key", 2)]),
        ('version: "1"\nendpoints:\n', [("error", "wrong-type", 2)]),
        ('version: "1"\nendpoints:\n  custom:\n', [("error", "wrong-type", 3)]),
        ('version: "1"\nendpoints:\n  mistral: {}\n', [("error", "unknown-key", 3)]),
        ('version: "1"\nendpoints:\n  interface: {}\n', [("error", "misplaced-key", 3)]),
        ('version: "1"\nfileStrategy: ${F}\n',
         [("note", "not-used-yet", 2), ("error", "bad-value", 2)]),
        ('version: "1"\ninterface: {sidePanel: true}\n',
         [("note", "not-used-yet", 2), ("warning", "deprecated-key", 2)]),
    ],
)  # fmt: skip
def test_the_upper_levels(text: str, expected: list[tuple[str, str, int]], tmp_path: Path) -> None:
    assert told(text, tmp_path) == expected


@pytest.mark.parametrize(
    ("line", "level", "code"),
    [
        ("summarize: false", "warning", "deprecated-key"),
        ("fetch: true", "warning", "misplaced-key"),
        ("temperature: 1", "warning", "misplaced-key"),
        ("dropparams: [user]", "warning", "unknown-key"),
        ("titleConvo: no", "error", "quoted-boolean"),
        ("titleMethod: magic", "error", "bad-value"),
        ("maxToolResultChars: 500", "note", "not-used-yet"),
        ("titleModel:", "error", "wrong-type"),
        ("dropParams: user", "error", "wrong-type"),
        ("dropParams: [1]", "error", "wrong-type"),
        ("provider: openai", "error", "bad-value"),
        ("addParams: {web_search: maybe}", "error", "bad-value"),
        ("customParams: {nonsense: 1}", "error", "unknown-key"),
        ("customParams: {paramDefinitions: [{key: topP}]}", "error", "bad-value"),
        ("customParams: {paramDefinitions: [{default: 1}]}", "error", "missing-key"),
        ("customParams: {includeReasoningContent: true}", "note", "not-used-yet"),
        ("customParams: {defaultParamsEndpoint: antropic}", "error", "bad-value"),
        ("tokenConfig: {m: {prompt: 1, completion: 2}}", "error", "missing-key"),
        ("tokenConfig: {m: 3}", "error", "wrong-type"),
    ],
)
def test_the_keys_of_a_custom_endpoint(line: str, level: str, code: str, tmp_path: Path) -> None:
    text = f'version: "1"\nendpoints:\n  custom:\n{ONE}      {line}\n'
    assert (level, code, 8) in told(text, tmp_path)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("dropparams: []", "dropParams"),
        ("baseurl: x", "baseURL"),
        ("modelDisplayName: x", "modelDisplayLabel"),
    ],
)
def test_did_you_mean(line: str, meant: str, tmp_path: Path) -> None:
    text = f'version: "1"\nendpoints:\n  custom:\n{ONE}      {line}\n'
    (one,) = [one for one in verdicts(text, tmp_path) if one.code == "unknown-key"]
    assert one.message.endswith(f"Did you mean {meant}?")


def test_keys_that_librechat_reads_from_variables(tmp_path: Path) -> None:
    text = 'version: "1"\nendpoints:\n  google:\n    apiKey: x\n    titleModel: y\n'
    assert ("warning", "read-from-variable", 4) in told(text, tmp_path)


def test_titles_beside_endpoints_all(tmp_path: Path) -> None:
    text = (
        f'version: "1"\nendpoints:\n  all: {{streamRate: 5}}\n  custom:\n{ONE}      titleModel: m\n'
    )
    assert told(text, tmp_path) == [("warning", "shadowed-by-all", 9)]


def test_a_filon_yaml_may_have_more(tmp_path: Path) -> None:
    text = "include: librechat.yaml\nfilon: {}\n"
    (tmp_path / "librechat.yaml").write_text('version: "1"\ncache: true\n')
    assert told(text, tmp_path, "filon.yaml") == []
    alone = told(f'version: "1"\n{text}', tmp_path)
    assert alone == [("error", "misplaced-key", 2), ("error", "misplaced-key", 3)]


def test_verdicts_come_by_line_and_alike_notes_once(tmp_path: Path) -> None:
    two = ONE + "      maxToolResultChars: 9\n      nonsense: 1\n"
    text = f'version: "1"\nendpoints:\n  custom:\n{two}{two.replace("One", "Two")}'
    result = verdicts(text, tmp_path)
    assert [(one.level, one.line) for one in result] == [
        ("note", 8),
        ("warning", 9),
        ("warning", 15),
    ]
    assert result[0].message.endswith("Also in line 14.")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no file"):
        check_file(tmp_path / "none.yaml")


def test_a_file_that_is_there(tmp_path: Path) -> None:
    path = tmp_path / "librechat.yaml"
    path.write_text("a: [\n")
    (checked,) = check_file(path)
    assert [one.code for one in checked.verdicts] == ["yaml-syntax"]
