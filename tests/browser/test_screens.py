"""Every room, wide and phone-sized, light and dark, in both languages: pictures to look at, and
what can be told without eyes: nothing overflows, nothing is left untranslated, axe is content.
Spanish is judged in all four ways and drawn wide by night and on a phone by day."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.browser.chatting import wait_until_done
from tests.browser.conftest import Running, pace, serve, visit
from tests.browser.judging import judge_in_both_lights

pytestmark = pytest.mark.browser

ROOMS = {
    "empty": "",
    "traces": "traces",
    "endpoints": "endpoints",
    "practice-faults": "endpoints?endpoint=practice&section=faults",
    "practice-ledger": "endpoints?endpoint=practice&section=ledger",
    "settings": "settings",
}
LOOKS = [f"{size}-{language}" for size in ("wide", "phone") for language in ("en", "es")]
LOCALES = {"en": "en-US", "es": "es-ES"}
CONFIG = """version: 1.3.5
endpoints:
  custom:
    - name: "Mistral"
      apiKey: "${MISTRAL_API_KEY}"
      baseURL: "https://api.mistral.ai/v1"
      models: { default: ["mistral-small-latest", "mistral-large-latest"] }
      titleConvo: true
      titleModel: "mistral-small-latest"
      modelDisplayLabel: "Mistral"
      dropParams: ["stop", "user", "frequency_penalty"]
    - name: "At home"
      apiKey: "none"
      baseURL: "http://127.0.0.1:9/v1"
      models: { default: ["llama-3.3-70b"], fetch: true }
      modelDisplayLabel: "Llama at home"
      dropParam: ["stop"]
"""


@pytest.fixture(scope="module")
def lived_in(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Running, StorageState]]:
    """A server with a configuration, a finished chat and a failed one."""
    folder = tmp_path_factory.mktemp("screens")
    config = folder / "librechat.yaml"
    config.write_text(CONFIG)
    home = folder / "home"
    home.mkdir()
    running = serve(home, config)
    opened = visit(browser, running)
    try:
        live_in(opened.page, running)
        yield running, opened.context.storage_state()
    finally:
        opened.context.close()
        code = running.stop()
    assert code == 0


def live_in(page: Page, running: Running) -> None:
    """Leaves two conversations behind, the newer one answered."""
    page.goto(running.link)
    expect(page.get_by_test_id("composer")).to_be_visible()
    pace(page, running, 4)
    send = f"{running.url}/api/chat/send"
    page.request.post(
        send, data={"text": "Why does my answer stop here?", "model": "At home/llama-3.3-70b"}
    )
    asked = {
        "text": "What reaches a provider when I press Send?",
        "model": "practice/echo",
        "parameters": {"temperature": 0.7, "seed": 7},
    }
    made = page.request.post(send, data=asked).json()
    page.goto(f"{running.url}/chat/{made['conversation']['id']}")
    wait_until_done(page)


@pytest.mark.parametrize("look", LOOKS)
def test_rooms(browser: Browser, lived_in: tuple[Running, StorageState], look: str) -> None:
    running, state = lived_in
    size, language = look.split("-")
    wide, locale = size == "wide", LOCALES[language]
    # One begins by day, one by night; each is then seen by both.
    opened = visit(browser, running, wide=wide, dark=not wide, locale=locale, state=state)
    page = opened.page
    faults: list[str] = []
    for room, path in ROOMS.items():
        page.goto(f"{running.url}/{path}")
        expect(page.locator("main").first).to_be_visible()
        faults += look_at(page, room, look)
    for number, name in enumerate(("chat", "failed")):
        page.goto(running.url)
        if not wide:
            page.get_by_role("button").first.click()
        page.get_by_test_id("conversation-item").nth(number).click()
        expect(page.get_by_test_id("chip").last).to_be_visible()
        if name == "chat":
            # The renderer of markdown comes a moment after the page.
            expect(page.locator("article strong").first).to_be_visible()
        faults += look_at(page, name, look)
        page.get_by_test_id("chip").last.click()
        expect(page.get_by_test_id("inspector")).to_be_visible()
        expect(page.get_by_test_id("inspector-section-request")).to_be_attached()
        faults += look_at(page, f"{name}-inspector", look)
    opened.context.close()
    assert faults == []
    assert opened.strangers == []
    assert opened.complaints == []


def look_at(page: Page, name: str, look: str) -> list[str]:
    size, language = look.split("-")
    return judge_in_both_lights(page, name, f"{size}-{{}}-{language}", LOCALES[language])
