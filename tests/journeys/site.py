"""A whole Filon on a real socket within the test's own loop, and a browser and programs for it."""

import asyncio
import io
import json
import shutil
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager, redirect_stderr
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from msgspec.structs import replace
from openai import AsyncOpenAI, OpenAI

from filon.cli import serve
from filon.config.load import load
from filon.config.settings import Retries, Settings
from filon.server.house import ServerHouse
from filon.server.security import COOKIE
from tests.waiting import LONG, until

ONCE = Retries(attempts=1, breaker=False, repair=False)
ME = 1
OTHER = 2
NOTHING: Mapping[str, str] = {}
PROVIDER_KEY = "sk-canary-PROVIDER-0123456789abcdef"


@dataclass(frozen=True)
class Reply:
    """A reply, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, which must be JSON."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The body, which must be UTF-8."""
        return self.body.decode()

    @property
    def error(self) -> dict[str, Any]:
        """The error that the body must be."""
        return self.json["error"]


class Told(io.StringIO):
    """What the log has told until it is asked, the lines that wait for others included."""

    write_first: Callable[[], None] | None = None

    def getvalue(self) -> str:
        if self.write_first is not None:
            self.write_first()
        return super().getvalue()


@dataclass
class Site:
    """A server that runs. `key` is a gateway key and `cookie` a session, both of person 1."""

    house: ServerHouse
    url: str
    key: str
    cookie: str
    log: io.StringIO
    http: aiohttp.ClientSession
    clients: list[AsyncOpenAI] = field(default_factory=lambda: [])

    @property
    def database(self) -> Path:
        """The database's file."""
        return self.house.settings.home / "filon.db"

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        data: bytes | None = None,
        headers: Mapping[str, str] = NOTHING,
    ) -> Reply:
        """One request as it is, without any right."""
        head = dict(headers)
        if body is not None:
            data = json.dumps(body).encode()
        if data is not None:
            head.setdefault("content-type", "application/json")
        async with (
            asyncio.timeout(LONG),
            self.http.request(
                method,
                self.url + path,
                data=None if data is None else io.BytesIO(data),
                headers=head,
                allow_redirects=False,
            ) as response,
        ):
            return Reply(response.status, response.headers, await response.read())

    async def browse(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] = NOTHING
    ) -> Reply:
        """One request of the page of person 1."""
        given = {"cookie": f"{COOKIE}={self.cookie}", **headers}
        return await self.ask(method, path, body, headers=given)

    async def program(
        self, body: Any, *, data: bytes | None = None, headers: Mapping[str, str] = NOTHING
    ) -> Reply:
        """One request of a program to the gateway's chat."""
        given = {"authorization": f"Bearer {self.key}", **headers}
        return await self.ask("POST", "/v1/chat/completions", body, data=data, headers=given)

    async def trace(self, trace_id: str) -> dict[str, Any]:
        """A settled trace as its page."""
        await self.quiet()
        reply = await self.browse("GET", f"/api/traces/{trace_id}")
        assert reply.status == 200, reply.text
        return reply.json

    async def last_trace(self, caller: str | None = None) -> dict[str, Any]:
        """The newest trace, waited for until nothing runs."""
        await self.quiet()
        query = f"&caller={caller}" if caller else ""
        page = (await self.browse("GET", f"/api/traces?limit=1{query}")).json
        return await self.trace(page["traces"][0]["id"])

    async def quiet(self) -> None:
        """Waits until no turn runs and all traces are stored."""
        await until(lambda: not self.house.services.running)
        # The writer keeps its order, so that what went before is stored when this returns.
        await self.house.store.people.first_person(0.0)

    def openai(self, key: str | None = None) -> AsyncOpenAI:
        """The real SDK, as a program would set it up."""
        client = AsyncOpenAI(base_url=f"{self.url}/v1", api_key=key or self.key, max_retries=0)
        self.clients.append(client)
        return client

    def openai_sync(self) -> OpenAI:
        """The same, without async: for a thread of its own."""
        return OpenAI(base_url=f"{self.url}/v1", api_key=self.key, max_retries=0)


def settings_of(
    home: Path,
    config: str | None = None,
    environ: Mapping[str, str] | None = None,
    **limits: float,
) -> Settings:
    """Settings as the program itself would make them, from this text of a librechat.yaml, but that
    nothing is tried twice unless the text says so: most tests look at one failure."""
    home.mkdir(exist_ok=True)
    path = None
    if config is not None:
        path = home / "librechat.yaml"
        path.write_text(config, encoding="utf-8")
    # What runs on this machine beside the test is none of its business.
    settings = load(
        {"FILON_LOCAL_SERVERS": "off", **(environ or {})}, cwd=home, config=path, home=home, port=0
    )
    if settings.retries == Retries():
        settings = replace(settings, retries=ONCE)
    given: dict[str, Any] = dict(limits)
    return replace(settings, limits=replace(settings.limits, **given)) if given else settings


@contextmanager
def impatient(site: Site, *, first: float = LONG, between: float = LONG) -> Generator[None]:
    """Within the block a provider may be silent for so long and no longer, before its first payload
    and between two. For tests of silence alone, and only for the silence that they are about: on a
    busy machine anything may take longer than a short patience."""
    usual = site.house.services.limits
    site.house.services.limits = replace(usual, first_payload=first, between_payloads=between)
    try:
        yield
    finally:
        site.house.services.limits = usual


@asynccontextmanager
async def running(settings: Settings, template: Path) -> AsyncGenerator[Site]:
    """Serves until the block ends. `template` is a database that is migrated already."""
    if not (settings.home / "filon.db").exists():
        shutil.copyfile(template, settings.home / "filon.db")
    listening = serve._bind("127.0.0.1", 0)  # pyright: ignore[reportPrivateUsage]
    port = listening.getsockname()[1]
    log = Told()
    with redirect_stderr(log):
        house = await ServerHouse.open(replace(settings, port=port, log_level="debug"))
        log.write_first = house.services.log.write
    server = serve.Server(house)
    task = asyncio.ensure_future(server.serve(sockets=[listening]))
    try:
        await until(lambda: server.started)
        async with aiohttp.ClientSession(auto_decompress=False) as http:
            site = Site(
                house=house,
                url=f"http://127.0.0.1:{port}",
                key=(await house.keys.make(ME, "test")).secret,
                cookie=await house.sessions.begin(ME),
                log=log,
                http=http,
            )
            yield site
            for client in site.clients:
                await client.close()
    finally:
        server.should_exit = True
        await task
        await house.close()
        listening.close()
