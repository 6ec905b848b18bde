"""The gateway's doors, as raw ASGI: one address for every endpoint and model.

Each door is told which protocol its callers speak. Every failure, ours or a provider's, leaves in
that protocol.
"""

import asyncio
from functools import lru_cache
from typing import Any

import msgspec
from msgspec.structs import replace

from filon.accounts.keys import Keys
from filon.conversation.errors import FilonError, Forbidden, Problem, Stopped, Unauthenticated
from filon.conversation.request import ChatRequest
from filon.kit import clock
from filon.pipeline.run import refuse as refuse_turn
from filon.pipeline.run import run
from filon.pipeline.services import Services
from filon.pipeline.turn import Caller, Turn, begin
from filon.protocols.anthropic_messages.request import parse_count, render_count
from filon.protocols.cutting import cuts_of
from filon.protocols.registry import named
from filon.protocols.wire import Protocol
from filon.server import heading, models_listed
from filon.server.bodies import arrived, read_body
from filon.server.counting import ESTIMATE, count
from filon.server.door import Door
from filon.server.heading import Watch
from filon.server.relay import Relay
from filon.server.wishes import NOTHING, PREFIX, STRICT, Wishes, wishes
from filon.store.keys import KeyRow
from filon.store.messages import INTERRUPTED
from filon.store.trace_blob import INLINE
from filon.trace.records import Body, Received

# Stands where a trace tells the request, when it could not be read.
_UNREAD = ChatRequest(model="unreadable", messages=())

_NOBODY = (None, None)

MODELS = "/v1/models/"

# Seconds for which the end of an answer that was cut may take to reach its caller.
_TELLING = 2.0


class Gateway:
    """Serves programs with an API key. `keys` checks the key, `services` runs the turn."""

    def __init__(self, services: Services, keys: Keys) -> None:
        self._services = services
        self._keys = keys
        self._answering: set[asyncio.Task[Any]] = set()
        # The caller that each key is, by its secret, with the key as it stood. Only keys that are
        # good get in, so strangers cannot make it grow.
        self._callers: dict[str, tuple[KeyRow | None, Caller | None]] = {}

    async def close(self) -> None:
        """Cuts what is being answered when the program ends; each turn is settled, and each caller
        told, if it still reads."""
        self._services.closing = True
        tasks = set(self._answering)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_TELLING)

    async def turn(self, door: Door, protocol: Protocol) -> None:
        """Takes a request in this protocol through the pipeline, and its reply back."""
        watch = Watch()
        try:
            caller = self._known(door) or await self._caller(door)
            body = arrived(door, self._services.limits)
            if body is None:
                watch.body_comes()
                body = await read_body(door, self._services.limits)
                watch.body_is_here()
        except Stopped:
            return
        except FilonError as error:
            refuse(door, protocol, error.problem)
            return
        request, asked = _UNREAD, NOTHING
        try:
            request = protocol.parse_request(body)
            if door.names(PREFIX):
                asked = wishes(door.headers)
                caller = _allowed(caller, asked)
        except FilonError as error:
            # What cannot be read leaves a trace too: its sender will look for the reason there.
            turn = _turn(door, protocol, caller, request, body, asked)
            relay = Relay(door, protocol, turn, watch)
            await refuse_turn(turn, error.problem, self._services, relay)
            return
        turn = _turn(door, protocol, caller, request, body, asked)
        await self._answer(door, Relay(door, protocol, turn, watch), turn)

    async def _answer(self, door: Door, relay: Relay, turn: Turn) -> None:
        """Relays the turn to the caller, and ends it when the caller leaves."""
        task = door.task
        assert task is not None
        self._answering.add(task)
        door.when_left(task.cancel)
        try:
            await run(turn, self._services, relay)
        except asyncio.CancelledError:
            if not door.gone and not self._services.closing:
                raise
            task.uncancel()
            if not door.gone and not door.ended:
                relay.ended(replace(turn, problem=INTERRUPTED))
        finally:
            door.when_left(None)
            self._answering.discard(task)

    async def count_tokens(self, door: Door, protocol: Protocol) -> None:
        """How many tokens a request in Anthropic's protocol would have. Nothing is sent."""
        try:
            caller = await self._caller(door)
            request = parse_count(await read_body(door, self._services.limits))
            tokens = count(request, caller, self._services.directory)
        except Stopped:
            return
        except FilonError as error:
            refuse(door, protocol, error.problem)
            return
        door.reply(200, render_count(tokens), ESTIMATE)

    async def models(self, door: Door, protocol: Protocol) -> None:
        """Every model that the key may use."""
        theirs = _is_anthropics(door)
        protocol = named("anthropic_messages") if theirs else protocol
        try:
            caller = await self._caller(door)
        except FilonError as error:
            refuse(door, protocol, error.problem)
            return
        data = models_listed.listed(self._services.directory, caller.rules, clock.now())
        shape = models_listed.as_anthropic_list if theirs else models_listed.as_list
        door.reply(200, msgspec.json.encode(shape(data)))

    async def model(self, door: Door, protocol: Protocol) -> None:
        """One model, by the name behind the address of the list, slashes and all."""
        asked = door.path.removeprefix(MODELS)
        theirs = _is_anthropics(door)
        protocol = named("anthropic_messages") if theirs else protocol
        try:
            caller = await self._caller(door)
            directory = self._services.directory
            told = models_listed.one(directory, asked, caller.rules, clock.now())
        except FilonError as error:
            refuse(door, protocol, error.problem)
            return
        if theirs:
            told = models_listed.as_anthropic(told)
        door.reply(200, msgspec.json.encode(told))

    def _known(self, door: Door) -> Caller | None:
        """Whose key it is, where that is known without asking anybody."""
        secret = _secret(door)
        key, caller = self._callers.get(secret, _NOBODY)
        return caller if key is not None and self._keys.believed(secret) is key else None

    async def _caller(self, door: Door) -> Caller:
        secret = key_of(door)
        key = await self._keys.check(secret)
        # A program may quote its own key in what it asks; it must not be kept for that.
        self._services.redactor.learn((secret,))
        caller = _caller_of(key)
        self._callers[secret] = (key, caller)
        return caller


