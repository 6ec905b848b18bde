"""Changes to a request's body: what is not changed keeps its bytes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.errors import InvalidRequest
from filon.pipeline.replay_changes import Changes, Place, check_same, edited, split
from filon.pipeline.replaying import Original, original_of
from filon.protocols.json_surgery import remove_member, set_member
from filon.trace.records import Body, Received

NAMES = st.sampled_from(["model", "seed", "a b", "", 'q"', "é"])
OBJECTS = st.dictionaries(NAMES, st.none() | st.integers() | st.lists(st.text(max_size=3)))
PLACE = Place(endpoint="rec", model="m-1")


def original(body: bytes, **more: Any) -> Original:
    fields: dict[str, Any] = {"manner": "asked", "endpoint": "rec", "model": "m-1", "asked": "m-1"}
    return Original(trace_id="t", protocol="openai_chat", body=body, **{**fields, **more})


@given(OBJECTS, NAMES, st.integers(), st.sampled_from([None, 2]))
def test_a_member_is_set_or_taken_out(
    before: dict[str, Any], name: str, value: int, indent: int | None
) -> None:
    text = json.dumps(before, indent=indent, ensure_ascii=False).encode()
    told = set_member(text, name, str(value).encode())
    assert json.loads(told) == {**before, name: value}
    if name not in before:
        assert remove_member(told, name) == text


def test_what_is_not_changed_keeps_its_bytes() -> None:
    body = b'\xef\xbb\xbf{ "model" : "x",\n "seed": 1.50E+2, "messages":[ ] }'
    sent, told = edited(original(body), Changes(parameters={"stop": "a"}), PLACE)
    assert sent == b'{ "model" : "rec/m-1",\n "seed": 1.50E+2, "messages":[ ],"stop":"a" }'
    assert [one.name for one in told] == ["stop"]
    # The same value is no change.
    sent, told = edited(original(sent), Changes(parameters={"seed": 150.0, "odd": None}), PLACE)
    assert b"1.50E+2" in sent
    assert told == ()


def test_on_the_wire_nothing_is_touched_that_was_not_asked_for() -> None:
    body = b'{"model":"deployment","fallbacks":["x"]}'
    wire = original(body, manner="wire")
    assert edited(wire, Changes(), PLACE) == (body, ())
    sent, _ = edited(wire, Changes(model="m-2"), Place(endpoint="rec", model="m-2"))
    assert json.loads(sent) == {"model": "m-2", "fallbacks": ["x"]}
    asked, _ = edited(original(body), Changes(), PLACE)
    assert json.loads(asked) == {"model": "rec/m-1"}


@pytest.mark.parametrize("value", [float("nan"), 10**40, "\ud800"])
def test_what_json_cannot_say_is_refused(value: Any) -> None:
    with pytest.raises(InvalidRequest):
        edited(original(b"{}"), Changes(parameters={"a": value}), PLACE)
    with pytest.raises(InvalidRequest):
        edited(original(b"not json"), Changes(parameters={"a": 1}), PLACE)


def test_what_is_there_to_edit() -> None:
    body = b'{"model":"m","input":[1],"fallbacks":[],"seed":2}'
    assert split(body, "openai_responses") == ([1], {"seed": 2})
    assert split(b"\xff", "openai_chat") == ([], {})


def test_what_is_not_whole_wants_another_body() -> None:
    records = (Received(protocol="openai_chat", path="/", body=Body(b'{"a":"***"}'), masked=1),)
    masked = original_of("t", records, "asked")
    with pytest.raises(InvalidRequest, match="masked"):
        check_same(masked, Changes(parameters={"b": 1}))
    check_same(masked, Changes(body="{}"))
    check_same(masked, Changes(messages=()))
    with pytest.raises(InvalidRequest, match="Nothing was made ready"):
        original_of("t", records, "wire")
    with pytest.raises(InvalidRequest, match="no request"):
        original_of("t", (), "asked")
