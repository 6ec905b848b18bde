"""Every fault of practice, sent through the gateway: the finding that it must give, with the words
that gave it away."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from filon.practice.faults.fault import Fault
from tests.journeys.doors import DOORS, SWITCHED, at_rest, hurried, switch_of
from tests.journeys.site import Site, impatient

QUESTION = [{"role": "user", "content": "What is 2 + 3?"}]
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "look",
            "parameters": {"type": "object", "properties": {"at": {"type": "string"}}},
        },
    }
]
# What a fault needs to be met at all.
ASKS: dict[str, dict[str, Any]] = {
    "json-in-fence": {"response_format": {"type": "json_object"}},
    "bad-tool-json": {"tools": TOOLS, "tool_choice": "required"},
    "invented-tool": {"tools": TOOLS},
    "unknown-parameter": {"temperature": 0.5},
    "unsupported-parameter": {"temperature": 0.5},
    "no-capacity": {"service_tier": "flex"},
    "truncated-prompt": {
        "messages": [{"role": "user", "content": "Tell me of mines. " * 4000}],
        "max_tokens": 5,
    },
    "loop": {"max_tokens": 400},
}
SWITCHES = {"loop": "loop=20000", "stall": "stall=30", "comments-only": "comments-only=30"}

# Seconds of silence that end a test of silence.
SILENCES = {"silent": {"first": 0.3}, "comments-only": {"first": 0.3}, "stall": {"between": 0.3}}

# By fault: the code, where the evidence stands, and what it quotes.
FINDINGS: dict[str, tuple[str, str, str]] = {
    "bad-request": ("request_refused", "body", r"^400 \{"),
    "missing-key": ("key_not_sent", "body", "No API key was sent"),
    "wrong-key": ("key_refused", "body", r"^401 .*not valid"),
    "no-money": ("quota_exhausted", "body", r"^402 .*no money left"),
    "forbidden": ("not_allowed", "body", r"^403 .*may not use"),
    "unknown-model": ("model_not_found", "body", r"^404 .*does not exist"),
    "unknown-path": ("path_not_found", "body", r"^404 "),
    "request-timeout": ("gave_up_waiting", "body", r"^408 "),
    "too-large": ("request_too_large", "body", r"^413 .*too large"),
    "unprocessable": ("request_refused", "body", r"^422 "),
    "unknown-parameter": ("parameter_refused", "body", r"^400 .*'temperature'"),
    "unsupported-parameter": ("parameter_refused", "body", r"^400 .*'temperature'"),
    "context-too-long": ("context_too_long", "body", r"^400 .*maximum context length"),
    "rate-limited": ("rate_limited", "body", r"^429 .*Rate limit reached"),
    "quota-exhausted": ("quota_exhausted", "body", r"^429 .*insufficient_quota"),
    "request-over-limit": ("request_too_large", "body", r"^429 .*Request too large"),
    "too-many-at-once": ("too_many_at_once", "body", r"^429 .*at once"),
    "no-capacity": ("tier_full", "body", r"^498 .*capacity_exceeded"),
    "client-closed": ("gave_up_waiting", "body", r"^499 "),
    "internal-error": ("overloaded", "body", r"^500 "),
    "bad-gateway": ("overloaded", "body", r"^502 502 Bad Gateway$"),
    "unavailable": ("overloaded", "body", r"^503 "),
    "gateway-timeout": ("gave_up_waiting", "body", r"^504 "),
    "overloaded": ("overloaded", "body", r"^529 .*overloaded"),
    "closed": ("refused", "connection", "refused"),
    "tls": ("tls", "connection", "certificate"),
    "reset-before-headers": ("cut", "connection", "."),
    "close-before-headers": ("cut", "connection", "without an answer"),
    "reset-after-headers": ("cut", "connection", "."),
    "silent": ("provider_timeout", "connection", "nothing for"),
    "comments-only": ("provider_timeout", "connection", "nothing for"),
    "error-in-200": ("overloaded", "body", "overloaded"),
    "error-mid-stream": ("overloaded", r"frames? \d+(-\d+)?", "overloaded"),
    "cut": ("cut", "connection", "."),
    "cut-reset": ("cut", "connection", "."),
    "cut-in-character": ("cut", "connection", "."),
    "cut-in-json": ("broken_reply", r"body|frames? \d+(-\d+)?", "."),
    "stall": ("provider_timeout", "connection", "after the answer had begun"),
    "no-usage": ("usage_missing", "usage", "."),
    "empty": ("answer_empty", "answer", "finish_reason: stop"),
    "loop": ("repeats_itself", "answer", "finish_reason: length, output_tokens: 400"),
    "json-in-fence": ("json_in_fence", "answer", "^```json"),
    "bad-tool-json": ("tool_json_broken", "answer", "."),
    "invented-tool": ("tool_unknown", "answer", "name: search_the_web"),
    "think-tags": ("think_tags", "answer", "^<think>"),
    "other-model": ("other_model", "answer", "^model: "),
    "truncated-prompt": ("prompt_counted_short", "usage", r"[\d,]+ tokens counted, about"),
}
# They change how the answer comes, or what it says, and nothing of it is odd by itself.
NOTHING = {
    "slow-loris",
    "no-done",
    "split-writes",
    "merged-writes",
    "crlf",
    "no-space",
    "keep-alive",
    "blank-lines-before",
    "duplicate-chunk",
    "wrong-content-type",
    "gzip",
    "refusal",
    "over-long",
    "wrong-language",
}


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory, template: Path) -> AsyncIterator[Site]:
    async with hurried(tmp_path_factory.mktemp("found") / "home", template) as site:
        yield site


def test_every_fault_is_in_the_table() -> None:
    assert {fault.name for fault in (*SWITCHED, *DOORS)} == {*FINDINGS, *NOTHING}


@pytest.mark.parametrize("fault", [*SWITCHED, *DOORS], ids=lambda fault: fault.name)
async def test_a_fault_is_found(site: Site, fault: Fault) -> None:
    switch = SWITCHES.get(fault.name, switch_of(fault))
    model = f"practice-{fault.name}/pocket" if fault in DOORS else f"practice/pocket:{switch}"
    body = {
        "model": model,
        "messages": QUESTION,
        "stream": True,
        "max_tokens": 60,
        **ASKS.get(fault.name, {}),
    }
    with impatient(site, **SILENCES.get(fault.name, {})):
        reply = await site.program(body)
    await at_rest(site)
    records = (await site.trace(reply.headers["x-filon-trace"]))["records"]
    (attempt,) = [one for one in records if one["type"] == "attempt"]
    settled = records[-1]
    found = [*attempt["findings"], *settled["findings"]]
    if fault.name in NOTHING:
        assert found == []
        return
    code, where, words = FINDINGS[fault.name]
    # The few tokens that an answer to the long prompt may have are no fault of practice.
    one, *more = [one for one in found if one["code"] != "cut_by_length"]
    assert (one["code"], more) == (code, [])
    assert re.fullmatch(where, one["where"])
    assert re.search(words, one["evidence"]), one["evidence"]
    assert len(one["evidence"]) <= 400
    assert one["docs"].endswith(f"#{code}")
    assert one["kind"] == ("failure" if attempt["findings"] else "notice")
    assert attempt["findings"] == [] or one["fixes"] or one["retry"] != "changed"
    assert re.search(rf"finding=\S*{code}", site.log.getvalue())
