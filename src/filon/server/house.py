"""Everything that one running server consists of, made once and handed to every route."""

from typing import Annotated

from fastapi import Depends, Request

from filon.accounts.keys import Keys
from filon.accounts.passwords import Passwords
from filon.accounts.sessions import Sessions
from filon.config.found import practice_endpoint
from filon.config.settings import Settings
from filon.kit import clock
from filon.kit.http import AiohttpUpstream
from filon.kit.log import Log
from filon.kit.redact import Redactor
from filon.pipeline.directory import Directory
from filon.pipeline.ending import settled, trace_summary
from filon.pipeline.services import Progress, Services
from filon.practice.service import Practice
from filon.providers import models
from filon.server import told
from filon.server.chats import Chats
from filon.server.gateway import Gateway
from filon.server.lists import Lists
from filon.server.live import Live
from filon.store.store import Store


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
        self.sessions = Sessions(self.store)
        self.keys = Keys(self.store)
        self.passwords = Passwords(self.store)
        self.live = Live()
        self.chats = Chats(services, self.live)
        self.gateway = Gateway(services, self.keys)
        self.lists = Lists(services, self.live)
        self.serving = False
        services.announce = self._announce

    @classmethod
    async def open(cls, settings: Settings, *, serving: bool = True) -> "ServerHouse":
        """Opens the store and starts practice. `serving` False is for a single command beside a
        running server, whose open answers it must leave alone. Raises StoreError."""
        redactor = Redactor(settings.secrets)
        log = Log(redactor, as_json=settings.log_json, level=settings.log_level)
        store = await Store.open(settings.database_url, log)
        if serving:
            interrupted = await store.messages.close_open(clock.now())
            if interrupted:
                log.event("interrupted", level="warning", answers=interrupted)
        practice = Practice()
        # The same port at every start, so that a copied curl command stays good.
        wanted = settings.practice_port or (settings.port + 1 if settings.port else 0)
        port = await _start(practice, wanted)
        endpoints = (*settings.endpoints, practice_endpoint(f"http://127.0.0.1:{port}/v1"))
        fetched = {name: row.models for name, row in (await store.models.all()).items()}
        services = Services(
            store=store,
            upstream=AiohttpUpstream(),
            directory=Directory(endpoints=endpoints, fetched=fetched),
            limits=settings.limits,
            redactor=redactor,
            log=log,
        )
        house = cls(settings, services, practice, port)
        house.serving = serving
        await store.people.first_person(clock.now())
        if serving:
            await house.sessions.sweep()
            await house.lists.look_for_local()
        return house

    def _announce(self, progress: Progress) -> None:
        """Tells open tabs that a turn has begun or is settled, whoever asked for it."""
        owner = progress.turn.caller.owner_id
        if not self.live.is_watched(owner):
            return
        if settled(progress.turn) is None:
            shape, kind = told.running_trace(progress), "trace.started"
        else:
            shape, kind = told.trace(trace_summary(progress.turn)), "trace.settled"
        self.live.publish(owner, kind, {"trace": shape.model_dump()})

    def running(self, owner_id: int) -> list[Progress]:
        """This person's turns that are not over, oldest first."""
        turns = list(self.services.running.values())
        return [progress for progress in turns if progress.turn.caller.owner_id == owner_id]

    async def close(self) -> None:
        """Stops answers and settles them, then closes what is open."""
        self.live.close()
        await self.chats.close()
        if self.serving:
            # A link that nobody opened is worthless once its program has ended.
            person = await self.store.people.first_person(clock.now())
            await self.sessions.drop_link_tokens(person.id)
        await self.practice.stop()
        await self.services.upstream.close()
        await self.store.close()


def warm() -> None:
    """Reads the price lists ahead of the first answer, which would otherwise wait for them."""
    models.warm()


async def _start(practice: Practice, port: int) -> int:
    try:
        return await practice.start(port=port)
    except OSError:
        # The usual port is taken, by another Filon perhaps: any other does as well.
        return await practice.start(port=0)


def house_of(request: Request) -> ServerHouse:
    """The server's parts, for a route."""
    return request.app.state.house


House = Annotated[ServerHouse, Depends(house_of)]
