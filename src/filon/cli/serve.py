"""`filon serve`: binds the port, opens the house, prints the link, runs until Ctrl-C."""

import asyncio
import contextlib
import errno
import gc
import os
import signal
import socket
import sys
import webbrowser
from collections.abc import Callable, Generator
from functools import partial
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import Any, cast

import uvicorn
from msgspec.structs import replace

from filon.cli.console import fail, plain
from filon.config.load import load_from_process
from filon.config.settings import ConfigFile, Settings
from filon.conversation.errors import FilonError
from filon.kit import clock
from filon.server.app import LOOPBACK, create_app
from filon.server.connection import Connection
from filon.server.house import ServerHouse
from filon.server.security import FOR_ALL

# How long connections may take to end once nothing is written to them any more, in seconds.
_ENDING = 5
# Seconds for which a caller's connection is kept that is not used.
_KEPT = 120
# How often it is looked whether all answers are over, in seconds.
_LOOK = 0.05
# Errors of the configuration that the greeting tells.
_SHOWN = 3


class CannotServe(FilonError):
    """The server cannot start."""

    code = "cannot_serve"


def run(host: str | None, port: int | None, config: Path | None, *, open_browser: bool) -> int:
    """Serves until stopped. Returns the exit code."""
    try:
        settings = load_from_process(config=config, host=host, port=port)
        listening = _bind(settings.host, settings.port)
        if sys.stderr is not None:
            # The log says itself when its lines are to go out.
            cast("TextIOWrapper", sys.stderr).reconfigure(line_buffering=False)
        settings = replace(settings, port=listening.getsockname()[1], open_browser=open_browser)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(_serve(settings, listening))
    except FilonError as error:
        return fail(error)
    except KeyboardInterrupt:
        return 0


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop, which halves the cost of a request; it is not made for Windows."""
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio turns Nagle off; otherwise each reply waits 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(2048)
    except OSError as error:
        listening.close()
        raise CannotServe(*_why(host, port, error)) from None
    listening.setblocking(False)
    return listening


def _why(host: str, port: int, error: OSError) -> tuple[str]:
    if error.errno == errno.EADDRINUSE:
        return (f"Port {port} is taken; another Filon perhaps. Try filon serve --port {port + 1}.",)
    if error.errno == errno.EACCES:
        return (f"Port {port} needs more rights than you have. Take one above 1023.",)
    return (f"Cannot listen on {host}:{port}: {error.strerror or error}.",)


async def _serve(settings: Settings, listening: socket.socket) -> int:
    house = await ServerHouse.open(settings)
    try:
        await _need_password(house)
        server = Server(house)
        person = await house.store.people.first_person(0.0)
        token = await house.sessions.make_link_token(person.id)
        browsed = _greet(house, f"{_address(settings)}/sign-in?token={token}")
        reading = partial(_warm, house, page=browsed)
        warming = asyncio.get_running_loop().run_in_executor(None, reading)
        warming.add_done_callback(_look_less_for_cycles)
        await server.serve(sockets=[listening])
        await warming
    finally:
        await house.close()
    return 0


def _warm(house: ServerHouse, *, page: bool) -> None:
    if page:
        # A browser is on its way there.
        import_module("filon.server.browser")
    house.warm(page=page)


def _look_less_for_cycles(_: asyncio.Future[None]) -> None:
    """What is there now stays to the end, and what a request makes goes by itself. To look for
    cycles in all of it took a tenth of the gateway's time, 0.15 s at once."""
    gc.freeze()
    gc.set_threshold(5_000, 20, 20)


async def _need_password(house: ServerHouse) -> None:
    if house.settings.host in LOOPBACK:
        return
    person = await house.store.people.named("you")
    if person is None or person.password_hash is None:
        raise CannotServe(
            f"{house.settings.host} can be reached by others, and no password is set.",
            fix="Set one with `filon password`, or listen on 127.0.0.1.",
        )


