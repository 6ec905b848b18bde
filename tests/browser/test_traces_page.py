"""The Traces page in Chromium: what is looked for, how it is shown, what happens meanwhile, what it
came to, and how long it is kept. One server, whose gateway has answered and refused."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, StorageState, expect

from tests.browser.conftest import Running, Visit, pace, visit
from tests.browser.judging import judge

pytestmark = pytest.mark.browser

MODELS = ("practice/echo", "practice/pocket", "practice-groq/pocket")
# Refused at once: what is worth another try would cost the test the waits between.
REFUSED = "practice/echo:bad-request"


class Program:
    """Someone else's program, which asks through the gateway with a key of its own."""

    def __init__(self, page: Page, running: Running) -> None:
        self.page, self.running = page, running
        made = page.request.post(f"{running.url}/api/keys", data={"name": "nightly"}).json()
        self.secret: str = made["secret"]

    def ask(self, model: str, count: int = 1) -> None:
        for number in range(count):
            self.page.request.post(
                f"{self.running.url}/v1/chat/completions",
                headers={"authorization": f"Bearer {self.secret}"},
                data={
                    "model": model,
                    "messages": [{"role": "user", "content": f"Stones and veins, {number}"}],
                    "logit_bias": {"1": 1},
                    "max_tokens": 8,
                },
            )


@pytest.fixture(scope="module")
def program(browser: Browser, server: Running, state: StorageState) -> Iterator[Program]:
    """It has been answered nine times and refused twice."""
    opened = visit(browser, server, state=state)
    pace(opened.page, server, 0)
    asking = Program(opened.page, server)
    for model in MODELS:
        asking.ask(model, 3)
    asking.ask(REFUSED, 2)
    yield asking
    opened.context.close()


def rows(page: Page) -> Locator:
    return page.get_by_test_id("trace-row")


def total(page: Page) -> Locator:
    return page.get_by_test_id("total")


def box(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Filter the traces")


def go(page: Page, running: Running, query: str = "") -> None:
    page.goto(f"{running.url}/traces{query}")
    expect(total(page)).to_have_text(re.compile(r"^\d"))


def test_a_filter_is_written_completed_and_linked(
    window: Visit, server: Running, program: Program
) -> None:
    page = window.page
    go(page, server, "?failed=true")
    expect(box(page)).to_have_value("is:failed")
    expect(rows(page)).to_have_count(2)

    box(page).fill("mod")
    option = page.get_by_role("option", name="model:")
    expect(option).to_be_visible()
    box(page).press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    box(page).press("Enter")
    expect(box(page)).to_have_value("model:")
    expect(page.get_by_role("option", name="practice-groq/pocket")).to_be_visible()
    box(page).press_sequentially("practice-g")
    expect(page.get_by_role("option")).to_have_count(1)
    box(page).press("ArrowDown")
    box(page).press("Tab")
    expect(box(page)).to_have_value("model:practice-groq/pocket ")
    expect(total(page)).to_have_text("3 traces")
    expect(page).to_have_url(re.compile("q=model%3Apractice-groq%2Fpocket$"))

    # A value leads to its traces; with Alt, to the others.
    box(page).fill("")
    box(page).press("Enter")
    expect(total(page)).to_have_text("11 traces")
    page.get_by_role("button", name="practice/echo:bad-request").first.click(modifiers=["Alt"])
    expect(box(page)).to_have_value(f"-model:{REFUSED}")
    expect(total(page)).to_have_text("9 traces")
    page.go_back()
    expect(total(page)).to_have_text("11 traces")


def test_a_fault_of_the_filter_stands_at_its_place(
    window: Visit, server: Running, program: Program
) -> None:
    page = window.page
    go(page, server)
    # What stands there when the fault comes is to stay.
    expect(rows(page)).to_have_count(11)
    box(page).fill("is:failed modl:x")
    box(page).press("Enter")
    expect(page.get_by_role("alert")).to_have_text("There is no such key. Near to it: model:")
    expect(box(page)).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[data-wrong]")).to_have_text("modl:x")
    # What was read last stays until the filter can be read.
    expect(rows(page)).to_have_count(11)
    box(page).fill("is:failed model:*bad-request")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(rows(page)).to_have_count(2)
    assert any("400" in each for each in window.complaints)
    window.complaints.clear()


def test_columns_order_and_the_walk(window: Visit, server: Running, program: Program) -> None:
    page = window.page
    go(page, server)
    page.get_by_role("button", name="Columns", exact=True).click()
    page.get_by_role("checkbox", name="Key of the gateway").check()
    page.get_by_role("checkbox", name="Mark").uncheck()
    for _ in range(2):
        page.get_by_role("button", name="Status: further left").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="total", exact=True).click()
    expect(page.get_by_role("columnheader", name="total")).to_have_attribute(
        "aria-sort", "descending"
    )
    page.reload()
    heads = page.get_by_role("columnheader")
    expect(heads.nth(1)).to_have_text("status")
    expect(page.get_by_role("columnheader", name="key")).to_be_visible()
    expect(page.get_by_role("columnheader", name="mark")).to_have_count(0)
    expect(page).to_have_url(re.compile("sort=latency"))
    expect(rows(page).first.get_by_role("button", name="nightly")).to_be_visible()

    rows(page).first.focus()
    page.keyboard.press("End")
    expect(rows(page).last).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("inspector")).to_be_visible()
    before = page.url
    page.get_by_test_id("inspector").get_by_role("button").first.focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page).not_to_have_url(before)
    opened = page.locator("[data-testid=trace-row][data-open]")
    expect(opened).to_have_attribute("data-id", page.url.split("/traces/")[1].split("?")[0])
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("inspector")).to_have_count(0)
    expect(page.locator("[data-testid=trace-row]:focus")).to_have_count(1)


