"""The command `llm` and its library, in front of the gateway."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.clients.program import Deed, run_python
from tests.journeys.site import Site

TWELVE = "12 × 7 is 84."
RESULT = "get_weather returned this for Paris: “21 degrees in Paris”"
ANNA = '{"name":"Anna","age":31}'

# With the requests that each took: this client repeats what may pass, twice.
RAISED = {
    "wrong key": ("AuthenticationError", 401, 0),
    "unknown model": ("NotFoundError", 404, 1),
    "bad parameter": ("BadRequestError", 400, 1),
    "429": ("RateLimitError", 429, 3),
    "429 for good": ("RateLimitError", 429, 1),
    "500": ("InternalServerError", 500, 3),
    "a stranger": ("APIConnectionError", None, 0),
}


@pytest.fixture(scope="module")
async def deeds(site: Site, home: Path) -> Mapping[str, Deed]:
    return await run_python(site, "llm_command", home)


async def test_answers(deeds: Mapping[str, Deed]) -> None:
    for name, stream in (("whole", False), ("streamed", True)):
        deed = deeds[name]
        assert (deed.told["code"], deed.told["out"]) == (0, TWELVE)
        usage = deed.record("settled")["usage"]
        counted = f"Token usage: {usage['input_tokens']} input, {usage['output_tokens']} output"
        assert deed.told["err"] == counted
        assert deed.sent[0].get("stream", False) == stream
    assert deeds["streamed"].sent[0]["stream_options"] == {"include_usage": True}
    assert "What is 12 * 7?" in deeds["continued"].told["out"]
    roles = [one["role"] for one in deeds["continued"].sent[0]["messages"]]
    assert roles[-3:] == ["user", "assistant", "user"]


async def test_a_schema_and_a_tool(deeds: Mapping[str, Deed]) -> None:
    assert deeds["a schema"].told["out"] == ANNA
    assert deeds["a schema"].sent[0]["response_format"]["type"] == "json_schema"
    assert deeds["a tool"].told["out"] == RESULT
    assert "Tool call: get_weather({'city': 'Paris'})" in deeds["a tool"].told["err"]
    assert [one["role"] for one in deeds["a tool"].sent[1]["messages"]] == [
        "user",
        "assistant",
        "tool",
    ]


async def test_the_door_of_responses(deeds: Mapping[str, Deed]) -> None:
    assert deeds["responses: a tool"].told["out"] == RESULT
    assert deeds["responses: a tool"].paths == {"/v1/responses"}
    told = deeds["responses: a thought"].told
    assert told["out"] == TWELVE
    assert "12 × 7" in told["err"]


@pytest.mark.parametrize(("name", "status"), [("wrong key", 401), ("500", 500)])
async def test_what_a_person_reads(deeds: Mapping[str, Deed], name: str, status: int) -> None:
    told = deeds[f"{name}, typed"].told
    assert (told["code"], told["out"]) == (1, "")
    assert told["err"].startswith(f"Error: Error code: {status} - ")
    assert "Traceback" not in told["err"]


async def test_in_python(deeds: Mapping[str, Deed]) -> None:
    told = deeds["python"].told
    assert told["text"] == TWELVE
    assert min(told["usage"]) > 0
    assert "21 degrees in Tokyo" in deeds["python: two calls"].told["text"]
    assert deeds["python: two calls"].outcomes == ["complete", "complete"]
    assert deeds["python: a schema"].told["person"] == {"name": "Anna", "age": 31}


@pytest.mark.parametrize("name", RAISED)
async def test_what_is_raised(deeds: Mapping[str, Deed], name: str) -> None:
    kind, status, requests = RAISED[name]
    deed = deeds[name]
    assert (deed.told["raised"], deed.told["status"]) == (kind, status)
    assert deed.outcomes == ["failed"] * requests


async def test_a_stream_that_is_left_ends_at_the_provider(deeds: Mapping[str, Deed]) -> None:
    assert deeds["left"].told["cancelled"]
    assert deeds["left"].outcomes == ["partial"]


async def test_nothing_left_the_machine(deeds: Mapping[str, Deed]) -> None:
    refused = deeds["the end"].told["refused"]
    assert len(refused) == 3
    assert all("192.0.2.1" in one for one in refused)
