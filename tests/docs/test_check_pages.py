"""docs/check is what the catalogue and `filon check` make of it: `make docs` writes it anew."""

import runpy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

import pytest

from filon.config.codes.catalogue import CODES
from tests.docs.pages import ROOT, Page, page
from tests.docs.test_pages import leads_somewhere

FOLDER = ROOT / "docs" / "check"
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "check_docs.py"))
FILES = cast("Callable[[], Mapping[str, str]]", SCRIPT["files"])()


@pytest.mark.parametrize("name", FILES)
def test_a_page_is_fresh(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == FILES[name], "make docs"


def test_there_is_no_page_too_many() -> None:
    assert {path.name for path in FOLDER.glob("*.md")} == set(FILES)


def test_every_code_has_its_page() -> None:
    assert all((ROOT / code.page).is_file() for code in CODES)


@pytest.mark.parametrize("name", ["README.md", "trial.md"])
def test_links_lead_somewhere(name: str) -> None:
    each = page(f"docs/check/{name}")
    assert [link for link in each.links if not leads_somewhere(each, link)] == []


def test_the_trial_has_ten_slips_and_check_tells_each() -> None:
    trial = Page(FOLDER / "trial.md", FILES["trial.md"])
    assert len([words for level, words in trial.headings if level == 2]) == 10
    outputs = [block.text for block in trial.blocks if not block.language]
    assert all(": error " in text or ": warning " in text for text in outputs)


def test_what_is_written_by_hand_is_the_source_alone() -> None:
    others = {path.name for path in Path(FOLDER).iterdir()} - set(FILES)
    assert others == {"trial.yaml"}
