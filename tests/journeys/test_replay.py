"""Replays over a real server: what is sent again is what was sent, or what was changed and no more;
a key goes only to its own address; and the traces know of each other."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from filon.server.security import COOKIE
from filon.trace.records import Received
from tests.journeys.recorder import Recorded
from tests.journeys.replaying import KEY, OTHER_KEY, Place, replaying
from tests.journeys.replies import JSON, START, completion, delta, refusal, spoken, stream, whole
from tests.journeys.replies_anthropic import message, text

MESSAGES: list[Any] = [
    {"role": "system", "content": "Say it."},
    {"role": "user", "content": "It's “$HOME` </script> \u202e\u0000 ünï"},
]
BODY: dict[str, Any] = {"model": "rec/m-1", "messages": MESSAGES, "temperature": 1.0, "seed": 7}


@pytest.fixture(scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory, template: Path) -> AsyncIterator[Place]:
    async with replaying(tmp_path_factory.mktemp("replays") / "home", template) as place:
        yield place


@pytest.fixture(autouse=True)
def usual(place: Place) -> None:
    place.first.answers(completion("first says so"))
    place.second.answers(completion("second says so"))


def body_of(recorded: Recorded) -> dict[str, Any]:
    return json.loads(recorded.body)


def key_in(recorded: Recorded) -> str:
    return dict(recorded.headers)["authorization"].removeprefix("Bearer ")


async def test_as_it_was_is_the_same_request_to_the_same_place(place: Place) -> None:
    first = await place.asked(BODY)
    was = place.first.last
    again = await place.replayed(first)
    assert place.first.last is not was
    assert place.first.last.body == was.body
    assert place.first.last.head == was.head
    page = await place.site.trace(again)
    assert page["trace"]["caller"] == "replay"
    assert page["trace"]["model"] == "rec/m-1"
    received = page["records"][0]
    assert received["replay_of"] == first
    assert (received["replay_as"], received["changes"]) == ("asked", [])
    decisions = {
        one["name"]: one["decision"]
        for record in page["records"]
        if record["type"] == "translated"
        for one in record["decisions"]
    }
    # The rules act on it again, as they did on the first.
    assert (decisions["seed"], decisions["top_p"]) == ("dropped", "added")


async def test_only_what_was_changed_differs(place: Place) -> None:
    first = await place.asked(BODY)
    was = body_of(place.first.last)
    again = await place.replayed(
        first, parameters={"temperature": None, "stop": ["x"]}, model="m-2"
    )
    now = body_of(place.first.last)
    del was["temperature"]
    assert now == {**was, "stop": ["x"], "model": "m-2"}
    received = (await place.stored(again)).records[0]
    assert isinstance(received, Received)
    assert [(one.name, one.before, one.after) for one in received.changes] == [
        ("model", "m-1", "m-2"),
        ("temperature", 1.0, None),
        ("stop", None, ["x"]),
    ]
    spoken_to = [{"role": "user", "content": "other"}]
    await place.replayed(again, messages=spoken_to)
    assert body_of(place.first.last) == {**now, "messages": spoken_to}


async def test_another_endpoint_gets_its_own_key_and_no_other(place: Place) -> None:
    first = await place.asked(BODY)
    assert key_in(place.first.last) == KEY
    before = len(place.second.requests)
    again = await place.replayed(first, endpoint="other")
    assert len(place.second.requests) == before + 1
    assert key_in(place.second.last) == OTHER_KEY
    assert KEY.encode() not in place.second.last.head + place.second.last.body
    assert body_of(place.second.last)["seed"] == 7
    assert (await place.sent(again)).endpoint == "other"
    # Written with the model, it is the same.
    await place.replayed(again, model="rec/m-2")
    assert key_in(place.first.last) == KEY
    assert body_of(place.first.last)["model"] == "m-2"


async def test_no_address_is_taken_from_a_caller(place: Place) -> None:
    first = await place.asked(BODY)
    for name in ("url", "base_url", "headers"):
        refused = await place.refused(first, **{name: place.second.url})
        assert name in refused["message"]
    refused = await place.refused(first, endpoint=place.second.url)
    assert refused["code"] == "endpoint_gone"


async def test_on_the_wire_no_rule_is_applied(place: Place) -> None:
    first = await place.asked(BODY)
    was = place.first.last
    again = await place.replayed(first, "wire")
    assert (place.first.last.body, place.first.last.head) == (was.body, was.head)
    raw = '{ "model":"m-1",  "messages":[], "seed": 1e2, "seed": 2 }'
    edited = await place.replayed(first, "wire", body=raw)
    assert place.first.last.body == raw.encode()
    page = await place.site.trace(edited)
    (translated,) = [one for one in page["records"] if one["type"] == "translated"]
    (seed,) = translated["decisions"]
    assert (seed["name"], seed["decision"]) == ("seed", "kept")
    assert "as it stands" in seed["because"]["why"]
    assert (await place.stored(again)).summary.caller == "replay"


async def test_what_is_no_json_goes_out_as_it_stands_too(place: Place) -> None:
    place.first.answers(refusal(400, "no JSON"))
    first = (await place.site.program(BODY)).headers["x-filon-trace"]
    again = await place.replayed(first, "wire", body='{"model": broken')
    assert place.first.last.body == b'{"model": broken'
    assert (await place.site.trace(again))["trace"]["status"] == 400
    refused = await place.refused(first, "asked", body='{"model": broken')
    assert "not JSON" in refused["message"]


async def test_a_chat_s_answer(place: Place) -> None:
    """A chat's own request names only the conversation: the whole of it comes from the wire."""
    place.first.answers(spoken("an", "swer"))
    sent = await place.site.browse(
        "POST",
        "/api/chat/send",
        {"preset": "terse", "text": "x" * 500 + "…", "parameters": {"maxTokens": 9}},
    )
    answer = sent.json["answer"]
    await place.site.quiet()
    was = place.first.last
    again = await place.replayed(answer["trace_id"])
    assert place.first.last.body == was.body
    assert body_of(was)["messages"][0]["content"] == "Be terse."
    page = await place.site.trace(again)
    # A replay is no part of the conversation.
    assert page["trace"]["conversation_id"] is None
    assert page["trace"]["message_id"] is None
    base = (await place.site.browse("GET", f"/api/traces/{answer['trace_id']}/replay")).json
    assert base["protocol"] == "openai_chat"
    assert base["messages"] == body_of(was)["messages"]
    assert base["parameters"] == {"maxTokens": 9, "temperature": 0.3, "stream": True}


