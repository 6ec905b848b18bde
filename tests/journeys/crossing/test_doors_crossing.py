"""What leaves for a provider when its caller speaks another protocol."""

import json
from typing import Any

import pytest

from tests.journeys import replies_anthropic as claude
from tests.journeys.crossing.between import (
    ADD,
    CHAT,
    LOOSE,
    MESSAGES,
    RESPONSES,
    ask,
    decisions,
    sent,
)
from tests.journeys.doors import told_in
from tests.journeys.recorder import Recorder
from tests.journeys.replies import (
    completion,
)
from tests.journeys.site import PROVIDER_KEY, Site


async def test_chat_to_an_anthropic_endpoint(site: Site, recorder: Recorder) -> None:
    recorder.answers(
        claude.message(
            claude.thought("Hm."),
            claude.text("I add."),
            claude.call("add", "toolu_1", a=1),
            stop="tool_use",
        )
    )
    reply = await ask(site, "/v1/chat/completions", CHAT)
    assert reply.status == 200, reply.text
    assert recorder.last.line == "POST /v1/messages HTTP/1.1"
    headers = {name.lower(): value for name, value in recorder.last.headers}
    assert headers["x-api-key"] == PROVIDER_KEY
    assert headers["anthropic-version"] == "2023-06-01"
    assert "authorization" not in headers
    assert sent(recorder) == {
        "model": "claude-x",
        "system": "Be kind.",
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Look."},
                    {
                        "type": "image",
                        "source": {"type": "base64", "media_type": "image/png", "data": "eHh4"},
                    },
                    {
                        "type": "image",
                        "source": {"type": "url", "url": "https://example.org/a.png"},
                    },
                ],
            },
            {
                "role": "assistant",
                "content": [
                    {"type": "text", "text": "I add."},
                    {"type": "tool_use", "id": "call_1", "name": "add", "input": {"a": 1}},
                    {"type": "tool_use", "id": "call_2", "name": "add", "input": {"a": 2}},
                ],
            },
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": "call_1", "content": "2"},
                    {"type": "tool_result", "tool_use_id": "call_2", "content": "3"},
                ],
            },
        ],
        "tools": [
            {
                "name": "add",
                "description": "Adds.",
                "input_schema": {"type": "object", "properties": {"a": {"type": "number"}}},
            }
        ],
        "tool_choice": {"type": "any", "disable_parallel_tool_use": True},
        "stop_sequences": ["END"],
        "metadata": {"user_id": "u-1"},
        "temperature": 0.5,
        "max_tokens": 4096,
    }
    told = reply.json
    assert (told["object"], told["model"]) == ("chat.completion", "claude/claude-x")
    choice = told["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["content"] == "I add."
    assert choice["message"]["reasoning_content"] == "Hm."
    (made,) = choice["message"]["tool_calls"]
    assert (made["id"], made["function"]["name"]) == ("toolu_1", "add")
    assert json.loads(made["function"]["arguments"]) == {"a": 1}
    # Anthropic counts the cached apart; here they are part of the prompt.
    assert told["usage"]["prompt_tokens"] == 7
    assert told["usage"]["prompt_tokens_details"] == {"cached_tokens": 2}
    found = await decisions(site, reply)
    assert found["max_tokens"]["decision"] == "added"
    assert "demands it" in found["max_tokens"]["because"]["why"]
    assert found["stop"]["sent_as"] == "stop_sequences"
    # Two that became one, and one within another, each by the name that was asked.
    for name, wire in (
        ("tool_choice", "tool_choice"),
        ("parallel_tool_calls", "tool_choice"),
        ("user", "metadata"),
        ("tools", "tools"),
    ):
        assert (found[name]["decision"], found[name]["sent_as"]) == ("renamed", wire)
        assert found[name]["wanted"] == CHAT[name]
        assert found[name]["sent"] == sent(recorder)[wire]
    assert found["temperature"]["decision"] == "kept"
    for name, value in (("endpoint", "claude"), ("model", "claude-x"), ("attempts", "1")):
        assert reply.headers[f"x-filon-{name}"] == value
    assert float(reply.headers["x-filon-overhead-ms"]) < 1_000


async def test_an_effort_becomes_a_budget(site: Site, recorder: Recorder) -> None:
    recorder.answers(claude.message(claude.text("Hello.")))
    body = {
        "model": "claude/claude-x",
        "messages": [{"role": "user", "content": "Hi"}],
        "reasoning_effort": "low",
    }
    reply = await ask(site, "/v1/chat/completions", body)
    assert reply.status == 200, reply.text
    assert sent(recorder)["thinking"] == {"type": "enabled", "budget_tokens": 2048}
    assert sent(recorder)["max_tokens"] == 4096 + 2048
    found = await decisions(site, reply)
    assert found["reasoning_effort"]["decision"] == "renamed"


async def test_an_agents_second_request_passes_as_its_first(site: Site, recorder: Recorder) -> None:
    """Chat completions keeps no sealed thought, so that the model cannot think on after a tool."""
    recorder.answers(claude.message(claude.text("Five.")))
    body = {**CHAT, "tool_choice": "auto", "reasoning_effort": "low"}
    reply = await ask(site, "/v1/chat/completions", body)
    assert reply.status == 200, reply.text
    assert "thinking" not in sent(recorder)
    found = await decisions(site, reply)
    assert found["reasoning_effort"]["decision"] == "no_effect"
    assert "sealed thought" in found["reasoning_effort"]["because"]["why"]


async def test_the_endpoints_rules_act_on_what_arrives(site: Site, recorder: Recorder) -> None:
    recorder.answers(claude.message(claude.text("Hello.")))
    body = {**CHAT, "model": "tuned/claude-x"}
    reply = await ask(site, "/v1/chat/completions", body)
    assert reply.status == 200, reply.text
    assert sent(recorder)["top_k"] == 7
    # The configuration says it, so that the protocol's own demand is met.
    assert sent(recorder)["max_tokens"] == 777
    assert "temperature" not in sent(recorder)
    headers = {name.lower(): value for name, value in recorder.last.headers}
    assert headers["anthropic-beta"] == "ours-2026"
    found = await decisions(site, reply)
    assert found["max_tokens"]["decision"] == "defaulted"
    assert found["temperature"]["decision"] == "dropped"
    assert found["temperature"]["because"]["source"] == "librechat.yaml"


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "stream"])
async def test_responses_to_an_anthropic_endpoint(
    site: Site, recorder: Recorder, streamed: bool
) -> None:
    blocks = (claude.thought("Hm."), claude.text("{}"), claude.call("add", "toolu_1", a=1))
    answer = claude.streamed if streamed else claude.message
    recorder.answers(answer(*blocks, stop="tool_use"))
    body: dict[str, Any] = {**RESPONSES, "model": "claude/claude-x", "stream": streamed}
    # A call without a sealed thought cannot be thought on behind.
    body["input"] = "Add them."
    reply = await ask(site, "/v1/responses", body)
    assert reply.status == 200, reply.text
    leaving = sent(recorder)
    assert leaving["system"] == "Be kind."
    assert leaving["messages"] == [{"role": "user", "content": "Add them."}]
    assert leaving["max_tokens"] == 5_000
    assert leaving["thinking"] == {"type": "enabled", "budget_tokens": 2048}
    assert leaving["tools"][0]["input_schema"] == {"type": "object"}
    told = told_in(reply.text)[-1]["response"] if streamed else reply.json
    assert told["status"] == "completed"
    assert [item["type"] for item in told["output"]] == ["reasoning", "message", "function_call"]
    assert told["output"][2]["call_id"] == "toolu_1"
    assert told["usage"]["input_tokens"] == 7
    # The seal of a thought comes back in the next turn, though its provider speaks another way.
    again = {
        **body,
        "stream": False,
        "input": [
            {"role": "user", "content": "Add them."},
            *told["output"],
            {"type": "function_call_output", "call_id": "toolu_1", "output": "2"},
        ],
    }
    recorder.answers(claude.message(claude.text("It is 2.")))
    reply = await ask(site, "/v1/responses", again)
    assert reply.status == 200, reply.text
    user, assistant, result = sent(recorder)["messages"]
    assert user["content"] == "Add them."
    assert assistant["content"] == [
        claude.thought("Hm."),
        claude.text("{}"),
        claude.call("add", "toolu_1", a=1),
    ]
    assert result["content"][0]["tool_use_id"] == "toolu_1"


