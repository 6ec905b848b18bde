"""The doctor's sheet: the steps of a healthy endpoint, where a broken one stops, all at once."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, StorageState, expect

from tests.browser.chatting import copied
from tests.browser.conftest import Running, Visit, serve, shoot, visit

pytestmark = pytest.mark.browser

CONFIG = """
version: 1.2.1
endpoints:
  custom:
    - name: Refused
      apiKey: "gsk_0123456789abcdef"
      baseURL: "http://127.0.0.1:%d/practice/openrouter/api/v1"
      models: {default: ["filon/pocket"]}
    - name: Doubled
      apiKey: "sk-practice-openai"
      baseURL: "http://127.0.0.1:%d/practice/openai/v1/v1"
      models: {default: [pocket]}
    - name: Groq
      apiKey: "gsk_practice_groq"
      baseURL: "http://127.0.0.1:%d/practice/groq/openai/v1"
      models: {default: [pocket, llama-retired]}
    - name: Mistral
      apiKey: "${NO_SUCH_KEY}"
      baseURL: "https://api.mistral.ai/v1"
      models: {default: [mistral-small]}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server whose file has four endpoints, each with its own trouble but for one."""
    folder = tmp_path_factory.mktemp("doctor")
    home = folder / "home"
    home.mkdir()
    config = folder / "librechat.yaml"
    config.write_text("version: 1.2.1\n", encoding="utf-8")
    running = serve(home, config)
    # Filon passes /practice on to practice, and takes the file up as it is changed.
    port = int(running.url.rpartition(":")[2])
    config.write_text(CONFIG % (port, port, port), encoding="utf-8")
    yield running
    assert running.stop() == 0


def at_endpoints(page: Page, running: Running) -> Page:
    """Goes into the room."""
    page.goto(f"{running.url}/endpoints")
    # The file was changed a moment ago.
    expect(page.get_by_test_id("endpoint-card").filter(has_text="Refused")).to_be_visible()
    return page


def check(page: Page, name: str) -> None:
    """Chooses an endpoint of the list and presses its button."""
    page.get_by_test_id("endpoint-card").filter(has_text=name).click()
    page.get_by_test_id("check").click()


def step(page: Page, name: str) -> Locator:
    return page.locator(f"[data-testid=step-{name}]")


def test_a_healthy_endpoint_with_a_remark(window: Visit, server: Running) -> None:
    page = at_endpoints(window.page, server)
    check(page, "Groq")
    expect(step(page, "usage")).to_have_attribute("data-state", "ok")
    expect(step(page, "model")).to_have_attribute("data-state", "warn")
    expect(page.get_by_test_id("finding")).to_contain_text("no longer lists llama-retired")
    shoot(page, "doctor-works")
    page.get_by_role("button", name="Without a chat").click()
    expect(step(page, "chat")).to_have_attribute("data-state", "skipped")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_test_id("doctor")).to_have_count(0)


def test_where_it_stops_is_told_with_the_line_to_copy(window: Visit, server: Running) -> None:
    page = at_endpoints(window.page, server)
    check(page, "Doubled")
    expect(step(page, "http")).to_have_attribute("data-state", "failed")
    expect(step(page, "usage")).to_have_attribute("data-state", "skipped")
    card = page.get_by_test_id("finding").first
    expect(card).to_contain_text("/v1 stands twice")
    line = copied(page, card.get_by_role("button", name="Copy the line"))
    assert line == f'baseURL: "{server.url}/practice/openai/v1"'
    shoot(page, "doctor-stopped")


def test_all_at_once(window: Visit, server: Running) -> None:
    page = at_endpoints(window.page, server)
    page.get_by_test_id("check-all").click()
    line = page.get_by_test_id("doctor-line")
    expect(line.filter(has_text=re.compile("^Practice"))).to_contain_text("works")
    expect(line.filter(has_text="Doubled")).to_contain_text("HTTP answers")
    expect(line.filter(has_text="Refused")).to_contain_text("Key accepted")
    # What waits for its key has nothing to be examined.
    expect(line.filter(has_text="Mistral")).to_have_count(0)
    shoot(page, "doctor-all")
    line.filter(has_text="Refused").click()
    expect(step(page, "accepted")).to_have_attribute("data-state", "failed")
    page.get_by_role("button", name="All endpoints").click()
    expect(line.first).to_be_visible()


@pytest.mark.parametrize("wide", [True, False])
def test_it_is_read_in_spanish_wide_and_on_a_phone(
    browser: Browser, server: Running, state: StorageState, wide: bool
) -> None:
    opened = visit(browser, server, wide=wide, locale="es-ES", state=state)
    page = at_endpoints(opened.page, server)
    check(page, "Refused")
    expect(step(page, "accepted")).to_have_attribute("data-state", "failed")
    expect(step(page, "accepted")).to_contain_text("Clave aceptada")
    expect(page.get_by_test_id("finding").first).to_contain_text("rechazó la clave")
    for light in ("light", "dark"):
        page.emulate_media(color_scheme=light)
        shoot(page, f"doctor-es-{'wide' if wide else 'phone'}-{light}")
    # Nothing stands beyond the edge.
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    opened.context.close()
    assert opened.complaints == []
    assert opened.strangers == []
