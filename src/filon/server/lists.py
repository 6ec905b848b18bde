"""Which models there are: asks an endpoint for its list when a person wants it, and keeps it."""

import asyncio
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from filon.conversation.errors import FilonError, NotFound
from filon.kit import clock
from filon.kit.http import HttpFailure, Outgoing, Phases
from filon.pipeline.failures import refused, unreachable
from filon.pipeline.services import Services
from filon.protocols.registry import PROTOCOLS
from filon.providers.endpoint import Endpoint
from filon.server.live import Live
from filon.store.models import FetchedModels
from filon.trace.recorder import clean

_TIME = 15.0
_SIZE = 16 * 1024 * 1024


class Lists:
    """Fetches model lists."""

    def __init__(self, services: Services, live: Live) -> None:
        self._services = services
        self._live = live

    async def fetch(self, owner_id: int, name: str) -> FetchedModels:
        """Asks the endpoint for its models. A failure is kept beside the earlier list. Raises
        NotFound for an endpoint that is not there."""
        endpoint = self._services.directory.endpoint(name)
        if endpoint is None:
            raise NotFound(f"There is no endpoint {name!r}.")
        row = await self._fetch(endpoint)
        self._services.log.event(
            "models_fetched",
            endpoint=endpoint.name,
            count=len(row.models),
            problem=row.problem.message if row.problem else None,
        )
        self._live.publish(owner_id, "endpoints.changed", {})
        return row

    async def look_for_local(self) -> None:
        """Sees which servers of this very machine answer. Nothing leaves the machine by it."""
        local = [e for e in self._services.directory.endpoints if e.kind == "local"]
        await asyncio.gather(*(self._fetch(e) for e in local if _is_loopback(e.base_url)))

    async def _fetch(self, endpoint: Endpoint) -> FetchedModels:
        store = self._services.store.models
        try:
            ids = await self._ask(endpoint)
        except FilonError as error:
            if endpoint.kind == "local":
                self._put(replace(endpoint, state="not_configured", reason=_told(error)))
            return await store.failed(endpoint.name, clean(error.problem, self._services.redactor))
        row = await store.fetched(endpoint.name, ids, clock.now())
        if endpoint.kind == "local":
            self._put(replace(endpoint, state="ready", reason=None))
        directory = self._services.directory
        fetched = {**directory.fetched, endpoint.name: row.models}
        self._services.directory = replace(directory, fetched=fetched)
        return row

    def _put(self, changed: Endpoint) -> None:
        directory = self._services.directory
        endpoints = tuple(
            changed if endpoint.name == changed.name else endpoint
            for endpoint in directory.endpoints
        )
        self._services.directory = replace(directory, endpoints=endpoints)

    async def _ask(self, endpoint: Endpoint) -> tuple[str, ...]:
        usable = endpoint.state == "ready" or endpoint.kind == "local"
        if not usable or endpoint.models_path is None:
            raise FilonError(
                f"{endpoint.label} cannot be asked for its models: "
                f"{endpoint.reason or 'it has no list of models.'}",
                code="models_not_available",
                status=409,
            )
        url = endpoint.base_url.rstrip("/") + endpoint.models_path
        status, headers, body = await self._get(endpoint, url)
        if not 200 <= status < 300:
            protocol = PROTOCOLS[endpoint.protocol]
            body = self._services.redactor.data(body)
            told = protocol.parse_error(status, headers, body, now=clock.now())
            told = replace(told, provider_status=told.provider_status or status)
            raise refused(told, endpoint, "", url)[0]
        return _ids(body, endpoint)

    async def _get(
        self, endpoint: Endpoint, url: str
    ) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
        headers = {"accept": "application/json", "accept-encoding": "identity"}
        if endpoint.key.value:
            headers["authorization"] = f"Bearer {endpoint.key.value}"
        headers |= {name.lower(): value for name, value in endpoint.headers.items()}
        request = Outgoing(
            method="GET",
            url=url,
            headers=tuple(headers.items()),
            body=b"",
            connect_timeout=self._services.limits.connect,
        )
        try:
            async with asyncio.timeout(_TIME):
                exchange = await self._services.upstream.open(request, Phases())
                parts: list[bytes] = []
                try:
                    async for chunk in exchange.chunks():
                        parts.append(chunk)
                        if sum(map(len, parts)) > _SIZE:
                            break
                finally:
                    await exchange.close()
        except HttpFailure as failure:
            raise unreachable(failure, endpoint, "", url)[0] from failure
        except TimeoutError:
            failure = HttpFailure("connect_timeout", f"no list within {_TIME:.0f} s")
            raise unreachable(failure, endpoint, "", url)[0] from None
        return exchange.status, exchange.headers, b"".join(parts)


def _is_loopback(address: str) -> bool:
    return urlsplit(address).hostname in ("127.0.0.1", "localhost", "::1")


def _told(error: FilonError) -> str:
    fix = f" {error.problem.fix}" if error.problem.fix else ""
    return f"{error.problem.message}{fix}"


class _Model(msgspec.Struct):
    id: str = ""
    name: str = ""


class _Page(msgspec.Struct):
    data: list[_Model] = []
    models: list[_Model] = []


def _ids(body: bytes, endpoint: Endpoint) -> tuple[str, ...]:
    """The ids of a list in OpenAI's shape, in Ollama's, or of a bare array, as some send it."""
    try:
        told = msgspec.json.decode(body, type=_Page | list[_Model])
    except msgspec.DecodeError:
        raise FilonError(
            f"{endpoint.label} answered its list of models in a shape that nobody knows.",
            code="models_not_readable",
            fix="Name the models under models.default in the configuration file.",
            status=502,
        ) from None
    models = [*told.data, *told.models] if isinstance(told, _Page) else told
    return tuple(sorted({model.id or model.name for model in models} - {""}))