def _caller_of(key: KeyRow) -> Caller:
    return Caller(
        kind="gateway",
        owner_id=key.owner_id,
        by=f"key {key.name}",
        key=key.prefix,
        key_id=key.id,
        key_name=key.name,
        rules=key.rules,
        lenient=key.rules.lenient,
        explain=key.rules.explain_errors,
    )


def _is_anthropics(door: Door) -> bool:
    """Whether one of Anthropic's clients asks: both families have the same address for models."""
    return door.header(b"anthropic-version") is not None


def _allowed(caller: Caller, asked: Wishes) -> Caller:
    """The caller as this request's headers have it. A key's leniency can be put aside by them and
    never be had by them. Raises Forbidden."""
    if asked.strict is False and not caller.lenient:
        raise Forbidden(
            f"The key {caller.key_name} is strict, which {STRICT}: false cannot change.",
            code="key_is_strict",
            fix="Leave the header out, or make the key lenient in Settings, Keys.",
            param=STRICT,
            names={"key": caller.key_name or ""},
        )
    lenient = caller.lenient and asked.strict is not True
    explain = caller.explain if asked.explain is None else asked.explain
    if (lenient, explain) == (caller.lenient, caller.explain):
        return caller
    return replace(caller, lenient=lenient, explain=explain)


def _turn(
    door: Door,
    protocol: Protocol,
    caller: Caller,
    request: ChatRequest,
    body: bytes,
    asked: Wishes,
) -> Turn:
    received = Received(
        protocol=protocol.name,
        method=door.method,
        path=door.path,
        headers=door.told,
        body=Body(body, cuts_of(body, request) if len(body) > INLINE else ()),
        tags=asked.tags,
        metadata=asked.metadata,
        timeout=asked.timeout,
        strict=asked.strict,
    )
    return begin(caller, request, received, timeout=asked.timeout)


def key_of(door: Door) -> str:
    """The key that came with a request. Raises Unauthenticated."""
    secret = _secret(door)
    if secret:
        return secret
    raise Unauthenticated(
        "No API key came with the request.",
        fix="Send it as Authorization: Bearer KEY; filon keys create NAME makes one.",
    )


def _secret(door: Door) -> str:
    # The second is where Anthropic's clients put it.
    return _bearer(door.first.get(b"authorization", b"")) or (
        (door.header(b"x-api-key") or "").strip()
    )


@lru_cache(maxsize=1024)
def _bearer(authorization: bytes) -> str:
    """The secret in a header that says Bearer; nothing in any other."""
    scheme, _, secret = authorization.decode("latin-1").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def refuse(door: Door, protocol: Protocol, problem: Problem) -> None:
    """Without a trace: nobody is known yet for whom one could be kept."""
    status, body = protocol.render_error(problem)
    door.reply(status, body, heading.of_problem(problem))
