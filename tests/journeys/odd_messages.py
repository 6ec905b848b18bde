"""Requests of Anthropic's messages that hypothesis draws: right, nearly right, odd, or no such."""

from typing import Any

from hypothesis import strategies as st

from filon.practice.dialects.messages_turns import seal
from tests.journeys.odd_values import DEEP, OBJECTS, SCHEMAS, TEXTS, VALUES, Odd, mostly, record

_BLOCK: Odd = st.one_of(
    record(type=st.just("text"), text=TEXTS),
    record(type=st.just("tool_use"), id=st.just("toolu_1"), name=st.just("a"), input=st.just({})),
    record(type=st.just("tool_result"), tool_use_id=st.just("toolu_1"), content=TEXTS),
    st.sampled_from(
        [
            {"type": "thinking", "thinking": "Hm.", "signature": seal("Hm.")},
            {"type": "thinking", "thinking": "Hm.", "signature": "odd"},
            {"type": "redacted_thinking", "data": "x"},
            {"type": "image", "source": {"type": "url", "url": "https://x/y.png"}},
            {"type": "document", "source": {"type": "text", "data": "a"}},
            {"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}},
        ]
    ),
    VALUES,
)
_MESSAGE: Odd = st.one_of(
    record(role=st.just("user"), content=TEXTS),
    record(
        role=st.sampled_from(["user", "assistant", "assistant", "system"]),
        content=st.lists(_BLOCK, max_size=3),
    ),
)
_FIELDS: dict[str, Odd] = {
    "system": st.one_of(TEXTS, st.just([{"type": "text", "text": "a"}]), VALUES),
    "temperature": st.one_of(st.sampled_from([0, 1, 1.1]), VALUES),
    "top_p": st.one_of(st.sampled_from([0.5, 0.99]), VALUES),
    "top_k": st.one_of(st.sampled_from([0, 5, 10**30]), VALUES),
    "stop_sequences": st.one_of(st.sampled_from([[], ["a"], ["x"] * 9]), VALUES),
    "thinking": st.one_of(
        st.sampled_from(
            [
                {"type": "enabled", "budget_tokens": 1_024},
                {"type": "enabled", "budget_tokens": 1.5},
                {"type": "adaptive", "display": []},
                {"type": "disabled"},
                {"type": []},
            ]
        ),
        VALUES,
    ),
    "tools": st.one_of(
        st.lists(record(name=st.sampled_from(["a", "b c"]), input_schema=SCHEMAS), max_size=2),
        st.lists(record(name=st.just("a"), input_schema=OBJECTS), max_size=2),
        VALUES,
    ),
    "tool_choice": st.one_of(
        st.sampled_from([{"type": "any"}, {"type": "tool", "name": "a"}, {"type": "none"}]), VALUES
    ),
    "output_config": st.one_of(
        record(format=record(type=st.just("json_schema"), schema=SCHEMAS)),
        st.just({"effort": "max"}),
        VALUES,
    ),
    "metadata": VALUES,
    "cache_control": VALUES,
    "odd": VALUES,
}


def _over(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return one | other


_RIGHT: Odd = st.fixed_dictionaries(
    {
        "model": st.sampled_from(["pocket", "pocket-reasoner", "echo"]),
        "messages": st.lists(record(role=st.just("user"), content=TEXTS), min_size=1, max_size=3),
        "max_tokens": st.sampled_from([1, 24, 2_000, 10**30]),
    },
    optional={"stream": st.booleans()},
)
_SOME: Odd = st.sets(st.sampled_from(sorted(_FIELDS)), max_size=4).flatmap(
    lambda names: st.fixed_dictionaries({name: _FIELDS[name] for name in sorted(names)})
)
_WRONG: Odd = st.fixed_dictionaries(
    {},
    optional={
        "messages": st.one_of(st.lists(_MESSAGE, max_size=4), VALUES),
        "max_tokens": VALUES,
        "model": VALUES,
        "stream": VALUES,
    },
)
ASKS: Odd = mostly(
    st.builds(_over, _RIGHT, _SOME),
    st.builds(_over, st.builds(_over, _RIGHT, _SOME), _WRONG),
    st.one_of(VALUES, DEEP),
)