def test_paused_it_counts_what_is_new_and_moves_nothing(
    window: Visit, server: Running, program: Program
) -> None:
    page = window.page
    go(page, server)
    expect(page.get_by_test_id("live")).to_have_text("Live")
    first = rows(page).first.get_attribute("data-id") or ""
    listed = rows(page).count()
    page.get_by_test_id("live").click()
    program.ask("practice/echo", 2)
    expect(page.get_by_test_id("new-traces")).to_have_text("2 new")
    expect(rows(page)).to_have_count(listed)
    expect(rows(page).first).to_have_attribute("data-id", first)
    page.get_by_test_id("live").click()
    expect(rows(page)).to_have_count(listed + 2)
    program.ask("practice/pocket")
    expect(rows(page)).to_have_count(listed + 3)


def test_groups_and_figures_lead_to_their_traces(
    window: Visit, server: Running, program: Program
) -> None:
    page = window.page
    go(page, server, "?group=model")
    groups = page.get_by_test_id("trace-group")
    expect(groups.filter(has_text="practice-groq/pocket")).to_contain_text("3 traces")
    groups.filter(has_text="practice-groq/pocket").click()
    expect(rows(page)).to_have_count(3)
    faults = judge(page, "traces-groups-wide-light-en", "en-US")

    go(page, server)
    page.get_by_role("button", name="Charts").click()
    expect(page.locator(".tr-plot canvas").first).to_be_visible()
    faults += judge(page, "traces-charts-wide-light-en", "en-US")
    page.get_by_role("button", name="As a table").click()
    twin = page.get_by_role("table", name="Figures for each step of the time")
    expect(twin).to_be_visible()
    twin.get_by_role("button").first.click()
    expect(box(page)).to_have_value(re.compile(r"^since:\S+ until:\S+$"))
    page.get_by_role("button", name="Look at all times").click()
    expect(box(page)).to_have_value("")
    page.get_by_role("button", name="As a table").click()
    page.get_by_role("button", name="2 failed").click()
    expect(box(page)).to_have_value("is:failed")
    expect(rows(page)).to_have_count(2)
    assert faults == []


def test_keeping_is_set_and_deleting_asks_first(
    window: Visit, server: Running, program: Program
) -> None:
    page = window.page
    program.ask("practice/pocket-large", 2)
    go(page, server, "?q=model:practice/pocket-large")
    expect(total(page)).to_have_text("2 traces")
    more = page.get_by_role("button", name="More", exact=True)
    more.click()
    page.get_by_role("menuitem", name="Keep and size").click()
    kept = page.get_by_role("dialog", name="Keep and size")
    expect(kept).to_contain_text("for ever")
    kept.get_by_label("Days").fill("many")
    expect(kept.get_by_role("alert")).to_have_text("A limit is a number above 0, or blank.")
    kept.get_by_label("Days").fill("30")
    kept.get_by_role("button", name="Save").click()
    expect(kept).to_have_count(0)
    more.click()
    page.get_by_role("menuitem", name="Keep and size").click()
    expect(kept).to_contain_text("30 days")
    page.keyboard.press("Escape")

    more.click()
    page.get_by_role("menuitem", name="Delete the 2 traces shown").click()
    asked = page.get_by_role("alertdialog")
    expect(asked).to_contain_text("model:practice/pocket-large")
    asked.get_by_role("button", name="Cancel").click()
    expect(rows(page)).to_have_count(2)
    more.click()
    page.get_by_role("menuitem", name="Delete the 2 traces shown").click()
    asked.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No traces match.")).to_be_visible()
    page.get_by_role("button", name="Clear filter").last.click()
    expect(rows(page).first).to_be_visible()


def test_on_a_phone(
    browser: Browser, server: Running, state: StorageState, program: Program
) -> None:
    opened = visit(browser, server, wide=False, dark=True, state=state)
    page = opened.page
    page.goto(f"{server.url}/traces")
    expect(rows(page).first).to_be_visible()
    page.get_by_test_id("filter-button").click()
    page.get_by_role("button", name="is:failed").click()
    faults = judge(page, "traces-filter-phone-dark-en", "en-US")
    page.get_by_role("button", name="Show 2").click()
    expect(rows(page)).to_have_count(2)
    page.get_by_role("button", name="Requests").click()
    expect(page.locator(".tr-plot canvas").first).to_be_visible()
    faults += judge(page, "traces-charts-phone-dark-en", "en-US")
    opened.context.close()
    assert faults == []
    assert opened.complaints == []
    assert opened.strangers == []
