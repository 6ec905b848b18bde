"""Everything that one running server consists of, made once and handed to every route."""

import asyncio
import secrets
from typing import TYPE_CHECKING

from msgspec.structs import replace

from filon.accounts.keys import Keys
from filon.accounts.passwords import Passwords
from filon.accounts.sessions import Sessions
from filon.config.addition import with_additions
from filon.config.found import practice_endpoints
from filon.config.settings import Settings
from filon.config.surroundings import surroundings
from filon.conversation.errors import FilonError
from filon.kit import clock
from filon.kit.http.upstream import Http1Upstream
from filon.kit.log import Log
from filon.kit.redact import Redactor
from filon.pipeline.directory import Directory
from filon.pipeline.services import Progress, Services
from filon.practice import service as practice_service
from filon.practice.service import Practice
from filon.providers import models
from filon.providers.endpoint import is_same_place
from filon.server.gateway import Gateway
from filon.server.keeping import Keeper
from filon.server.lists import Lists
from filon.server.live import Live
from filon.server.local import Locals
from filon.server.pulls import Pulls
from filon.server.reload import Changes, Reloader, compare, succeeded
from filon.server.replays import Replays
from filon.store.store import Store

if TYPE_CHECKING:
    from filon.server.chats import Chats


class ShuttingDown(FilonError):
    """The program ends when what it has begun is over."""

    status = 503
    code = "shutting_down"

    def __init__(self) -> None:
        super().__init__(
            "Filon is shutting down, and begins nothing new.",
            fix="Ask again in a moment, when another is up.",
        )
        self.problem = replace(self.problem, retry_after=1.0)


