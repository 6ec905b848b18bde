"""Which models there are: asks an endpoint for its list when a person wants it, and keeps it."""

import asyncio

from msgspec.structs import replace

from filon.conversation.errors import FilonError, NotFound
from filon.kit import clock
from filon.kit.http import HttpFailure, Outgoing, Phases
from filon.pipeline.failures import refused, unreachable
from filon.pipeline.services import Services
from filon.protocols.listing import ids_of
from filon.protocols.registry import PROTOCOLS
from filon.providers import placeholders
from filon.providers.endpoint import Endpoint, is_same_place
from filon.providers.headers import keyed, personal
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
        row = await self._fetch(endpoint, owner_id)
        if self._services.directory.endpoint(name) is None:
            raise NotFound(f"The endpoint {name!r} was removed while it was asked.")
        self._services.log.event(
            "models_fetched",
            endpoint=endpoint.name,
            count=len(row.models),
            problem=row.problem.message if row.problem else None,
        )
        self._live.publish(owner_id, "endpoints.changed", {})
        return row

    async def _fetch(self, endpoint: Endpoint, owner_id: int) -> FetchedModels:
        store = self._services.store.models
        try:
            ids = await self._ask(endpoint, owner_id)
            self._check_current(endpoint)
        except FilonError as error:
            if not self._is_current(endpoint):
                problem = clean(error.problem, self._services.redactor)
                return FetchedModels(endpoint=endpoint.name, problem=problem)
            return await store.failed(endpoint.name, clean(error.problem, self._services.redactor))
        row = await store.fetched(endpoint.name, ids, clock.now())
        directory = self._services.directory
        fetched = {**directory.fetched, endpoint.name: row.models}
        self._services.directory = replace(directory, fetched=fetched)
        return row

    def _is_current(self, endpoint: Endpoint) -> bool:
        """Whether the endpoint still leads there: the file may have changed meanwhile."""
        now = self._services.directory.endpoint(endpoint.name)
        return now is not None and is_same_place(endpoint, now)

    def _check_current(self, endpoint: Endpoint) -> None:
        if not self._is_current(endpoint):
            raise FilonError(
                f"{endpoint.label} was changed in the configuration while it was asked.",
                code="endpoint_changed",
                status=409,
                fix="Ask for the list again.",
            )

    async def _ask(self, endpoint: Endpoint, owner_id: int) -> tuple[str, ...]:
        usable = endpoint.state == "ready" or endpoint.kind == "local"
        if not usable or endpoint.models_path is None:
            raise FilonError(
                f"{endpoint.label} cannot be asked for its models: "
                f"{endpoint.reason or 'it has no list of models.'}",
                code="models_not_available",
                status=409,
            )
        url = endpoint.base_url.rstrip("/") + endpoint.models_path
        if endpoint.models_query:
            url += f"?user={owner_id}"
        status, headers, body = await self._get(endpoint, url, owner_id)
        if not 200 <= status < 300:
            protocol = PROTOCOLS[endpoint.protocol]
            body = self._services.redactor.data(body)
            told = protocol.parse_error(status, headers, body, now=clock.now())
            told = replace(told, provider_status=told.provider_status or status)
            raise refused(told, endpoint, "", url)[0]
        return _listed(body, endpoint)

    async def _get(
        self, endpoint: Endpoint, url: str, owner_id: int
    ) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
        headers = {
            "accept": "application/json",
            "accept-encoding": "identity",
            **dict(PROTOCOLS[endpoint.protocol].headers),
            **keyed(endpoint),
            **personal(endpoint, placeholders.values(owner_id)),
        }
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


def _listed(body: bytes, endpoint: Endpoint) -> tuple[str, ...]:
    ids = ids_of(body)
    if ids is None:
        raise FilonError(
            f"{endpoint.label} answered its list of models in a shape that nobody knows.",
            code="models_not_readable",
            fix="Name the models under models.default in the configuration file.",
            status=502,
        )
    return ids
