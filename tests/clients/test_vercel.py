"""The Vercel AI SDK in front of the gateway, through each of its doors."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.clients.program import Deed, run_node
from tests.journeys.site import Site

PARIS = ["get_weather", {"city": "Paris"}]
TOKYO = ["get_weather", {"city": "Tokyo"}]
DOORS = {
    "chat": "/v1/chat/completions",
    "responses": "/v1/responses",
    "anthropic": "/v1/messages",
    "compatible": "/v1/chat/completions",
}

# By failure: the status, and whether the SDK would try again by itself.
RAISED = {
    "wrong key": (401, False),
    "unknown model": (404, False),
    "bad parameter": (400, False),
    "429": (429, True),
    "500": (500, True),
    "503": (503, True),
    "a stranger": (None, True),
}

every = pytest.mark.parametrize("door", DOORS)


@pytest.fixture(scope="module")
async def deeds(site: Site, home: Path) -> Mapping[str, Deed]:
    return await run_node(site, "vercel", home)


@every
async def test_answers_and_what_they_cost(deeds: Mapping[str, Deed], door: str) -> None:
    for name in ("whole", "streamed"):
        deed = deeds[f"{door}: {name}"]
        assert (deed.told["text"], deed.told["finish"]) == ("12 × 7 is 84.", "stop")
        usage = deed.record("settled")["usage"]
        assert deed.told["usage"]["inputTokens"] == usage["input_tokens"] > 0
        assert deed.told["usage"]["outputTokens"] == usage["output_tokens"] > 0
        assert deed.paths == {DOORS[door]}
        assert deed.sent[0].get("stream", False) == (name == "streamed")
    assert deeds[f"{door}: streamed"].told["pieces"] > 5


@every
async def test_tools(deeds: Mapping[str, Deed], door: str) -> None:
    assert deeds[f"{door}: a call"].told == {"calls": [PARIS], "finish": "tool-calls"}
    assert deeds[f"{door}: two calls"].told == {"calls": [PARIS, TOKYO]}
    ((name, _),) = deeds[f"{door}: forced"].told["calls"]
    assert name == "add"
    loop = deeds[f"{door}: a loop"]
    assert loop.told["steps"] == 2
    assert "21 degrees in Paris" in loop.told["text"]
    assert loop.outcomes == ["complete", "complete"]


async def test_how_a_call_is_streamed_is_no_matter_elsewhere(deeds: Mapping[str, Deed]) -> None:
    deed = deeds["anthropic: two calls"]
    assert all(one["eager_input_streaming"] for one in deed.sent[0]["tools"])
    decided = {one["name"]: one["decision"] for one in deed.record("translated")["decisions"]}
    assert decided["tools[0].eager_input_streaming"] == "no_effect"


@every
async def test_an_object(deeds: Mapping[str, Deed], door: str) -> None:
    assert deeds[f"{door}: an object"].told["person"] == {"name": "Anna", "age": 31}


@pytest.mark.parametrize("door", ["responses", "anthropic", "compatible"])
async def test_thoughts(deeds: Mapping[str, Deed], door: str) -> None:
    for name in ("thought", "thought streamed"):
        told = deeds[f"{door}: {name}"].told
        assert told["text"] == "12 × 7 is 84."
        assert "12 × 7" in told["thought"]
    assert deeds[f"{door}: thought"].told["usage"]["outputTokenDetails"]["reasoningTokens"] > 0


@every
@pytest.mark.parametrize("name", RAISED)
async def test_what_is_thrown(deeds: Mapping[str, Deed], door: str, name: str) -> None:
    deed = deeds[f"{door}: {name}"]
    told = deed.told
    assert (told["raised"], told["status"], told["retryable"]) == ("AI_APICallError", *RAISED[name])
    assert told["message"]
    # What does not get past the door or never reaches it leaves no trace.
    assert deed.outcomes == ([] if name in ("wrong key", "a stranger") else ["failed"])


@every
async def test_what_is_thrown_in_mid_stream(deeds: Mapping[str, Deed], door: str) -> None:
    deed = deeds[f"{door}: an error in the stream"]
    assert deed.told["text"]
    assert deed.told["raised"] == "AI_StreamProviderError"
    assert "The engine is overloaded" in deed.told["message"]
    assert deed.outcomes == ["partial"]


@every
async def test_a_stream_that_is_left_ends_at_the_provider(
    deeds: Mapping[str, Deed], door: str
) -> None:
    assert deeds[f"{door}: left"].told["text"]
    assert deeds[f"{door}: left"].outcomes == ["partial"]


async def test_vectors(deeds: Mapping[str, Deed]) -> None:
    assert deeds["vectors"].told["sizes"] == [256] * 3
    assert deeds["vectors"].told["usage"]["tokens"] > 0


async def test_nothing_left_the_machine(deeds: Mapping[str, Deed]) -> None:
    assert deeds["the end"].told["refused"] == ["a connection to 192.0.2.1"] * len(DOORS)
