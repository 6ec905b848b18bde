"""The configuration's page: what is said of a line stands under it, and a change of the file shows
without a reload."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.browser.chatting import copied
from tests.browser.conftest import Running, Visit, serve, shoot, visit

pytestmark = pytest.mark.browser

CONFIG = """version: "1.3.13"
endpoints:
  custom:
    - name: Quarry
      apiKey: "${QUARRY_KEY}"
      baseURL: http://127.0.0.1:9/v1
      models: {default: [slate]}
      # what follows has no effect
      dropParam: [user]
    - name: Mine
      apiKey: literal-canary-0123456789
      baseURL: http://127.0.0.1:9/v1
      models: {default: [ore]}
"""
ANOTHER = """    - name: Shaft
      apiKey: none
      baseURL: http://127.0.0.1:9/v1
      models: {default: [deep]}
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("configuration") / "librechat.yaml"


@pytest.fixture(scope="module")
def server(file: Path) -> Iterator[Running]:
    save(file, CONFIG)
    home = file.parent / "home"
    home.mkdir()
    running = serve(home, file)
    yield running
    assert running.stop() == 0


def open_file(page: Page) -> None:
    """From anywhere to the file, as a person goes."""
    page.get_by_role("link", name="Endpoints").first.click()
    page.get_by_test_id("config-card").click()
    expect(page.get_by_test_id("config-code")).to_be_visible()


def save(file: Path, text: str) -> None:
    beside = file.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(file)


def test_what_is_said_of_a_line_stands_under_it(window: Visit) -> None:
    page = window.page
    open_file(page)
    # The first line without effect is open from the start.
    expect(page.get_by_test_id("config-verdict").first).to_be_visible()
    walk_the_verdicts(page)
    read_the_variables(page)
    show_one_level_alone(page)
    come_from_an_endpoint(page)


def walk_the_verdicts(page: Page) -> None:
    """By the address, by the keyboard, and from one to the next."""
    page.goto(f"{page.url.split('?')[0]}?view=config&line=9")
    row = page.get_by_test_id("config-code").locator("[data-line='9']")
    said = row.get_by_test_id("config-verdict")
    expect(said).to_contain_text("dropParams")
    expect(said).to_contain_text(re.compile(r"F\d{3} unknown-key"))
    expect(said).to_contain_text("docs/check/unknown-key.md")
    expect(row.locator("[data-wave]")).to_have_text("dropParam")
    shoot(page, "configuration")
    row.get_by_test_id("config-mark").focus()
    page.keyboard.press("Enter")
    expect(said).to_have_count(0)
    page.keyboard.press("Enter")
    expect(said).to_be_visible()
    page.keyboard.press("Alt+ArrowDown")
    expect(page).to_have_url(re.compile(r"line=(?!9\b)\d+"))
    page.keyboard.press("Alt+ArrowUp")
    expect(page).to_have_url(re.compile(r"line=9$"))


def read_the_variables(page: Page) -> None:
    """Keys are masked; variables are told without what they hold."""
    expect(page.get_by_test_id("config-code")).to_contain_text("apiKey: ****")
    assert "canary" not in page.content()
    variable = page.get_by_test_id("config-variable")
    expect(variable).to_have_count(1)
    expect(variable).to_contain_text("QUARRY_KEY")
    expect(variable).to_contain_text("not set")
    variable.get_by_role("button", name="5", exact=True).click()
    expect(page).to_have_url(re.compile(r"line=5$"))


def show_one_level_alone(page: Page) -> None:
    """By the counts at the top, which give all again when they are pressed once more."""
    marks = page.get_by_test_id("config-mark")
    every = marks.count()
    count = page.locator("[aria-pressed]").filter(has_text="without effect")
    count.click()
    expect(page).to_have_url(re.compile("level=warning"))
    expect(marks.filter(has_text="i")).to_have_count(0)
    assert 0 < marks.count() < every
    count.click()
    expect(marks).to_have_count(every)


