"""Local servers in the Endpoints room: found, looked for again, a model pulled and deleted."""

import asyncio
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from filon.practice.service import Practice
from tests.browser.conftest import serve, shoot, visit
from tests.journeys.local_servers import LMSTUDIO_MISSING, LMSTUDIO_OLD, LocalServer, local_server
from tests.waiting import LONG

pytestmark = pytest.mark.browser


class Beside:
    """Practice's Ollama, and an LM Studio that wakes up when it is told to."""

    def __init__(self) -> None:
        self.servers = ""
        self.studio: LocalServer | None = None
        self._up = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._run(),))

    async def _run(self) -> None:
        practice = Practice()
        practice.desk.speed = 0
        port = await practice.start()
        async with local_server({}, missing=LMSTUDIO_MISSING) as studio:
            self.studio = studio
            ollama = f"ollama=127.0.0.1:{port}/practice/ollama"
            self.servers = f"{ollama} lmstudio=127.0.0.1:{studio.port} vllm=127.0.0.1:1"
            self._up.set()
            await self._over.wait()
        await practice.stop()

    @contextmanager
    def running(self) -> Generator["Beside"]:
        """Serves in a thread until the block ends."""
        self._thread.start()
        assert self._up.wait(LONG)
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join(LONG)
            self._loop.close()


def test_found_looked_for_again_pulled_and_deleted(browser: Browser, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with Beside().running() as beside:
        running = serve(home, local=beside.servers)
        opened = visit(browser, running)
        page = opened.page
        page.goto(running.link)
        page.get_by_role("link", name="Endpoints").first.click()
        absent = page.get_by_test_id("local-absent")
        expect(absent).to_have_count(2)
        expect(absent.filter(has_text="LM Studio")).to_contain_text("another program answers")
        expect(absent.filter(has_text="vLLM")).to_contain_text("nobody answers")
        absent.filter(has_text="vLLM").click()
        expect(page.get_by_test_id("finding")).to_contain_text("vllm serve MODEL")
        assert beside.studio is not None
        beside.studio.answers = LMSTUDIO_OLD
        page.get_by_test_id("look-again").click()
        expect(absent).to_have_count(1)
        page.get_by_test_id("endpoint-card").filter(has_text="LM Studio").click()
        coder = page.locator("[data-model='qwen2.5-coder-7b-instruct']")
        expect(coder.get_by_test_id("context-used")).to_have_text("uses 4,096 of 32,768")
        expect(page.get_by_test_id("small-context")).to_contain_text("Small context")
        shoot(page, "local-small-context")

        pull_and_delete(page)
        assert (opened.complaints, opened.strangers) == ([], [])
        opened.context.close()
        assert running.stop() == 0


def pull_and_delete(page: Page) -> None:
    """On Ollama's page: a name that there is not, one that there is, and gone again."""
    page.get_by_test_id("endpoint-card").filter(has_text="Ollama").click()
    expect(page.locator("[data-model='pocket-local:latest']")).to_contain_text("1.7 MiB")
    page.get_by_label("Pull a model into Ollama").fill("codelama")
    page.get_by_role("button", name="Pull", exact=True).click()
    pull = page.get_by_test_id("pull")
    expect(pull).to_have_attribute("data-state", "failed")
    expect(pull.get_by_role("button", name="codellama", exact=True)).to_be_visible()
    shoot(page, "local-pull-failed")
    pull.get_by_role("button", name="Forget the pull of codelama").click()
    expect(pull).to_have_count(0)
    page.get_by_label("Pull a model into Ollama").fill("pocket-code")
    page.get_by_role("button", name="Pull", exact=True).click()
    expect(pull).to_have_attribute("data-state", "done")
    row = page.locator("[data-model='pocket-code:latest']")
    expect(row).to_contain_text("2.9 MiB")
    row.get_by_role("button", name="Delete pocket-code:latest").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)
