"""Practice on a real socket, and the official clients of providers pointed at its dialects."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple

import httpx2
from mistralai.client import Mistral
from ollama import AsyncClient
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from filon.practice.clock import Clock
from filon.practice.dialects.dialect import Dialect, by_name, dialects
from filon.practice.limits import Limits
from filon.practice.service import Practice

AT_ONCE = {"x-practice-speed": "0"}
# The refusing switches whose status is the same in every dialect.
REFUSING = {
    "bad-request": 400,
    "missing-key": 401,
    "no-money": 402,
    "forbidden": 403,
    "unknown-model": 404,
    "unknown-path": 404,
    "request-timeout": 408,
    "too-large": 413,
    "unprocessable": 422,
    "context-too-long": 400,
    "rate-limited": 429,
    "too-many-at-once": 429,
    "no-capacity": 498,
    "client-closed": 499,
    "internal-error": 500,
    "bad-gateway": 502,
    "unavailable": 503,
    "gateway-timeout": 504,
    "overloaded": 529,
}
# Those that dialects refuse with different ones.
REFUSING_APART: dict[str, dict[str, int]] = {
    "wrong-key": {"": 401, "xai": 400},
    "unknown-parameter": {"": 400, "mistral": 422},
    "unsupported-parameter": {"": 400, "mistral": 422},
    "quota-exhausted": {"": 429, "groq": 400, "anthropic": 400},
    "request-over-limit": {"": 429, "groq": 413},
}


class Speaks(NamedTuple):
    """What is documented of a provider, told once more, so that a mistake in its data shows.

    `thought` is the field of the reasoning, `apart` whether it is counted beside the answer.
    `usage` is where a stream has it: on the chunk with the reason, behind it, or behind it where
    it was asked for.
    """

    name: str
    prefix: str = ""
    model: str = "pocket"
    usage: str = "asked"
    thought: str = "reasoning_content"
    apart: bool = False
    calls: str = "pieces"
    seed: bool = True
    n: str = "yes"
    logprobs: bool = True
    begins: str = "chatcmpl-"
    embeds: bool = False

    def __str__(self) -> str:
        return self.name

    @property
    def usual(self) -> str:
        """The name of a model that answers."""
        return self.prefix + self.model

    @property
    def reasoner(self) -> str:
        """The name of the model that thinks."""
        return self.prefix + "pocket-reasoner"


DIALECTS = [
    Speaks("practice", embeds=True),
    Speaks("openai", thought="", embeds=True),
    Speaks("deepseek", usage="finish", seed=False, n="ignored", begins=""),
    Speaks("groq", usage="finish", thought="reasoning", calls="whole", n="refused", logprobs=False),
    Speaks("openrouter", "filon/", usage="extra", thought="reasoning", n="ignored", begins="gen-"),
    Speaks("fireworks", "accounts/fireworks/models/", usage="finish", begins="", embeds=True),
    Speaks("xai", usage="extra", apart=True, calls="whole", begins=""),
    Speaks(
        "ollama", "", "pocket-local", thought="reasoning", calls="whole", n="ignored", embeds=True
    ),
]


class Practising:
    """A practice that runs, and clients of it, which are closed with it."""

    def __init__(self, service: Practice, port: int, stack: AsyncExitStack) -> None:
        self.service = service
        self.address = f"http://127.0.0.1:{port}"
        self._stack = stack
        self._clients: dict[str, AsyncOpenAI] = {}

    def root(self, name: str) -> str:
        """The base URL of a dialect."""
        return self.address + dialect(name).roots[0]

    async def openai(self, name: str) -> AsyncOpenAI:
        """The client of OpenAI with this dialect's key; it tries nothing twice."""
        if name not in self._clients:
            client = AsyncOpenAI(
                base_url=self.root(name),
                api_key=dialect(name).key or "none",
                max_retries=0,
                default_headers=AT_ONCE,
            )
            self._clients[name] = await self._stack.enter_async_context(client)
        return self._clients[name]

    async def mistral(self, key: str | None = None, **options: Any) -> Mistral:
        """Mistral's client, which adds /v1 itself; it tries nothing twice unless it is told to."""
        http = await self._stack.enter_async_context(httpx2.AsyncClient(headers=AT_ONCE))
        plain = self._stack.enter_context(httpx2.Client(headers=AT_ONCE))
        return Mistral(
            api_key=dialect("mistral").key if key is None else key,
            server_url=self.root("mistral").removesuffix("/v1"),
            client=plain,
            async_client=http,
            **options,
        )

    async def ollama(self, headers: dict[str, str] | None = None, **options: Any) -> AsyncClient:
        """Ollama's client, which adds /api itself. Headers cannot be given to a single call."""
        host = self.address + (dialect("ollama").native or "").removesuffix("/api")
        client = AsyncClient(host, headers={**AT_ONCE, **(headers or {})}, **options)
        await self._stack.enter_async_context(client)
        return client


@asynccontextmanager
async def practising(
    clock: Clock | None = None, *, limited: bool = False
) -> AsyncGenerator[Practising]:
    """Practice until the end; without `limited`, nobody meets a limit there."""
    service = Practice(clock=clock)
    port = await service.start()
    if not limited:
        for one in dialects():
            service.desk.change_limits(one.name, Limits())
    try:
        async with AsyncExitStack() as stack:
            yield Practising(service, port, stack)
    finally:
        await service.stop()


def dialect(name: str) -> Dialect:
    """The dialect of this name."""
    found = by_name(name)
    assert found
    return found


def text(completion: ChatCompletion, choice: int = 0) -> str:
    """What a choice says."""
    return completion.choices[choice].message.content or ""


def joined(chunks: list[ChatCompletionChunk], choice: int = 0) -> str:
    """What a choice says in a stream."""
    return "".join(
        one.delta.content or "" for chunk in chunks for one in chunk.choices if one.index == choice
    )


async def answered(client: AsyncOpenAI, **wish: Any) -> ChatCompletion:
    """A whole answer. The client's types cannot follow a wish that is put together."""
    completions: Any = client.chat.completions
    return await completions.create(**wish)


async def streamed(client: AsyncOpenAI, **wish: Any) -> list[ChatCompletionChunk]:
    """All chunks of an answer."""
    completions: Any = client.chat.completions
    return [chunk async for chunk in await completions.create(**wish, stream=True)]