class ServerHouse:
    """The parts of a server. Get one with `open`; `close` settles and stops everything."""

    def __init__(
        self, settings: Settings, services: Services, practice: Practice, practice_port: int
    ) -> None:
        self.settings = settings
        self.services = services
        self.store = services.store
        self.practice = practice
        self.practice_port = practice_port
        self.practice_token = ""
        self.sessions = Sessions(self.store)
        self.keys = Keys(self.store)
        self.passwords = Passwords(self.store)
        self.live = Live()
        self._chats: Chats | None = None
        self.gateway = Gateway(services, self.keys)
        self.replays = Replays(services)
        self.lists = Lists(services, self.live)
        around = surroundings(settings.source.environ if settings.source else {})
        services.container = around.container
        self.locals = Locals(services, self.live, container=around.container, port=settings.port)
        self.pulls = Pulls(services, self.live, self.locals)
        self.reload = Reloader(settings, self._adopt, self._tell_configuration, services.log)
        self.keeper = Keeper(self.store, self._settings_now, services.log)
        self.serving = False
        # Set when the program is to end: what runs goes on for a while, and nothing new begins.
        self.closing = False

    @classmethod
    async def open(cls, settings: Settings, *, serving: bool = True) -> "ServerHouse":
        """Opens the store and starts practice. `serving` False is for a single command beside a
        running server, whose open answers it must leave alone. Raises StoreError."""
        redactor = Redactor(settings.secrets)
        log = Log(redactor, as_json=settings.log_json, level=settings.log_level)
        store = await Store.open(settings.database_url, log)
        for one in settings.proxying.ignored:
            log.event("variable_unused", level="warning", variable=one.variable, reason=one.reason)
        if serving:
            interrupted = await store.messages.close_open(clock.now())
            if interrupted:
                log.event("interrupted", level="warning", answers=interrupted)
        # A single command beside a running server must not write into the server's ledger.
        folder = settings.home if serving else None
        token = secrets.token_urlsafe(24)
        practice = Practice(folder=folder, token=token)
        # The same port at every start, so that a copied curl command stays good.
        wanted = settings.practice_port or (settings.port + 1 if settings.port else 0)
        port = await _start(practice, wanted)
        endpoints = (
            *settings.endpoints,
            *with_additions(
                practice_endpoints(
                    f"http://127.0.0.1:{port}",
                    closed=f"http://127.0.0.1:{practice.doors.closed_port}",
                    tls=f"https://127.0.0.1:{practice.doors.tls_port}",
                ),
                settings.additions,
            ),
        )
        fetched = {name: row.models for name, row in (await store.models.all()).items()}
        services = Services(
            store=store,
            upstream=Http1Upstream(proxies=settings.proxying.proxies),
            directory=Directory(
                endpoints=endpoints,
                fetched=fetched,
                presets=settings.presets,
                routes=settings.routes,
            ),
            limits=settings.limits,
            redactor=redactor,
            log=log,
        )
        services.retries = settings.retries
        house = cls(settings, services, practice, port)
        house.practice_token = token
        house.serving = serving
        await store.people.first_person(clock.now())
        if serving:
            await house.sessions.sweep()
            await house.locals.begin()
            house.reload.start()
            house.keeper.start()
        return house

    @property
    def chats(self) -> "Chats":
        """The answers that people are given. With it comes pydantic, for the shapes in which they
        are told: 0.1 s, so that it is not imported before somebody chats."""
        if self._chats is None:
            from filon.server.chats import Chats

            self._chats = Chats(self.services, self.live)
        return self._chats

    def _settings_now(self) -> Settings:
        return self.settings

    async def _adopt(self, fresh: Settings) -> Changes:
        """Makes new settings count for every turn that begins from now on; those that run keep
        what they began with. The old keys stay known, for they may still be in flight."""
        services = self.services
        before, old = services.directory, self.settings.endpoints
        services.redactor.learn(fresh.secrets)
        services.directory = succeeded(before, fresh)
        services.limits = fresh.limits
        services.retries = fresh.retries
        if fresh.retention != self.settings.retention:
            self.keeper.look_soon()
        self.settings = fresh
        moved = [
            endpoint.name
            for endpoint in fresh.endpoints
            if not is_same_place(
                before.endpoint(endpoint.name),
                services.directory.endpoint(endpoint.name) or endpoint,
            )
        ]
        await self.store.models.forget(moved)
        known = {endpoint.name: endpoint.origin for endpoint in old}
        local = [one for one in fresh.endpoints if one.kind == "local"]
        if any(known.get(one.name) != one.origin for one in local):
            await self.locals.look(near=True)
        if self._has_prices():
            await asyncio.to_thread(models.warm)
        return compare(old, fresh.endpoints)

    def warm(self, *, page: bool) -> None:
        """Reads what is known to be asked for next, which would otherwise wait for it: the price
        list before an answer that has a price or a `page`, and practice's model where there is no
        configuration, and thus nobody else to ask. Takes half a second; not for the event loop."""
        if page or self._has_prices():
            models.warm()
        if self.settings.config is None:
            practice_service.warm()

    def _has_prices(self) -> bool:
        endpoints = self.services.directory.endpoints
        return any(one.state == "ready" and models.is_listed(one) for one in endpoints)

    def _tell_configuration(self) -> None:
        """Lets every open tab ask again for what depends on the configuration."""
        self.live.publish_all("config.changed", {})

    def running(self, owner_id: int) -> list[Progress]:
        """This person's turns that are not over, oldest first."""
        turns = list(self.services.running.values())
        return [progress for progress in turns if progress.turn.caller.owner_id == owner_id]

    def check_open(self) -> None:
        """Raises ShuttingDown when nothing new may begin."""
        if self.closing:
            raise ShuttingDown

    async def cut(self) -> None:
        """Ends all that is being answered: everyone is told, and every turn is settled."""
        self.closing = True
        self.live.close()
        self.services.closing = True
        if self._chats is not None:
            await self._chats.close()
        await self.replays.close()
        await self.gateway.close()

    async def close(self) -> None:
        """Stops answers and settles them, then closes what is open."""
        await self.cut()
        await self.reload.stop()
        await self.keeper.stop()
        await self.locals.close()
        await self.pulls.close()
        if self.serving:
            # A link that nobody opened is worthless once its program has ended.
            person = await self.store.people.first_person(clock.now())
            await self.sessions.drop_link_tokens(person.id)
        await self.practice.stop()
        await self.services.upstream.close()
        await self.store.close()


async def _start(practice: Practice, port: int) -> int:
    try:
        return await practice.start(port=port)
    except OSError:
        # The usual port is taken, by another Filon perhaps: any other does as well.
        return await practice.start(port=0)
