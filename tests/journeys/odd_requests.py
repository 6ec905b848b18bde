"""Requests to practice that hypothesis draws: right, nearly right, odd, or no requests at all."""

from typing import Any

from hypothesis import strategies as st

from filon.practice.dialects.dialect import Dialect, dialects
from filon.practice.faults.catalogue import FAULTS
from filon.practice.faults.fault import Break, Door, Fault
from filon.practice.model.family import EMBEDDING
from tests.journeys.odd_values import (
    DEEP,
    FAIR_FORMATS,
    FAIR_TOOLS,
    FORMATS,
    NUMBERS,
    SCHEMAS,
    TEXTS,
    TOOLS,
    VALUES,
    Odd,
    mostly,
    record,
)

_THE_A = {"type": "function", "function": {"name": "a"}}
_BIASES: Odd = st.dictionaries(
    st.sampled_from(["0", "3", "7", "300", "4095"]), st.sampled_from([-100, 100, 5.5]), max_size=3
)
_NO_BIASES: Odd = st.sampled_from(
    [{"4096": 1}, {"-1": 1}, {"٣": 1}, {"9" * 5_000: 1}, {"": 1}, {"1": 101}, {"1": None}]
)
# What is right, and what is not quite.
_NEAR: dict[str, tuple[Odd, Odd]] = {
    "temperature": (st.sampled_from([0, 1e-9, 0.5, 1, 1.5]), st.sampled_from([2, 2.1, -0.1])),
    "top_p": (st.sampled_from([1e-12, 0.5, 1]), st.sampled_from([0, 1.1])),
    "top_k": (st.sampled_from([1, 40, 5_000]), st.sampled_from([0, -1, 10**30])),
    "min_p": (st.sampled_from([0, 0.1, 1]), st.just(2)),
    "seed": (st.sampled_from([0, 7]), st.sampled_from([-1, 2**70, 1.0, 0.5])),
    "random_seed": (st.sampled_from([0, 7]), st.just(-1)),
    "n": (st.sampled_from([1, 2, 8]), st.sampled_from([9, 0])),
    "max_tokens": (st.sampled_from([1, 2, 16, 60]), st.sampled_from([0, -1, 10**9, 2**70])),
    "max_completion_tokens": (st.sampled_from([1, 3, 24]), st.just(0)),
    "stop": (
        st.sampled_from(["a", "\n", [" the", "é"], [], "\ufffd", "😀", "e" * 5_000]),
        st.sampled_from([["x"] * 5, "", [""], [1]]),
    ),
    "logit_bias": (_BIASES, _NO_BIASES),
    "frequency_penalty": (st.sampled_from([-2, 0.5, 2]), st.just(3)),
    "presence_penalty": (st.sampled_from([-2, 0.5, 2]), st.just(3)),
    "repetition_penalty": (st.sampled_from([0.01, 1.1, 2]), st.sampled_from([0, 10, 11])),
    "logprobs": (st.booleans(), st.just(1)),
    "top_logprobs": (st.sampled_from([0, 1, 20]), st.just(21)),
    "stream_options": (st.just({"include_usage": True}), st.just({"include_usage": 1})),
    "response_format": (FAIR_FORMATS, FORMATS),
    "tools": (FAIR_TOOLS, TOOLS),
    "tool_choice": (
        st.sampled_from(["auto", "none", "required", "any", _THE_A]),
        st.sampled_from(["odd", {"function": {"name": []}}, []]),
    ),
    "parallel_tool_calls": (st.booleans(), st.none()),
    "reasoning_effort": (st.sampled_from(["none", "low", "high"]), st.sampled_from([["low"], {}])),
    "thinking": (
        st.sampled_from([{"type": "enabled"}, {"type": "disabled"}]),
        st.sampled_from([{"type": []}, "disabled"]),
    ),
    "reasoning": (
        st.sampled_from([{"enabled": False}, {"effort": "low"}, {"exclude": True}]),
        st.sampled_from([{"effort": {}}, {"effort": []}]),
    ),
    "reasoning_format": (st.sampled_from(["raw", "parsed", "hidden"]), st.sampled_from([[], {}])),
    "include_reasoning": (st.booleans(), st.none()),
    "user": (TEXTS, st.just({})),
    "odd": (VALUES, VALUES),
}


def _named(names: set[str]) -> Odd:
    return st.fixed_dictionaries({name: _NEAR[name][0] for name in sorted(names)})


def _one_odd(name: str) -> Odd:
    return st.fixed_dictionaries({name: st.one_of(_NEAR[name][1], VALUES)})


