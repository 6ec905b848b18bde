"""langchain-openai in front of the gateway: what it gets, what it raises, what it really sends."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.clients.program import Deed, run_python
from tests.journeys.site import Site

PARIS = {"name": "get_weather", "args": {"city": "Paris"}}
TOKYO = {"name": "get_weather", "args": {"city": "Tokyo"}}
RESULT = "get_weather returned this for Paris: “21 degrees in Paris”"
ANNA = {"name": "Anna", "age": 31}

# By failure: the client's own class, the class of `openai` that it is as well, status and code.
RAISED = {
    "wrong key": ("OpenAIAuthenticationError", "AuthenticationError", 401, "invalid_api_key"),
    "unknown model": ("OpenAIModelNotFoundError", "NotFoundError", 404, "model_not_found"),
    "bad parameter": ("OpenAIInvalidRequestError", "BadRequestError", 400, "parameter_value"),
    "too long": (
        "OpenAIContextOverflowError",
        "BadRequestError",
        400,
        "context_length_exceeded",
    ),
    "429": ("OpenAIRateLimitError", "RateLimitError", 429, "rate_limit_exceeded"),
    "500": ("OpenAIAPIError", "InternalServerError", 500, "overloaded"),
    "503": ("OpenAIAPIError", "InternalServerError", 503, "overloaded"),
    "a stranger": ("OpenAIConnectionError", "APIConnectionError", None, None),
}


@pytest.fixture(scope="module")
async def deeds(site: Site, home: Path) -> Mapping[str, Deed]:
    return await run_python(site, "langchain", home)


def calls(deed: Deed) -> list[dict[str, object]]:
    return [{"name": call["name"], "args": call["args"]} for call in deed.told["calls"]]


async def test_a_whole_answer(deeds: Mapping[str, Deed]) -> None:
    deed = deeds["whole"]
    assert deed.told["text"] == "12 × 7 is 84."
    assert (deed.told["finish"], deed.told["model"]) == ("stop", "practice/pocket")
    settled = deed.record("settled")
    assert deed.told["usage"]["input_tokens"] == settled["usage"]["input_tokens"] > 0
    assert deed.told["usage"]["output_tokens"] == settled["usage"]["output_tokens"] > 0
    assert deed.told["headers"]["x-filon-trace"] == deed.traces[0]["trace"]["id"]


async def test_a_stream_is_counted_whether_or_not_the_client_asks(
    deeds: Mapping[str, Deed],
) -> None:
    plain, counted = deeds["streamed"], deeds["streamed, counted"]
    assert plain.told["text"] == counted.told["text"] == "12 × 7 is 84."
    assert min(plain.told["pieces"], counted.told["pieces"]) > 5
    # With an address of its own this client does not ask, and gets no count that it did not want.
    assert plain.sent[0]["stream"]
    assert "stream_options" not in plain.sent[0]
    assert plain.told["usage"] is None
    assert plain.record("settled")["usage"]["output_tokens"] == 11
    assert counted.sent[0]["stream_options"] == {"include_usage": True}
    assert counted.told["usage"]["output_tokens"] == 11


async def test_several_at_once(deeds: Mapping[str, Deed]) -> None:
    assert deeds["batch"].told["texts"] == ["12 × 7 is 84.", "2 + 3 is 5."]
    assert deeds["three at once"].told["texts"] == ["0 + 3 is 3.", "1 + 3 is 4.", "2 + 3 is 5."]
    assert deeds["three at once"].outcomes == ["complete"] * 3


async def test_tools(deeds: Mapping[str, Deed]) -> None:
    assert calls(deeds["a call"]) == [PARIS]
    assert deeds["a call"].told["finish"] == "tool_calls"
    offered = [one["function"]["name"] for one in deeds["a call"].sent[0]["tools"]]
    assert offered == ["get_weather", "add"]
    assert calls(deeds["two calls"]) == calls(deeds["two calls, streamed"]) == [PARIS, TOKYO]
    assert calls(deeds["one of two calls"]) == [PARIS]
    assert deeds["one of two calls"].sent[0]["parallel_tool_calls"] is False
    (forced,) = calls(deeds["a forced call"])
    assert forced["name"] == "add"
    named = {"type": "function", "function": {"name": "add"}}
    assert deeds["a forced call"].sent[0]["tool_choice"] == named


async def test_what_came_of_a_call(deeds: Mapping[str, Deed]) -> None:
    assert deeds["a result"].told["text"] == RESULT
    roles = [one["role"] for one in deeds["a result"].sent[0]["messages"]]
    assert roles == ["user", "assistant", "tool"]
    assert "21 degrees" in deeds["a history by hand"].told["text"]


@pytest.mark.parametrize("method", ["json_schema", "function_calling", "json_mode"])
async def test_a_class_is_filled_in(deeds: Mapping[str, Deed], method: str) -> None:
    assert deeds[method].told["person"] == ANNA
    (body,) = deeds[method].sent
    if method == "function_calling":
        assert body["tool_choice"]["function"]["name"] == "Person"
    else:
        assert body["response_format"]["type"] == method.replace("json_mode", "json_object")


async def test_thoughts(deeds: Mapping[str, Deed]) -> None:
    plain = deeds["thought, by chat"].told
    assert plain["text"] == "12 × 7 is 84."
    assert plain["usage"]["output_token_details"]["reasoning"] > 0
    for way in ("whole", "streamed"):
        seen = deeds[f"thought, {way}"].told
        assert seen["text"] == "12 × 7 is 84."
        (kind, thought), (last, _) = seen["blocks"]
        assert (kind, last) == ("reasoning", "text")
        assert "12 × 7" in thought
        assert seen["usage"]["output_token_details"]["reasoning"] > 0


async def test_the_door_of_responses(deeds: Mapping[str, Deed]) -> None:
    assert calls(deeds["responses: a call"]) == [PARIS]
    assert deeds["responses: a result"].told["text"] == RESULT
    assert deeds["responses: a class"].told["person"] == ANNA
    for name in ("responses: a call", "responses: a result", "responses: a class"):
        assert deeds[name].paths == {"/v1/responses"}


async def test_vectors(deeds: Mapping[str, Deed]) -> None:
    assert deeds["vectors"].told["sizes"] == [256] * 3
    assert deeds["a short vector"].told["sizes"] == [16]
    assert deeds["a short vector"].sent[0]["dimensions"] == 16


async def test_numbers_of_another_tokenizer_reach_the_provider(deeds: Mapping[str, Deed]) -> None:
    deed = deeds["vectors of numbers"]
    assert deed.sent[0]["input"][0] == list(b"the gold mine")
    assert (deed.told["raised"], deed.told["status"]) == ("BadRequestError", 400)
    assert "Tokens are not taken." in deed.told["message"]


@pytest.mark.parametrize("way", ["", ", streamed"])
@pytest.mark.parametrize("name", RAISED)
async def test_what_is_raised(deeds: Mapping[str, Deed], name: str, way: str) -> None:
    own, usual, status, code = RAISED[name]
    deed = deeds[name + way]
    told = deed.told
    assert (told["raised"], told["status"], told["code"]) == (own, status, code)
    assert usual in told["kinds"]
    # What does not get past the door or never reaches it leaves no trace.
    assert deed.outcomes == ([] if name in ("wrong key", "a stranger") else ["failed"])


async def test_what_is_raised_without_threads_and_in_mid_stream(deeds: Mapping[str, Deed]) -> None:
    assert deeds["429, async"].told["raised"] == "OpenAIRateLimitError"
    deed = deeds["an error in the stream"]
    assert (deed.told["raised"], deed.told["code"]) == ("APIError", "overloaded")
    assert deed.outcomes == ["partial"]


async def test_a_stream_that_is_left_ends_at_the_provider(deeds: Mapping[str, Deed]) -> None:
    assert deeds["left"].outcomes == ["partial"]


async def test_nothing_left_the_machine(deeds: Mapping[str, Deed]) -> None:
    refused = deeds["the end"].told["refused"]
    assert len(refused) == 2
    assert all("192.0.2.1" in one for one in refused)
