"""Byte automata, and JSON as one of them."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filon.practice.model.automata import MOST_STACKS, Automaton, State
from filon.practice.model.json_numbers import INTEGER, NUMBER, integer_between, number_from
from filon.practice.model.json_text import STRING, VALUE, any_object, write, write_spaced
from filon.practice.model.nodes import (
    Chain,
    Choice,
    Node,
    OneOf,
    Repeat,
    Rule,
    Words,
    literal,
    optional,
)
from tests.unit.valid_json import accepts

ANY = Automaton(VALUE)


def is_writable(number: float) -> bool:
    """Whether its exponent is one that the grammar writes."""
    return number == 0 or abs(number) > 1e-300


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**18) + 1, 10**18 - 1)
    | st.floats(-1e307, 1e307, allow_subnormal=False).filter(is_writable)
    | st.text(st.characters(codec="utf-8"))
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)


def next_bytes(grammar: Automaton, state: Any) -> list[int]:
    return [byte for byte in range(256) if grammar.advance(state, bytes((byte,))) is not None]


def parens() -> Node:
    """Balanced round brackets, at least one pair."""
    rule = Rule()
    rule.body = Chain(literal(b"("), Repeat(rule, 0, None), literal(b")"))
    return rule


TABLE: list[tuple[str, Node, list[bytes], list[bytes]]] = [
    ("literal", literal(b"abc"), [b"abc"], [b"", b"ab", b"abcd", b"xbc"]),
    ("one of", OneOf(b"ab"), [b"a", b"b"], [b"", b"c", b"ab"]),
    ("chain", Chain(literal(b"a"), OneOf(b"12")), [b"a1", b"a2"], [b"a", b"1", b"a12"]),
    ("nothing", Chain(), [b""], [b"a"]),
    ("choice", Choice(literal(b"in"), literal(b"inn")), [b"in", b"inn"], [b"i", b"innn"]),
    ("words", Words([b"in", b"inn", b"x\xff"]), [b"in", b"inn", b"x\xff"], [b"i", b"x", b"inx"]),
    ("optional", optional(literal(b"a")), [b"", b"a"], [b"aa"]),
    ("two or three", Repeat(OneOf(b"ab"), 2, 3), [b"ab", b"bab"], [b"a", b"abab"]),
    ("from one on", Repeat(literal(b"ab"), 1, None), [b"ab", b"ababab"], [b"", b"aba"]),
    ("none at all", Repeat(literal(b"a"), 0, 0), [b""], [b"a"]),
    ("repeated nothing", Repeat(optional(literal(b"a")), 2, None), [b"", b"aaa"], [b"b"]),
    ("recursion", parens(), [b"()", b"(()(()))"], [b"", b"(", b"())", b")("]),
]


@pytest.mark.parametrize(
    ("node", "good", "bad"), [row[1:] for row in TABLE], ids=[r[0] for r in TABLE]
)
def test_nodes(node: Node, good: list[bytes], bad: list[bytes]) -> None:
    grammar = Automaton(node)
    assert [text for text in good if not accepts(grammar, text)] == []
    assert [text for text in bad if accepts(grammar, text)] == []


def test_a_shortest_way_is_the_shortest() -> None:
    grammar = Automaton(Choice(literal(b"long"), Chain(literal(b"l"), Words([b"xyz", b"ab"]))))
    assert grammar.least == 3
    assert grammar.shortest(grammar.start) == b"lab"
    begun = grammar.advance(grammar.start, b"lo")
    assert begun is not None
    assert grammar.shortest(begun) == b"ng"
    brackets = Automaton(parens())
    deep = brackets.advance(brackets.start, b"(" * 500)
    assert deep is not None
    assert brackets.shortest(deep) == b")" * 500


def test_what_has_no_end_is_refused_or_never_begun() -> None:
    endless = Rule()
    endless.body = Chain(literal(b"a"), endless)
    for node in (endless, Choice(), Chain(literal(b"a"), OneOf(b"")), Words([])):
        with pytest.raises(ValueError, match="finite"):
            Automaton(node)
    grammar = Automaton(Choice(Chain(literal(b"a"), endless), literal(b"b"), literal(b"ac")))
    assert not accepts(grammar, b"aa")
    assert next_bytes(grammar, grammar.advance(grammar.start, b"a")) == [ord("c")]
    assert accepts(Automaton(Chain(Repeat(endless, 0, None), literal(b"b"))), b"b")


def test_a_rule_may_name_itself_through_choices() -> None:
    rule = Rule()
    rule.body = Choice(rule, literal(b"a"), Chain(literal(b"("), rule, literal(b")")))
    grammar = Automaton(rule)
    assert accepts(grammar, b"((a))")
    assert grammar.shortest(grammar.start) == b"a"


def test_equal_states_are_one_state() -> None:
    one = any_object().advance(any_object().start, b'{"a":"x')
    two = any_object().advance(any_object().start, '{"b": "ñandú'.encode())
    other = any_object().advance(any_object().start, b'{"b":["x')
    assert one == two
    assert hash(one) == hash(two)
    assert one != other
    assert one != "a state"


def test_a_state_of_another_kind_is_refused() -> None:
    with pytest.raises(TypeError):
        any_object().advance("state", b"{")


def test_many_readings_are_bounded() -> None:
    """Two options that look alike double the readings with each level."""
    rule = Rule()
    rule.body = Choice(
        literal(b"."),
        Chain(literal(b"("), rule, literal(b")")),
        Chain(literal(b"("), rule, literal(b")"), optional(literal(b"!"))),
    )
    grammar = Automaton(rule)
    state = grammar.advance(grammar.start, b"(" * 40)
    assert isinstance(state, State)
    assert len(state.stacks) <= MOST_STACKS
    assert accepts(grammar, b"(" * 40 + grammar.shortest(state))


def test_what_is_remembered_may_be_forgotten() -> None:
    grammar = any_object()
    state = grammar.advance(grammar.start, b"{")
    for number in range(2_000):
        text = json.dumps({str(number): [number, {"n": [[number]]}]}).encode()
        assert accepts(grammar, text)
    assert grammar.advance(grammar.start, b"{") == state


@settings(deadline=None)
@given(VALUES)
def test_every_value_is_accepted_however_it_is_written(value: Any) -> None:
    for text in (write(value), write_spaced(value), json.dumps(value, indent=2).encode()):
        assert accepts(ANY, text)


@settings(deadline=None)
@given(VALUES, st.data())
def test_every_beginning_is_alive_and_can_be_ended(value: Any, data: st.DataObject) -> None:
    text = write(value)
    cut = data.draw(st.integers(0, len(text)))
    state = ANY.advance(ANY.start, text[:cut])
    assert state is not None
    json.loads(text[:cut] + ANY.shortest(state))
    assert ANY.advance(state, text[cut:]) == ANY.advance(ANY.start, text)


@settings(deadline=None)
@given(st.data())
def test_every_walk_ends_as_json(data: st.DataObject) -> None:
    grammar = any_object()
    state, text = grammar.start, b""
    for _ in range(data.draw(st.integers(0, 40))):
        ways = next_bytes(grammar, state)
        if not ways:
            break
        text += bytes((data.draw(st.sampled_from(ways)),))
        after = grammar.advance(state, text[-1:])
        assert after is not None
        state = after
    text += grammar.shortest(state)
    assert isinstance(json.loads(text), dict)


@settings(deadline=None)
@given(st.binary(max_size=8) | st.text('{}[]":,0-1.eE+tfn ab\\u', max_size=8).map(str.encode))
def test_what_is_no_json_is_rejected(text: bytes) -> None:
    try:
        json.loads(text.decode())
    except ValueError:
        assert not accepts(ANY, text)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"01",
        b"+1",
        b"1.",
        b".5",
        b"1e",
        b"1e400",
        b"NaN",
        b"True",
        b'"\xff"',
        b'"\xc0\xaf"',
        b'"\xed\xa0\x80"',
        b'"\\ud83d"',
        b'"\\ud83d\\u0041"',
        b'"\\x41"',
        b'"a\nb"',
        b"[1,]",
        b"[,1]",
        b'{"a":1,}',
        b'{"a"}',
        b"{a:1}",
        b"[1 2]",
        b"[1]]",
    ],
)
def test_rejected(text: bytes) -> None:
    assert not accepts(ANY, text)


def test_blanks_come_to_an_end() -> None:
    state = ANY.advance(ANY.start, b"[")
    assert state is not None
    assert ANY.advance(state, b"  ") is None
    assert ANY.advance(state, b"\n" + b" " * 17) is None
    assert ANY.advance(state, b"\n\n") is None
    assert ANY.advance(ANY.start, b"\n") is None


def test_depth_is_bounded() -> None:
    assert ANY.advance(ANY.start, b"[" * 16) is not None
    assert ANY.advance(ANY.start, b"[" * 17) is None


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8")))
def test_strings_with_escapes(text: str) -> None:
    grammar = Automaton(STRING)
    assert accepts(grammar, json.dumps(text).encode())
    assert accepts(grammar, json.dumps(text, ensure_ascii=False).encode())


@settings(deadline=None)
@given(st.one_of(st.none(), st.integers(-5000, 5000)), st.one_of(st.none(), st.integers(0, 9000)))
def test_whole_numbers_between_bounds(low: int | None, above: int | None) -> None:
    high = None if above is None else (low or 0) + above
    grammar = Automaton(integer_between(low, high))
    near = {0, 1, -1, 9, 10, 99, 100, 123_456}
    near |= {bound + step for bound in (low, high) if bound is not None for step in (-1, 0, 1, 37)}
    for number in near:
        inside = (low is None or low <= number) and (high is None or number <= high)
        assert accepts(grammar, str(number).encode()) == inside, number
    assert not accepts(grammar, b"007")


def test_all_numbers_between_two_bounds() -> None:
    for low, high in ((0, 0), (7, 7), (0, 120), (95, 1003), (-12, 12), (-130, -7), (1900, 2100)):
        grammar = Automaton(integer_between(low, high))
        found = [n for n in range(-1200, 2300) if accepts(grammar, str(n).encode())]
        assert found == list(range(low, high + 1))


@settings(deadline=None)
@given(st.integers(0, 300), st.one_of(st.none(), st.integers(1, 500)), st.booleans(), st.booleans())
def test_numbers_from_a_bound_on(low: int, more: int | None, above: bool, below: bool) -> None:
    high = None if more is None else low + more
    grammar = Automaton(number_from(low, high, above=above, below=below))
    edges = (low, low + 1) if high is None else (low, low + 1, high - 1, high)
    for text in (f"{edge + step:.2f}" for edge in edges for step in (-0.5, -0.01, 0, 0.01, 0.5)):
        number = float(text)
        inside = number > low if above else number >= low
        if high is not None:
            inside = inside and (number < high if below else number <= high)
        assert accepts(grammar, text.encode()) == inside, text


def test_numbers_without_bounds() -> None:
    for text in (b"0", b"-0", b"12.50", b"1e5", b"-3.25E-7", b"999999999999999999"):
        assert accepts(Automaton(NUMBER), text)
    for text in (b"-12", b"0", b"999999999999999999"):
        assert accepts(Automaton(INTEGER), text)
    for text in (b"1.5", b"1e3", b"-", b"1000000000000000000", b"00"):
        assert not accepts(Automaton(INTEGER), text)
