"""Masks against trying every token."""

from collections.abc import Hashable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filon.practice.model.automata import Automaton
from filon.practice.model.grammar import Grammar
from filon.practice.model.json_text import any_object
from filon.practice.model.masks import Masks
from filon.practice.model.nodes import OneOf, Repeat
from filon.practice.model.schema import schema_grammar

VOCABULARY: tuple[bytes, ...] = (
    *(b"", b"", b""),
    *(bytes((byte,)) for byte in range(256)),
    *(text.encode() for text in ('":', '", "', '":"', "{}", "}}", '{"', "[[", "],", '"}', "\n  ")),
    *(text.encode() for text in ("the", " the", "ñ", " año", "é", "é\n", "€", "😀", 'a"', "a\\")),
    *(text.encode() for text in ("12", " 1", "0.", "e5", "tr", "ue", "null", "name", " na", "\\n")),
    *(b"\xc3", b"\xb1o", b"\xe2\x82", b"\xac", b"x\xff", b'\xb1"', b"\xf0\x9f"),
    # Twice the same bytes.
    *(b"the", b"{"),
)
MASKS = Masks(VOCABULARY)
PERSON = schema_grammar(
    {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "name_of_it": {"type": "string", "maxLength": 5},
            "age": {"type": "integer", "minimum": 0, "maximum": 120},
            "tags": {"type": "array", "items": {"enum": ["the", "thé", "12"]}},
        },
        "required": ["name"],
    }
).grammar
WORDS = Automaton(Repeat(OneOf(b"abcdefghijklmnopqrstuvwxyz "), 0, None))

PLACES: list[tuple[str, Grammar, bytes]] = [
    *[
        ("any object", any_object(), text.encode())
        for text in ("", "{", '{"', '{"a', '{"a"', '{"a":')
    ],
    *[("any object", any_object(), text.encode()) for text in ('{"a":1', '{"a":"ñ', '{"a":"\\u0')],
    ("inside a character", any_object(), b'{"a":"\xe2\x82'),
    *[
        ("person", PERSON, text.encode())
        for text in ("{", '{"na', '{"name":"', '{"name":"x","age":1')
    ],
    *[("person", PERSON, text.encode()) for text in ('{"name":"","name_of_it":"four',)],
    *[("person", PERSON, text.encode()) for text in ('{"name":"","tags":["', '{"name":"", ')],
    ("words", WORDS, b"a word"),
]


def by_trying(grammar: Grammar, state: Hashable, vocabulary: Sequence[bytes]) -> list[bool]:
    return [bool(data) and grammar.advance(state, data) is not None for data in vocabulary]


@pytest.mark.parametrize(("_name", "grammar", "begun"), PLACES)
def test_a_mask_is_what_trying_each_token_gives(_name: str, grammar: Grammar, begun: bytes) -> None:
    state = grammar.advance(grammar.start, begun)
    assert state is not None
    mask = MASKS.allowed(grammar, state)
    assert mask.tolist() == by_trying(grammar, state, VOCABULARY)
    assert mask.any()
    assert not mask.flags.writeable
    assert MASKS.allowed(grammar, state) is mask


@settings(deadline=None)
@given(st.lists(st.binary(max_size=3), max_size=30), st.sampled_from(PLACES))
def test_any_vocabulary_will_do(vocabulary: list[bytes], place: tuple[str, Grammar, bytes]) -> None:
    _, grammar, begun = place
    state = grammar.advance(grammar.start, begun)
    assert state is not None
    mask = Masks(vocabulary).allowed(grammar, state)
    assert mask.tolist() == by_trying(grammar, state, vocabulary)


@settings(deadline=None)
@given(st.data())
def test_masks_lead_through_a_whole_text(data: st.DataObject) -> None:
    grammar = data.draw(st.sampled_from([any_object(), PERSON]))
    state: Hashable = grammar.start
    for _ in range(data.draw(st.integers(0, 15))):
        mask = MASKS.allowed(grammar, state)
        assert mask.tolist() == by_trying(grammar, state, VOCABULARY)
        ids = np.flatnonzero(mask).tolist()
        if not ids:
            assert grammar.complete(state)
            return
        after = grammar.advance(state, VOCABULARY[data.draw(st.sampled_from(ids))])
        assert after is not None
        state = after
    assert grammar.complete(grammar.advance(state, grammar.shortest(state)))


def test_the_oldest_masks_are_let_go() -> None:
    masks = Masks([b"a", b"b", b"ab"])
    grammar = Automaton(Repeat(OneOf(b"ab"), 0, 5_000))
    state: Hashable = grammar.start
    for _ in range(4_000):
        assert masks.allowed(grammar, state).all()
        state = grammar.advance(state, b"a")
    assert masks.allowed(grammar, grammar.start).tolist() == [True, True, True]
    nearly = grammar.advance(grammar.start, b"a" * 4_999)
    assert masks.allowed(grammar, nearly).tolist() == [True, True, False]
