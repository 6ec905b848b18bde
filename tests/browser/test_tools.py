"""Tool calls and thoughts in Chromium: in the chat, which runs no tools, and in a trace."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chatting import answers, choose, send, wait_until_done
from tests.browser.conftest import Running, Visit, pace, shoot, visit
from tests.browser.judging import judge

pytestmark = pytest.mark.browser

BOTH = "What is the weather in Paris and in Tokyo?"
PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}


def tool(name: str, about: str, properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
    return {
        "type": "function",
        "function": {"name": name, "description": about, "parameters": schema},
    }


TOOLS = [
    tool(
        "get_weather",
        "The weather in a city, now or on one of the next days.",
        {
            "city": {"type": "string", "description": "The city's name"},
            "unit": {"type": "string", "enum": ["C", "F"]},
        },
        ["city"],
    ),
    tool(
        "add", "Adds two numbers.", {"a": {"type": "number"}, "b": {"type": "number"}}, ["a", "b"]
    ),
]


def calling(page: Page, running: Running) -> tuple[str, str]:
    """Leaves a chat whose model calls two tools, and a program's request whose model spoils its
    call; the chat's id and the trace's."""
    pace(page, running, 0)
    asked = {"model": "practice/pocket", "text": BOTH}
    given = {"tools": TOOLS, "temperature": 0}
    chat = page.request.post(f"{running.url}/api/chat/send", data={**asked, "parameters": given})
    key = page.request.post(f"{running.url}/api/keys", data={"name": "agent"}).json()["secret"]
    reply = page.request.post(
        f"{running.url}/v1/chat/completions",
        headers={"authorization": f"Bearer {key}"},
        data={
            "model": "practice/pocket-large:bad-tool-json",
            "messages": history(),
            "tool_choice": "auto",
            "stream": True,
            **given,
        },
    )
    return chat.json()["conversation"]["id"], reply.headers["x-filon-trace"]


def history() -> list[dict[str, Any]]:
    """Two calls in one answer: one result with a picture, one that never came."""
    calls = [
        {
            "id": f"call_{city}",
            "type": "function",
            "function": {"name": "get_weather", "arguments": f'{{"city":"{city}"}}'},
        }
        for city in ("Paris", "Tokyo")
    ]
    said = [{"type": "text", "text": '{"celsius": 21}'}, PICTURE]
    return [
        {"role": "user", "content": BOTH},
        {"role": "assistant", "content": None, "tool_calls": calls},
        {"role": "tool", "tool_call_id": "call_Paris", "content": said},
        {"role": "user", "content": "And what is the weather in Rome?"},
    ]


def think(page: Page, running: Running) -> None:
    """A thought is open while it comes and closed after that, and its button keeps the focus."""
    choose(page, "practice/pocket-reasoner")
    # Slow enough for a busy machine to see it think, in a page that is there already.
    pace(page, running, 0.2)
    send(page, "What is 17 * 23?")
    button = answers(page).get_by_test_id("reasoning").get_by_role("button")
    expect(button).to_contain_text("Thinking")
    expect(button).to_have_attribute("aria-expanded", "true")
    button.focus()
    shoot(page, "thinking")
    wait_until_done(page)
    expect(button).to_contain_text("Thought for")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(button).to_be_focused()
    button.press("Enter")
    expect(answers(page)).to_contain_text("340 + 51 = 391")
    shoot(page, "thought")


LOOKS = ((True, False, "en-US"), (False, True, "en-US"), (False, False, "es-ES"))


def test_thoughts_and_tools(browser: Browser, window: Visit, server: Running) -> None:
    think(window.page, server)
    chat, trace = calling(window.page, server)
    state = window.context.storage_state()
    faults: list[str] = []
    for wide, dark, locale in LOOKS:
        seen = visit(browser, server, wide=wide, dark=dark, locale=locale, state=state)
        page = seen.page
        look = f"{'wide' if wide else 'phone'}-{'dark' if dark else 'light'}-{locale[:2]}"
        page.goto(f"{server.url}/chat/{chat}")
        wait_until_done(page)
        expect(page.get_by_test_id("tool-call")).to_have_count(2)
        faults += judge(page, f"tools-chat-{look}", locale)
        page.goto(f"{server.url}/traces/{trace}")
        expect(page.get_by_test_id("offered-tools").get_by_role("listitem")).to_have_count(2)
        page.get_by_test_id("step-assembled").click()
        page.get_by_test_id("inspector-section-request").scroll_into_view_if_needed()
        faults += judge(page, f"tools-request-{look}", locale)
        if locale == "en-US":
            across(page)
        page.get_by_test_id("response-call").first.scroll_into_view_if_needed()
        shoot(page, f"tools-response-{look}")
        faults += seen.complaints
        seen.context.close()
    assert faults == []


def across(page: Page) -> None:
    """From a call to its result and back, and what is told of those that lack one."""
    request = page.get_by_test_id("inspector-section-request")
    request.get_by_role("button", name="result: message 3").press("Enter")
    expect(request.get_by_role("listitem").filter(has_text="picture, image/png")).to_be_focused()
    request.get_by_role("button", name="call: message 2").press("Enter")
    expect(request.get_by_role("listitem").filter(has_text="call_Tokyo")).to_be_focused()
    expect(request.get_by_text("no result follows")).to_have_count(1)
    call = page.get_by_test_id("response-call").first
    expect(call).to_contain_text("The arguments are not JSON.")
