"""The three edits of a relayed reply: nothing but what they name may change."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.protocols.json_surgery import members, remove_member, replace_member
from filon.protocols.lenient_json import decode_lenient, mend
from filon.protocols.openai_chat.relay import edit_chunk, edit_reply

CHUNK = (
    b'data: {"id":"c-1","created":1.70e9,"model":"deepseek-chat","x":null,'
    b'"choices":[{"index":0,"delta":{"content":"say \\"model\\":\\"x\\""}}],"usage":null}\n\n'
)


def test_nothing_to_edit_leaves_the_same_bytes() -> None:
    assert edit_chunk(CHUNK) is CHUNK
    assert edit_chunk(CHUNK, model_alias="deepseek-chat") == CHUNK
    for raw in (
        b": keep-alive\n\n",
        b"data: [DONE]\n\n",
        b"\n",
        b"data: not json\n\n",
        b"data\n\n",
    ):
        assert edit_chunk(raw, model_alias="a", drop_usage=True) == raw


def test_the_alias_stands_in_the_models_place() -> None:
    edited = edit_chunk(CHUNK, model_alias='my "own"')
    assert edited == CHUNK.replace(b'"deepseek-chat"', b'"my \\"own\\""')


def test_usage_that_only_says_null_is_cut_out() -> None:
    assert edit_chunk(CHUNK, drop_usage=True) == CHUNK.replace(b',"usage":null', b"")
    middle = b'data: {"choices":[],"usage":null,"obfuscation":"abc"}\n\n'
    assert edit_chunk(middle, drop_usage=True) == b'data: {"choices":[],"obfuscation":"abc"}\n\n'


@pytest.mark.parametrize(
    ("chunk", "left"),
    [
        (b'{"choices":[],"usage":{"prompt_tokens":1}}', None),
        (b'{"usage":{"prompt_tokens":1},"choices":[]}', None),
        (
            b'{"choices":[],"usage":{},"error":{"message":"x"}}',
            b'{"choices":[],"error":{"message":"x"}}',
        ),
        (b'{"choices":[{}],"usage":{"a":{"b":[1]}}}', b'{"choices":[{}]}'),
        (b'{ "usage" : {"a":1} , "choices":[{}] }', b'{ "choices":[{}] }'),
        (
            b'{"x_groq":{"usage":{"a":1}},"choices":[{}]}',
            b'{"x_groq":{"usage":{"a":1}},"choices":[{}]}',
        ),
        (b'{"x":{"a":[],"usage":null},"choices":[]}', b'{"x":{"a":[],"usage":null},"choices":[]}'),
        (b'{"usage":null}', b"{}"),
        (b'{"usage":null,"choices":[{}],"usage":null}', b'{"choices":[{}]}'),
        (b'{"choices":"odd","usage":{} }', b'{"choices":"odd","usage":{} }'),
    ],
)
def test_usage_goes_and_all_else_stays(chunk: bytes, left: bytes | None) -> None:
    wanted = None if left is None else b"data: " + left + b"\n\n"
    assert edit_chunk(b"data: " + chunk + b"\n\n", drop_usage=True) == wanted


@pytest.mark.parametrize(
    ("text", "edited"),
    [
        (b'{"model":"m","model":"n"}', b'{"model":"a","model":"a"}'),
        (b'{"x":{"model":"m"},"model":"n"}', b'{"x":{"model":"m"},"model":"a"}'),
        (b'{"x":{"model":"m"}}', b'{"x":{"model":"m"}}'),
        (b'{"model":null}', b'{"model":"a"}'),
        (b'\n\n  {"model" : "m" }\n', b'\n\n  {"model" : "a" }\n'),
        (b'{"a":"\\\\","model":"m"}', b'{"a":"\\\\","model":"a"}'),
        (b'[{"model":"m"}]', b'[{"model":"m"}]'),
        (b'{"model":"m', b'{"model":"m'),
        (b'{"a":[1,"model":"m"', b'{"a":[1,"model":"m"'),
        (b"", b""),
    ],
)
def test_only_the_outermost_model_is_renamed(text: bytes, edited: bytes) -> None:
    assert edit_reply(text, "a") == edited
    assert edit_reply(text, None) is text


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_other_framings_keep_their_lines(end: bytes) -> None:
    lines = [b": note", b"event: chunk", b'data:{"model":', b'data:"m"}', b"id: 5", b"", b""]
    edited = [b": note", b"event: chunk", b'data: {"model":', b'data: "a"}', b"id: 5", b"", b""]
    assert edit_chunk(end.join(lines), model_alias="a") == end.join(edited)
    gone = [b"event: chunk", b'data: {"choices":[],"usage":{}}', b"", b""]
    assert edit_chunk(end.join(gone), drop_usage=True) is None


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["model", "usage", "a", 'q"', "\\"]), inner, max_size=3)
    ),
    max_leaves=10,
)
OBJECTS = st.dictionaries(st.sampled_from(["id", "model", "usage", "choices", "z"]), JSON)


@given(OBJECTS, st.sampled_from([None, 1]), st.booleans(), st.text(max_size=4))
def test_surgery_is_what_decoding_and_encoding_would_do(
    value: dict[str, Any], indent: int | None, ascii: bool, alias: str
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii).encode("utf-8")
    new = json.dumps(alias).encode()
    assert [json.loads(text[m.value_start : m.value_end]) for m in members(text)] == list(
        value.values()
    )
    renamed = value | {"model": alias} if "model" in value else value
    assert json.loads(replace_member(text, "model", new)) == renamed
    assert json.loads(edit_reply(text, alias)) == renamed
    left = {name: one for name, one in value.items() if name != "usage"}
    assert json.loads(remove_member(text, "usage")) == left
    raw = b"data: " + text.replace(b"\n", b"") + b"\n\n"
    edited = edit_chunk(raw, model_alias=alias, drop_usage=True)
    if edited is None:
        assert value["choices"] == []
    elif isinstance(value.get("choices"), list | None):
        wanted = left | {"model": alias} if "model" in left else left
        assert json.loads(edited[6:]) == wanted


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        (b'"a\\ud83d"', '"a\ufffd"'),
        (b'"\\ude00\\ud83d\\ude00\\ud83d"', '"\ufffd😀\ufffd"'),
        (b'"\\\\ud83d \\\\\\ud83d"', '"\\\\ud83d \\\\\ufffd"'),
        (b'\xef\xbb\xbf"a\xff"', '"a\ufffd"'),
    ],
)
def test_a_providers_broken_text_is_mended(broken: bytes, mended: str) -> None:
    assert decode_lenient(broken) == json.loads(mended)
    assert json.loads(mend(broken)) == json.loads(mended)


def test_what_nobody_can_read_is_a_plain_error() -> None:
    for hopeless in (b"", b"<html>", b'{"a":', b"[" * 100_000):
        with pytest.raises(ValueError, match="."):
            decode_lenient(hopeless)
