"""A real `filon serve` with nothing in its home, and a real Chromium that talks to nobody else."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    StorageState,
    expect,
    sync_playwright,
)

from tests.waiting import LONG

RESULTS = Path(__file__).parents[2] / "test-results"

# What a page shows late is late because the machine is busy.
expect.set_options(timeout=LONG * 1000)

# What only costs: each window would load two pages for its bar of addresses. The rest is what
# Playwright leaves out, since of two such lists Chromium reads the last.
LEFT_OUT = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
# Without these Chromium looks for updates and for Google's hosts at every start.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(LEFT_OUT)}",
)


@dataclass
class Running:
    """A server in a process of its own. `link` signs in once."""

    url: str
    link: str
    process: "subprocess.Popen[str]"
    home: Path

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """Ends the server and waits for it."""
        self.process.send_signal(how)
        code = self.process.wait(timeout=LONG)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


# How many requests of the page have no answer yet.
COUNTING = """
const fetching = window.fetch;
window.underWay = 0;
window.fetch = (...asked) => {
  window.underWay += 1;
  return fetching(...asked).finally(() => { window.underWay -= 1; });
};
"""


def serve(home: Path, config: Path | None = None, port: int = 0, local: str = "off") -> Running:
    """Starts `filon serve` and reads what it prints until the link is there. `local` are the local
    servers to look for; what runs on this machine beside the test is none of its business."""
    kept = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")
    environ = {name: os.environ[name] for name in kept if name in os.environ}
    environ["FILON_HOME"] = str(home)
    environ["FILON_LOCAL_SERVERS"] = local
    # A test may leave an answer behind that stalls.
    environ["FILON_SHUTDOWN_GRACE"] = "0"
    command = [sys.executable, "-m", "filon", "serve", "--no-browser", "--port", str(port)]
    if config is not None:
        command += ["--config", str(config)]
    with (home.parent / f"{home.name}.log").open("a") as log:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environ,
            cwd=home.parent,
        )
    assert process.stdout is not None
    for line in process.stdout:
        if "/sign-in?token=" in line:
            link = line.strip()
            return Running(link.split("/sign-in")[0], link, process, home)
    raise AssertionError(f"filon serve ended with {process.wait()} before it printed a link")


def chromium() -> str:
    """Where the browser is; `make test` has seen to it that there is one."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    pytest.fail("no Chromium: `make test` says what to install")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Playwright keeps an event loop running meanwhile, which tests of other folders cannot bear.
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
        yield started
        started.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One for all tests of a file."""
    home = tmp_path_factory.mktemp("browser") / "home"
    home.mkdir()
    running = serve(home)
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def state(browser: Browser, server: Running) -> StorageState:
    """Of a window that has signed in by the link, which is good once."""
    opened = visit(browser, server)
    opened.page.goto(server.link)
    expect(opened.page.get_by_test_id("composer")).to_be_visible()
    kept = opened.context.storage_state()
    opened.context.close()
    return kept


@dataclass
class Visit:
    """One browser window with what it complained of and whom it asked."""

    context: BrowserContext
    page: Page
    complaints: list[str]
    strangers: list[str]


def visit(
    browser: Browser,
    server: Running,
    *,
    wide: bool = True,
    dark: bool = False,
    locale: str = "en-US",
    state: StorageState | None = None,
) -> Visit:
    """Opens a window; signed in when it brings the `state` of one that was."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900} if wide else {"width": 390, "height": 844},
        is_mobile=not wide,
        has_touch=not wide,
        color_scheme="dark" if dark else "light",
        locale=locale,
        reduced_motion="reduce",
        storage_state=state,
    )
    context.set_default_timeout(LONG * 1000)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
    context.add_init_script(COUNTING)
    return another_tab(context, server)


def another_tab(context: BrowserContext, server: Running) -> Visit:
    """Opens an empty page that remembers what others of the same context do."""
    page = context.new_page()
    opened = Visit(context, page, [], [])
    page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    page.on(
        "console",
        lambda told: opened.complaints.append(told.text) if told.type == "error" else None,
    )
    page.on(
        "request",
        lambda asked: (
            opened.strangers.append(asked.url)
            if not asked.url.startswith((server.url, "data:", "blob:"))
            else None
        ),
    )
    return opened


@pytest.fixture(scope="module")
def kept(browser: Browser, server: Running, state: StorageState) -> Iterator[BrowserContext]:
    """Of all windows of a file: each new one would fetch and compile the page again."""
    opened = visit(browser, server, state=state)
    yield opened.context
    opened.context.close()


@pytest.fixture
def window(kept: BrowserContext, server: Running) -> Iterator[Visit]:
    """A window of its own for each test, signed in, in the chat; what others remembered is gone."""
    opened = another_tab(kept, server)
    devtools = kept.new_cdp_session(opened.page)
    forgotten = {"origin": server.url, "storageTypes": "local_storage"}
    devtools.send(  # pyright: ignore[reportUnknownMemberType]
        "Storage.clearDataForOrigin", forgotten
    )
    devtools.detach()
    opened.page.goto(server.url)
    yield opened
    opened.page.close()
    assert opened.complaints == []
    assert opened.strangers == []


def pace(page: Page, running: Running, speed: float) -> None:
    """How fast practice answers from now on; 0 is at once."""
    reply = page.request.put(f"{running.url}/api/practice/speed", data={"speed": speed})
    assert reply.ok, reply.text()


def shoot(page: Page, name: str) -> None:
    """A picture for a person to look at."""
    RESULTS.mkdir(exist_ok=True)
    page.screenshot(path=RESULTS / f"{name}.png")
