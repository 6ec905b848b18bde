"""What becomes of each parameter: asked, then defaults, addParams, dropParams, the quirks."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.pipeline.parameters import decide, on_the_wire, wants_usage
from filon.providers.aliases import OPENAI_CHAT, canonical
from filon.providers.endpoint import Endpoint, Key, ParameterRule, Title
from filon.providers.quirks import Name, Quirk
from filon.trace.facts import facts
from filon.trace.records import Because, Body, Decision, Translated

FILE = Because(source="librechat.yaml", line=9)
NOWHERE: dict[str, Any] = {
    "protocol": "openai_chat",
    "method": "POST",
    "url": "",
    "headers": (),
    "body": Body(b""),
}
MANIFEST = Because(source="rec.toml", line=3, why="It says so.")


def endpoint(**fields: Any) -> Endpoint:
    given: dict[str, Any] = {
        "name": "rec",
        "label": "Rec",
        "provider": "custom",
        "protocol": "openai_chat",
        "base_url": "http://127.0.0.1/v1",
        "key": Key(source="none_needed"),
        "origin": FILE,
        "kind": "custom",
        "title": Title(enabled=False, because=FILE),
    }
    return Endpoint(**{**given, **fields})


def rule(name: str, value: Any = None) -> ParameterRule:
    return ParameterRule(name=name, because=FILE, value=value)


def quirk(use: Name, name: str, **fields: Any) -> Quirk:
    return Quirk(use=use, name=name, because=MANIFEST, **fields)


def decided(
    asked: dict[str, Any], place: Endpoint, *, stream: bool = False, model: str = "m-1"
) -> dict[str, Decision]:
    """Decisions by the name that was asked for."""
    decisions = decide(asked, stream=stream, endpoint=place, model=model, asker="you")
    return {one.name: one for one in decisions}


def dropped(found: dict[str, Decision]) -> tuple[str, ...]:
    """What a trace says was wanted and did not reach the model."""
    return facts((Translated(decisions=tuple(found.values()), **NOWHERE),)).dropped


def sent(asked: dict[str, Any], place: Endpoint, **fields: Any) -> dict[str, Any]:
    return dict(on_the_wire(tuple(decided(asked, place, **fields).values())))


def test_what_was_asked_is_kept() -> None:
    found = decided({"temperature": 0.5, "odd": {"a": 1}}, endpoint())
    assert [one.decision for one in found.values()] == ["kept", "kept"]
    assert found["temperature"].because == Because(source="you")
    assert sent({"temperature": 0.5, "odd": {"a": 1}}, endpoint()) == {
        "temperature": 0.5,
        "odd": {"a": 1},
    }


def test_each_step_wins_over_the_one_before() -> None:
    defaults = endpoint(defaults=(rule("top_p", 0.1), rule("seed", 1)))
    assert sent({"top_p": 0.9}, defaults) == {"top_p": 0.9, "seed": 1}
    adding = endpoint(defaults=(rule("top_p", 0.1),), add=(rule("top_p", 0.2),))
    assert sent({"top_p": 0.9}, adding) == {"top_p": 0.2}
    dropping = endpoint(add=(rule("top_p", 0.2),), drop=(rule("top_p"),))
    assert sent({"top_p": 0.9}, dropping) == {}
    clamped = endpoint(add=(rule("top_p", 3),), quirks=(quirk("clamp", "top_p", high=1.0),))
    assert sent({}, clamped) == {"top_p": 1}
    after_drop = endpoint(drop=(rule("top_p"),), quirks=(quirk("clamp", "top_p", high=1.0),))
    assert sent({"top_p": 3}, after_drop) == {}


def test_each_decision_names_its_line() -> None:
    place = endpoint(
        defaults=(rule("seed", 1),), add=(rule("top_k", 5),), drop=(rule("top_p"), rule("user"))
    )
    found = decided({"top_p": 0.9}, place)
    assert {name: one.decision for name, one in found.items()} == {
        "top_p": "dropped",
        "seed": "defaulted",
        "top_k": "added",
        "user": "no_effect",
    }
    assert all(one.because == FILE for one in found.values())
    assert found["top_p"].wanted == 0.9
    assert found["top_p"].sent_as is None
    assert dropped(found) == ("top_p",)


@pytest.mark.parametrize(
    ("listed", "asked"),
    [
        ("frequency_penalty", "frequencyPenalty"),
        ("frequencyPenalty", "frequency_penalty"),
        ("max_tokens", "maxOutputTokens"),
        ("maxTokens", "max_completion_tokens"),
        ("stop_sequences", "stop"),
        ("topP", "top_p"),
    ],
)
def test_a_name_is_dropped_however_it_is_spelled(listed: str, asked: str) -> None:
    found = decided({asked: 1}, endpoint(drop=(rule(listed),)))
    assert found[asked].decision == "dropped"
    assert len(found) == 1


@pytest.mark.parametrize(
    ("asked", "wire"),
    [
        ("maxTokens", "max_tokens"),
        ("max_completion_tokens", "max_completion_tokens"),
        ("maxOutputTokens", "max_tokens"),
        ("topP", "top_p"),
        ("stopSequences", "stop"),
        ("vendorField", "vendorField"),
    ],
)
def test_a_name_leaves_as_the_protocol_spells_it(asked: str, wire: str) -> None:
    found = decided({asked: 1}, endpoint())[asked]
    assert found.sent_as == wire
    assert found.decision == ("kept" if asked == wire else "renamed")


def test_two_spellings_are_one_parameter_and_say_so() -> None:
    found = decided({"max_tokens": 5, "maxTokens": 7}, endpoint())
    assert [one.sent for one in found.values()] == [7]
    assert "max_tokens" in str(found["maxTokens"].note)


def test_a_default_under_another_name_yields_to_what_was_asked() -> None:
    place = endpoint(defaults=(rule("maxTokens", 100),))
    assert sent({"max_completion_tokens": 5}, place) == {"max_completion_tokens": 5}


def test_a_stream_can_be_dropped() -> None:
    found = decided({}, endpoint(drop=(rule("stream"),)), stream=True)
    assert found["stream"].decision == "dropped"
    assert "stream" not in sent({}, endpoint(drop=(rule("stream"),)), stream=True)


def test_usage_is_asked_for_in_a_stream_alone() -> None:
    asked = {"stream": True, "stream_options": {"include_usage": True}}
    assert sent({}, endpoint(), stream=True) == asked
    assert sent({}, endpoint(), stream=False) == {}
    assert sent({}, endpoint(ask_usage=False), stream=True) == {"stream": True}
    options = decided({}, endpoint(), stream=True)["stream_options"]
    assert (options.decision, options.because.source) == ("added", "filon")


def test_other_stream_options_stay() -> None:
    given = {"stream_options": {"include_obfuscation": False}}
    assert sent(given, endpoint(), stream=True)["stream_options"] == {
        "include_obfuscation": False,
        "include_usage": True,
    }


def test_who_asked_for_usage_keeps_it() -> None:
    given = {"stream_options": {"include_usage": True}}
    found = decided(given, endpoint(), stream=True)["stream_options"]
    assert (found.decision, found.because.source) == ("kept", "you")
    assert wants_usage(given)
    for other in ({}, {"stream_options": None}, {"stream_options": {"include_usage": False}}):
        assert not wants_usage(other)


def test_usage_can_be_dropped() -> None:
    place = endpoint(drop=(rule("stream_options"),))
    assert sent({}, place, stream=True) == {"stream": True}


@pytest.mark.parametrize(
    ("one", "asked", "wire"),
    [
        (quirk("rename", "max_tokens", to="max_completion_tokens"), {"max_tokens": 5},
         {"max_completion_tokens": 5}),
        (quirk("rename", "max_tokens", to="max_completion_tokens"), {"max_completion_tokens": 5},
         {"max_completion_tokens": 5}),
        (quirk("drop", "seed"), {"seed": 5}, {}),
        (quirk("drop", "seed"), {"random_seed": 5}, {}),
        (quirk("clamp", "temperature", low=0.0, high=1.0), {"temperature": 1.5},
         {"temperature": 1.0}),
        (quirk("clamp", "temperature", low=0.0, high=1.0), {"temperature": 0.5},
         {"temperature": 0.5}),
        (quirk("clamp", "temperature", high=1.0), {"temperature": "hot"}, {"temperature": "hot"}),
        (quirk("clamp", "n", high=1.0), {"n": True}, {"n": True}),
        (quirk("ignored", "top_p"), {"top_p": 0.5}, {"top_p": 0.5}),
        (quirk("add", "safe", value=True), {}, {"safe": True}),
        (quirk("add", "safe", value=True), {"safe": False}, {"safe": False}),
        (quirk("drop", "seed", models=("o*",)), {"seed": 5}, {"seed": 5}),
        (quirk("drop", "seed", models=("M-*",)), {"seed": 5}, {"seed": 5}),
        (quirk("drop", "seed", models=("m-*", "!m-1")), {"seed": 5}, {"seed": 5}),
        (quirk("drop", "seed", models=("m-*",)), {"seed": 5}, {}),
        (quirk("drop", "top_p", unless={"thinking": False}), {"top_p": 1, "thinking": False},
         {"top_p": 1, "thinking": False}),
        (quirk("drop", "top_p", unless={"thinking": False}), {"top_p": 1}, {}),
    ],
)  # fmt: skip
def test_a_quirk(one: Quirk, asked: dict[str, Any], wire: dict[str, Any]) -> None:
    assert sent(asked, endpoint(quirks=(one,))) == wire


def test_a_quirk_names_its_manifest() -> None:
    place = endpoint(quirks=(quirk("ignored", "top_p"), quirk("clamp", "n", high=1.0)))
    found = decided({"top_p": 0.5, "n": 3}, place)
    assert {one.because for one in found.values()} == {MANIFEST}
    assert dropped(found) == ("top_p",)


NAMES = st.sampled_from([*sorted(OPENAI_CHAT), "maxTokens", "topP", "vendor", "random_seed", "x"])
RULES = st.lists(st.builds(rule, NAMES, st.integers()), max_size=4).map(tuple)
QUIRKS = st.lists(
    st.one_of(
        st.builds(quirk, st.just("drop"), NAMES),
        st.builds(quirk, st.just("add"), NAMES, value=st.integers()),
        st.builds(quirk, st.just("clamp"), NAMES, high=st.just(1.0)),
        st.builds(quirk, st.just("ignored"), NAMES),
    ),
    max_size=3,
).map(tuple)


@given(
    asked=st.dictionaries(NAMES.filter(lambda name: name != "stream"), st.integers(), max_size=5),
    stream=st.booleans(),
    place=st.builds(endpoint, defaults=RULES, add=RULES, drop=RULES, quirks=QUIRKS),
)
def test_whatever_the_rules_say(asked: dict[str, Any], stream: bool, place: Endpoint) -> None:
    decisions = decide(asked, stream=stream, endpoint=place, model="m-1", asker="you")
    names = [canonical(one.name) for one in decisions]
    assert len(names) == len(set(names))
    wire = [name for name, _ in on_the_wire(decisions)]
    assert len(wire) == len(set(wire))
    # Nothing that was asked for is lost without a word.
    assert {canonical(name) for name in asked} <= set(names)
    dropped = {canonical(one.name) for one in place.drop}
    added_later = {canonical(one.name) for one in place.quirks if one.use == "add"}
    assert not {canonical(name) for name in wire} & (dropped - added_later)


WHOLE = endpoint(add=(rule("disableStreaming", True),))


def test_a_stream_is_not_asked_for_where_the_file_wants_none() -> None:
    found = decided({"temperature": 1}, WHOLE, stream=True)
    assert sent({"temperature": 1}, WHOLE, stream=True) == {"temperature": 1}
    assert (found["stream"].decision, found["stream"].because) == ("dropped", FILE)
    assert found["disableStreaming"].decision == "added"
    assert found["disableStreaming"].sent_as is None
    # It is the same answer, so nothing is lost.
    assert dropped(found) == ()
    assert "stream_options" not in found


@pytest.mark.parametrize("value", [False, None, "true", 1])
def test_only_true_turns_streaming_off(value: Any) -> None:
    place = endpoint(add=(rule("disableStreaming", value),))
    assert sent({}, place, stream=True)["stream"] is True


def test_whoever_asks_may_turn_streaming_off() -> None:
    assert sent({"disableStreaming": True}, endpoint(), stream=True) == {}
    kept = endpoint(drop=(rule("disableStreaming"),))
    assert sent({"disableStreaming": True}, kept, stream=True)["stream"] is True


def test_a_caller_who_wants_usage_of_no_stream_is_not_refused_for_it() -> None:
    asked = {"stream_options": {"include_usage": True}}
    found = decided(asked, WHOLE, stream=True)
    assert found["stream_options"].decision == "dropped"
    assert sent(asked, WHOLE, stream=True) == {}


@pytest.mark.parametrize(
    ("way", "asked", "expected"),
    [
        ("reasoning_object", {"reasoning_effort": "low"}, {"reasoning": {"effort": "low"}}),
        (
            "reasoning_object",
            {"reasoning_effort": "low", "reasoning_summary": "auto"},
            {"reasoning": {"effort": "low", "summary": "auto"}},
        ),
        ("reasoning_object", {"reasoning_summary": "auto"}, {"reasoning": {"summary": "auto"}}),
        (
            "reasoning_object",
            {"reasoning_effort": "low", "reasoning": {"max_tokens": 9}},
            {"reasoning": {"max_tokens": 9}},
        ),
        ("reasoning_object", {"temperature": 1}, {"temperature": 1}),
        ("disabled", {"reasoning_effort": "low", "reasoning_summary": "auto"}, {}),
    ],
)
def test_how_an_effort_to_think_goes_out(
    way: str, asked: dict[str, Any], expected: dict[str, Any]
) -> None:
    place = endpoint(reasoning_format=rule("reasoning_effort", way))
    assert sent(asked, place) == expected
    dropping = endpoint(
        reasoning_format=rule("reasoning_effort", way), drop=(rule("reasoning_effort"),)
    )
    assert "low" not in str(sent(asked, dropping))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"thinking": True}, {"thinking": {"type": "enabled", "budget_tokens": 2000}}),
        (
            {"thinking": True, "thinkingBudget": 9},
            {"thinking": {"type": "enabled", "budget_tokens": 9}},
        ),
        ({"thinking": False, "thinkingBudget": 9}, {}),
        ({"thinking": {"type": "disabled"}}, {"thinking": {"type": "disabled"}}),
    ],
)
def test_anthropics_thinking_is_an_object_on_the_wire(
    asked: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert sent(asked, endpoint(parameter_names="anthropic")) == expected
    assert sent({"thinking": True}, endpoint()) == {"thinking": True}
