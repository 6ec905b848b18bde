"""Random requests at every door of practice: no fault of its own, no hang, nothing left open."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filon.practice.dialects.dialect import Dialect, by_name, dialects
from filon.practice.ledger import Filter
from filon.practice.limits import Limits
from filon.practice.service import Practice
from tests.journeys import odd_messages
from tests.journeys import odd_requests as odd
from tests.journeys.odd_values import written
from tests.journeys.raw_http import Came, ask, request
from tests.waiting import LONG

PLAIN: dict[str, Any] = {
    "messages": [{"role": "user", "content": "What is 2 + 3?"}],
    "max_tokens": 40,
    "temperature": 0,
}
# High enough to be met by nobody, and yet reckoned with.
LIMITS = Limits(requests_per_minute=1e9, tokens_per_minute=1e12, tokens_per_day=1e13, concurrent=64)
# A pull that is not streamed is told so by Ollama where there is no such model.
NO_PULL = "pull model manifest"

# Exactly the members that an error of each shape has; of a set, some of them.
SHAPES: dict[str, frozenset[str]] = {
    "openai": frozenset({"error"}),
    "ollama": frozenset({"error"}),
    "openai_without_param": frozenset({"error"}),
    "openai_without_nulls": frozenset({"error"}),
    "message": frozenset({"message", "request_id"}),
    "mistral": frozenset({"object", "message", "type", "param", "code", "raw_status_code"}),
    "mistral_detail": frozenset({"object", "message", "type", "param", "code", "raw_status_code"}),
    "detail": frozenset({"detail"}),
    "openrouter": frozenset({"error", "user_id"}),
    "xai": frozenset({"code", "error"}),
    "fireworks": frozenset({"error", "request_id"}),
    "ollama_native": frozenset({"error"}),
    "anthropic": frozenset({"type", "error", "request_id"}),
}
QUICKLY = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


class Ground:
    """A practice under fire, and what its event loop complained of."""

    def __init__(self, practice: Practice, port: int) -> None:
        self.practice = practice
        self.port = port
        self.complaints: list[dict[str, Any]] = []
        self._seen = 0

    def complain(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.complaints.append(context)

    async def send(
        self, method: str, path: str, body: bytes = b"", headers: Iterable[tuple[str, bytes]] = ()
    ) -> Came:
        """One request, after which everything has to be at rest."""
        came = await ask(self.port, request(method, path, body, headers))
        await self.rest()
        return came

    async def rest(self) -> None:
        """Waits until nothing is answered; then no line, grant or place may be open."""
        desk: Any = self.practice.desk
        async with asyncio.timeout(LONG):
            while self.practice.busy:  # noqa: ASYNC110 - practice tells nobody when it rests
                await asyncio.sleep(0)
        lines = self.practice.desk.ledger.entries(Filter(since=self._seen), 1_000)
        self._seen = max([self._seen, *(line.id for line in lines)])
        assert [line for line in lines if line.outcome == "open"] == []
        assert sum(buckets.running for buckets in desk._buckets.values()) == 0
        assert not any(desk._writing.values())
        assert self.complaints == []

    async def chat(self, dialect: Dialect, body: Any, headers: Iterable[tuple[str, bytes]]) -> Came:
        return await self.send("POST", chat_path(dialect), written(body), headers)

    async def works(self) -> None:
        """The next plain chat is answered."""
        came = await self.send("POST", "/v1/chat/completions", written(PLAIN | {"model": "pocket"}))
        assert came.status == 200, came
        assert "5" in came.json["choices"][0]["message"]["content"]


@pytest.fixture(scope="module")
async def ground() -> AsyncIterator[Ground]:
    loop = asyncio.get_running_loop()
    practice = Practice()
    ground = Ground(practice, await practice.start())
    before = loop.get_exception_handler()
    loop.set_exception_handler(ground.complain)
    set_right(practice)
    try:
        yield ground
    finally:
        loop.set_exception_handler(before)
        await practice.stop()
    assert ground.complaints == []


def set_right(practice: Practice) -> None:
    """Speed, limits and rules as these tests need them."""
    practice.desk.speed = 0
    for dialect in dialects():
        practice.desk.change_limits(dialect.name, LIMITS)
    for standing in practice.desk.rules.list(0):
        practice.desk.rules.remove(standing.rule.id)


def chat_path(dialect: Dialect) -> str:
    return dialect.roots[0] + "/chat/completions"


def key_of(dialect: Dialect) -> list[tuple[str, bytes]]:
    return [("authorization", f"Bearer {dialect.key or 'none'}".encode())]


def check(came: Came, dialect: Dialect | None, *, native: bool = False) -> None:
    """It is an answer, or an error in the dialect's own shape that is no fault of practice's."""
    assert came.status is not None
    assert came.whole
    if came.status < 400:
        return
    assert came.status < 500 or NO_PULL in came.body.decode(), came
    if native:
        assert isinstance(came.json["error"], str)
        return
    check_shape(came, dialect)


def check_shape(came: Came, dialect: Dialect | None) -> None:
    shapes = {"openai"}
    if dialect is not None:
        shapes = {dialect.errors.shape.use}
        shapes |= {words.shape for words in dialect.errors.kinds.values() if words.shape}
    if came.headers["content-type"].startswith("text/") and shapes & {"text", "html"}:
        return
    assert came.headers["content-type"].startswith("application/json"), came
    told = came.json
    assert any(set(told) == SHAPES[shape] for shape in shapes if shape in SHAPES), came
    error = told.get("error", told)
    if isinstance(error, dict):
        message: Any = error.get("message", error.get("error", error.get("detail")))  # pyright: ignore
        assert message, came


@QUICKLY
@given(chat=odd.CHATS, headers=odd.HEADERS, keyed=st.sampled_from([True] * 9 + [False]))
async def test_random_chats(ground: Ground, chat: Any, headers: Any, keyed: bool) -> None:
    dialect, body = chat
    came = await ground.chat(dialect, body, [*(key_of(dialect) if keyed else []), *headers])
    check(came, dialect)


@QUICKLY
@given(
    chat=odd.MODELS,
    extra=odd.RIGHT,
    switches=odd.SWITCHES,
    stream=st.booleans(),
)
async def test_random_faults(
    ground: Ground, chat: Any, extra: Any, switches: str, stream: bool
) -> None:
    dialect, model = chat
    body = PLAIN | extra | {"model": dialect.prefix + model, "stream": stream}
    headers = [*key_of(dialect), ("x-practice-fault", switches.encode())]
    await ground.chat(dialect, body, headers)
    await ground.works()


@QUICKLY
@given(chat=odd.DIALECTS.filter(lambda one: "pocket-embed" in one.models), body=odd.EMBEDS)
async def test_random_embeddings(ground: Ground, chat: Dialect, body: Any) -> None:
    if isinstance(body, dict):
        body = cast("dict[str, Any]", {"model": chat.prefix + "pocket-embed"} | body)
    path = chat.roots[0] + "/embeddings"
    came = await ground.send("POST", path, written(body), key_of(chat))
    check(came, chat)


@QUICKLY
@given(
    body=odd_messages.ASKS,
    tail=st.sampled_from(["/messages", "/messages", "/messages/count_tokens"]),
    version=st.sampled_from([b"2023-06-01", b"2023-06-01", b"2026-10-21", b"odd", b""]),
    headers=odd.HEADERS,
)
async def test_random_messages(
    ground: Ground, body: Any, tail: str, version: bytes, headers: Any
) -> None:
    anthropic = by_name("anthropic")
    assert anthropic
    sent = [("anthropic-version", version), *key_of(anthropic), *headers]
    came = await ground.send("POST", anthropic.roots[0] + tail, written(body), sent)
    check(came, anthropic)


@QUICKLY
@given(switches=odd.SWITCHES, stream=st.booleans(), model=st.sampled_from(["pocket", "echo"]))
async def test_random_faults_of_messages(
    ground: Ground, switches: str, stream: bool, model: str
) -> None:
    anthropic = by_name("anthropic")
    assert anthropic
    headers = [
        ("anthropic-version", b"2023-06-01"),
        *key_of(anthropic),
        ("x-practice-fault", switches.encode()),
    ]
    body = written(PLAIN | {"model": model, "stream": stream})
    await ground.send("POST", anthropic.roots[0] + "/messages", body, headers)
    await ground.works()


@QUICKLY
@given(path=odd.NATIVE_PATHS, body=odd.NATIVE, headers=odd.HEADERS)
async def test_random_json_at_ollamas_own_api(
    ground: Ground, path: tuple[str, str], body: Any, headers: Any
) -> None:
    method, tail = path
    # Faults may be asked for here too, by a header.
    faults = any(name == "x-practice-fault" for name, _ in headers)
    came = await ground.send(method, f"/practice/ollama/api/{tail}", written(body), headers)
    if not faults:
        check(came, None, native=True)


@QUICKLY
@given(method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]), door=odd.DOORS, body=odd.CONTROLS)
async def test_random_json_at_the_controls(
    ground: Ground, method: str, door: str, body: Any
) -> None:
    try:
        came = await ground.send(method, door, written(body))
        check(came, None)
        # Whatever was set, the next answer is one of the dialect's.
        openai = by_name("openai")
        assert openai
        came = await ground.chat(openai, PLAIN | {"model": "pocket"}, key_of(openai))
    finally:
        set_right(ground.practice)
    await ground.works()


@QUICKLY
@given(
    data=st.binary(max_size=60), path=st.sampled_from(["/v1/chat/completions", "/v1/embeddings"])
)
async def test_random_bytes(ground: Ground, data: bytes, path: str) -> None:
    came = await ground.send("POST", path, data)
    check(came, None)
    assert came.status == 400
