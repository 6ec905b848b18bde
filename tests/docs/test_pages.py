"""Pages hold together: both READMEs are alike, links lead somewhere, decisions have their form."""

import re

import pytest

from tests.docs.pages import ROOT, Page, all_pages, decisions, page

# The browser tests write them, after these tests have run.
SCREENSHOTS = {"docs/images/chat.png", "docs/images/inspector.png"}
OTHER_README = {"README.md": "README.es.md", "README.es.md": "README.md"}


def test_both_readmes_have_the_same_shape() -> None:
    english, spanish = page("README.md"), page("README.es.md")
    assert [level for level, _ in english.headings] == [level for level, _ in spanish.headings]
    assert english.blocks == spanish.blocks
    assert files_linked(english) == [OTHER_README.get(link, link) for link in files_linked(spanish)]
    assert len(tables(english)) == len(tables(spanish))


def files_linked(readme: Page) -> list[str]:
    """Links less those within the page, whose anchors are in its language."""
    return [link for link in readme.links if not link.startswith("#")]


def tables(readme: Page) -> list[str]:
    return [line for line in readme.prose.splitlines() if line.startswith("|")]


@pytest.mark.parametrize("each", all_pages(), ids=lambda each: each.path.name)
def test_links_lead_somewhere(each: Page) -> None:
    lost = [link for link in each.links if not leads_somewhere(each, link)]
    assert lost == []


def leads_somewhere(each: Page, link: str) -> bool:
    if link.startswith(("https://", "mailto:")) or link in SCREENSHOTS:
        return True
    path, _, anchor = link.partition("#")
    target = (each.path.parent / path).resolve() if path else each.path
    if not target.exists():
        return False
    there = Page(target, target.read_text(encoding="utf-8")) if anchor else each
    return not anchor or anchor in {slug(words) for _, words in there.headings}


def slug(heading: str) -> str:
    """A heading's anchor, as code hosts make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_a_link_that_leads_nowhere_is_found() -> None:
    readme = page("README.md")
    assert not leads_somewhere(readme, "docs/nothing.md")
    assert not leads_somewhere(readme, "#no-such-heading")
    assert leads_somewhere(readme, "CONTRIBUTING.md#style")


def test_decisions_are_numbered_from_one() -> None:
    numbers = [each.path.name[:4] for each in decisions()]
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


@pytest.mark.parametrize("each", decisions(), ids=lambda each: each.path.name)
def test_a_decision_has_its_form(each: Page) -> None:
    title, *parts = each.headings
    assert title[1].startswith(f"{each.path.name[:4]}: ")
    assert [words for _, words in parts] == ["Context", "Decision", "Consequences", "Alternatives"]
    assert len(each.text.split()) <= 450, "a decision is one page"


def test_architecture_is_one_long_page() -> None:
    assert len(page("ARCHITECTURE.md").text.split()) <= 1700
    assert (ROOT / "LICENSE").exists()
