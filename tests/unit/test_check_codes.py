"""The catalogue of codes: every example gives its code at its place, every code is in it."""

import re
from pathlib import Path

import pytest

from filon.config.codes.catalogue import CODES, by_name, find
from filon.config.codes.code import Code
from filon.config.load import read_config
from filon.config.settings import Verdict
from filon.config.spans import lines_of

CONFIG = Path(__file__).parents[2] / "src" / "filon" / "config"
SHOWN = [code for code in CODES if code.example is not None]


def verdicts(text: str, code: Code, folder: Path) -> tuple[Verdict, ...]:
    path = folder / code.file
    path.write_text(text, encoding="utf-8")
    variables = dict(one.split("=", 1) for one in code.variables)
    return read_config(path, variables).file.verdicts


@pytest.mark.parametrize("code", SHOWN, ids=lambda code: code.name)
def test_an_example_gives_its_code_at_its_place(code: Code, tmp_path: Path) -> None:
    assert code.example is not None
    found = verdicts(code.example, code, tmp_path)
    others = {one.code for one in found} - {code.name, "not-used-yet"}
    assert others == set()
    place = next((one for one in found if one.code == code.name), None)
    assert place is not None
    line, column = wanted(code)
    assert (place.line, place.column, place.length) == (line, column, max(len(code.at), 1))


def wanted(code: Code) -> tuple[int, int]:
    """The place that the catalogue says is underlined."""
    mark = code.line or code.at
    for number, line in enumerate(lines_of(code.example or ""), 1):
        if mark in line:
            start = line.index(code.line) if code.line else 0
            return number, line.find(code.at, 0 if code.at not in line[start:] else start) + 1
    raise AssertionError(f"{mark} is not in the example of {code.name}")


@pytest.mark.parametrize("code", SHOWN, ids=lambda code: code.name)
def test_what_is_better_does_not_give_it(code: Code, tmp_path: Path) -> None:
    if code.better is not None:
        found = verdicts(code.better, code, tmp_path)
        assert {one.code for one in found} <= {"not-used-yet", "literal-key"} - {code.name}


def test_every_code_has_one_number_and_one_name() -> None:
    assert len({code.number for code in CODES}) == len({code.name for code in CODES}) == len(CODES)
    assert all(re.fullmatch(r"F\d{3}", code.number) for code in CODES)
    assert [code.number for code in CODES] == sorted(code.number for code in CODES)


def test_every_code_that_is_emitted_is_in_the_catalogue() -> None:
    call = re.compile(
        r"(?:\.error|\.warning|\.note|_Refused|_nothing|_verdict|_tell)\(\s*"
        r'(?:"(?:error|warning|note)",\s*)?"(?!error"|warning"|note")([a-z0-9-]+)"'
    )
    sources = [path for path in CONFIG.rglob("*.py") if path.parent.name != "codes"]
    used = {code for path in sources for code in call.findall(path.read_text(encoding="utf-8"))}
    assert len(used) > 40
    assert {name for name in used if by_name(name) is None} == set()


def test_a_code_is_found_by_number_and_by_name() -> None:
    assert find("f102") is find("unknown-key") is by_name("unknown-key")
    assert find("F999") is None
