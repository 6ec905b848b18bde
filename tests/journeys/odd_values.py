"""Odd JSON that hypothesis draws for requests to practice: texts, numbers, schemas, tools."""

import json
from typing import Any

from hypothesis import strategies as st

Odd = st.SearchStrategy[Any]


def mostly(usual: Odd, *others: Odd) -> Odd:
    """One of these, the first in two of three cases."""
    return st.sampled_from([usual] * 2 * len(others) + list(others)).flatmap(_itself)


def _itself(one: Odd) -> Odd:
    return one


def record(**fields: Odd) -> Odd:
    """Objects that have exactly these members."""
    return st.fixed_dictionaries(fields)


TEXTS: Odd = st.one_of(
    st.text(max_size=24),
    st.text(st.characters(), max_size=24),  # with halves of pairs and control characters
    st.sampled_from(
        [
            "What is 17 * 23?",
            "Write JSON with name and age: Ana is 41.",
            "My name is Zoë. What is my name?",
            "¿Qué es un token?",
            "Repeat exactly: ñandú 🐤\u200d🔥 é\u0301",
            "1" * 5_000,
            "9" * 400 + " + 9",
            "(" * 400,
            "2 ** 9999 ** 9999",
            "1 / 0",
            "\u202e\ufeff\x00\x7f",
            "```python\ndef f(x):\n    return x\n```",
            "<|end|><|user|>",
            "data: [DONE]\n\n",
            "31 February 99999, 25:61, 1e400 EUR, -0 %",
        ]
    ),
)
NUMBERS: Odd = st.one_of(
    st.integers(-3, 30),
    st.integers(),
    st.floats(),
    st.sampled_from([0, -0.0, 1e-320, 2**31, 2**53, 2**63, 2**64, -(2**63) - 1, 10**400, 1e308]),
)
VALUES: Odd = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)


def _deep(depth: int, kind: str) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = {"properties": {"a": value}} if kind == "schema" else [value]
    return value


DEEP: Odd = st.builds(_deep, st.sampled_from([3, 48, 101, 400]), st.sampled_from(["schema", ""]))

_KEYS: Odd = st.sampled_from(["a", "b", "", "é\n", "date", "city", "\ud800", "total_eur", "x" * 90])
_SAID: Odd = st.sampled_from(["The number of apples", "", "in metres, 1 to 5", "\x00"])


def _typed(kind: str, **optional: list[Any]) -> Odd:
    drawn = {name: st.sampled_from(values) for name, values in optional.items()}
    return st.fixed_dictionaries({"type": st.just(kind)}, optional=drawn | {"description": _SAID})


_BOUNDS: dict[str, list[Any]] = {
    "minimum": [0, -5, 1.5, 1],
    "maximum": [9, 7.25, 10**30],
    "exclusiveMinimum": [3, -0.5, True],
    "multipleOf": [5, 0.1],
}
# Schemas that mostly can be understood.
_LEAVES: Odd = st.one_of(
    _typed(
        "string",
        format=["date", "email", "uuid", "odd"],
        pattern=["^(a+)+$", "["],
        minLength=[0, 5],
        maxLength=[5, 70],
        enum=[["x"], ["é", "a\nb"]],
    ),
    _typed("number", **_BOUNDS),
    _typed("integer", **_BOUNDS),
    _typed("boolean"),
    _typed("null"),
    st.sampled_from([{}, True, {"enum": [1, "a", None, 2.5, {}]}, {"const": {"a": [1]}}]),
    st.sampled_from([{"$ref": "#"}, {"$ref": "#/$defs/a"}, {"type": ["string", "null"]}]),
)
FAIR_SCHEMAS: Odd = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.fixed_dictionaries(
            {
                "type": st.just("object"),
                "properties": st.dictionaries(_KEYS, inner, max_size=4),
            },
            optional={
                "required": st.sampled_from([["a"], ["a", "b"], ["date"]]),
                "additionalProperties": st.sampled_from([True, False, {"type": "string"}]),
                "$defs": st.fixed_dictionaries({"a": inner}),
            },
        ),
        st.fixed_dictionaries(
            {"type": st.just("array"), "items": inner},
            optional={"minItems": st.sampled_from([0, 2, 1_001]), "maxItems": st.sampled_from([3])},
        ),
        record(anyOf=st.lists(inner, min_size=1, max_size=3)),
        record(allOf=st.lists(inner, min_size=1, max_size=2)),
    ),
    max_leaves=6,
)
# As a caller must write it.
OBJECTS: Odd = st.fixed_dictionaries(
    {"type": st.just("object"), "properties": st.dictionaries(_KEYS, FAIR_SCHEMAS, max_size=4)},
    optional={"required": st.sampled_from([["a"], ["a", "city"]])},
)
_ODD_WORDS: Odd = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["odd", [], ["string", "odd"], 5]),
        "enum": st.sampled_from([[], 5, ["x" * 300]]),
        "required": st.sampled_from([["b", "b"], [], [1]]),
        "minItems": st.sampled_from([-1, 0.5, 10**400]),
        "minimum": st.sampled_from([10**400, "1"]),
        "$ref": st.sampled_from(
            ["odd", "#/properties/" + "9" * 5_000, "#/required/" + "9" * 5_000]
        ),
        "allOf": st.sampled_from([[], 5, [{"$ref": "#"}]]),
        "properties": VALUES,
        "items": VALUES,
    },
)
SCHEMAS: Odd = st.one_of(OBJECTS, OBJECTS, FAIR_SCHEMAS, _ODD_WORDS, VALUES, DEEP)


def _function(name: Any, **more: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, **more}}


FAIR_TOOLS: Odd = st.lists(
    st.builds(
        _function,
        st.sampled_from(["get_weather", "a", "x" * 64]),
        description=_SAID,
        parameters=OBJECTS,
    ),
    min_size=1,
    max_size=3,
)
TOOLS: Odd = st.one_of(
    FAIR_TOOLS,
    st.lists(
        st.one_of(
            st.builds(_function, st.one_of(st.just("b c"), VALUES), parameters=SCHEMAS),
            st.builds(_function, st.just("a"), description=VALUES, parameters=SCHEMAS),
            st.fixed_dictionaries({"type": VALUES, "function": VALUES}),
            VALUES,
        ),
        max_size=3,
    ),
)


def _by_schema(schema: Any, name: Any) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"schema": schema, "name": name}}


FAIR_FORMATS: Odd = st.one_of(
    st.sampled_from([{"type": "json_object"}, {"type": "text"}]),
    st.builds(_by_schema, OBJECTS, st.just("a")),
)
FORMATS: Odd = st.one_of(
    st.builds(_by_schema, SCHEMAS, VALUES), st.just({"type": "json_schema"}), VALUES
)


def written(body: Any) -> bytes:
    """The body as JSON, halves of pairs as escapes; what is no JSON number as Python has it."""
    return json.dumps(body).encode()
