"""A plain body is read in two looks, any other closely: both must find the same."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.errors import InvalidRequest
from filon.protocols.openai_chat.request import parse_request, read_closely, read_plain

TEXTS = st.text(max_size=12)
ODD: st.SearchStrategy[Any] = st.sampled_from([[], {}, "user", 1, None])
MESSAGES = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["system", "developer", "user", "assistant", "tool", "robot"])
        | ODD,
        "content": TEXTS | st.none() | st.just([{"type": "text", "text": "Hello"}]),
    },
    optional={"name": TEXTS, "x": st.integers()},
)
LISTS = st.lists(MESSAGES | ODD, max_size=3)
VALUES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS
BODIES = st.fixed_dictionaries(
    {"model": TEXTS | st.integers(), "messages": LISTS | st.none()},
    optional={
        "stream": st.booleans() | st.none() | st.just("yes"),
        "temperature": VALUES,
        "stop": VALUES | st.lists(TEXTS | st.integers(), max_size=2),
        "stream_options": st.dictionaries(TEXTS, VALUES | st.lists(VALUES, max_size=2), max_size=2),
        "fallbacks": st.lists(TEXTS, max_size=2),
    },
)


def closely(body: bytes) -> Any:
    try:
        return read_closely(body)
    except InvalidRequest as error:
        return error.problem


def read(body: bytes) -> Any:
    try:
        return parse_request(body)
    except InvalidRequest as error:
        return error.problem


@given(BODIES, st.booleans())
def test_both_find_the_same(fields: dict[str, Any], ascii_only: bool) -> None:
    body = json.dumps(fields, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    assert read(body) == closely(body)


def test_a_plain_body_is_read_in_two_looks() -> None:
    body = b'{"model": "m", "messages": [{"role": "user", "content": "Hi"}], "temperature": 0.5}'
    assert read_plain(body) == read_closely(body)
    body = body.replace(b"0.5", b'1, "stop": ["a", "b"], "stream_options": {"include_usage": true}')
    assert read_plain(body) == read_closely(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"model": "m"}',
        b'\xef\xbb\xbf{"model": "m", "messages": [{"role": "user", "content": "Hi"}]}',
        b'{"model": "m", "messages": [{"role": "user", "content": "\xff"}]}',
        b'{"model": "m", "messages": [{"role": "user", "content": ""}], "n":[9999999999999999999]}',
        b'{"model": "m", "messages": [{"role": "user", "content": "Hi"}], "tools": [{"n": {}}]}',
        b'{"model": "m", "messages": [{"role": "user", "content": "Hi"}], "n":9999999999999999999}',
    ],
)
def test_what_is_unusual_is_looked_at_closely(body: bytes) -> None:
    assert read_plain(body) is None
    assert read(body) == closely(body)
