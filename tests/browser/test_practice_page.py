"""Practice's page: a fault is looked up, made a rule, met in a chat, and found in the ledger."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chatting import answers, choose, composer, send, wait_until_done
from tests.browser.conftest import Running, Visit, pace, shoot

pytestmark = pytest.mark.browser


def open_practice(page: Page, section: str) -> None:
    """From anywhere to a section of the page, as a person goes."""
    page.get_by_role("link", name="Endpoints").first.click()
    page.get_by_test_id("endpoint-card").filter(has_text="Practice").click()
    page.get_by_test_id(f"practice-{section}").click()
    expect(page.get_by_test_id(f"practice-{section}")).to_have_attribute("aria-current", "page")


def faults(page: Page) -> Locator:
    """The faults in view."""
    return page.locator("[data-fault]")


def test_a_fault_becomes_a_rule_is_met_in_a_chat_and_stands_in_the_ledger(
    window: Visit, server: Running
) -> None:
    page = window.page
    pace(page, server, 0)
    make_a_rule(page)
    page.get_by_role("link", name="Chat").first.click()
    choose(page, "practice/pocket")
    send(page, "What is a token?")
    card = answers(page).last.get_by_test_id("finding")
    expect(card).to_contain_text("no credit left")
    expect(card).to_contain_text("402")
    shoot(page, "practice-rule-met")
    find_in_the_ledger(page)
    page.get_by_test_id("practice-schedule").click()
    rule = page.get_by_test_id("rule")
    expect(rule.get_by_test_id("struck")).not_to_have_text(re.compile("^0 of"))
    rule.get_by_role("button", name="Remove the rule no-money").click()
    expect(rule).to_have_count(0)
    page.get_by_role("link", name="Chat").first.click()
    send(page, "What is 2 + 3?")
    wait_until_done(page)


def make_a_rule(page: Page) -> None:
    """Looks for a fault, and makes all requests to one model meet it."""
    open_practice(page, "faults")
    expect(faults(page).first).to_be_visible()
    every = faults(page).count()
    page.get_by_test_id("fault-filter").fill("balance 402")
    expect(faults(page)).to_have_count(1)
    assert every > 50
    found = page.locator("[data-fault=no-money]")
    found.get_by_role("button", name="no-money").first.click()
    page.get_by_role("link", name="Make it a rule").click()
    form = page.get_by_test_id("rule-form")
    expect(form.get_by_label("fault", exact=True)).to_have_value("no-money")
    form.get_by_label("model", exact=True).select_option("pocket")
    form.get_by_label("chance", exact=True).fill("0")
    page.get_by_test_id("add-rule").click()
    expect(page.get_by_test_id("rule-wrong")).to_contain_text("above 0")
    form.get_by_label("chance", exact=True).fill("100")
    page.get_by_test_id("add-rule").click()
    rule = page.get_by_test_id("rule")
    expect(rule).to_have_attribute("data-state", "active")
    expect(rule).to_contain_text("no-money")
    expect(rule).to_contain_text("100%")


def find_in_the_ledger(page: Page) -> None:
    """The request that was refused, with what came and what went."""
    open_practice(page, "ledger")
    line = page.get_by_test_id("ledger-line").filter(has_text="no-money").last
    expect(line).to_contain_text("402")
    expect(line).to_contain_text("refused")
    line.get_by_role("button").click()
    expect(page.get_by_role("region", name="Request")).to_contain_text("What is a token?")
    expect(page.get_by_test_id("ledger-response")).to_contain_text("402")


def test_a_limit_of_a_dialect_is_changed_and_put_back(window: Visit) -> None:
    page = window.page
    open_practice(page, "dialects")
    mistral = page.get_by_test_id("dialect-mistral")
    limit = mistral.locator("[data-limit=requests_per_minute]")
    usual = limit.input_value()
    back = mistral.get_by_role("button", name="Back to the usual")
    expect(back).to_have_count(0)
    limit.fill("many")
    expect(mistral).to_contain_text("A number, or nothing for no limit.")
    limit.fill("7")
    limit.press("Enter")
    expect(back).to_be_visible()
    page.reload()
    expect(limit).to_have_value("7")
    back.click()
    expect(limit).to_have_value(usual)
    expect(back).to_have_count(0)
    page.reload()
    expect(limit).to_have_value(usual)


def test_the_picker_goes_on_with_a_switch_after_a_colon(window: Visit) -> None:
    page = window.page
    expect(composer(page)).to_be_visible()
    page.get_by_test_id("model-select").click()
    search = page.get_by_test_id("model-search")
    search.fill("practice/pocket:")
    offered = page.get_by_test_id("model-picker").get_by_role("option")
    expect(offered.filter(has_text="pocket:overloaded")).to_contain_text("status 529")
    search.fill("practice/pocket:cut-in-c")
    expect(offered).to_have_count(1)
    search.press("Enter")
    expect(page.get_by_test_id("model-select")).to_contain_text("pocket:cut-in-character")
