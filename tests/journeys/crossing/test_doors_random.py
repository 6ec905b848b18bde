"""Right and wrong pieces put together at random, from each door to an endpoint of each protocol: an
answer or a clear refusal, and never a fault of our own."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.journeys import replies_anthropic as claude
from tests.journeys.crossing.between import CHAT, MESSAGES, RESPONSES, ask
from tests.journeys.odd_values import VALUES, Odd
from tests.journeys.recorder import Recorder
from tests.journeys.replies import completion
from tests.journeys.site import Site

DOORS = {"/v1/chat/completions": CHAT, "/v1/messages": MESSAGES, "/v1/responses": RESPONSES}
NAMES = {
    "/v1/chat/completions": "temperature max_tokens max_completion_tokens stop seed n logit_bias "
    "logprobs response_format tools tool_choice parallel_tool_calls reasoning_effort user "
    "metadata service_tier stream_options modalities functions thinking output_config reasoning",
    "/v1/messages": "temperature top_k stop_sequences metadata tools tool_choice thinking "
    "output_config service_tier container mcp_servers cache_control system",
    "/v1/responses": "temperature max_output_tokens reasoning text tools tool_choice "
    "parallel_tool_calls include truncation store stream_options metadata top_logprobs "
    "background instructions user",
}
# Nearly what some parameter wants.
NEARLY: Odd = st.sampled_from(
    [
        True,
        0,
        1,
        "auto",
        "none",
        "low",
        [],
        ["END"],
        [{}],
        {},
        {"type": "function"},
        {"type": ["a"]},
        {"type": "enabled"},
        {"type": "enabled", "budget_tokens": "x"},
        {"type": "enabled", "budget_tokens": 10**20},
        {"type": "tool", "name": 5},
        {"type": "json_schema", "json_schema": 5},
        {"format": {"type": "json_schema"}},
        {"effort": {}},
        {"user_id": [1]},
        [{"type": "function", "function": 5}],
        [{"type": "function", "function": {}}],
        [{"type": "function", "name": 5}],
        [{"type": {}}],
        [{"name": "a", "input_schema": 5}],
    ]
)
IMAGE = {"type": "base64", "media_type": "image/png", "data": "eHh4"}
PARTS: Odd = st.sampled_from(
    [
        {"type": "text", "text": "x"},
        {"type": "input_text", "text": "x"},
        {"type": "output_text", "text": "x"},
        {"type": "text"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,eHh4"}},
        {"type": "image_url", "image_url": {"url": "data:,x"}},
        {"type": "input_image", "image_url": "https://example.org/a.png"},
        {"type": "input_image", "file_id": "f"},
        {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,eA"},
        {"type": "file", "file": {"file_id": "f"}},
        {"type": "image", "source": IMAGE},
        {"type": "image", "source": {"type": "file", "file_id": "f"}},
        {"type": "image", "source": 5},
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "x"}},
        {"type": "document", "source": {**IMAGE, "media_type": "application/pdf"}, "title": "t"},
        {"type": "tool_use", "id": "t1", "name": "a", "input": {}},
        {"type": "tool_use", "id": "t1", "name": "a", "input": 5},
        {"type": "tool_result", "tool_use_id": "t1", "content": [{"type": "image", "source": 5}]},
        {"type": "tool_result", "tool_use_id": "t1"},
        {"type": "thinking", "thinking": "x", "signature": "s"},
        {"type": "redacted_thinking", "data": "x"},
        {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}},
        {"type": "refusal", "refusal": "no"},
        {"type": "odd"},
        {"type": 5},
        5,
    ]
)
CALLS: Odd = st.sampled_from(
    [
        [{"id": "c1", "type": "function", "function": {"name": "a", "arguments": "{}"}}],
        [{"id": "c1", "type": "function", "function": {"name": "a", "arguments": "["}}],
        [{"id": "c1", "type": "custom", "custom": {"name": "a", "input": "x"}}],
        5,
    ]
)
SPOKEN: Odd = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["user", "user", "assistant", "system", "developer", "tool"]),
        "content": st.one_of(st.sampled_from(["x", "", None]), st.lists(PARTS, max_size=3)),
    },
    optional={"tool_calls": CALLS, "tool_call_id": st.just("c1"), "name": st.just("n")},
)
ITEMS: Odd = st.sampled_from(
    [
        {"type": "function_call", "call_id": "c1", "name": "a", "arguments": "{}"},
        {"type": "function_call", "call_id": "c1", "name": "a", "arguments": "no"},
        {"type": "function_call_output", "call_id": "c1", "output": "x"},
        {"type": "function_call_output", "call_id": "c1", "output": [{"type": "input_image"}]},
        {"type": "reasoning", "summary": []},
        {
            "type": "reasoning",
            "summary": [{"type": "summary_text", "text": "x"}],
            "encrypted_content": "e",
        },
        {"type": "item_reference", "id": "i"},
        {"type": "web_search_call", "id": "w"},
        {"type": "custom_tool_call", "call_id": "c", "name": "x", "input": "y"},
    ]
)


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A door and a body for it."""
    path = draw(st.sampled_from(sorted(DOORS)))
    body = {**DOORS[path], "model": draw(st.sampled_from(["chat/m-1", "claude/claude-x"]))}
    if draw(st.booleans()):
        field = "input" if path == "/v1/responses" else "messages"
        said = st.one_of(SPOKEN, ITEMS) if field == "input" else SPOKEN
        body[field] = draw(st.lists(said, min_size=1, max_size=4))
    names = st.sampled_from(NAMES[path].split())
    body |= draw(st.dictionaries(names, st.one_of(NEARLY, NEARLY, VALUES), max_size=4))
    return path, body


@given(request=requests())
@settings(
    max_examples=75,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_any_request_is_answered_or_refused(
    site: Site, recorder: Recorder, lenient: str, request: tuple[str, dict[str, Any]]
) -> None:
    path, body = request
    answer = completion("Hi") if body["model"] == "chat/m-1" else claude.message(claude.text("Hi"))
    recorder.answers(answer)
    before = len(recorder.requests)
    reply = await ask(site, path, body, lenient)
    assert reply.status in (200, 400), (reply.text, body)
    if reply.status == 400:
        assert reply.error["message"]
        assert len(recorder.requests) == before
    else:
        json.loads(recorder.last.body)
        assert "Hi" in reply.text