def come_from_an_endpoint(page: Page) -> None:
    """Where an endpoint is defined is a way to that line."""
    page.get_by_test_id("endpoint-card").filter(has_text="Mine").click()
    page.get_by_role("link", name="librechat.yaml:10").first.click()
    expect(page).to_have_url(re.compile(r"view=config.*line=10"))
    expect(page.locator("[data-line='10'][data-current]")).to_be_in_viewport()


def test_a_change_shows_without_a_reload(window: Visit, file: Path) -> None:
    page = window.page
    open_file(page)
    page.evaluate("window.same = true")
    cards = page.get_by_test_id("endpoint-card")
    expect(cards.filter(has_text="Shaft")).to_have_count(0)
    save(file, CONFIG + ANOTHER)
    expect(cards.filter(has_text="Shaft")).to_have_count(1)
    expect(page.get_by_test_id("config-code")).to_contain_text("name: Shaft")

    save(file, CONFIG.replace("custom:", "custom: ["))
    fault = page.get_by_test_id("config-fault")
    expect(fault).to_contain_text("cannot be read")
    expect(cards.filter(has_text="Shaft")).to_have_count(1)
    status = page.get_by_test_id("status-config")
    expect(status).to_contain_text("broken since")
    expect(status).to_contain_text("running the version of")
    shoot(page, "configuration-broken")

    filler = "".join(f"    # {number} of many lines\n" for number in range(1200))
    long = f"{CONFIG}{filler}      dropParam: [x]\n"
    save(file, long.replace("      dropParam: [user]\n", ""))
    expect(fault).to_have_count(0)
    expect(cards.filter(has_text="Shaft")).to_have_count(0)
    # The one line without effect is now the last of many, and is what one sees.
    last = page.locator(f"[data-line='{long.count(chr(10)) - 1}']")
    page.locator("[aria-pressed]").filter(has_text="without effect").click()
    page.keyboard.press("Alt+ArrowUp")
    expect(last.get_by_test_id("config-verdict")).to_be_in_viewport()
    assert page.evaluate("window.same")
    save(file, CONFIG)


def test_on_a_phone_it_is_a_list_and_nothing_is_too_wide(
    browser: Browser, server: Running, state: StorageState
) -> None:
    opened = visit(browser, server, wide=False, locale="es-ES", state=state)
    page = opened.page
    page.goto(f"{server.url}/endpoints?view=config")
    rows = page.get_by_test_id("verdict-row")
    expect(rows.first).to_be_visible()
    expect(page.get_by_text("sin efecto").first).to_be_visible()
    expect(rows.filter(has_text="Una clave que aquí no existe")).to_have_count(1)
    said = page.get_by_test_id("config-verdict")
    expect(said).to_contain_text("Una variable sin definir")
    expect(said).to_contain_text("Corrige el nombre")
    expect(said.locator("[lang=en]")).to_contain_text("QUARRY_KEY is not set")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shoot(page, "configuration-phone")
    opened.context.close()
    assert opened.complaints == []


def test_without_a_file_it_says_where_one_would_be(browser: Browser, tmp_path: Path) -> None:
    home = tmp_path / "empty" / "home"
    home.mkdir(parents=True)
    running = serve(home)
    opened = visit(browser, running)
    page = opened.page
    page.goto(running.link)
    page.get_by_role("link", name="Endpoints").first.click()
    page.get_by_test_id("config-card").click()
    none = page.get_by_test_id("config-none")
    expect(none).to_contain_text(str(home / "librechat.yaml"))
    text = copied(page, none.get_by_role("button", name="Copy", exact=True))
    shoot(page, "configuration-none")
    (home / "librechat.yaml").write_text(text, encoding="utf-8")
    expect(page.get_by_test_id("config-code")).to_contain_text("name: Ollama")
    opened.context.close()
    assert running.stop() == 0
    assert opened.complaints == []
