"""Presets of a modelSpecs in Chromium: chosen by default and by hand, seen in the composer, the
head, the parameters and the trace."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.browser.chatting import answers, composer, send, wait_until_done
from tests.browser.conftest import Running, Visit, pace, serve, shoot, visit
from tests.browser.judging import judge_in_both_lights

pytestmark = pytest.mark.browser

CONFIG = """version: "1.3.13"
endpoints:
  custom:
    - name: "At home"
      apiKey: "none"
      baseURL: "http://127.0.0.1:9/v1"
      models: { default: ["llama-3.3-70b", "qwen3-30b"] }
      titleConvo: false
modelSpecs:
  list:
    - name: mirror
      label: Mirror
      description: Tells you what reached it, word by word
      default: true
      iconURL: mistral
      preset:
        endpoint: practice
        model: echo
        greeting: What shall I reflect?
        promptPrefix: |
          You are a mirror. Say back what you are told, and nothing else.
          Today is {{current_date}}.
        temperature: 0.2
        max_tokens: 512
      conversation_starters:
        - Which parameters reached you?
        - What does your system prompt say?
    - name: sums
      label: Careful sums
      description: Arithmetic without luck
      group: Study
      preset: { endpoint: practice, model: pocket, temperature: 0, modelLabel: Abacus }
    - name: poet
      label: Poet
      group: Study
      iconURL: https://example.com/poet.png
      preset: { endpoint: practice, model: pocket, temperature: 1.4, top_p: 0.95 }
    - name: llama
      label: Llama, terse
      description: Answers in one sentence
      group: At home
      preset: { endpoint: "At home", model: llama-3.3-70b, promptPrefix: One sentence. }
    - name: lost
      label: Lost
      group: Study
      preset: { endpoint: At hom, model: llama-3.3-70b }
"""
LINES = CONFIG.splitlines()


def line_of(text: str) -> int:
    return next(number for number, line in enumerate(LINES, 1) if text in line)


def begin(folder: Path, config: str) -> Running:
    file = folder / "librechat.yaml"
    file.write_text(config)
    home = folder / "home"
    home.mkdir()
    return serve(home, file)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = begin(tmp_path_factory.mktemp("presets"), CONFIG)
    yield running
    assert running.stop() == 0


def pick(page: Page, words: str) -> None:
    page.get_by_test_id("model-select").click()
    page.get_by_test_id("model-search").fill(words)
    page.get_by_test_id("model-search").press("Enter")
    expect(page.get_by_test_id("model-picker")).to_have_count(0)


def test_the_default_preset_begins_and_its_lines_are_in_the_trace(
    window: Visit, server: Running
) -> None:
    page = window.page
    pace(page, server, 0)
    select = page.get_by_test_id("model-select")
    expect(select).to_have_attribute("data-preset", "mirror")
    expect(page.get_by_test_id("bar-preset")).to_have_text(re.compile("Mirror"))
    landing = page.get_by_test_id("preset-landing")
    expect(landing).to_contain_text("What shall I reflect?")
    starters = page.get_by_test_id("starter")
    expect(starters).to_have_count(2)
    starters.first.click()
    expect(composer(page)).to_have_value("Which parameters reached you?")
    page.get_by_test_id("parameters").click()
    temperature = page.get_by_label("temperature")
    expect(temperature).to_have_attribute("placeholder", "0.2")
    page.keyboard.press("Escape")
    composer(page).press("Enter")
    wait_until_done(page)
    expect(answers(page).last).to_contain_text("Mirror")
    expect(answers(page).last).to_contain_text("temperature")
    expect(select).to_have_attribute("data-preset", "mirror")
    page.get_by_test_id("chip").last.click()
    inspector = page.get_by_test_id("inspector")
    row = inspector.locator('[data-testid="decision-row"]', has_text="temperature")
    expect(row).to_contain_text(f"librechat.yaml:{line_of('temperature: 0.2')}")
    shoot(page, "presets-trace")


def test_the_picker_has_groups_and_finds_presets(window: Visit) -> None:
    page = window.page
    page.get_by_test_id("model-select").click()
    picker = page.get_by_test_id("model-picker")
    expect(picker.locator(".picker-group").first).to_have_text("Presets")
    presets = picker.locator("[data-preset]")
    expect(presets).to_have_count(5)
    study = picker.get_by_role("listbox", name="Study")
    expect(study.locator("[data-preset]")).to_have_count(3)
    home = picker.get_by_role("listbox", name="At home")
    expect(home.locator("[data-preset]")).to_have_count(1)
    expect(home.locator("[data-model]")).to_have_count(2)
    lost = picker.locator('[data-preset="lost"]')
    expect(lost).to_contain_text("There is no endpoint At hom. Did you mean At home?")
    lost.click(force=True)
    expect(picker).to_be_visible()
    page.get_by_test_id("model-search").fill("luck")
    expect(picker.get_by_role("option")).to_have_count(1)
    page.get_by_test_id("model-search").press("Enter")
    expect(page.get_by_test_id("model-select")).to_have_attribute("data-preset", "sums")


def test_a_chat_keeps_its_preset_until_another_is_chosen(window: Visit, server: Running) -> None:
    page = window.page
    pace(page, server, 0)
    pick(page, "careful")
    send(page, "What is 17 × 23?")
    wait_until_done(page)
    expect(answers(page).last).to_contain_text("Abacus")
    page.reload()
    select = page.get_by_test_id("model-select")
    expect(select).to_have_attribute("data-preset", "sums")
    pick(page, "practice/echo")
    expect(select).to_have_attribute("data-preset", "")
    expect(select).to_have_attribute("data-model", "practice/echo")
    send(page, "And you?")
    wait_until_done(page)
    page.reload()
    expect(select).to_have_attribute("data-preset", "")


def test_enforced_presets_are_all_there_is(browser: Browser, tmp_path: Path) -> None:
    config = CONFIG.replace("modelSpecs:\n", "modelSpecs:\n  enforce: true\n")
    running = begin(tmp_path, config)
    opened = visit(browser, running)
    try:
        page = opened.page
        page.goto(running.link)
        page.get_by_test_id("model-select").click()
        picker = page.get_by_test_id("model-picker")
        expect(picker.locator("[data-preset]")).to_have_count(5)
        expect(picker.locator("[data-model]")).to_have_count(0)
    finally:
        opened.context.close()
        assert running.stop() == 0
    assert opened.complaints == []


@pytest.mark.parametrize("locale", ["en-US", "es-ES"])
@pytest.mark.parametrize("wide", [True, False], ids=["wide", "phone"])
def test_looks(
    browser: Browser, server: Running, state: StorageState, wide: bool, locale: str
) -> None:
    opened = visit(browser, server, wide=wide, dark=True, locale=locale, state=state)
    page = opened.page
    faults: list[str] = []
    page.goto(server.url)
    expect(page.get_by_test_id("preset-landing")).to_be_visible()
    faults += look_at(page, "presets-empty", wide, locale)
    page.get_by_test_id("model-select").click()
    expect(page.locator('[data-preset="lost"]')).to_be_visible()
    faults += look_at(page, "presets-picker", wide, locale)
    opened.context.close()
    assert faults == []
    assert opened.complaints == []
    assert opened.strangers == []


def look_at(page: Page, name: str, wide: bool, locale: str) -> list[str]:
    look = f"{'wide' if wide else 'phone'}-{{}}-{locale[:2]}"
    return judge_in_both_lights(page, name, look, locale)
