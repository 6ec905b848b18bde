"""The pages on providers are those that the program's own data makes, and their examples hold."""

from pathlib import Path

import pytest

from filon.config.load import read_config
from filon.practice.faults.catalogue import find
from filon.providers.manifest import parse
from scripts.pages.providers import FOLDER, pages
from tests.docs.pages import Page, page

MADE = pages()
NAMES = sorted(path.stem for path in MADE if path.stem != "README")


def of(name: str) -> Page:
    return page(f"docs/providers/{name}.md")


def test_the_pages_are_fresh() -> None:
    stale = [path.name for path, text in MADE.items() if not _is(path, text)]
    assert stale == [], "Run `make docs`."
    there = set(FOLDER.glob("*.md"))
    assert there - set(MADE) == {FOLDER / "adding.md"}, "Run `make docs`."


def _is(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", NAMES)
def test_an_example_passes_the_check(name: str, tmp_path: Path) -> None:
    blocks = of(name).blocks_in("yaml")
    assert len(blocks) == (0 if "**Closed.**" in of(name).text else 1)
    for block in blocks:
        file = tmp_path / "librechat.yaml"
        file.write_text(block.text, encoding="utf-8")
        read = read_config(file, {})
        told = {one.code for one in read.file.verdicts if one.level != "note"}
        assert told <= {"unset-variable"}
        assert [endpoint.provider for endpoint in read.endpoints] in ([name], ["custom"])


@pytest.mark.parametrize("name", NAMES)
def test_a_page_says_what_debugging_needs(name: str) -> None:
    if "**Closed.**" in of(name).text:
        return
    headings = [words for level, words in of(name).headings if level == 2]
    expected = [
        "In librechat.yaml",
        "What Filon changes in a request",
        "What its errors look like",
        "Limits",
        "Without a key",
    ]
    assert [words for words in headings if words in expected] == expected


def test_the_switches_that_pages_name_are_there() -> None:
    assert find("rate-limited")
    assert find("overloaded")


def test_the_page_on_adding_shows_a_whole_manifest() -> None:
    manifest, quirk = (block.text for block in of("adding").blocks_in("toml"))
    read = parse(f"{manifest}\n{quirk}", "example.toml")
    assert [one.name for one in read.quirks] == ["logit_bias", "logprobs"]