async def test_a_chat_s_answer_from_an_endpoint_of_another_protocol(place: Place) -> None:
    place.first.answers(message(text("said")))
    asked = {"model": "claude/c-1", "text": "x", "parameters": {"stop": ["y"], "temperature": 0.5}}
    sent = (await place.site.browse("POST", "/api/chat/send", asked)).json
    await place.site.quiet()
    was = place.first.last
    await place.replayed(sent["answer"]["trace_id"])
    assert place.first.last is not was
    assert place.first.last.body == was.body
    await place.replayed(sent["answer"]["trace_id"], model="other/m-1")
    told = body_of(place.second.last)
    assert (told["stop"], told["temperature"], told["stream"]) == (["y"], 0.5, True)


async def test_a_program_that_asked_a_preset(place: Place) -> None:
    """As it was, it asks the preset again; with another model, what the preset says is left out."""
    first = await place.asked({**BODY, "model": "preset/terse"})
    was = place.first.last
    assert body_of(was)["messages"][0]["content"] == "Be terse."
    await place.replayed(first)
    assert place.first.last.body == was.body
    again = await place.replayed(first, model="m-2")
    assert body_of(place.first.last)["messages"] == MESSAGES
    received = (await place.site.trace(again))["records"][0]
    assert [one["name"] for one in received["changes"]] == ["preset", "model"]


