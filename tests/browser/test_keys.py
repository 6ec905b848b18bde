"""Keys on their page in Chromium: made, copied, used by the command shown, changed, revoked."""

import json
import re
import sqlite3
import subprocess
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from filon.kit import clock
from tests.browser.chatting import copied
from tests.browser.conftest import Running, Visit, pace, visit
from tests.browser.judging import judge
from tests.waiting import LONG

pytestmark = pytest.mark.browser

DAY = 86_400


def opened(page: Page, running: Running) -> Page:
    page.goto(f"{running.url}/settings")
    expect(page.get_by_test_id("new-key")).to_be_visible()
    return page


def row(page: Page, name: str) -> Locator:
    return page.get_by_test_id("key").filter(has_text=name)


def run(command: str) -> Any:
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, timeout=LONG, check=True
    )
    return json.loads(done.stdout)


def fill_in(page: Page) -> None:
    """Makes a key, after two slips that the form tells."""
    page.get_by_test_id("new-key").click()
    form = page.get_by_test_id("key-form")
    form.get_by_test_id("key-save").click()
    expect(form.get_by_role("status")).to_have_text("A key needs a name.")
    form.get_by_label("Name").fill("nightly")
    form.get_by_label("Models it may use").fill("practice/*, preset/*")
    expect(form).to_contain_text("of the ")
    form.get_by_label("Expires").select_option("30d")
    form.get_by_label("Requests a minute").fill("two")
    form.get_by_test_id("key-save").click()
    expect(form.get_by_label("Requests a minute")).to_have_attribute("aria-invalid", "true")
    form.get_by_label("Requests a minute").fill("2")
    form.get_by_label("Tags").fill("ci, night")
    form.get_by_text("Drop, and say so").click()
    form.get_by_test_id("key-save").click()


def look_at_its_use(page: Page, made: Locator) -> None:
    """By day, drawn and as a table, and one by one in the traces."""
    drawn = made.get_by_role("img")
    expect(drawn).to_have_accessible_name("Use of nightly over the last 30 days: 3 requests, $0")
    made.get_by_role("button", name="The days of nightly as a table").click()
    cells = made.get_by_role("table").get_by_role("cell")
    expect(cells).to_have_text(["3", "1", "0", "$0"])
    made.get_by_role("link", name="Traces of nightly").click()
    expect(page.get_by_test_id("trace-row")).to_have_count(3)
    expect(page.get_by_role("combobox")).to_have_value(re.compile(r"^key:key_\w+$"))
    page.get_by_role("button", name="Clear filter").click()
    expect(page.get_by_test_id("total")).to_have_text("3 traces")


def test_a_key_from_its_making_to_its_end(window: Visit, server: Running) -> None:
    page = opened(window.page, server)
    fill_in(page)
    box = page.get_by_test_id("key-secret")
    secret = copied(page, box.get_by_role("button", name="Copy", exact=True))
    assert secret.startswith("fln_")
    command = copied(page, box.get_by_role("button", name="Copy the command"))
    pace(page, server, 0)
    assert run(command)["choices"][0]["message"]["content"]
    assert run(command)["choices"]
    assert run(command)["error"]["code"] == "key_rate_limit"
    box.get_by_role("button", name="I have it").click()
    expect(page.get_by_text(secret)).to_have_count(0)

    made = row(page, "nightly")
    for told in ("practice/*, preset/*", "2 requests/min", "lenient", "night", "until "):
        expect(made).to_contain_text(told)
    # By itself, a moment after the requests are over.
    expect(made).to_contain_text("3 requests")
    expect(made).to_contain_text("1 refused")
    look_at_its_use(page, made)
    opened(page, server)
    made = row(page, "nightly")

    made.get_by_role("button", name="Edit nightly").click()
    form = page.get_by_test_id("key-form")
    form.get_by_label("Name").fill("daily")
    form.get_by_label("Requests a minute").fill("")
    form.get_by_label("Note").fill("for the evaluation")
    form.get_by_test_id("key-save").click()
    expect(form).to_have_count(0)
    made = row(page, "daily")
    expect(made).to_contain_text("for the evaluation")
    expect(made).not_to_contain_text("requests/min")
    expect(made).to_contain_text("until ")

    made.get_by_role("button", name="Revoke daily").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Cancel").click()
    expect(made).to_have_count(1)
    made.get_by_role("button", name="Revoke daily").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    expect(made).to_have_count(0)
    page.get_by_text("1 revoked key").click()
    expect(page.locator("details")).to_contain_text("daily")


def test_what_the_server_refuses_is_told_beside_the_form(window: Visit, server: Running) -> None:
    page = opened(window.page, server)
    page.get_by_test_id("new-key").click()
    page.get_by_label("Name").fill("x")
    page.get_by_label("Tags").fill("t" * 41)
    page.get_by_test_id("key-save").click()
    expect(page.get_by_role("alert")).to_contain_text("is no tag")
    expect(page.get_by_test_id("key-form")).to_be_visible()
    # Chromium itself reports the 400.
    window.complaints.clear()


LOOKS = (
    (True, False, "en-US"),
    (True, True, "es-ES"),
    (False, True, "en-US"),
    (False, False, "es-ES"),
)


def add_use(running: Running, key_id: str) -> None:
    """A month of use, as the roll-up of traces would have it."""
    now = clock.now()
    rows = [
        (key_id, clock.day(now - (29 - day) * DAY), day * day % 47, day % 4, day % 3, day / 50)
        for day in range(30)
        if day % 7
    ]
    with closing(sqlite3.connect(running.home / "filon.db")) as connection, connection:
        connection.executemany(
            "INSERT INTO key_days VALUES (1, ?, ?, 10 + ?, ?, ?, 0, 0, ?, 0)", rows
        )


def test_how_it_looks(browser: Browser, window: Visit, server: Running) -> None:
    rules = {"models": ["practice/*", "preset/*"], "requests_per_minute": 60, "tags": ["ci"]}
    for body in ({"name": "notebook"}, {"name": "ci", "expires": "30d", "rules": rules}):
        made = window.page.request.post(f"{server.url}/api/keys", data=body).json()
        add_use(server, made["key"]["id"])
    state = window.context.storage_state()
    faults: list[str] = []
    for wide, dark, locale in LOOKS:
        seen = visit(browser, server, wide=wide, dark=dark, locale=locale, state=state)
        page = opened(seen.page, server)
        expect(page.get_by_test_id("key")).to_have_count(2)
        row(page, "notebook").get_by_role("button", name="notebook").first.click()
        row(page, "ci").get_by_role("button", name="ci").last.click()
        expect(page.get_by_test_id("key-form")).to_be_visible()
        look = f"keys-{'wide' if wide else 'phone'}-{'dark' if dark else 'light'}-{locale[:2]}"
        faults += [*judge(page, look, locale), *seen.complaints]
        seen.context.close()
    assert faults == []
