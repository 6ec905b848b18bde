"""The sheet in Chromium, against practice: make the fault, read the finding, press its fix, see it
work; and what strangers write is shown and never obeyed."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.chatting import answers
from tests.browser.conftest import Running, Visit, serve, shoot, visit
from tests.browser.judging import judge

pytestmark = pytest.mark.browser

# Mistral's dialect, as somebody would configure it who does not know what it refuses.
CONFIG = """\
version: 1.2.1
endpoints:
  custom:
    # What refuses unknown fields.
    - name: "Strict"
      apiKey: "practice-mistral-key"
      baseURL: "{url}/practice/mistral/v1"   # kept as it is
      models: {{default: ["pocket"]}}
      dropParams: ["stream_options"]
    - name: "Loose"
      apiKey: "any-key-will-do-here"
      baseURL: "{url}/practice/v1"
      models: {{default: ["pocket", "pocket-large"]}}
      addParams: {{top_k: 40}}
      dropParams: ["frequency_penalty"]
"""
QUESTION = "What is 17 * 23?"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("inspector")
    home, config = folder / "home", folder / "librechat.yaml"
    home.mkdir()
    config.write_text("version: 1.2.1\n")
    server = serve(home, config)
    # Practice's address is known only now.
    config.write_text(CONFIG.format(url=server.url))
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="module")
def seen(browser: Browser, running: Running) -> Iterator[Visit]:
    """One window for all tests of the file; in the end nothing ran wild or was fetched in it."""
    opened = visit(browser, running)
    opened.page.goto(running.link)
    opened.page.request.post(f"{running.url}/api/config/reload")
    opened.page.request.put(f"{running.url}/api/practice/speed", data={"speed": 0})
    yield opened
    opened.context.close()
    assert opened.complaints == []
    assert opened.strangers == []


def ask(page: Page, running: Running, model: str, text: str = QUESTION, **given: Any) -> str:
    """Asks in the chat, opens it, and gives the id of the answer's trace when it is over."""
    asked = {"model": model, "text": text, "parameters": given}
    sent = page.request.post(f"{running.url}/api/chat/send", data=asked).json()
    page.goto(f"{running.url}/chat/{sent['conversation']['id']}")
    expect(answers(page).last).not_to_have_attribute("data-state", "streaming")
    return sent["answer"]["trace_id"]


def section(page: Page, name: str) -> Locator:
    return page.get_by_test_id(f"inspector-section-{name}")


def chosen(page: Page) -> Locator:
    """The section that is being read, as the row of sections has it."""
    return page.locator('.insp-tabs [aria-current="true"]')


def test_a_refused_parameter_is_found_and_mended(running: Running, seen: Visit) -> None:
    page = seen.page
    ask(page, running, "Strict/pocket", seed=7)
    page.get_by_test_id("chip").last.click()
    # It went through without the field, at the second try; the first one tells why.
    finding = section(page, "diagnosis").get_by_test_id("finding")
    expect(finding).to_contain_text("parameter_refused")
    expect(finding.locator("mark")).to_have_text("seed")
    finding.get_by_test_id("fix-add_drop").click()
    lines = page.get_by_test_id("drop-diff")
    expect(lines).to_contain_text('dropParams: ["stream_options", "seed"]')
    expect(lines).to_contain_text("# kept as it is")
    page.get_by_test_id("drop-write").click()
    page.get_by_test_id("drop-retry").click()
    compared = page.get_by_test_id("compare")
    expect(compared).to_contain_text("attempts")
    row = compared.get_by_role("row").filter(has_text="attempts")
    expect(row.get_by_role("cell").nth(1)).to_have_text("2")
    expect(row.get_by_role("cell").nth(2)).to_have_text("1")
    shoot(page, "inspector-compared")
    page.keyboard.press("Escape")
    # The sheet under the dialog stays, and knows its replay.
    expect(section(page, "lineage").get_by_test_id("relative")).to_have_count(1)


def test_the_marks_of_an_answer_lead_to_their_reasons(running: Running, seen: Visit) -> None:
    page = seen.page
    ask(page, running, "Loose/pocket", frequency_penalty=0.2)
    mark = page.get_by_test_id("mark-dropped")
    expect(mark).to_contain_text("frequency_penalty was dropped because of librechat.yaml:")
    mark.click()
    expect(chosen(page)).to_contain_text("Parameters")
    row = section(page, "parameters").locator('[data-decision="dropped"]')
    place = row.get_by_role("link")
    expect(place).to_have_attribute("href", "/endpoints?view=config&line=15")
    place.click()
    expect(page).to_have_url(f"{running.url}/endpoints?view=config&line=15")
    ask(page, running, "practice/pocket:other-model")
    page.get_by_test_id("mark-answered").click()
    expect(section(page, "diagnosis")).to_contain_text("other_model")


def test_what_cannot_be_mended_here_leads_on(running: Running, seen: Visit) -> None:
    page = seen.page
    ask(page, running, "practice/pocket:context-too-long")
    page.get_by_test_id("chip").last.click()
    expect(chosen(page)).to_contain_text("Diagnosis")
    page.get_by_test_id("fix-shorten_conversation").click()
    page.get_by_test_id("replay-message-0").fill("Hi.")
    page.get_by_test_id("replay-model").fill("pocket-large")
    page.get_by_test_id("replay-send").click()
    compared = page.get_by_test_id("compare")
    expect(compared.get_by_test_id("differences")).to_contain_text("messages")
    page.keyboard.press("Escape")
    ask(page, running, "practice-openai/pocket:wrong-key")
    page.get_by_test_id("chip").last.click()
    page.get_by_test_id("fix-run_doctor").click()
    expect(page.get_by_test_id("doctor")).to_contain_text("Practice: OpenAI")


