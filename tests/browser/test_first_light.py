"""The first evening: no config, no key, one command; a chat whose every request can be opened."""

import json
import re
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chatting import (
    answers,
    choose,
    composer,
    copied,
    questions,
    send,
    streaming,
    wait_for_text,
    wait_until_done,
)
from tests.browser.conftest import Running, Visit, pace, serve, shoot, visit
from tests.waiting import LONG

pytestmark = pytest.mark.browser

# A pace at which an answer takes longer than anything here, so that one may be in its middle.
SLOW = 0.2


# Notes each length that the text of the last answer has while it is being written.
WATCHING = """() => {
  window.lengths = new Set();
  const written = '[data-testid=message][data-role=assistant][data-state=streaming]';
  new MutationObserver(() => {
    const answer = document.querySelector(written);
    if (answer) window.lengths.add(answer.innerText.length);
  }).observe(document, { subtree: true, childList: true, characterData: true });
}"""


def test_a_chat_from_the_link_to_the_copied_curl(window: Visit, server: Running) -> None:
    page = window.page
    choose(page, "practice/echo")
    pace(page, server, 1)
    page.evaluate(WATCHING)
    send(page, "Why do forty workers hit the limit at the same moment?")
    wait_until_done(page)
    assert page.evaluate("window.lengths.size") > 2, "it did not stream"
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


def test_the_practice_model_answers_and_names_the_conversation(
    window: Visit, server: Running
) -> None:
    page = window.page
    choose(page, "practice/pocket")
    pace(page, server, 0)
    send(page, "What is 2 + 3?")
    wait_until_done(page)
    expect(answers(page).last).to_contain_text("5")
    expect(page.get_by_test_id("chip").last).to_contain_text("practice")
    expect(page.get_by_test_id("conversation-item").first).to_contain_text("2 + 3")
    shoot(page, "pocket")


def copied_curl(window: Visit) -> str:
    window.page.get_by_test_id("copy-as").click()
    return copied(window.page, window.page.get_by_test_id("copy-curl"))


def run_curl(command: str) -> list[dict[str, list[dict[str, dict[str, str]]]]]:
    assert command.startswith("curl ")
    fast = f"{command.rstrip()} -H 'x-practice-speed: 0'"
    done = subprocess.run(
        ["bash", "-c", fast], capture_output=True, text=True, timeout=LONG, check=True
    )
    lines = [line.removeprefix("data: ") for line in done.stdout.splitlines() if line]
    assert lines[-1] == "[DONE]"
    return [json.loads(line) for line in lines[:-1]]


def test_stop_keeps_what_came(window: Visit, server: Running) -> None:
    page = window.page
    choose(page, "practice/echo")
    pace(page, server, SLOW)
    send(page, "Stop me in the middle.")
    # With the comma, the asterisks around the name are whole: a stop between them would show one.
    wait_for_text(page, "I am echo,")
    page.get_by_test_id("stop").click()
    expect(answers(page).last).to_have_attribute("data-state", "stopped")
    text = answers(page).last.inner_text()
    page.reload()
    expect(answers(page).last).to_have_attribute("data-state", "stopped")
    wait_for_text(page, "I am echo,")
    assert "Content-Length" not in text, "it was not stopped before its end"


def test_edit_and_regenerate_make_branches(window: Visit, server: Running) -> None:
    page = window.page
    choose(page, "practice/echo")
    pace(page, server, 0)
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
    expect(answers(page).last.get_by_test_id("branch-count")).to_contain_text("2/2")
    wait_until_done(page)
    page.reload()
    expect(questions(page).first).to_contain_text("The first wording")


def test_a_reload_in_the_middle_goes_on(window: Visit, server: Running) -> None:
    page = window.page
    choose(page, "practice/echo")
    pace(page, server, SLOW)
    send(page, "Reload me in the middle of the answer.")
    wait_for_text(page, "I am echo")
    page.reload()
    expect(streaming(page)).to_have_count(1)
    wait_for_text(page, "I am echo")
    came = len(answers(page).last.inner_text())
    page.wait_for_function(
        "came => document.querySelector('[data-state=streaming]').innerText.length > came + 40",
        arg=came,
    )
    page.get_by_test_id("stop").click()
    expect(answers(page).last).to_have_attribute("data-state", "stopped")
    assert answers(page).last.inner_text().count("I am echo") == 1


def test_hostile_markdown_is_only_text(window: Visit, server: Running) -> None:
    page = window.page
    choose(page, "practice/echo")
    pace(page, server, 0)
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
    pace(opened.page, first, SLOW)
    send(opened.page, "Kill the server while you answer.")
    while "I am **echo**" not in stored(home):
        opened.page.wait_for_timeout(50)
    first.stop(signal.SIGKILL)
    second = serve(home)
    opened.page.goto(second.link)
    opened.page.get_by_test_id("conversation-item").first.click()
    expect(answers(opened.page).last).to_have_attribute("data-state", "partial")
    expect(answers(opened.page).last).to_contain_text("I am echo")
    shoot(opened.page, "partial-after-kill")
    opened.context.close()
    assert second.stop() == 0


def stored(home: Path) -> str:
    """What the database has of the answer so far."""
    with closing(sqlite3.connect(home / "filon.db")) as connection:
        query = "SELECT text FROM messages WHERE state = 'streaming'"
        return "".join(text for (text,) in connection.execute(query))


@pytest.mark.usefixtures("state")  # which has signed in by the link
def test_signed_out_says_how_to_get_in(browser: Browser, server: Running) -> None:
    opened = visit(browser, server)
    opened.page.goto(server.url)
    expect(opened.page.locator("body")).to_contain_text("filon serve")
    expect(composer(opened.page)).to_have_count(0)
    opened.page.goto(server.link)
    expect(opened.page.locator("body")).to_contain_text("has been used")
    opened.context.close()
