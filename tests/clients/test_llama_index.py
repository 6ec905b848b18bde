"""LlamaIndex's client for whatever is like OpenAI, in front of the gateway."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.clients.program import Deed, run_python
from tests.journeys.site import Site

PARIS = ["get_weather", {"city": "Paris"}]
TOKYO = ["get_weather", {"city": "Tokyo"}]

RAISED = {
    "wrong key": ("AuthenticationError", 401, "invalid_api_key"),
    "unknown model": ("NotFoundError", 404, "model_not_found"),
    "bad parameter": ("BadRequestError", 400, "parameter_value"),
    "429": ("RateLimitError", 429, "rate_limit_exceeded"),
    "500": ("InternalServerError", 500, "overloaded"),
    "503": ("InternalServerError", 503, "overloaded"),
    "a stranger": ("APIConnectionError", None, None),
}


@pytest.fixture(scope="module")
async def deeds(site: Site, home: Path) -> Mapping[str, Deed]:
    return await run_python(site, "llama_index", home)


async def test_answers(deeds: Mapping[str, Deed]) -> None:
    for name in ("whole", "streamed", "a text", "responses"):
        assert deeds[name].told["text"] == "12 × 7 is 84.", name
    usage = deeds["whole"].record("settled")["usage"]
    counted = deeds["whole"].told["counted"]
    assert counted["prompt_tokens"] == usage["input_tokens"]
    assert counted["completion_tokens"] == usage["output_tokens"]
    assert deeds["a text"].paths == {"/v1/chat/completions"}
    assert deeds["responses"].paths == {"/v1/responses"}


async def test_the_door_that_is_not_there_names_those_that_are(deeds: Mapping[str, Deed]) -> None:
    told = deeds["a text, by default"].told
    assert (told["raised"], told["status"]) == ("NotFoundError", 404)
    assert (
        "There is no POST /v1/completions here. There is POST /v1/chat/completions"
        in (told["message"])
    )


async def test_tools(deeds: Mapping[str, Deed]) -> None:
    assert deeds["a call"].told["calls"] == deeds["a call, streamed"].told["calls"] == [PARIS]
    assert deeds["two calls"].told["calls"] == [PARIS, TOKYO]
    assert deeds["two calls"].sent[0]["parallel_tool_calls"] is True
    ((name, _),) = deeds["a forced call"].told["calls"]
    assert name == "add"
    assert deeds["a call that was made"].told["text"] == "21 degrees in Paris"


async def test_an_agent(deeds: Mapping[str, Deed]) -> None:
    deed = deeds["an agent"]
    assert deed.told["calls"] == ["get_weather"]
    assert "21 degrees in Paris" in deed.told["text"]
    assert deed.outcomes == ["complete", "complete"]
    assert [one["role"] for one in deed.sent[1]["messages"]] == ["user", "assistant", "tool"]


@pytest.mark.parametrize("name", ["by a tool", "by a schema"])
async def test_a_class_is_filled_in(deeds: Mapping[str, Deed], name: str) -> None:
    assert deeds[name].told["person"] == {"name": "Anna", "age": 31}
    assert ("response_format" in deeds[name].sent[0]) == (name == "by a schema")


async def test_a_thought(deeds: Mapping[str, Deed]) -> None:
    told = deeds["thought"].told
    assert told["text"] == "12 × 7 is 84."
    assert "12 × 7" in told["thought"][0]


@pytest.mark.parametrize("name", RAISED)
async def test_what_is_raised(deeds: Mapping[str, Deed], name: str) -> None:
    deed = deeds[name]
    told = deed.told
    assert (told["raised"], told["status"], told["code"]) == RAISED[name]
    # What does not get past the door or never reaches it leaves no trace.
    assert deed.outcomes == ([] if name in ("wrong key", "a stranger") else ["failed"])


async def test_what_is_raised_in_mid_stream(deeds: Mapping[str, Deed]) -> None:
    deed = deeds["an error in the stream"]
    assert (deed.told["raised"], deed.told["code"]) == ("APIError", "overloaded")
    assert deed.outcomes == ["partial"]


async def test_a_stream_that_is_left_ends_at_the_provider(deeds: Mapping[str, Deed]) -> None:
    assert deeds["left"].told["cancelled"]
    assert deeds["left"].outcomes == ["partial"]


async def test_nothing_left_the_machine(deeds: Mapping[str, Deed]) -> None:
    (refused,) = deeds["the end"].told["refused"]
    assert "192.0.2.1" in refused