def test_the_sheet_by_its_keys(running: Running, seen: Visit) -> None:
    page = seen.page
    ask(page, running, "practice/pocket-reasoner")
    page.keyboard.press("Control+i")
    expect(section(page, "timeline")).to_be_visible()
    page.keyboard.press("4")
    expect(chosen(page)).to_have_text("Stream")
    page.keyboard.press("[")
    expect(chosen(page)).to_contain_text("Parameters")
    # Pressed in the plot, the answer is shown as it was; Escape leaves the moment, then the sheet.
    plot = page.get_by_role("slider")
    plot.click(position={"x": 5, "y": 20})
    expect(page.get_by_test_id("moment-answer")).not_to_contain_text("391")
    plot.press("End")
    expect(page.get_by_test_id("moment-answer")).to_contain_text("391")
    plot.press("Escape")
    expect(page.get_by_test_id("moment")).to_have_count(0)
    page.get_by_test_id("inspector-dock").click()
    expect(page.get_by_test_id("inspector")).to_have_attribute("data-at", "bottom")
    page.reload()
    expect(page.get_by_test_id("inspector")).to_have_attribute("data-at", "bottom")
    page.get_by_test_id("inspector-dock").click()
    page.get_by_test_id("inspector").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("inspector")).to_have_count(0)


def test_a_pasted_command_is_sent_and_opened(running: Running, seen: Visit) -> None:
    page = seen.page
    page.goto(f"{running.url}/traces")
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Paste a curl command").click()
    body = '{"model":"pocket","messages":[{"role":"user","content":"What is 2 * 3?"}]}'
    command = (
        f"curl {running.url}/practice/v1/chat/completions \\\n"
        f"  -H 'Authorization: Bearer sk-live-abcdef1234567890' -d '{body}'"
    )
    page.get_by_test_id("paste-text").fill(command)
    page.get_by_test_id("paste-read").click()
    expect(page.get_by_test_id("paste-endpoint")).to_have_value("Loose")
    expect(page.get_by_test_id("paste-found")).not_to_contain_text("abcdef1234567890")
    page.get_by_test_id("paste-send").click()
    expect(section(page, "response")).to_contain_text("2 × 3 is 6")


HOSTILE = (
    "<script>window.pwned = 1</script><img src=https://evil.example/x.png "
    'onerror="window.pwned = 1"> ![x](https://evil.example/y.png) '
    "[click](javascript:window.pwned=1) \x1b[31mred\x1b[0m \u202egnp.exe\u202c "
    "<svg/onload=window.pwned=1> `${7*7}` "
    "{{constructor.constructor('window.pwned=1')()}} say it back"
)


def test_what_strangers_write_is_shown_and_never_obeyed(running: Running, seen: Visit) -> None:
    page = seen.page
    key = page.request.post(f"{running.url}/api/keys", data={"name": HOSTILE[:60]}).json()["secret"]
    told = {
        "model": "Loose/pocket",
        "messages": [{"role": "user", "content": HOSTILE}],
        "user": HOSTILE,
        "stop": [HOSTILE[:40]],
        HOSTILE[:50]: HOSTILE,
    }
    head = {"authorization": f"Bearer {key}"}
    at = f"{running.url}/v1/chat/completions"
    echoed = page.request.post(at, headers=head, data=told).headers["x-filon-trace"]
    named = {**told, "model": f"Loose/{HOSTILE[:40]}"}
    refused = page.request.post(at, headers=head, data=named).headers["x-filon-trace"]
    asked = ask(page, running, "Loose/pocket", HOSTILE)
    for trace in (echoed, refused, asked):
        page.goto(f"{running.url}/traces/{trace}")
        expect(section(page, "lineage")).to_be_visible()
        for step in ("asked", "wire", "assembled"):
            page.get_by_test_id(f"step-{step}").click()
        # What a screen would hide or turn round stands there by its code.
        expect(section(page, "request").get_by_text("U+202E").first).to_be_visible()
        page.get_by_test_id("replay").click()
        page.get_by_test_id("replay-edit").click()
        expect(page.get_by_test_id("replay-editor")).to_be_visible()
        page.keyboard.press("Escape")
    assert page.evaluate("window.pwned") is None
    # The window's own fixture sees to it that no stranger was asked for anything.


LOOKS = ((True, False, "en-US"), (True, True, "es-ES"), (False, False, "en-US"))


def test_the_sheet_looks_as_it_should(browser: Browser, running: Running, seen: Visit) -> None:
    trace = ask(seen.page, running, "Loose/pocket", frequency_penalty=0.2, seed=7)
    failed = ask(seen.page, running, "practice-openai/pocket:wrong-key")
    state = seen.context.storage_state()
    faults: list[str] = []
    for wide, dark, locale in LOOKS:
        looked = visit(browser, running, wide=wide, dark=dark, locale=locale, state=state)
        page = looked.page
        look = f"{'wide' if wide else 'phone'}-{'dark' if dark else 'light'}-{locale[:2]}"
        for name, one in (("good", trace), ("failed", failed)):
            page.goto(f"{running.url}/traces/{one}")
            expect(section(page, "lineage").get_by_role("paragraph").first).to_be_visible()
            faults += judge(page, f"inspector-{name}-{look}", locale)
        page.get_by_test_id("replay").click()
        page.get_by_test_id("replay-edit").click()
        expect(page.get_by_test_id("replay-send")).to_be_visible()
        faults += judge(page, f"inspector-replay-{look}", locale)
        faults += looked.complaints
        looked.context.close()
    assert not faults, "\n".join(faults)
