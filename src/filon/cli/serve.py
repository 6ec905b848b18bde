"""`filon serve`: binds the port, opens the house, prints the link, runs until Ctrl-C."""

import asyncio
import contextlib
import errno
import signal
import socket
import sys
import webbrowser
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import uvicorn
from msgspec.structs import replace

from filon.cli.console import fail, plain
from filon.config.load import load_from_process
from filon.config.settings import ConfigFile, Settings
from filon.conversation.errors import FilonError
from filon.server.app import LOOPBACK, create_app
from filon.server.house import ServerHouse, warm

# How long streams of programs may go on after Ctrl-C, in seconds.
GRACE = 5
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
        _greet(house, f"{_address(settings)}/sign-in?token={token}")
        warming = asyncio.get_running_loop().run_in_executor(None, warm)
        await server.serve(sockets=[listening])
        await warming
    finally:
        await house.close()
    return 0


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
    """Uvicorn, which ends our own streams before it waits for connections to end."""

    def __init__(self, house: ServerHouse) -> None:
        config = uvicorn.Config(
            create_app(house),
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            # Nobody stands before us whose word on addresses we would take.
            proxy_headers=False,
            date_header=True,
            timeout_graceful_shutdown=GRACE,
            h11_max_incomplete_event_size=None,
        )
        super().__init__(config)
        self._house = house

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Ctrl-C and SIGTERM end the server in good order. Uvicorn's own way raises the signal
        once more at the end, which would cancel the store while it still writes."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    async def shutdown(self, sockets: Any = None) -> None:
        """Ends the tabs' streams and the chats, then lets programs finish."""
        self._house.live.close()
        await self._house.chats.close()
        await super().shutdown(sockets)


def _address(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _greet(house: ServerHouse, link: str) -> None:
    settings = house.settings
    config = settings.config
    endpoints = house.services.directory.endpoints
    ready = sum(endpoint.state == "ready" for endpoint in endpoints)
    told = "no configuration file" if config is None else _summary(config)
    lines = [
        "",
        f"  Filon      {_address(settings)}",
        f"  gateway    {_address(settings)}/v1",
        f"  config     {told}",
        *_errors(config),
        f"  endpoints  {ready} of {len(endpoints)} ready",
        f"  data       {settings.home}",
        "",
        "  Sign in, once, by this link:",
        f"  {link}",
        "",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    if settings.open_browser:
        _open(link)


def _summary(config: ConfigFile) -> str:
    counts = ((config.count("error"), "error"), (config.count("warning"), "warning"))
    told = (f"{count} {word}" if count == 1 else f"{count} {word}s" for count, word in counts)
    return " · ".join((str(config.path), *told))


def _errors(config: ConfigFile | None) -> list[str]:
    """The first errors, since an endpoint that they concern will not work."""
    found = [one for one in config.verdicts if one.level == "error"] if config else []
    lines = [f"             line {one.line}: {one.message}" for one in found[:_SHOWN]]
    if config is not None and len(found) > _SHOWN:
        lines.append(f"             filon check {config.path} tells the others")
    return [plain(line) for line in lines]


def _open(link: str) -> None:
    try:
        found = webbrowser.get()
    except webbrowser.Error:
        return
    # A text browser would take the terminal over.
    if isinstance(found, webbrowser.GenericBrowser) and not isinstance(
        found, webbrowser.BackgroundBrowser
    ):
        return
    found.open(link)
