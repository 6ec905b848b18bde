"""The gateway's doors, as raw ASGI: one address for every endpoint and model.

Every failure, ours or a provider's, leaves in the caller's own protocol.
"""

import asyncio
from collections.abc import AsyncGenerator

import msgspec

from filon.accounts.keys import Keys
from filon.conversation.errors import FilonError, Problem, Stopped, Unauthenticated
from filon.conversation.request import ChatRequest
from filon.pipeline.run import refuse, run
from filon.pipeline.services import Services
from filon.pipeline.turn import Caller, Chunk, Ended, Opened, Output, Turn, begin
from filon.protocols.registry import PROTOCOLS
from filon.protocols.wire import Protocol
from filon.server.bodies import Door, read_body
from filon.server.relay import Relay, retry_after
from filon.trace.records import Body, Received

# Stands where a trace names the model, when the request did not say one that could be read.
_UNREADABLE = "unreadable"


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
        except Stopped:
            return
        except FilonError as error:
            await _refuse(door, self._protocol, error.problem)
            return
        try:
            request = self._protocol.parse_request(body)
        except FilonError as error:
            await self._unreadable(door, caller, body, error.problem)
            return
        turn = self._turn(door, caller, request, body)
        await _answer(door, self._protocol, turn, run(turn, self._services))

    async def _unreadable(self, door: Door, caller: Caller, body: bytes, problem: Problem) -> None:
        """What cannot be read leaves a trace too: its sender will look for the reason there."""
        turn = self._turn(door, caller, ChatRequest(model=_UNREADABLE, messages=()), body)
        refused = await refuse(turn, problem, self._services)
        await Relay(door, self._protocol, turn).end(refused)

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
    """Where the body may be cut for storage: before the first message and after each. A comma
    goes with the message behind it, so that a message is the same piece in the next turn."""
    cuts: list[int] = []
    place = 0
    for item in request.raw.items if request.raw is not None else ():
        place = body.find(item, place)
        if place < 0:
            return ()
        if not cuts:
            cuts.append(place)
        place += len(item)
        cuts.append(place)
    return tuple(cuts)


async def _refuse(door: Door, protocol: Protocol, problem: Problem) -> None:
    status, body = protocol.render_error(problem)
    await door.reply(status, body, retry_after(problem))


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
