"""What a person does in the chat, in a person's words."""

from playwright.sync_api import Locator, Page, expect


def composer(page: Page) -> Locator:
    """Where one writes."""
    return page.get_by_test_id("composer")


def send(page: Page, text: str) -> None:
    """Writes and presses Enter."""
    composer(page).fill(text)
    expect(page.get_by_test_id("send")).to_be_enabled()
    composer(page).press("Enter")


def choose(page: Page, model: str) -> None:
    """Chooses a model by searching for it."""
    expect(composer(page)).to_be_visible()
    page.get_by_test_id("model-select").click()
    page.get_by_test_id("model-search").fill(model)
    page.get_by_test_id("model-search").press("Enter")
    expect(page.get_by_test_id("model-picker")).to_have_count(0)


# `wait_for_function` takes a promise for a yes, and does not wait for what it brings.
_WHEN_THERE = """async () => {
  for (let look = 0; look < 500; look++) {
    const text = await navigator.clipboard.readText();
    if (text) return text;
    await new Promise((go) => setTimeout(go, 20));
  }
  return "";
}"""


def copied(page: Page, button: Locator) -> str:
    """What this button copies."""
    page.evaluate("navigator.clipboard.writeText('')")
    button.click()
    return page.evaluate(_WHEN_THERE)


def answers(page: Page) -> Locator:
    """The answers in view."""
    return page.locator('[data-testid=message][data-role="assistant"]')


def questions(page: Page) -> Locator:
    """The person's own messages in view."""
    return page.locator('[data-testid=message][data-role="user"]')


def streaming(page: Page) -> Locator:
    """The answer that is being written."""
    return page.locator('[data-testid=message][data-state="streaming"]')


def wait_for_text(page: Page, text: str) -> None:
    """Waits until the last answer says this."""
    expect(answers(page).last).to_contain_text(text)


def wait_until_done(page: Page) -> None:
    """Waits until nothing is being written any more."""
    expect(answers(page).last).to_have_attribute("data-state", "complete")