def _over(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return one | other


RIGHT: Odd = st.sets(st.sampled_from(sorted(_NEAR)), max_size=5).flatmap(_named)
_WRONG: Odd = st.builds(_over, RIGHT, st.sampled_from(sorted(_NEAR)).flatmap(_one_odd))

_CALL: Odd = record(
    id=st.just("call_1"),
    type=st.just("function"),
    function=record(
        name=st.just("a"), arguments=st.one_of(st.sampled_from(["{}", '{"a":1}']), TEXTS)
    ),
)
_PART: Odd = st.one_of(
    record(type=st.just("text"), text=TEXTS),
    st.just({"type": "image_url", "image_url": {"url": "data:,x"}}),
)
_MESSAGE: Odd = st.one_of(
    record(role=st.sampled_from(["user", "user", "system"]), content=TEXTS),
    record(role=st.just("user"), content=st.lists(_PART, min_size=1, max_size=3)),
    record(role=st.just("assistant"), content=TEXTS, reasoning_content=TEXTS),
    record(role=st.just("assistant"), tool_calls=st.lists(_CALL, min_size=1, max_size=2)),
    record(role=st.just("tool"), content=TEXTS, tool_call_id=st.just("call_1")),
)
MESSAGES: Odd = st.lists(_MESSAGE, min_size=1, max_size=4)
_ODD_MESSAGES: Odd = st.one_of(
    st.lists(
        st.one_of(
            _MESSAGE,
            st.builds(_over, _MESSAGE, st.dictionaries(st.just("content"), VALUES, min_size=1)),
            st.builds(_over, _MESSAGE, st.dictionaries(st.just("tool_calls"), VALUES, min_size=1)),
            VALUES,
        ),
        max_size=3,
    ),
    VALUES,
)

# What waits for the client to leave, or closes the port, has tests of its own.
MET: tuple[Fault, ...] = tuple(
    fault for fault in FAULTS if not isinstance(fault.effect, Door) and fault.name != "silent"
)


def _switch(fault: Fault, number: float | None) -> str:
    takes = fault.argument
    if takes is None:
        return fault.name
    if takes.unit == "seconds" and fault.group != "refusals":
        # Real time is waited for, by a drip after every byte.
        longest = 0.00001 if isinstance(fault.effect, Break) else 0.01
        return f"{fault.name}={longest if number else 0}"
    within = takes.usual if number is None else min(takes.high, max(takes.low, number))
    return f"{fault.name}={min(within, 2_000):g}"


_SWITCH: Odd = st.builds(
    _switch,
    mostly(
        st.sampled_from([fault for fault in MET if fault.group != "refusals"]),
        st.sampled_from(MET),
    ),
    st.one_of(st.none(), st.sampled_from([0, 1, 2, 5, 40, 100_000])),
)
SWITCHES: Odd = st.lists(_SWITCH, min_size=1, max_size=4).map(", ".join)

_HEADER: Odd = st.one_of(
    st.binary(max_size=20).map(lambda raw: bytes(b for b in raw if b >= 32 and b != 127)),
    st.sampled_from([b"Bearer \xff\xfe", b"Bearer ", b"bearer  x  ", b"Basic Og==", b"9" * 5_000]),
    st.sampled_from([b"0", b"-0", b"0e5", b"1e999", b"nan", b",,,", b"cut=nan", b"cut=\xb2"]),
    st.sampled_from([b"flaky-cut", b"flaky-", b"cut=3,cut=3", b"stall=1e-9", b"flaky-flaky-429"]),
)
HEADERS: Odd = mostly(
    st.just([]),
    st.lists(
        st.tuples(
            st.sampled_from(
                ["authorization", "x-api-key", "x-practice-fault", "x-practice-speed", "cookie"]
            ),
            _HEADER,
        ),
        max_size=2,
    ),
)


def _chatting(dialect: Dialect) -> list[str]:
    return [name for name in dialect.models if name != EMBEDDING]


def _chat(dialect: Dialect) -> Odd:
    names = st.sampled_from([dialect.prefix + name for name in _chatting(dialect)])
    right: Odd = st.fixed_dictionaries(
        {"model": names, "messages": MESSAGES}, optional={"stream": st.booleans()}
    )
    wrong: Odd = st.fixed_dictionaries(
        {"model": st.one_of(names, VALUES), "messages": _ODD_MESSAGES},
        optional={"stream": st.one_of(st.booleans(), VALUES)},
    )
    # Long answers take time and show no more than short ones.
    short = st.fixed_dictionaries({}, optional={"max_tokens": st.just(24)})
    return mostly(
        st.builds(_over, st.builds(_over, short, RIGHT), right),
        st.builds(_over, st.builds(_over, short, _WRONG), right),
        st.builds(_over, short, wrong),
        st.one_of(VALUES, DEEP),
    )


# Practice's own dialect takes every parameter, so it is asked more often than the others.
_CHATTING = [one for one in dialects() if one.protocol == "openai_chat"]
DIALECTS: st.SearchStrategy[Dialect] = st.one_of(st.just(_CHATTING[0]), st.sampled_from(_CHATTING))
CHATS: Odd = DIALECTS.flatmap(lambda dialect: st.tuples(st.just(dialect), _chat(dialect)))
MODELS: Odd = DIALECTS.flatmap(lambda one: st.tuples(st.just(one), st.sampled_from(_chatting(one))))

_INPUTS: Odd = st.one_of(TEXTS, st.lists(TEXTS, max_size=3), st.just([[1, 2]]), VALUES)
EMBEDS: Odd = mostly(
    st.fixed_dictionaries(
        {"input": _INPUTS},
        optional={
            "dimensions": st.one_of(st.sampled_from([1, 16, 2_048, 2_049, True]), VALUES),
            "output_dimension": st.one_of(st.just(64), VALUES),
            "encoding_format": st.one_of(st.sampled_from(["float", "base64"]), VALUES),
            "model": st.one_of(st.just("pocket-embed:429"), VALUES),
        },
    ),
    VALUES,
)
NATIVE_PATHS: Odd = st.one_of(
    st.just(("POST", "chat")),
    st.sampled_from(
        [
            ("POST", "show"),
            ("POST", "pull"),
            ("POST", "embed"),
            ("DELETE", "delete"),
            ("GET", "tags"),
        ]
    ),
)
_LOCAL: Odd = st.sampled_from(["pocket-local", "pocket-local:latest", "echo"])
_OPTIONS: Odd = st.fixed_dictionaries(
    {},
    optional={
        "num_predict": st.sampled_from([-1, -2, 0, 1, 20]),
        "num_ctx": st.sampled_from([1, 16, 5_000, 10**30]),
        "repeat_penalty": st.sampled_from([0, 1.1]),
        "temperature": st.sampled_from([0, 1, None]),
        "stop": st.sampled_from([["a"], "a"]),
        "seed": st.just(7),
        "odd": VALUES,
    },
)
_NATIVE_FIELDS: dict[str, Odd] = {
    "messages": st.one_of(_ODD_MESSAGES, VALUES),
    "stream": VALUES,
    "options": st.one_of(VALUES, record(num_ctx=VALUES, num_predict=VALUES, stop=VALUES)),
    "format": st.one_of(SCHEMAS, VALUES),
    "tools": st.one_of(TOOLS, VALUES),
    "think": st.one_of(st.sampled_from([True, "high", "odd"]), VALUES),
    "top_logprobs": VALUES,
    "logprobs": VALUES,
    "keep_alive": VALUES,
    "input": VALUES,
    "dimensions": VALUES,
    "name": VALUES,
    "model": VALUES,
}
_NATIVE_RIGHT: Odd = st.fixed_dictionaries(
    {"model": _LOCAL, "messages": MESSAGES},
    optional={
        "stream": st.booleans(),
        "options": _OPTIONS,
        "format": st.one_of(st.just("json"), SCHEMAS),
        "tools": FAIR_TOOLS,
        "think": st.sampled_from([False, None]),
        "logprobs": st.booleans(),
        "top_logprobs": st.just(2),
        "input": _INPUTS,
    },
)
NATIVE: Odd = mostly(
    _NATIVE_RIGHT,
    st.builds(
        _over,
        _NATIVE_RIGHT,
        st.sampled_from(sorted(_NATIVE_FIELDS)).flatmap(
            lambda name: st.fixed_dictionaries({name: _NATIVE_FIELDS[name]})
        ),
    ),
    st.one_of(VALUES, DEEP),
)

DOORS: Odd = st.one_of(
    st.sampled_from(
        [
            "/practice/ledger",
            "/practice/ledger?limit=0&status=9&since=x",
            "/practice/ledger?contains=%ff%00&model=%ED%A0%80&path",
            "/practice/ledger?limit=" + "9" * 5_000,
            "/practice/ledger/" + "9" * 5_000,
            "/practice/ledger/1",
            "/practice/rules/x",
            "/practice/limits/odd",
            "/practice/clock",
            "/practice/dialects",
            "/practice/models",
            "/practice/faults",
            "/practice",
            "/practice/",
            "//[",
            "*",
        ]
    ),
    st.sampled_from(
        ["/practice/rules", "/practice/limits/openai", "/practice/speed", "/practice/tokenize"]
    ),
)
_AMOUNTS: Odd = st.one_of(st.sampled_from([0, 5e-324, 1e-300, 0.5, 1, 60, 1e308, None]), NUMBERS)
_RULES: Odd = st.fixed_dictionaries(
    {"fault": st.one_of(st.sampled_from([fault.name for fault in MET]), VALUES)},
    optional={
        "id": st.one_of(st.just("x"), TEXTS),
        "argument": st.sampled_from([0, 1, 0.5]),
        "dialect": st.one_of(st.just("openai"), TEXTS),
        "model": st.one_of(st.just("pocket"), TEXTS),
        "starts": _AMOUNTS,
        "ends": st.one_of(st.sampled_from([1, 1e300]), _AMOUNTS),
        "probability": st.sampled_from([1, 0.5, 5e-324, 0, 2]),
        "seed": st.integers(),
    },
)
_LIMITS = ("requests_per_second", "requests_per_minute", "requests_per_day", "concurrent")
CONTROLS: Odd = st.one_of(
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys((*_LIMITS, "tokens_per_minute", "tokens_per_day"), _AMOUNTS)
    ),
    _RULES,
    st.fixed_dictionaries({"speed": st.one_of(st.sampled_from([0, 10_000]), VALUES)}),
    st.fixed_dictionaries({"text": TEXTS}),
    VALUES,
)
