"""A chat whose model thinks, declines and calls tools: what the tabs are told, what is kept, what
goes out with the next message; and the history of a program's tools in its trace."""

import json
from typing import Any

from tests.journeys.recorder import Recorder, Step
from tests.journeys.replies import DONE, START, completion, delta, event, spoken, stream
from tests.journeys.site import Site, until
from tests.journeys.test_events import opened

PAUSE = 0.05


def more(**told: Any) -> bytes:
    """A chunk of a stream with this delta."""
    return event(choices=[{"index": 0, "delta": told, "finish_reason": None}])


def call(index: int, arguments: str, **function: str) -> bytes:
    """A piece of a tool call; the first has `id` and `name`."""
    id = {"id": function.pop("id")} if "id" in function else {}
    return more(
        tool_calls=[{"index": index, **id, "function": {"arguments": arguments, **function}}]
    )


CALLED = event(choices=[{"index": 0, "delta": {}, "finish_reason": "tool_calls"}])
PARIS = {"index": 0, "id": "call_a", "name": "get_weather", "arguments": '{"city":"Paris"}'}
TOKYO = {"index": 1, "id": "call_b", "name": "get_weather", "arguments": '{"city":"Tok'}


def tale() -> tuple[Step, ...]:
    """A thought, a word, then two calls at the same time, the second of them cut."""
    return tuple(
        stream(
            START,
            more(reasoning_content="Two "),
            PAUSE,
            more(reasoning_content="cities."),
            PAUSE,
            delta("I look."),
            call(0, '{"city"', id="call_a", name="get_weather"),
            call(1, '{"city', id="call_b", name="get_weather"),
            PAUSE,
            call(0, ':"Paris"}', name="get_weather"),
            call(1, '":"Tok'),
            CALLED,
            DONE,
        )
    )


async def send(site: Site, **more: Any) -> dict[str, Any]:
    """Asks; the answer as it begins."""
    body = {"model": "rec/m-1", "text": "Weather?", **more}
    return (await site.browse("POST", "/api/chat/send", body)).json["answer"]


async def test_calls_and_thoughts_reach_the_tabs_and_stay(site: Site, recorder: Recorder) -> None:
    recorder.answers(tale())
    async with opened(site) as tab:
        answer = await send(site)
        finished = (await tab.upto("message.finished")).data["message"]
    deltas = [told.data for told in tab.events if told.kind == "message.delta"]
    # The pieces of a call that came close together travel as one.
    first = next(told["calls"] for told in deltas if "calls" in told)
    assert [piece["name"] for piece in first] == ["get_weather", "get_weather"]
    since = [told["thinking_since"] for told in deltas if "thinking_since" in told]
    assert len(since) == 1
    assert since[0] >= answer["created_at"] - 0.1
    assert finished["calls"] == [PARIS, TOKYO]
    assert (finished["text"], finished["reasoning"]) == ("I look.", "Two cities.")
    assert finished["thinking_since"] is None
    assert finished["chip"]["thought"] > PAUSE
    assert finished["chip"]["thought_field"] == "reasoning_content"
    # Nobody counted; what we count is all that the model wrote.
    assert finished["chip"]["estimated"]
    assert finished["chip"]["output_tokens"] == 2 + 3 + (3 + 4) + (3 + 3)
    page = await site.browse("GET", f"/api/conversations/{answer['conversation_id']}")
    assert page.json["messages"][-1] == finished


async def test_a_reload_in_the_middle_of_a_call_has_what_came(
    site: Site, recorder: Recorder
) -> None:
    half = call(0, '{"city"', id="call_a", name="get_weather")
    recorder.answers(stream(START, more(reasoning_content="Hm."), half, "stall"))
    answer = await send(site)
    await until(lambda: "call_a" in str(site.house.live.writing(1, answer["id"])))
    page = await site.browse("GET", f"/api/conversations/{answer['conversation_id']}")
    message = page.json["messages"][-1]
    assert message["calls"] == [{**PARIS, "arguments": '{"city"'}]
    assert message["thinking_since"] is not None
    async with opened(site) as tab:
        assert (await tab.upto("message.snapshot")).data["message"] == message
    await site.browse("POST", "/api/chat/stop", {"message_id": answer["id"]})
    page = await site.browse("GET", f"/api/conversations/{answer['conversation_id']}")
    assert page.json["messages"][-1]["state"] == "stopped"
    assert page.json["messages"][-1]["calls"] == message["calls"]


async def test_calls_that_nobody_ran_do_not_go_out_again(site: Site, recorder: Recorder) -> None:
    """Providers refuse a history with a call that has no result: the chat could not go on."""
    recorder.answers(tale(), spoken("Fine."))
    answer = await send(site)
    await site.quiet()
    where = {"conversation_id": answer["conversation_id"], "parent_id": answer["id"]}
    await send(site, text="Thank you.", **where)
    await site.quiet()
    assert json.loads(recorder.last.body)["messages"] == [
        {"role": "user", "content": "Weather?"},
        {"role": "assistant", "content": "I look."},
        {"role": "user", "content": "Thank you."},
    ]


async def test_a_refusal_is_kept_apart_from_the_text(site: Site, recorder: Recorder) -> None:
    recorder.answers(stream(START, more(refusal="Not "), more(refusal="that."), CALLED, DONE))
    async with opened(site) as tab:
        await send(site)
        finished = (await tab.upto("message.finished")).data["message"]
    told = "".join(told.data.get("refusal", "") for told in tab.events)
    assert told == finished["refusal"] == "Not that."
    assert finished["text"] == ""


async def test_a_trace_has_the_calls_of_a_history_with_their_results(
    site: Site, recorder: Recorder
) -> None:
    recorder.answers(completion())
    long = json.dumps({"text": "x" * 500})
    picture = "data:image/png;base64," + "A" * 500
    function = {"name": "save", "arguments": long}
    result = [{"type": "text", "text": "y" * 500}, {"type": "image_url", "image_url": picture}]
    messages = [
        {"role": "user", "content": "Save it."},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call_1", "type": "function", "function": function}],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": result},
    ]
    reply = await site.program({"model": "rec/m-1", "messages": messages})
    assert reply.status == 200, reply.text
    trace = await site.trace(reply.headers["x-filon-trace"])
    (assembled,) = [told for told in trace["records"] if told["type"] == "assembled"]
    _, asks, gave = [told["message"] for told in assembled["messages"]]
    (shown,) = asks["parts"]
    assert (shown["type"], shown["id"], shown["name"]) == ("tool_call", "call_1", "save")
    assert gave["call_id"] == "call_1"
    # By their beginning: the wire has them whole.
    for text in (shown["arguments"], gave["parts"][0]["text"], gave["parts"][1]["url"]):
        assert len(text) == 281
        assert text.endswith("…")