@pytest.mark.parametrize(
    ("door", "body"),
    [
        ("responses", {"model": "rec/m-1", "input": [{"role": "user", "content": "x"}], "seed": 1}),
        ("messages", {"model": "rec/m-1", "max_tokens": 4, "messages": MESSAGES[1:], "top_k": 3}),
        ("embeddings", {"model": "rec/m-1", "input": ["x", "y"], "dimensions": 3}),
    ],
)
async def test_each_door_s_requests(place: Place, door: str, body: dict[str, Any]) -> None:
    if door == "embeddings":
        data = [{"object": "embedding", "index": n, "embedding": [0.5]} for n in range(2)]
        told = {"object": "list", "data": data, "model": "m-1", "usage": {"prompt_tokens": 2}}
        place.first.answers((whole(json.dumps(told).encode(), JSON),))
    made = await place.site.browse("POST", "/api/keys", {"name": door, "rules": {"lenient": True}})
    headers = {"authorization": f"Bearer {made.json['secret']}"}
    reply = await place.site.ask("POST", f"/v1/{door}", body, headers=headers)
    assert reply.status == 200, reply.text
    first = reply.headers["x-filon-trace"]
    await place.site.quiet()
    was = place.first.last
    for manner in ("asked", "wire"):
        again = await place.replayed(first, manner)
        assert place.first.last is not was
        assert (place.first.last.body, place.first.last.line) == (was.body, was.line)
        assert (await place.site.trace(again))["trace"]["outcome"] == "complete"
    base = (await place.site.browse("GET", f"/api/traces/{first}/replay")).json
    assert base["messages"] == body.get("input", body.get("messages"))
    assert "model" not in base["parameters"]


@pytest.mark.parametrize(
    "changes",
    [
        {"parameters": {"temperature": 10**30}},
        {"parameters": {"messages": []}},
        {"parameters": {"a": json.loads("[" * 150 + "]" * 150)}},
        {"messages": []},
        {"body": "[]"},
        {"body": "\ud800"},
        {"model": ""},
        {"model": "nobody"},
        {"endpoint": ""},
    ],
)
async def test_changes_that_nobody_could_send(place: Place, changes: dict[str, Any]) -> None:
    first = await place.asked(BODY)
    before = len(place.first.requests)
    refused = await place.refused(first, **changes)
    assert refused["blame"] == "caller"
    assert len(place.first.requests) == before


async def test_across_protocols(place: Place) -> None:
    """What was asked in one protocol is carried over to an endpoint of another; on the wire it is
    not sent where nobody could read it."""
    first = await place.asked(BODY)
    refused = await place.refused(first, "wire", endpoint="claude", model="c-1")
    assert refused["code"] == "other_protocol"
    await place.replayed(first, endpoint="claude", model="c-1")
    assert place.first.last.line.startswith("POST /v1/messages")
    assert body_of(place.first.last)["system"] == "Say it."


async def test_what_cannot_be_sent_again_says_why(place: Place) -> None:
    site = place.site
    going = await place.asked({**BODY, "model": "going/m-1"})
    directory = site.house.services.directory
    left = tuple(one for one in directory.endpoints if one.name != "going")
    site.house.services.directory = replace(directory, endpoints=left)
    refused = await place.refused(going)
    assert refused["code"] == "endpoint_gone"
    assert "going" in refused["message"]
    assert (await place.site.browse("GET", f"/api/traces/{going}/replay")).json["against"]
    await place.replayed(going, endpoint="rec")
    # A key that stood in the prompt is masked in the trace, so the prompt is not the same.
    told = [{"role": "user", "content": f"Is {KEY} mine?"}]
    masked = await place.asked({**BODY, "messages": told})
    for manner in ("asked", "wire"):
        assert (await place.refused(masked, manner))["code"] == "not_kept_whole"
    await place.replayed(masked, messages=MESSAGES)
    # What could not be read is sent with another body, or not at all.
    reply = await site.program(None, data=b'{"model": "rec/m-1"')
    unread = reply.headers["x-filon-trace"]
    await site.quiet()
    assert (await place.refused(unread))["code"] == "not_kept_whole"
    assert (await place.refused(unread, "wire"))["code"] == "nothing_sent"
    assert (await place.refused("t_nobody"))["code"] == "not_found"
    await place.replayed(unread, body=json.dumps(BODY))


async def test_the_person_owns_what_a_limited_key_sent_first(place: Place) -> None:
    made = await place.site.browse(
        "POST", "/api/keys", {"name": "small", "rules": {"models": ["rec/m-1"]}}
    )
    reply = await place.site.program(
        BODY, headers={"authorization": f"Bearer {made.json['secret']}"}
    )
    first = reply.headers["x-filon-trace"]
    await place.site.quiet()
    again = await place.replayed(first, model="m-2")
    page = await place.site.trace(again)
    assert page["records"][0]["key"] is None
    assert page["records"][1]["by"] == "session"
    assert page["trace"]["outcome"] == "complete"


