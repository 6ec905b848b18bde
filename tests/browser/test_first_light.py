"""The first evening: no config, no key, one command; a chat whose every request can be opened."""

import json
import re
import signal
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chatting import (
    answers,
    choose,
    composer,
    questions,
    send,
    streaming,
    wait_for_text,
    wait_until_done,
)
from tests.browser.conftest import Running, Visit, serve, shoot, visit

pytestmark = pytest.mark.browser


def test_a_chat_from_the_link_to_the_copied_curl(window: Visit) -> None:
    page = window.page
    choose(page, "practice/echo")
    send(page, "Why do forty workers hit the limit at the same moment?")
    expect(streaming(page)).to_have_count(1)
    wait_for_text(page, "I am echo")
    early = answers(page).last.inner_text()
    wait_until_done(page)
    assert len(answers(page).last.inner_text()) > len(early), "it did not stream"
    chip = page.get_by_test_id("chip").last
    expect(chip).to_contain_text(re.compile(r"\d+ → [\d,]+ tok"))
    expect(chip).to_contain_text("TTFT")
    chip.click()
    inspector = page.get_by_test_id("inspector")
    expect(inspector.get_by_test_id("inspector-section-timeline")).to_be_visible()
    expect(inspector).to_contain_text("/v1/chat/completions")
    shoot(page, "inspector")
    command = copied_curl(window)
    told = run_curl(command)
    assert told[0]["object"] == "chat.completion.chunk"
    assert set(told[0]["choices"][0]) >= {"index", "delta", "finish_reason"}
    text = "".join(c["choices"][0]["delta"].get("content", "") for c in told if c["choices"])
    assert "I am **echo**" in text
    assert "Why do forty workers" in text


def test_the_practice_model_answers_and_names_the_conversation(window: Visit) -> None:
    page = window.page
    send(page, "What is 2 + 3?")
    wait_until_done(page)
    expect(answers(page).last).to_contain_text("5")
    expect(page.get_by_test_id("chip").last).to_contain_text("practice")
    expect(page.get_by_test_id("conversation-item").first).to_contain_text("2 + 3")
    shoot(page, "pocket")


def copied_curl(window: Visit) -> str:
    window.page.get_by_test_id("copy-as").click()
    window.page.get_by_test_id("copy-curl").click()
    window.page.wait_for_function("navigator.clipboard.readText().then((text) => text !== '')")
    return window.page.evaluate("navigator.clipboard.readText()")


def run_curl(command: str) -> list[dict[str, list[dict[str, dict[str, str]]]]]:
    assert command.startswith("curl ")
    fast = f"{command} -H 'x-practice-speed: 0'"
    done = subprocess.run(
        ["bash", "-c", fast], capture_output=True, text=True, timeout=30, check=True
    )
    lines = [line.removeprefix("data: ") for line in done.stdout.splitlines() if line]
    assert lines[-1] == "[DONE]"
    return [json.loads(line) for line in lines[:-1]]


def test_stop_keeps_what_came(window: Visit) -> None:
    page = window.page
    choose(page, "practice/echo")
    send(page, "Stop me in the middle.")
    wait_for_text(page, "I am echo")
    page.get_by_test_id("stop").click()
    expect(answers(page).last).to_have_attribute("data-state", "stopped")
    text = answers(page).last.inner_text()
    page.reload()
    expect(answers(page).last).to_have_attribute("data-state", "stopped")
    wait_for_text(page, "I am echo")
    assert "Content-Length" not in text, "it was not stopped before its end"


def test_edit_and_regenerate_make_branches(window: Visit) -> None:
    page = window.page
    choose(page, "practice/echo")
    send(page, "The first wording")
    wait_until_done(page)
    questions(page).first.hover()
    questions(page).first.get_by_test_id("edit").click()
    field = page.get_by_role("textbox").first
    field.fill("The second wording")
    field.press("Enter")
    expect(questions(page).first).to_contain_text("The second wording")
    wait_until_done(page)
    expect(page.get_by_test_id("branch-count").first).to_contain_text("2/2")
    page.get_by_test_id("branch-prev").first.click()
    expect(questions(page).first).to_contain_text("The first wording")
    wait_for_text(page, "The first wording")
    answers(page).last.hover()
    answers(page).last.get_by_test_id("regenerate").click()
    same = page.get_by_role("menuitem").first
    if same.is_visible():
        same.click()
    expect(streaming(page)).to_have_count(1)
    wait_until_done(page)
    expect(answers(page).last.get_by_test_id("branch-count")).to_contain_text("2/2")
    page.reload()
    expect(questions(page).first).to_contain_text("The first wording")


def test_a_reload_in_the_middle_goes_on(window: Visit) -> None:
    page = window.page
    choose(page, "practice/echo")
    send(page, "Reload me in the middle of the answer.")
    wait_for_text(page, "I am echo")
    page.reload()
    expect(streaming(page)).to_have_count(1)
    wait_for_text(page, "I am echo")
    wait_until_done(page)
    text = answers(page).last.inner_text()
    assert text.count("I am echo") == 1
    assert "Content-Length" in text


def test_hostile_markdown_is_only_text(window: Visit) -> None:
    page = window.page
    choose(page, "practice/echo")
    send(
        page,
        "<img src=x onerror=\"document.title='taken'\"> ![p](https://evil.invalid/p.png) "
        "[go](javascript:alert(1)) <script>document.title='taken'</script>",
    )
    wait_until_done(page)
    assert page.title() != "taken"
    assert page.locator("article img").count() == 0
    assert page.locator('a[href^="javascript"]').count() == 0


def test_kill_in_mid_stream_and_start_again(browser: Browser, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    first = serve(home)
    opened = visit(browser, first)
    opened.page.goto(first.link)
    choose(opened.page, "practice/echo")
    send(opened.page, "Kill the server while you answer.")
    wait_for_text(opened.page, "Parameters")
    first.stop(signal.SIGKILL)
    second = serve(home)
    opened.page.goto(second.link)
    opened.page.get_by_test_id("conversation-item").first.click()
    expect(answers(opened.page).last).to_have_attribute("data-state", "partial")
    expect(answers(opened.page).last).to_contain_text("I am echo")
    shoot(opened.page, "partial-after-kill")
    opened.context.close()
    assert second.stop() == 0


def test_signed_out_says_how_to_get_in(browser: Browser, server: Running) -> None:
    opened = visit(browser, server)
    opened.page.goto(server.url)
    expect(opened.page.locator("body")).to_contain_text("filon serve")
    expect(composer(opened.page)).to_have_count(0)
    opened.page.goto(server.link)
    expect(composer(opened.page)).to_be_visible()
    used = visit(browser, server)
    used.page.goto(server.link)
    expect(used.page.locator("body")).to_contain_text("has been used")
    opened.context.close()
    used.context.close()