async def test_responses_to_a_chat_endpoint(site: Site, recorder: Recorder) -> None:
    recorder.answers(completion("{}"))
    reply = await ask(site, "/v1/responses", RESPONSES)
    assert reply.status == 200, reply.text
    assert recorder.last.line == "POST /v1/chat/completions HTTP/1.1"
    headers = {name.lower(): value for name, value in recorder.last.headers}
    assert headers["authorization"] == f"Bearer {PROVIDER_KEY}"
    assert "anthropic-version" not in headers
    schema = {"name": "sum", "schema": {"type": "object"}}
    assert sent(recorder) == {
        "model": "m-1",
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "Look."},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": "call_1",
                        "type": "function",
                        "function": {"name": "add", "arguments": '{"a":1}'},
                    }
                ],
            },
            {"role": "tool", "content": "2", "tool_call_id": "call_1"},
        ],
        "tools": [LOOSE],
        "max_completion_tokens": 5_000,
        "reasoning_effort": "low",
        "response_format": {"type": "json_schema", "json_schema": schema},
    }
    found = await decisions(site, reply)
    assert found["max_output_tokens"]["sent_as"] == "max_completion_tokens"
    assert found["reasoning.effort"]["sent_as"] == "reasoning_effort"
    assert found["text.format"]["decision"] == "renamed"