async def test_lineage_and_comparison(place: Place) -> None:
    first = await place.asked(BODY)
    place.first.answers(completion("first says no"))
    again = await place.replayed(first, parameters={"temperature": 0.5})
    browse = place.site.browse
    family = (await browse("GET", f"/api/traces/{first}/lineage")).json
    (replay,) = family["replays"]
    assert (family["parent"], family["parent_id"]) == (None, None)
    assert replay["trace"]["id"] == again
    assert replay["trace"]["replay_of"] == first
    assert replay["changes"] == [{"name": "temperature", "before": 1.0, "after": 0.5}]
    difference = {"path": "temperature", "kind": "changed", "before": 1.0, "after": 0.5}
    assert replay["parameters"] == [difference]
    back = (await browse("GET", f"/api/traces/{again}/lineage")).json
    assert (back["parent"]["trace"]["id"], back["manner"]) == (first, "asked")
    compared = (await browse("GET", f"/api/traces/{first}/compare/{again}")).json
    assert compared["request"] == [difference]
    assert [(one["kind"], one["text"]) for one in compared["output"]] == [
        ("same", "first says "),
        ("removed", "so"),
        ("added", "no"),
    ]
    figures = {one["name"]: one for one in compared["figures"]}
    assert figures["output_tokens"]["before"] == 3
    assert figures["output_tokens"]["difference"] == 0
    assert figures["total"]["unit"] == "seconds"
    by_name = {one["name"]: one for one in compared["parameters"]}
    assert by_name["seed"]["before"] == {"value": None, "sent": False, "decision": "dropped"}
    assert (by_name["top_p"]["same"], by_name["temperature"]["same"]) == (True, False)


async def test_branches_of_a_message_are_siblings(place: Place) -> None:
    place.first.answers(spoken("one"), spoken("two"))
    site = place.site
    sent = (await site.browse("POST", "/api/chat/send", {"model": "rec/m-1", "text": "x"})).json
    await site.quiet()
    other = await site.browse(
        "POST",
        "/api/chat/regenerate",
        {"message_id": sent["answer"]["id"], "parameters": {"temperature": 0}},
    )
    await site.quiet()
    trace_id = sent["answer"]["trace_id"]
    family = (await site.browse("GET", f"/api/traces/{trace_id}/lineage")).json
    (sibling,) = family["siblings"]
    assert sibling["trace"]["id"] == other.json["answer"]["trace_id"]
    assert sibling["parameters"][0]["path"] == "temperature"


async def test_it_can_be_looked_at_and_stopped_while_it_runs(place: Place) -> None:
    first = await place.asked(BODY)
    place.first.answers(stream(START, delta("begun"), "stall"))
    begun = await place.site.browse(
        "POST", f"/api/traces/{first}/replay", {"changes": {"parameters": {"stream": True}}}
    )
    again = begun.json["id"]
    while "begun" not in (page := (await place.site.browse("GET", f"/api/traces/{again}")).text):
        assert '"live"' in page
    running = await place.site.browse("GET", f"/api/traces/{first}/lineage")
    assert running.json["replays"][0]["trace"]["outcome"] == "live"
    assert (await place.refused(again))["code"] == "still_running"
    stopped = await place.site.browse("POST", f"/api/traces/{again}/stop")
    assert stopped.status == 204
    assert (await place.site.trace(again))["trace"]["outcome"] == "stopped"
    assert (await place.site.browse("POST", f"/api/traces/{again}/stop")).status == 404


async def test_another_person_s_traces_are_not_there(place: Place) -> None:
    first = await place.asked(BODY)
    cookie = await place.site.house.sessions.begin(2)
    headers = {"cookie": f"{COOKIE}={cookie}"}
    nothing: dict[str, Any] = {}
    for method, path in (
        ("POST", "replay"),
        ("GET", "replay"),
        ("GET", "lineage"),
        ("GET", f"compare/{first}"),
        ("GET", "export?as=json"),
        ("POST", "stop"),
    ):
        body = nothing if method == "POST" else None
        reply = await place.site.browse(method, f"/api/traces/{first}/{path}", body, headers)
        assert reply.status == 404, (path, reply.text)
