"""JSON Schema as a grammar: what it lets through is valid, and what it cannot hold to is told."""

import json
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filon.conversation.errors import InvalidRequest
from filon.practice.model.automata import Automaton
from filon.practice.model.json_text import write, write_spaced
from filon.practice.model.schema import schema_grammar, tool_call_grammar
from filon.practice.skills.asked import Tool
from tests.unit.valid_json import accepts, is_valid

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "age": {"type": "integer", "minimum": 0},
        "mail": {"type": ["string", "null"]},
        "pets": {"type": "array", "items": {"enum": ["cat", "dog"]}, "maxItems": 2},
    },
    "required": ["name", "mail"],
    "additionalProperties": False,
}
TREE = {
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "value": {"type": "integer"},
                "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            },
            "required": ["value", "children"],
        }
    },
    "$ref": "#/$defs/node",
}
CHAIN = {
    "type": "object",
    "properties": {"next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}, "n": {"const": 1}},
    "required": ["next", "n"],
}

Row = tuple[str, Any, list[str], list[str]]

TABLE: list[Row] = [
    (
        "object",
        PERSON,
        [
            '{"name":"Ana","mail":null}',
            '{"name": "Ana", "age": 31, "mail": "a@b.c", "pets": ["cat", "dog"]}',
            '{\n  "name": "Ana",\n  "mail": "",\n  "pets": []\n}',
        ],
        [
            '{"name":"Ana"}',
            '{"mail":null,"name":"Ana"}',
            '{"name":"Ana","age":-1,"mail":null}',
            '{"name":"Ana","mail":null,"pets":["cow"]}',
            '{"name":"Ana","mail":null,"pets":["cat","cat","cat"]}',
            '{"name":"Ana","mail":null,"more":1}',
            '{"name":1,"mail":null}',
            "{}",
            "null",
        ],
    ),
    ("tree", TREE, ['{"value":1,"children":[{"value":2,"children":[]}]}'], ['{"value":1}', "[]"]),
    ("chain", CHAIN, ['{"next":{"next":null,"n":1},"n":1}'], ['{"next":{},"n":1}']),
    ("anything", {}, ["1", "[]", '{"a":[null]}', '"x"'], ["", "x"]),
    ("true", {"items": True}, ["[1,{}]", "[]"], ["{}"]),
    ("any object", {"type": "object"}, ["{}", '{"a":1}'], ["[]"]),
    ("no members", {"type": "object", "properties": {}}, ["{}"], ['{"a":1}']),
    ("closed", {"type": "object", "additionalProperties": False}, ["{}"], ['{"a":1}']),
    (
        "map",
        {"type": "object", "additionalProperties": {"type": "boolean"}},
        ["{}", '{"a":true,"b":false}'],
        ['{"a":1}'],
    ),
    (
        "map without a word",
        {"type": "object", "properties": {}, "additionalProperties": True},
        ['{"a":1}'],
        ["1"],
    ),
    ("required only", {"required": ["a", "b"]}, ['{"a":1,"b":[]}'], ['{"a":1}', '{"b":1,"a":1}']),
    (
        "only optional",
        {"properties": {"a": {"type": "null"}, "b": {"type": "null"}, "c": {"type": "null"}}},
        ["{}", '{"a":null}', '{"c":null}', '{"a":null,"c":null}', '{"a":null,"b":null,"c":null}'],
        ['{,"a":null}', '{"a":null,}', '{"b":null,"a":null}'],
    ),
    ("types", {"type": ["integer", "null"]}, ["3", "null"], ["3.5", '"3"']),
    (
        "enum",
        {"enum": ["a", "ñ", 1, None, [1, 2]]},
        ['"ñ"', "1", "null", "[1,2]", "[1, 2]"],
        ['"b"'],
    ),
    ("enum by type", {"type": "string", "enum": ["a", 1, None]}, ['"a"'], ["1", "null"]),
    ("const", {"const": {"a": True}}, ['{"a":true}', '{"a": true}'], ['{"a":1}', "{}"]),
    ("const true", {"enum": [1, True], "const": True}, ["true"], ["1"]),
    ("union", {"anyOf": [{"type": "integer"}, {"type": "string"}]}, ["1", '"x"'], ["1.5", "null"]),
    (
        "union beside",
        {
            "type": "object",
            "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
            "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
        },
        ['{"a":1}', '{"b":1}', '{"a":1,"b":2}'],
        ["{}"],
    ),
    ("one of", {"oneOf": [{"const": "x"}, {"type": "null"}]}, ['"x"', "null"], ['"y"']),
    ("a branch of nothing", {"anyOf": [False, {"type": "null"}]}, ["null"], ["1"]),
    (
        "all of",
        {
            "allOf": [
                {"type": "object", "properties": {"a": {"type": "number"}}, "required": ["a"]},
                {"properties": {"a": {"type": "integer"}, "b": {"type": "null"}}},
            ]
        },
        ['{"a":1}', '{"a":1,"b":null}'],
        ['{"a":1.5}', '{"b":null}'],
    ),
    (
        "a reference with words beside",
        {
            "$defs": {"c": {"type": "string", "enum": ["a", "b"]}},
            "properties": {"c": {"$ref": "#/$defs/c", "description": "x", "default": "a"}},
            "required": ["c"],
        },
        ['{"c":"b"}'],
        ['{"c":"x"}'],
    ),
    (
        "a reference with an odd name",
        {
            "definitions": {"a/b c~": {"type": "null"}},
            "items": {"$ref": "#/definitions/a~1b%20c~0"},
        },
        ["[null]"],
        ["[1]"],
    ),
    ("items", {"items": {"type": "integer"}, "minItems": 2}, ["[1,2]", "[1, 2, 3]"], ["[1]", "[]"]),
    ("few items", {"type": "array", "maxItems": 1}, ["[]", "[{}]"], ["[1,2]"]),
    ("no items", {"type": "array", "maxItems": 0}, ["[]"], ["[1]"]),
    (
        "tuple",
        {"prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False},
        ['["a",1]'],
        ['["a"]', '["a",1,2]', "[]"],
    ),
    (
        "length",
        {"type": "string", "minLength": 2, "maxLength": 3},
        ['"ñé"', '"\\n\\u00e9x"'],
        ['"a"', '"abcd"'],
    ),
    (
        "range",
        {"type": "integer", "minimum": 1, "maximum": 10},
        ["1", "10"],
        ["0", "11", "-1", "1.5"],
    ),
    (
        "exclusive",
        {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 3},
        ["1", "2"],
        ["0", "3"],
    ),
    (
        "share",
        {"type": "number", "minimum": 0, "maximum": 1},
        ["0", "1", "0.25", "1.0"],
        ["1.1", "-0.5"],
    ),
    ("price", {"type": "number", "exclusiveMinimum": 0}, ["0.01", "12.50"], ["0", "0.00", "-1"]),
    ("number", {"type": "number"}, ["-1.5e3", "7"], ['"7"']),
    ("boolean", {"type": "boolean"}, ["true", "false"], ["0", "True"]),
    ("nullable", {"type": "integer", "nullable": True}, ["1", "null"], ['""']),
]


# As the drafts before 2020-12 have it.
OLD: list[Row] = [
    (
        "tuple and more",
        {"items": [{"type": "string"}], "additionalItems": {"type": "null"}, "maxItems": 2},
        ['["a"]', '["a",null]'],
        ['["a",null,null]', '["a",1]'],
    ),
    ("draft 4", {"type": "integer", "minimum": 0, "exclusiveMinimum": True}, ["1"], ["0"]),
]


@pytest.mark.parametrize(
    ("schema", "good", "bad"), [row[1:] for row in TABLE + OLD], ids=[r[0] for r in TABLE + OLD]
)
def test_schemas(schema: Any, good: list[str], bad: list[str]) -> None:
    grammar = schema_grammar(schema).grammar
    assert [text for text in good if not accepts(grammar, text.encode())] == []
    assert [text for text in bad if accepts(grammar, text.encode())] == []
    assert accepts(grammar, grammar.shortest(grammar.start))


@pytest.mark.parametrize("schema", [row[1] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_shortest_text_is_valid(schema: Any) -> None:
    grammar = schema_grammar(schema).grammar
    assert is_valid(json.loads(grammar.shortest(grammar.start)), schema)


WRONG: list[tuple[Any, str, str]] = [
    ({"type": "text"}, ".type", "'text', which is no type"),
    ({"type": ["string", 3]}, ".type", "no type"),
    ({"properties": []}, ".properties", "an object of schemas"),
    ({"properties": {"a": 3}}, ".properties.a", "must be a schema"),
    ({"properties": {"a": {"items": "x"}}}, ".properties.a.items", "must be a schema"),
    ({"required": "a"}, ".required", "a list of names"),
    ({"required": [1]}, ".required", "a list of names"),
    ({"enum": "a"}, ".enum", "a list of values"),
    ({"enum": []}, "", "no finite"),
    ({"anyOf": []}, ".anyOf", "not an empty one"),
    ({"anyOf": [{}], "oneOf": [{}]}, "", "both"),
    ({"$ref": "#/$defs/x"}, ".$ref", "'#/$defs/x', which is not in this schema"),
    ({"$ref": "https://example.org/s.json"}, ".$ref", "point into this schema"),
    ({"$ref": "#"}, "", "refers to itself"),
    ({"allOf": [{"$ref": "#"}]}, "", "refers to itself"),
    ({"properties": {"a": {"not": {}}}}, ".properties.a.not", "not understood"),
    ({"if": {}, "then": {}}, ".if", "not understood"),
    ({"patternProperties": {"^x": {}}}, ".patternProperties", "not understood"),
    ({"type": "array", "minItems": 1_001}, ".minItems", "at most 1000"),
    ({"type": "array", "minItems": -1}, ".minItems", "from 0 on"),
    ({"type": "integer", "minimum": "1"}, ".minimum", "a number"),
    ({"type": "integer", "minimum": 5, "maximum": 4}, "", "no finite"),
    ({"type": "array", "minItems": 3, "maxItems": 2}, "", "no finite"),
    ({"type": "string", "minLength": 3, "maxLength": 2}, "", "no finite"),
    ({"required": ["a"], "additionalProperties": False}, "", "no finite"),
    ({"properties": {"a": {"$ref": "#"}}, "required": ["a"]}, "", "no finite"),
    ({"allOf": [{"const": 1}, {"const": 2}]}, "", "do not go together"),
    ({"allOf": [{"required": "a"}, {"required": ["a"]}]}, "", "do not go together"),
]


@pytest.mark.parametrize(("schema", "place", "words"), WRONG)
def test_what_is_wrong_is_told_with_its_place(schema: Any, place: str, words: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        schema_grammar(schema, "format.schema")
    problem = caught.value.problem
    assert problem.message.startswith("`format.schema")
    assert (problem.param or "").startswith(f"format.schema{place}")
    assert words in problem.message


def nested(levels: int, inner: Any) -> Any:
    for _ in range(levels):
        inner = {"type": "array", "items": inner, "minItems": 2}
    return inner


TOO_BIG: list[tuple[Any, str]] = [
    (nested(150, {"type": "null"}), "over 100 levels"),
    (nested(30, {"type": "null"}), "over 20000 bytes"),
    ({"properties": {str(n): {} for n in range(1_001)}}, "over 1000 members"),
    ({"enum": list(range(6_000))}, "beyond 5000"),
    ({"anyOf": [{"properties": {str(n): {} for n in range(900)}}] * 6}, "beyond 5000"),
]


@pytest.mark.parametrize(("schema", "words"), TOO_BIG)
def test_size_is_bounded(schema: Any, words: str) -> None:
    with pytest.raises(InvalidRequest, match=words):
        schema_grammar(schema)


def test_many_unions_do_not_multiply() -> None:
    both = {"anyOf": [{"$ref": "#/$defs/n"}, {"type": "array", "items": {"$ref": "#/$defs/n"}}]}
    part = {"type": "object", "properties": {"a": both, "b": both}}
    schema = {"$defs": {"n": {"anyOf": [part, {**part, "required": ["a"]}]}}, "$ref": "#/$defs/n"}
    grammar = schema_grammar(schema).grammar
    text = b'{"a":' * 60
    state = grammar.advance(grammar.start, text)
    assert state is not None
    json.loads(text + grammar.shortest(state))


def test_what_is_not_held_to_is_named() -> None:
    schema = {
        "title": "x",
        "properties": {
            "mail": {"type": "string", "format": "email", "pattern": "@", "maxLength": 200},
            "share": {"type": "number", "minimum": 0.5, "multipleOf": 0.1},
            "age": {"type": "integer", "minimum": 18, "description": "in years"},
            "all": {"type": "array", "uniqueItems": True, "items": {"pattern": "x"}},
        },
        "x-order": 1,
    }
    assert schema_grammar(schema, "s").ignored == (
        "s.x-order",
        "s.properties.mail.format",
        "s.properties.mail.pattern",
        "s.properties.mail.maxLength",
        "s.properties.share.multipleOf",
        "s.properties.share.minimum",
        "s.properties.all.uniqueItems",
        "s.properties.all.items.pattern",
    )
    assert schema_grammar(PERSON).ignored == ()


def inferred(value: Any) -> Any:
    """A schema that this value fulfils."""
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return {
            "type": "object",
            "properties": {key: inferred(inner) for key, inner in members.items()},
            "required": list(members)[::2],
            "additionalProperties": False,
        }
    if isinstance(value, list):
        items = [inferred(item) for item in cast("list[Any]", value)]
        return {"type": "array", "items": {"anyOf": items} if items else True}
    kinds = {"bool": "boolean", "int": "integer", "float": "number", "str": "string"}
    return {"type": kinds.get(type(value).__name__, "null")}


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.decimals(-(10**6), 10**6, places=3).map(float)
    | st.text(st.characters(codec="utf-8"), max_size=8)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=15,
)


@settings(deadline=None)
@given(VALUES)
def test_a_value_is_accepted_by_its_own_schema(value: Any) -> None:
    schema = inferred(value)
    grammar = schema_grammar(schema).grammar
    for text in (
        write(value),
        write_spaced(value),
        json.dumps(value, indent=2, ensure_ascii=False).encode(),
    ):
        assert accepts(grammar, text)
        for cut in range(0, len(text), 11):
            state = grammar.advance(grammar.start, text[:cut])
            assert state is not None
            assert is_valid(json.loads(text[:cut] + grammar.shortest(state)), schema)


COUNTS = st.integers(0, 3)
KINDS = st.sampled_from(["string", "integer", "number", "boolean", "null"])
NAMES = st.sampled_from(["a", "b", "ab", "ñ", 'x"y'])
Schemas = st.SearchStrategy[Any]


def bounded(kind: str, low: int, more: int) -> dict[str, Any]:
    match kind:
        case "string":
            return {"type": kind, "minLength": abs(low) // 50, "maxLength": abs(low) // 50 + more}
        case "number":
            return {"type": kind, "minimum": abs(low), "exclusiveMaximum": abs(low) + more + 1}
        case _:
            return {"type": "integer", "minimum": low, "maximum": low + more}


def an_object(known: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
    required = [name for name in known if name in wanted]
    return {"type": "object", "properties": known, "required": required}


def an_array(item: Any, low: int, more: int) -> dict[str, Any]:
    return {"type": "array", "items": item, "minItems": low, "maxItems": low + more}


def one_level_more(inner: Schemas) -> Schemas:
    known = st.dictionaries(NAMES, inner, max_size=4)
    return (
        st.builds(an_object, known, st.lists(NAMES, max_size=2))
        | st.builds(an_array, inner, st.integers(0, 2), COUNTS)
        | st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=3)})
    )


LEAVES: Schemas = st.one_of(
    st.just({}),
    st.just({"$ref": "#/$defs/again"}),
    st.fixed_dictionaries({"type": KINDS}),
    st.fixed_dictionaries({"type": st.lists(KINDS, min_size=1)}),
    st.fixed_dictionaries({"enum": st.lists(SCALARS, min_size=1, max_size=4)}),
    st.fixed_dictionaries({"const": SCALARS}),
    st.builds(bounded, KINDS, st.integers(-200, 200), st.integers(0, 300)),
)
SCHEMAS: Schemas = st.recursive(LEAVES, one_level_more, max_leaves=8)


@settings(deadline=None)
@given(SCHEMAS, SCHEMAS, st.data())
def test_every_walk_ends_as_a_valid_value(top: Any, again: Any, data: st.DataObject) -> None:
    schema = {**top, "$defs": {"again": again}}
    try:
        grammar = schema_grammar(schema).grammar
    except InvalidRequest as error:
        assert "refers to itself" in str(error) or "no finite" in str(error)  # noqa: PT017
        return
    text = b""
    for _ in range(data.draw(st.integers(0, 30))):
        ways = continuations(grammar, text)
        if not ways:
            break
        text += data.draw(st.sampled_from(ways))
    state = grammar.advance(grammar.start, text)
    assert state is not None
    whole = text + grammar.shortest(state)
    assert accepts(grammar, whole)
    assert is_valid(json.loads(whole), schema)


def continuations(grammar: Automaton, text: bytes) -> list[bytes]:
    state = grammar.advance(grammar.start, text)
    assert state is not None
    options = [bytes((byte,)) for byte in range(256)]
    return [option for option in options if grammar.advance(state, option) is not None]


WEATHER = Tool(
    name="get_weather",
    parameters={
        "type": "object",
        "properties": {"city": {"type": "string"}, "unit": {"enum": ["C", "F"]}},
        "required": ["city"],
    },
)


def test_a_call_is_a_name_and_arguments() -> None:
    grammar = tool_call_grammar(
        [WEATHER, Tool(name="get_weather_alerts", parameters={"properties": {}}), Tool(name="free")]
    )
    for text in (
        'get_weather\n{"city":"Oslo"}',
        'get_weather\n{"city": "Oslo", "unit": "C"}',
        "get_weather_alerts\n{}",
        'free\n{"anything":[1]}',
    ):
        assert accepts(grammar, text.encode())
    for text in (
        "",
        "get_weather",
        'get_weather {"city":"x"}',
        "get_weather\n{}",
        "invented\n{}",
        "free\n[]",
    ):
        assert not accepts(grammar, text.encode())
    begun = grammar.advance(grammar.start, b"get_weather\n{")
    assert begun is not None
    assert grammar.shortest(begun) == b'"city":""}'


@pytest.mark.parametrize(
    ("tools", "param"),
    [
        ([], "tools"),
        ([Tool(name="a\nb")], "tools[0].function.name"),
        (
            [WEATHER, Tool(name="b", parameters={"type": "string"})],
            "tools[1].function.parameters.type",
        ),
        ([Tool(name="b", parameters={"enum": []})], "tools[0].function.parameters"),
        (
            [Tool(name="b", parameters={"properties": {"x": {"type": "str"}}})],
            "tools[0].function.parameters.properties.x.type",
        ),
    ],
)
def test_a_tool_that_cannot_be_understood(tools: list[Tool], param: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        tool_call_grammar(tools)
    assert caught.value.problem.param == param