async def test_messages_to_a_chat_endpoint(site: Site, recorder: Recorder) -> None:
    recorder.answers(completion("Three."))
    reply = await ask(site, "/v1/messages", MESSAGES)
    assert reply.status == 200, reply.text
    assert recorder.last.line == "POST /v1/chat/completions HTTP/1.1"
    assert sent(recorder) == {
        "model": "m-1",
        "messages": [
            {"role": "system", "content": "Be\nkind."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Look."},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,eHh4"}},
                ],
            },
            {
                "role": "assistant",
                "content": "I add.",
                "tool_calls": [
                    {
                        "id": "toolu_1",
                        "type": "function",
                        "function": {"name": "add", "arguments": '{"a": 1}'},
                    }
                ],
            },
            {"role": "tool", "content": "2", "tool_call_id": "toolu_1"},
            {"role": "user", "content": "And now?"},
        ],
        "max_tokens": 900,
        "tools": [ADD],
        "tool_choice": "required",
        "parallel_tool_calls": False,
        "stop": ["END"],
        "user": "u-1",
        "top_p": 0.9,
    }
    assert reply.json["id"] == "msg_cmpl-1"
    assert reply.json["content"] == [{"type": "text", "text": "Three."}]
    assert reply.json["usage"] == {"input_tokens": 7, "output_tokens": 3}
    found = await decisions(site, reply)
    assert found["stop_sequences"]["sent_as"] == "stop"
    assert found["metadata.user_id"]["sent_as"] == "user"
    assert found["metadata.user_id"]["wanted"] == "u-1"


async def test_betas_do_not_cross(site: Site, recorder: Recorder) -> None:
    recorder.answers(completion("Hello"))
    await ask(site, "/v1/messages", MESSAGES, **{"anthropic-beta": "theirs-2026"})
    assert "anthropic-beta" not in {name.lower() for name, _ in recorder.last.headers}
