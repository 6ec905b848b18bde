"""Anthropic's own client pointed at practice's copy of its API, and what it is asked there."""

from typing import Any

import anthropic
import pytest
from anthropic import AsyncAnthropic
from anthropic.types import Message, TextBlock, ToolUseBlock

from tests.journeys.practising import AT_ONCE, Practising, dialect

OLDER = {"anthropic-version": "2023-06-01"}
COLD: dict[str, Any] = {"extra_body": {"temperature": 0}, "extra_headers": OLDER}
TWELVE: list[Any] = [{"role": "user", "content": "What is 12 * 7?"}]
PARIS: list[Any] = [{"role": "user", "content": "What is the weather in Paris?"}]
BOTH: list[Any] = [{"role": "user", "content": "What is the weather in Paris and in Tokyo?"}]
WEATHER: dict[str, Any] = {
    "name": "get_weather",
    "description": "The weather in a city.",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "The city's name"}},
        "required": ["city"],
        "additionalProperties": False,
    },
}
ADD: dict[str, Any] = {
    "name": "add",
    "description": "Adds two numbers.",
    "input_schema": {
        "type": "object",
        "properties": {"a": {"type": "number"}, "b": {"type": "number"}},
        "required": ["a", "b"],
    },
}
THINKS: dict[str, Any] = {"thinking": {"type": "enabled", "budget_tokens": 1_024}}


def client_of(here: Practising, **options: Any) -> AsyncAnthropic:
    """Anthropic's client, which adds /v1 itself; it tries nothing twice."""
    address = here.root("anthropic").removesuffix("/v1")
    usual: dict[str, Any] = {
        "api_key": dialect("anthropic").key,
        "max_retries": 0,
        "default_headers": AT_ONCE,
    }
    return AsyncAnthropic(base_url=address, **(usual | options))


async def answered(client: AsyncAnthropic, **wish: Any) -> Any:
    """A whole answer. The client's types cannot follow a wish that is put together."""
    messages: Any = client.messages
    return await messages.create(**({"model": "pocket", "max_tokens": 200} | wish))


async def streamed(client: AsyncAnthropic, **wish: Any) -> list[Any]:
    """All events of an answer."""
    messages: Any = client.messages
    wish = {"model": "pocket", "max_tokens": 200, "stream": True} | wish
    return [event async for event in await messages.create(**wish)]


async def folded(client: AsyncAnthropic, **wish: Any) -> Any:
    """The message that the client itself makes of a stream."""
    messages: Any = client.messages
    async with messages.stream(**({"model": "pocket", "max_tokens": 200} | wish)) as stream:
        return await stream.get_final_message()


async def read_all(stream: Any, got: list[str]) -> None:
    """Reads a stream to its end, however that is, and notes the events."""
    async for event in stream:
        got.append(event.type)


async def refused(client: AsyncAnthropic, **wish: Any) -> anthropic.APIStatusError:
    """The error that is raised instead of an answer."""
    with pytest.raises(anthropic.APIStatusError) as raised:
        await answered(client, **({"messages": TWELVE} | wish))
    return raised.value


def said(message: Message) -> str:
    """The text of an answer."""
    return "".join(block.text for block in message.content if isinstance(block, TextBlock))


def calls_of(message: Message) -> list[ToolUseBlock]:
    """The tool calls of an answer."""
    return [block for block in message.content if isinstance(block, ToolUseBlock)]
