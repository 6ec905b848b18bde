"""The servers of models on this machine: looks for them, recognises them, and knows what they said.

It looks at the start and when a person asks, never by itself in between. Only this machine is asked
at the start: loopback and, from inside a container, the machine that it runs on.
"""

import asyncio
import traceback
from collections.abc import Mapping

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from filon.kit import clock
from filon.pipeline.services import Services
from filon.providers.endpoint import Endpoint
from filon.providers.local import servers
from filon.providers.local.addresses import is_near, is_port, outside
from filon.providers.local.known import Reply, Seen, State, Window
from filon.providers.local.servers import Server
from filon.server.asking import Silence, ask
from filon.server.live import Live

# How long the start waits for what is found, in seconds; a server that runs answers in less.
_PATIENCE = 0.25
# Models whose details are asked for, and how many at the same time.
_MOST = 200
_AT_ONCE = 8


class Sighting(Struct, frozen=True, kw_only=True):
    """What stood at an endpoint's address when it was looked at, at `seen_at` (Unix seconds)."""

    endpoint: str
    server: Server
    address: str
    seen: Seen
    seen_at: float
    reason: str | None = None

    @property
    def state(self) -> State:
        """What it is."""
        return self.seen.state


class Locals:
    """Looks at local servers. `port` is Filon's own, which must not be taken for one of them."""

    def __init__(self, services: Services, live: Live, *, container: bool, port: int) -> None:
        self._services = services
        self._live = live
        self._container = container
        self._port = port
        self._task: asyncio.Task[tuple[Sighting, ...]] | None = None
        self.sightings: Mapping[str, Sighting] = {}

    async def begin(self) -> None:
        """Looks for the first time. What does not answer at once is waited for beside the start."""
        self._task = asyncio.ensure_future(self.look(near=True))
        self._task.add_done_callback(self._ended)
        await asyncio.wait({self._task}, timeout=_PATIENCE)

    async def close(self) -> None:
        """Looks no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    def _ended(self, task: asyncio.Task[tuple[Sighting, ...]]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            details = "".join(traceback.format_exception(error, limit=8))
            self._services.log.event("local_not_looked_for", level="error", details=details)

    async def look(self, *, near: bool = False) -> tuple[Sighting, ...]:
        """Looks at every local server that nobody has configured; with `near`, only on this
        machine. Open tabs are told."""
        candidates = [
            endpoint
            for endpoint in self._services.directory.endpoints
            if endpoint.kind == "local" and servers.of(endpoint.provider) is not None
            if not near or is_near(endpoint.base_url)
        ]
        sightings = await asyncio.gather(*map(self.examine, candidates))
        found = [one for one in sightings if one is not None]
        there = [one.endpoint for one in found if one.state == "found"]
        level = "info" if there else "debug"
        self._services.log.event("local_servers", level=level, found=", ".join(there) or None)
        if found:
            self._live.publish_all("endpoints.changed", {})
        return tuple(found)

    async def examine(self, endpoint: Endpoint) -> Sighting | None:
        """Looks at one endpoint, and keeps what it says; None where its server is not of a kind
        that can be recognised."""
        server = servers.of(endpoint.provider)
        if server is None:
            return None
        at, seen = await self._look_at(endpoint, server)
        sighting = Sighting(
            endpoint=endpoint.name,
            server=server,
            address=at.base_url,
            seen=seen,
            seen_at=clock.now(),
            reason=_reason(at, server, seen),
        )
        if not self._is_current(endpoint):
            return sighting
        self.sightings = {**self.sightings, endpoint.name: sighting}
        await self._keep(endpoint, at, sighting)
        return sighting

    def _is_current(self, endpoint: Endpoint) -> bool:
        """Whether the endpoint is still defined as it was: the file may have changed meanwhile."""
        now = self._services.directory.endpoint(endpoint.name)
        return now is not None and (now.origin, now.key) == (endpoint.origin, endpoint.key)

    async def _keep(self, endpoint: Endpoint, at: Endpoint, sighting: Sighting) -> None:
        seen = sighting.seen
        if seen.state == "found":
            self._put(endpoint.name, windows={one.name: one.window for one in seen.models})
        # What somebody configured stays as it is configured.
        if endpoint.kind != "local":
            return
        if seen.state != "found":
            self._put(endpoint.name, state="not_configured", reason=sighting.reason)
            return
        self._put(endpoint.name, state="ready", reason=None, base_url=at.base_url)
        names = tuple(sorted(one.name for one in seen.models))
        row = await self._services.store.models.fetched(endpoint.name, names, sighting.seen_at)
        directory = self._services.directory
        fetched = {**directory.fetched, endpoint.name: row.models}
        self._services.directory = replace(directory, fetched=fetched)

    def _put(self, name: str, **changed: Mapping[str, Window] | str | None) -> None:
        directory = self._services.directory
        endpoints = tuple(
            replace(one, **changed) if one.name == name else one for one in directory.endpoints
        )
        self._services.directory = replace(directory, endpoints=endpoints)

    async def _look_at(self, endpoint: Endpoint, server: Server) -> tuple[Endpoint, Seen]:
        """The endpoint as it was reached, and what stands there."""
        if endpoint.kind == "local" and is_port(endpoint.base_url, self._port):
            return endpoint, Seen(state="other", told="it is Filon itself")
        seen = await self._recognised(endpoint, server)
        usual = endpoint.kind == "local" and endpoint.origin.why is None
        if seen.state == "silent" and self._container and usual and is_near(endpoint.base_url):
            beyond = replace(endpoint, base_url=outside(endpoint.base_url))
            other = await self._recognised(beyond, server)
            if other.state != "silent":
                return beyond, other
        return endpoint, seen

    async def _recognised(self, endpoint: Endpoint, server: Server) -> Seen:
        # What a person has configured gets its key; what was merely found shows first what it is.
        trusted = endpoint.kind != "local"
        first = await self._ask(endpoint, server.asks[0], trusted)
        if isinstance(first, Silence):
            return Seen(state="silent", told=first.detail)
        rest = await asyncio.gather(
            *(self._ask(endpoint, path, trusted) for path in server.asks[1:])
        )
        replies = _answered((*server.asks,), (first, *rest))
        seen = server.read(replies)
        if seen.state == "locked" and endpoint.key.value and not trusted:
            opened = await asyncio.gather(
                *(self._ask(endpoint, path, True) for path in server.keyed)
            )
            seen = server.read({**replies, **_answered(server.keyed, (*opened,))})
        return await self._detailed(endpoint, server, seen)

    async def _detailed(self, endpoint: Endpoint, server: Server, seen: Seen) -> Seen:
        if server.details is None or server.complete is None:
            return seen
        gate = asyncio.Semaphore(_AT_ONCE)
        names = [model.name for model in seen.models[:_MOST]]
        told = await asyncio.gather(
            *(self._details(endpoint, server.details, name, gate) for name in names)
        )
        return server.complete(seen, _answered((*names,), (*told,)))

    async def _details(
        self, endpoint: Endpoint, path: str, name: str, gate: asyncio.Semaphore
    ) -> Reply | Silence:
        body = msgspec.json.encode({"model": name})
        async with gate:
            return await ask(
                self._services.upstream,
                endpoint,
                path,
                body,
                method="POST",
                key=endpoint.kind != "local",
            )

    async def _ask(self, endpoint: Endpoint, path: str, key: bool) -> Reply | Silence:
        return await ask(self._services.upstream, endpoint, path, key=key)


def _answered(names: tuple[str, ...], replies: tuple[Reply | Silence, ...]) -> Mapping[str, Reply]:
    pairs = zip(names, replies, strict=True)
    return {name: reply for name, reply in pairs if isinstance(reply, Reply)}


def _reason(endpoint: Endpoint, server: Server, seen: Seen) -> str | None:
    """Why the server cannot be used, and what to do."""
    place = endpoint.base_url.removeprefix("http://").removesuffix("/v1")
    match seen.state:
        case "silent":
            return (
                f"{server.label} does not answer at {place}. Start it ({server.start}), then look "
                "again."
            )
        case "other":
            return (
                f"What answers at {place} is not {server.label}: {seen.told}. If you know better, "
                "name it in endpoints.custom."
            )
        case "locked":
            return f"{server.label} at {place} wants a key: {seen.told}. {_key_fix(endpoint)}"
        case "loading":
            return f"{server.label} at {place} is still loading its model. Look again in a moment."
        case _:
            return None


def _key_fix(endpoint: Endpoint) -> str:
    variable = endpoint.key.variable
    if endpoint.key.value:
        return f"The one in {variable or 'the configuration'} is not taken."
    return "Name it in endpoints.custom, with its apiKey, or set its variable where Filon starts."
