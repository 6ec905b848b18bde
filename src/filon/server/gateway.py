"""The gateway's doors, as raw ASGI: one address for every endpoint and model.

Every failure, ours or a provider's, leaves in the caller's own protocol.
"""

import asyncio
from collections.abc import AsyncGenerator

import msgspec

from filon.accounts.keys import Keys
from filon.conversation.errors import FilonError, Problem, Stopped, Unauthenticated
from filon.conversation.request import ChatRequest
from filon.pipeline.run import run
from filon.pipeline.services import Services
from filon.pipeline.turn import Caller, Chunk, Ended, Opened, Output, Turn, begin
from filon.protocols.registry import PROTOCOLS
from filon.protocols.wire import Protocol
from filon.server.bodies import Door, read_body
from filon.server.relay import Relay
from filon.trace.records import Body, Received


class Gateway:
    """Serves programs with an API key. `keys` checks the key, `services` runs the turn."""

    def __init__(self, services: Services, keys: Keys) -> None:
        self._services = services
        self._keys = keys
        self._protocol = PROTOCOLS["openai_chat"]

    async def chat_completions(self, door: Door) -> None:
        """POST /v1/chat/completions."""
        try:
            caller = await self._caller(door)
            body = await read_body(door, self._services.limits)
            request = self._protocol.parse_request(body)
        except Stopped:
            return
        except FilonError as error:
            await _refuse(door, self._protocol, error.problem)
            return
        turn = self._turn(door, caller, request, body)
        await _answer(door, self._protocol, turn, run(turn, self._services))

    async def models(self, door: Door) -> None:
        """GET /v1/models: every model of every endpoint that is ready."""
        try:
            await self._caller(door)
        except FilonError as error:
            await _refuse(door, self._protocol, error.problem)
            return
        directory = self._services.directory
        data = [
            {"id": f"{e.name}/{model}", "object": "model", "created": 0, "owned_by": owner}
            for e in directory.endpoints
            if e.state == "ready"
            for owner in ["filon-practice" if e.kind == "practice" else e.provider]
            for model in directory.models(e)
        ]
        await door.reply(200, msgspec.json.encode({"object": "list", "data": data}))

    async def _caller(self, door: Door) -> Caller:
        scheme, _, secret = (door.header(b"authorization") or "").partition(" ")
        secret = secret.strip()
        if scheme.lower() != "bearer" or not secret:
            raise Unauthenticated(
                "No API key came with the request.",
                fix="Send it as Authorization: Bearer KEY; filon keys create NAME makes one.",
            )
        key = await self._keys.check(secret)
        # A program may quote its own key in what it asks; it must not be kept for that.
        self._services.redactor.learn((secret,))
        return Caller(kind="gateway", owner_id=key.owner_id, by=f"key {key.name}", key=key.prefix)

    def _turn(self, door: Door, caller: Caller, request: ChatRequest, body: bytes) -> Turn:
        received = Received(
            protocol=self._protocol.name,
            method=door.scope["method"],
            path=door.scope["path"],
            headers=door.headers,
            body=Body(body, _cuts(body, request)),
        )
        return begin(caller, request, received)


def _cuts(body: bytes, request: ChatRequest) -> tuple[int, ...]:
    """Where the body may be cut for storage: where each message begins, and where the last ends."""
    if request.raw is None:
        return ()
    cuts: list[int] = []
    place = 0
    for item in request.raw.items:
        place = body.find(item, place)
        if place < 0:
            return ()
        cuts.append(place)
        place += len(item)
    return (*cuts, place)


async def _refuse(
    door: Door, protocol: Protocol, problem: Problem, turn: Turn | None = None
) -> None:
    status, body = protocol.render_error(problem)
    await door.reply(status, body, _trace_header(turn, problem))


def _trace_header(
    turn: Turn | None, problem: Problem | None = None
) -> tuple[tuple[bytes, bytes], ...]:
    headers: list[tuple[bytes, bytes]] = []
    if turn is not None:
        headers.append((b"x-filon-trace", turn.id.encode()))
    if problem is not None and problem.retry_after is not None:
        headers.append((b"retry-after", str(max(1, round(problem.retry_after))).encode()))
    return tuple(headers)


async def _answer(
    door: Door, protocol: Protocol, turn: Turn, outputs: AsyncGenerator[Output]
) -> None:
    """Relays the turn to the caller, and ends it when the caller leaves."""
    relaying = asyncio.ensure_future(_relay(door, protocol, turn, outputs))
    leaving = asyncio.ensure_future(door.left())
    try:
        await asyncio.wait({relaying, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (relaying, leaving):
            if not task.done():
                task.cancel()
        await asyncio.wait({relaying, leaving})
        await outputs.aclose()
    if not relaying.cancelled():
        relaying.result()


async def _relay(
    door: Door, protocol: Protocol, turn: Turn, outputs: AsyncGenerator[Output]
) -> None:
    relay = Relay(door, protocol, turn)
    async for output in outputs:
        match output:
            case Opened(only_we_asked_usage=only_we_asked):
                relay.drop_usage = only_we_asked
            case Chunk():
                await relay.chunk(output)
            case Ended(turn=settled):
                await relay.end(settled)