class Server(uvicorn.Server):
    """Uvicorn, which lets answers end before it ends itself: see docs/gateway.md."""

    def __init__(self, house: ServerHouse) -> None:
        config = uvicorn.Config(
            create_app(house),
            http=Connection,
            ws="none",
            interface="asgi3",
            lifespan="off",
            headers=list(FOR_ALL),
            access_log=False,
            log_config=None,
            server_header=False,
            # Nobody stands before us whose word on addresses we would take.
            proxy_headers=False,
            date_header=True,
            # Longer than clients keep a connection that they do not use (httpx 5 s, aiohttp 15 s,
            # nginx 60 s, Go 90 s; November 2026), or a request may meet its end.
            timeout_keep_alive=_KEPT,
            timeout_graceful_shutdown=_ENDING,
        )
        super().__init__(config)
        self._house = house
        self._draining: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Ctrl-C and SIGTERM end the server in good order, and SIGHUP reads the configuration
        again. Uvicorn's own way raises the signal once more at the end, which would cancel the
        store while it still writes."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        # There is no such signal on Windows.
        again = getattr(signal, "SIGHUP", None)
        if again is not None:
            loop.add_signal_handler(again, self._hung_up, again, _has_terminal())
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)
            if again is not None:
                loop.remove_signal_handler(again)

    def _hung_up(self, number: int, had_terminal: bool) -> None:
        """SIGHUP asks to read the configuration again, but comes too when the terminal is closed
        that Filon runs in; then it ends, as programs do."""
        if had_terminal and not _has_terminal():
            self.handle_exit(number, None)
        else:
            self._house.reload.soon()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal lets what is being answered end, a second one ends it at once."""
        if self._draining is None:
            self._house.closing = True
            self._draining = asyncio.ensure_future(self._drain())
        else:
            self.should_exit = self.force_exit = True

    async def _drain(self) -> None:
        """Until all turns are over, for as long as the settings allow. Until then the port stays
        open, so that whoever asks is told instead of finding nobody."""
        grace = self._house.settings.shutdown_grace
        running = self._house.services.running
        if running:
            self._house.services.log.event("closing", running=len(running), seconds=grace)
            sys.stdout.write(_farewell(len(running), grace))
            sys.stdout.flush()
        last = clock.monotonic() + grace
        # Turns end in too many places for each to tell this one.
        while running and clock.monotonic() < last and not self.should_exit:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK)
        self.should_exit = True

    async def shutdown(self, sockets: Any = None) -> None:
        """Cuts what is still being answered and the tabs' streams, then ends the connections."""
        await self._house.cut()
        await super().shutdown(sockets)


def _farewell(running: int, grace: float) -> str:
    answers = "an answer is" if running == 1 else f"{running:,} answers are"
    return f"  Ends when {answers} written, in {grace:g} s at most. Ctrl-C again ends it now.\n"


def _has_terminal() -> bool:
    # A terminal that is gone is none any more, whatever the streams were opened on.
    return any(os.isatty(number) for number in (0, 1, 2))


def _address(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _greet(house: ServerHouse, link: str) -> bool:
    """Says where everything is; whether a browser was opened there."""
    settings = house.settings
    config = settings.config
    endpoints = house.services.directory.counted
    ready = sum(endpoint.state == "ready" for endpoint in endpoints)
    told = "no configuration file" if config is None else _summary(config)
    lines = [
        "",
        f"  Filon      {_address(settings)}",
        f"  gateway    {_address(settings)}/v1",
        f"  config     {told}",
        *_errors(config),
        *_unused(settings),
        f"  endpoints  {ready} of {len(endpoints)} ready",
        f"  data       {settings.home}",
        "",
        "  Sign in, once, by this link:",
        f"  {link}",
        "",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    return settings.open_browser and _open(link)


def _summary(config: ConfigFile) -> str:
    counts = ((config.count("error"), "error"), (config.count("warning"), "warning"))
    told = (f"{count} {word}" if count == 1 else f"{count} {word}s" for count, word in counts)
    return " · ".join((str(config.path), *told))


def _errors(config: ConfigFile | None) -> list[str]:
    """The first errors, since an endpoint that they concern will not work."""
    files = [one for one in (config, config.included if config else None) if one is not None]
    found = [
        (f"line {one.line}" if file is config else f"{file.path.name}, line {one.line}", one)
        for file in files
        for one in file.verdicts
        if one.level == "error"
    ]
    lines = [f"             {where}: {one.message}" for where, one in found[:_SHOWN]]
    if config is not None and len(found) > _SHOWN:
        lines.append(f"             filon check {config.path} tells the others")
    return [plain(line) for line in lines]


def _unused(settings: Settings) -> list[str]:
    """Variables that would be missed: whoever set them thinks that they count."""
    return [
        plain(f"             {one.variable}: {one.reason}") for one in settings.proxying.ignored
    ]


def _open(link: str) -> bool:
    try:
        found = webbrowser.get()
    except webbrowser.Error:
        return False
    # A text browser would take the terminal over.
    if isinstance(found, webbrowser.GenericBrowser) and not isinstance(
        found, webbrowser.BackgroundBrowser
    ):
        return False
    return found.open(link)
