"""Embeddings on the wire: the request both ways, and what is read of a reply."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from filon.conversation.errors import InvalidRequest
from filon.conversation.events import Broken, Done, Started, UsageReported
from filon.conversation.usage import Usage
from filon.protocols.openai_embeddings.protocol import OPENAI_EMBEDDINGS
from filon.protocols.openai_embeddings.reply import ReplyReader, parse_reply
from filon.protocols.openai_embeddings.request import parse_request, render_request
from filon.providers.embeddings import url
from filon.providers.endpoint import Endpoint, Key, Title
from filon.trace.records import Because

TEXT = st.text(min_size=1, max_size=20)
TOKENS = st.lists(st.integers(0, 2**31), min_size=1, max_size=5)
OBJECT = st.dictionaries(TEXT, TEXT, max_size=3)
INPUT = st.one_of(TEXT, TOKENS, st.lists(st.one_of(TEXT, TOKENS, OBJECT), min_size=1, max_size=5))
NAMES = TEXT.filter(lambda name: name not in ("model", "input", "stream"))
VALUES = st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), TEXT, OBJECT)


@given(TEXT.filter(str.strip), INPUT, st.dictionaries(NAMES, VALUES, max_size=4), st.booleans())
def test_a_request_that_is_written_is_the_one_that_was_read(
    model: str, given: Any, parameters: dict[str, Any], raw: bool
) -> None:
    # A list that begins with a number, or holds one text, can be read in only one way.
    body = json.dumps({"model": model, "input": given, **parameters}).encode()
    request = parse_request(body)
    source = request if raw else replace(request, raw=None)
    written = render_request(source, tuple(request.parameters.items()), model)
    again = parse_request(written.data)
    assert replace(again, raw=None) == replace(request, raw=None)
    if raw:
        assert json.loads(written.data) == json.loads(body)
        assert written.data[slice(*written.cuts)] == (request.raw.items[0] if request.raw else b"")


def test_a_name_does_not_stand_twice() -> None:
    request = parse_request(b'{"model":"m","input":"x"}')
    with pytest.raises(ValueError, match="twice"):
        render_request(request, (("input", 1),), "m")


@given(st.binary(max_size=200))
def test_any_bytes_are_a_request_or_a_clear_error(body: bytes) -> None:
    # Whatever else is raised fails the test.
    with suppress(InvalidRequest):
        parse_request(body)


@pytest.mark.parametrize(
    ("told", "usage"),
    [
        ({"prompt_tokens": 8, "total_tokens": 8}, Usage(input_tokens=8, output_tokens=0)),
        ({"total_tokens": 8}, Usage(input_tokens=8, output_tokens=0)),
        ({"prompt_tokens": 8, "completion_tokens": 0}, Usage(input_tokens=8, output_tokens=0)),
        ({"prompt_tokens": 8, "cost": 0.5},
         Usage(input_tokens=8, output_tokens=0, cost_usd=0.5)),
        ({}, None),
        (None, None),
        ("many", None),
    ],
)  # fmt: skip
def test_what_is_counted(told: Any, usage: Usage | None) -> None:
    events = parse_reply(json.dumps({"data": [{}], "model": "m", "usage": told}).encode())
    expected = [UsageReported(usage)] if usage else []
    assert events == [Started(model="m"), *expected, Done()]


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=4))
def test_any_reply_cut_anywhere_is_one_piece(body: bytes, cuts: list[int]) -> None:
    reader = ReplyReader()
    edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    for start, end in zip(edges, edges[1:], strict=False):
        assert reader.read(body[start:end]) == []
    (piece,) = reader.end()
    assert piece.raw == body
    assert isinstance(piece.events[-1], Done | Broken)


def test_a_reply_keeps_every_byte_but_the_models_name() -> None:
    body = b'{ "data":[{"embedding":"AAAA", "model":"x"}],\n"model" : "m", "z":{"model":1} }'
    edited = OPENAI_EMBEDDINGS.edit_reply(body, "e/m")
    assert edited == body.replace(b'"m"', b'"e/m"')


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (None, "https://h/v1/embeddings"),
        ("https://h/d/x/chat/completions?api-version=1", "https://h/d/x/embeddings?api-version=1"),
        ("https://h/chat/completions/", "https://h/embeddings"),
        ("https://h/other", None),
    ],
)
def test_where_texts_are_sent(address: str | None, expected: str | None) -> None:
    because = Because(source="x")
    endpoint = Endpoint(
        name="e",
        label="E",
        provider="custom",
        protocol="openai_chat",
        base_url="https://h/v1/",
        key=Key(source="none_needed"),
        origin=because,
        kind="custom",
        url=address,
        title=Title(enabled=False, because=because),
    )
    assert url(endpoint, "/embeddings") == expected
