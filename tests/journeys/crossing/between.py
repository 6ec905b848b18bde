"""A server between callers and providers of different protocols, and requests that say the same
to each door."""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.journeys.recorder import Recorder
from tests.journeys.site import PROVIDER_KEY, Reply, Site, running, settings_of

CONFIG = """
version: 1.3.13
endpoints:
  custom:
    - name: chat
      apiKey: "${REC_KEY}"
      baseURL: "%s"
      models: {default: [m-1]}
      titleConvo: false
    - name: claude
      provider: anthropic
      apiKey: "${REC_KEY}"
      baseURL: "%s"
      models: {default: [claude-x]}
      titleConvo: true
    - name: tuned
      provider: anthropic
      apiKey: "${REC_KEY}"
      baseURL: "%s"
      headers: {anthropic-beta: "ours-2026"}
      addParams: {top_k: 7}
      dropParams: [temperature]
      customParams: {paramDefinitions: [{key: max_tokens, default: 777}]}
      models: {default: [claude-x]}
"""
CHAT: Mapping[str, Any] = {
    "model": "claude/claude-x",
    "messages": [
        {"role": "system", "content": "Be kind."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Look."},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,eHh4"}},
                {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
            ],
        },
        {
            "role": "assistant",
            "content": "I add.",
            "tool_calls": [
                {
                    "id": "call_1",
                    "type": "function",
                    "function": {"name": "add", "arguments": '{"a":1}'},
                },
                {
                    "id": "call_2",
                    "type": "function",
                    "function": {"name": "add", "arguments": '{"a":2}'},
                },
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "2"},
        {"role": "tool", "tool_call_id": "call_2", "content": "3"},
    ],
    "tools": [
        {
            "type": "function",
            "function": {
                "name": "add",
                "description": "Adds.",
                "parameters": {"type": "object", "properties": {"a": {"type": "number"}}},
            },
        }
    ],
    "tool_choice": "required",
    "parallel_tool_calls": False,
    "stop": ["END"],
    "user": "u-1",
    "temperature": 0.5,
}
RESPONSES: Mapping[str, Any] = {
    "model": "chat/m-1",
    "instructions": "Be kind.",
    "input": [
        {"role": "user", "content": [{"type": "input_text", "text": "Look."}]},
        {"type": "function_call", "call_id": "call_1", "name": "add", "arguments": '{"a":1}'},
        {"type": "function_call_output", "call_id": "call_1", "output": "2"},
    ],
    "tools": [
        {
            "type": "function",
            "name": "add",
            "description": "Adds.",
            "parameters": {"type": "object"},
            "strict": False,
        }
    ],
    "max_output_tokens": 5_000,
    "reasoning": {"effort": "low"},
    "text": {"format": {"type": "json_schema", "name": "sum", "schema": {"type": "object"}}},
}
MESSAGES: Mapping[str, Any] = {
    "model": "chat/m-1",
    "max_tokens": 900,
    "system": [{"type": "text", "text": "Be"}, {"type": "text", "text": "kind."}],
    "messages": [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Look."},
                {
                    "type": "image",
                    "source": {"type": "base64", "media_type": "image/png", "data": "eHh4"},
                },
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "I add."},
                {"type": "tool_use", "id": "toolu_1", "name": "add", "input": {"a": 1}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "toolu_1", "content": "2"},
                {"type": "text", "text": "And now?"},
            ],
        },
    ],
    "tools": [{"name": "add", "description": "Adds.", "input_schema": {"type": "object"}}],
    "tool_choice": {"type": "any", "disable_parallel_tool_use": True},
    "stop_sequences": ["END"],
    "metadata": {"user_id": "u-1"},
    "top_p": 0.9,
}
_ADD: Mapping[str, Any] = {
    "name": "add",
    "description": "Adds.",
    "parameters": {"type": "object"},
}
ADD = {"type": "function", "function": _ADD}
LOOSE = {"type": "function", "function": {**_ADD, "strict": False}}


@asynccontextmanager
async def between(home: Path, template: Path, recorder: Recorder) -> AsyncGenerator[Site]:
    """A server whose three endpoints all lead to the recorder."""
    above = recorder.url.removesuffix("/v1")
    settings = settings_of(home, CONFIG % (recorder.url, above, above), {"REC_KEY": PROVIDER_KEY})
    async with running(settings, template) as site:
        yield site
        await site.quiet()
        assert "fault  " not in site.log.getvalue()


async def ask(
    site: Site, path: str, body: Mapping[str, Any], key: str | None = None, **headers: str
) -> Reply:
    """One request to a door, with the key as Anthropic's clients send it."""
    given = {"x-api-key": key or site.key, **headers}
    return await site.ask("POST", path, dict(body), headers=given)


async def decisions(site: Site, reply: Reply) -> dict[str, dict[str, Any]]:
    """What was decided on each parameter, by the name that was asked."""
    whole = await site.trace(reply.headers["x-filon-trace"])
    (record,) = [one for one in whole["records"] if one["type"] == "translated"]
    return {one["name"]: one for one in record["decisions"]}


def sent(recorder: Recorder) -> dict[str, Any]:
    """The body that left last."""
    return json.loads(recorder.last.body)
