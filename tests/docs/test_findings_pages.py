"""docs/findings is what the catalogue of findings makes of it: `make docs` writes it anew."""

import pytest

from filon.diagnosis.catalogue import SYMPTOMS, page
from scripts.pages.findings import FOLDER, files
from tests.docs.pages import ROOT
from tests.docs.pages import page as read
from tests.docs.test_pages import leads_somewhere

FILES = files()


@pytest.mark.parametrize("name", FILES)
def test_a_page_is_fresh(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == FILES[name], "make docs"


def test_there_is_no_page_too_many() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(FILES)


def test_every_finding_has_its_place() -> None:
    for symptom in SYMPTOMS:
        path, _, anchor = page(symptom.code).partition("#")
        assert f"\n## {anchor}\n" in (ROOT / path).read_text(encoding="utf-8")


def test_links_lead_somewhere() -> None:
    each = read("docs/findings/README.md")
    assert [link for link in each.links if not leads_somewhere(each, link)] == []
