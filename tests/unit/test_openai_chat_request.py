"""Chat completions requests: read strictly, written exactly."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.errors import InvalidRequest
from filon.conversation.message import (
    Image,
    Message,
    Opaque,
    Part,
    Reasoning,
    Refusal,
    Role,
    Text,
    ToolCall,
    say,
)
from filon.conversation.request import ChatRequest, RawMessages
from filon.protocols.openai_chat.message import render_message
from filon.protocols.openai_chat.request import parse_request, render_request
from filon.protocols.wire import WireBody

HELLO = {"role": "user", "content": "Hello"}


def body(**fields: Any) -> bytes:
    return json.dumps({"model": "m", "messages": [HELLO]} | fields).encode()


def message(value: Any) -> Message:
    return parse_request(body(messages=[value])).messages[0]


def test_a_plain_request() -> None:
    asked = (
        b'{"messages": [ {"content":"Hello", "role":"user"} ],"model":"deepseek/chat",'
        b'"temperature":0.70,"stream":true,"my_own":{"a":[1]},"stop":null}'
    )
    assert parse_request(asked) == ChatRequest(
        model="deepseek/chat",
        messages=(say("user", "Hello"),),
        parameters={"temperature": 0.7, "my_own": {"a": [1]}, "stop": None},
        stream=True,
        raw=RawMessages("openai_chat", (b'{"content":"Hello", "role":"user"}',)),
    )


def test_a_byte_order_mark_and_blanks_are_no_harm() -> None:
    assert parse_request(b"\xef\xbb\xbf \n" + body() + b"\n").model == "m"


def test_every_kind_of_part() -> None:
    parts = [
        {"type": "text", "text": "Look:"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA", "detail": "low"}},
        {"type": "image_url", "image_url": "https://example.com/a.png"},
        {"type": "input_audio", "input_audio": {"data": "AA", "format": "wav"}},
    ]
    audio = '{"type": "input_audio", "input_audio": {"data": "AA", "format": "wav"}}'
    assert message({"role": "user", "content": parts, "name": "ana"}) == Message(
        role="user",
        name="ana",
        parts=(
            Text("Look:"),
            Image("data:image/png;base64,AA", "low"),
            Image("https://example.com/a.png"),
            Opaque(audio),
        ),
    )


def test_an_assistant_with_all_it_can_have() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a":1}'}}
    told = {
        "role": "assistant",
        "content": None,
        "reasoning_content": "I need a sum.",
        "reasoning": "again",
        "refusal": "No.",
        "tool_calls": [call, {"function": {"name": "now", "arguments": {"zone": "UTC"}}}],
        "cache_control": {"type": "ephemeral"},
    }
    assert message(told) == Message(
        role="assistant",
        parts=(
            Reasoning("I need a sum."),
            Refusal("No."),
            ToolCall(id="c1", name="add", arguments='{"a":1}'),
            ToolCall(id="", name="now", arguments='{"zone": "UTC"}'),
        ),
        extra=(("reasoning", '"again"'), ("cache_control", '{"type": "ephemeral"}')),
    )


def test_a_tool_answers_its_call() -> None:
    assert message({"role": "tool", "content": "3", "tool_call_id": "c1"}) == Message(
        role="tool", parts=(Text("3"),), call_id="c1"
    )


@pytest.mark.parametrize(
    "calls", [[{"id": "c", "type": "custom", "custom": {"name": "sql", "input": "x"}}], []]
)
def test_tool_calls_that_have_no_type_here_stay_whole(calls: list[Any]) -> None:
    told = message({"role": "assistant", "content": "a", "tool_calls": calls})
    assert told == Message(
        role="assistant", parts=(Text("a"),), extra=(("tool_calls", json.dumps(calls)),)
    )


def test_fields_of_an_assistant_mean_nothing_elsewhere() -> None:
    told = message({"role": "user", "content": "a", "reasoning_content": "b", "tool_calls": None})
    assert told.parts == (Text("a"),)
    assert told.extra == (("reasoning_content", '"b"'), ("tool_calls", "null"))


@pytest.mark.parametrize(
    ("sent", "says", "param"),
    [
        (b"", "The body is empty.", None),
        (b" \n ", "The body is empty.", None),
        (b"[1]", "must be a JSON object, but it is a list", None),
        (b'"x"', "must be a JSON object, but it is a string", None),
        (b'{"model":', "it ends too early, line 1, column 10 (byte 9)", None),
        (b'{"model": "m",\n  messages: []}', "at line 2, column 3 (byte 17)", None),
        (b'{"model":"m"} x', "trailing characters at line 1, column 15 (byte 14)", None),
        (b'{"model":"\xff"}', "not UTF-8: line 1, column 11 (byte 10)", None),
        (
            b'{"a":"\\n\\ud83d\\ude00 \\ud83d"}',
            "half of a surrogate pair, which stands for no character: line 1, column 22 (byte 21)",
            None,
        ),
        (b'{"messages":[{}]}', "`model` is missing", "model"),
        (body(model=None), "`model` is missing", "model"),
        (body(model=7), "`model` must be a string, but it is a number", "model"),
        (body(model=" "), "`model` is empty", "model"),
        (b'{"model":"m"}', "`messages` is missing", "messages"),
        (body(messages=None), "`messages` is missing", "messages"),
        (body(messages=[]), "`messages` is empty", "messages"),
        (body(messages="Hi"), "`messages` must be a list, but it is a string", "messages"),
        (body(messages={}), "`messages` must be a list, but it is an object", "messages"),
        (body(messages=[HELLO, "Hi"]), "must be an object, but it is a string", "messages[1]"),
        (body(messages=[{"content": "a"}]), "`messages[0]` has no `role`", "messages[0].role"),
        (body(messages=[{"role": "bot"}]), "is 'bot', which is no role", "messages[0].role"),
        (body(messages=[{"role": 1}]), "must be a string, but it is a num", "messages[0].role"),
        (body(stream="yes"), "`stream` must be true or false, but it is a string", "stream"),
        (body(stream=1), "`stream` must be true or false, but it is a number", "stream"),
    ],
)
def test_what_is_wrong_is_told_in_words(sent: bytes, says: str, param: str | None) -> None:
    with pytest.raises(InvalidRequest) as caught:
        parse_request(sent)
    problem = caught.value.problem
    assert says in problem.message
    assert (problem.param, problem.status, problem.blame) == (param, 400, "caller")


WRONG_MESSAGES: list[tuple[dict[str, Any], str, str]] = [
    ({"content": 5}, "must be a string or a list of parts, but it is a number", "content"),
    ({"content": {"a": 1}}, "but it is an object", "content"),
    ({"content": ["a"]}, "must be an object, but it is a string", "content[0]"),
    ({"content": [{}]}, "has no `type`", "content[0].type"),
    ({"content": [{"type": 3}]}, "must be a string", "content[0].type"),
    ({"content": [{"type": "text"}]}, "has no `text`", "content[0].text"),
    ({"content": [{"type": "text", "text": 1}]}, "must be a string", "content[0].text"),
    (
        {"content": [{"type": "image_url", "image_url": 1}]},
        "must be an object with `url`",
        "content[0].image_url",
    ),
    (
        {"content": [{"type": "image_url", "image_url": {}}]},
        "has no `url`",
        "content[0].image_url.url",
    ),
    ({"content": "a", "name": 4}, "must be a string, but it is a number", "name"),
    ({"role": "assistant", "tool_calls": 1}, "must be a list", "tool_calls"),
    ({"role": "assistant", "tool_calls": [1]}, "must be an object", "tool_calls[0]"),
    ({"role": "function"}, "which is no role", "role"),
]


@pytest.mark.parametrize(("told", "says", "where"), WRONG_MESSAGES)
def test_what_is_wrong_in_a_message_is_told_with_its_place(
    told: dict[str, Any], says: str, where: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        message({"role": "user"} | told)
    assert says in caught.value.problem.message
    assert caught.value.problem.param == f"messages[0].{where}"


def test_an_old_role_comes_with_its_remedy() -> None:
    with pytest.raises(InvalidRequest) as caught:
        message({"role": "function", "content": "3"})
    assert "`tool_call_id`" in (caught.value.problem.fix or "")


def test_a_value_nobody_can_hold_is_refused() -> None:
    sent = body()[:-1] + b', "odd": 1e999}'
    with pytest.raises(InvalidRequest) as caught:
        parse_request(sent)
    assert caught.value.problem.param == "odd"


@pytest.mark.parametrize("levels", [101, 950, 5_000, 200_000])
@pytest.mark.parametrize("place", ["parameter", "message", "part"])
def test_deep_nesting_is_refused_without_harm(levels: int, place: str) -> None:
    deep = b"[" * levels + b"]" * levels
    if place == "parameter":
        sent = body()[:-1] + b', "deep": ' + deep + b"}"
    elif place == "message":
        sent = b'{"model":"m","messages":[{"role":"user","x":' + deep + b"}]}"
    else:
        part = b'{"type":"x","x":' + deep + b"}"
        sent = b'{"model":"m","messages":[{"role":"user","content":[' + part + b"]}]}"
    with pytest.raises(InvalidRequest, match="nested more than 100 levels deep"):
        parse_request(sent)


def test_brackets_in_a_text_are_no_nesting() -> None:
    assert message({"role": "user", "content": "[" * 500 + "{" * 500}).text == "[" * 500 + "{" * 500
    wide: list[Any] = [[1], {"a": 2}] * 300
    assert parse_request(body(tools=wide)).parameters["tools"] == wide


@given(st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
def test_no_bytes_do_worse_than_a_clear_error(sent: bytes) -> None:
    for whole in (sent, body()[:-1] + b"," + sent, b'{"model":"m","messages":[' + sent + b"]}"):
        try:
            parse_request(whole)
        except InvalidRequest as error:
            assert error.problem.message.endswith(".")  # noqa: PT017 - either outcome is right


def test_the_callers_bytes_leave_as_they_came() -> None:
    first = b'{"role":"system" , "content":"Be brief.","n":1.0e0}'
    second = b'{"content":"Hi","role":"user"}'
    asked = parse_request(b'{"model":"a/b","messages":[' + first + b" ,\n" + second + b"]}")
    wire = render_request(asked, [("stream", True), ("temperature", 0.5), ("odd", None)], "b")
    start = len(b'{"model":"b","messages":[')
    assert wire == WireBody(
        b'{"model":"b","messages":['
        + first
        + b","
        + second
        + b'],"temperature":0.5,"odd":null,"stream":true}',
        (start, start + len(first), start + len(first) + 1 + len(second)),
    )


def pieces(wire: WireBody) -> list[bytes]:
    places = (0, *wire.cuts, len(wire.data))
    return [wire.data[a:b] for a, b in zip(places, places[1:], strict=False)]


def test_a_longer_conversation_shares_its_pieces_with_the_shorter() -> None:
    turn = [say("system", "Be brief."), say("user", "Hi")]
    short = render_request(ChatRequest(model="m", messages=tuple(turn)), [], "m")
    turn += [say("assistant", "Hello."), say("user", "Bye")]
    long = render_request(ChatRequest(model="m", messages=tuple(turn)), [], "m")
    assert pieces(long)[: len(turn) - 1] == pieces(short)[:-1]
    assert b"".join(pieces(long)) == long.data
    assert len(pieces(long)) == len(turn) + 2


def test_messages_of_another_protocol_are_written_anew() -> None:
    asked = ChatRequest(
        model="m", messages=(say("user", "Hi"),), raw=RawMessages("anthropic_messages", (b"{}",))
    )
    assert render_request(asked, [], "m").data == (
        b'{"model":"m","messages":[{"role":"user","content":"Hi"}]}'
    )


@pytest.mark.parametrize("names", [["model"], ["messages"], ["top_p", "top_p"]])
def test_a_parameter_cannot_stand_twice(names: list[str]) -> None:
    asked = ChatRequest(model="m", messages=(say("user", "Hi"),))
    with pytest.raises(ValueError, match="twice"):
        render_request(asked, [(name, 1) for name in names], "m")


@pytest.mark.parametrize(
    ("value", "content"),
    [
        (Message(role="user", parts=()), ""),
        (Message(role="assistant", parts=(Reasoning("x"),)), ""),
        (Message(role="assistant", parts=(ToolCall(id="a", name="b", arguments=""),)), None),
        (say("user", "x"), "x"),
        (
            Message(role="user", parts=(Text("x"), Opaque('{"type":"y"}'))),
            [{"type": "text", "text": "x"}, {"type": "y"}],
        ),
    ],
)
def test_content_is_as_plain_as_it_can_be(value: Message, content: Any) -> None:
    assert json.loads(render_message(value))["content"] == content


WORDS = st.text(min_size=1, max_size=8)


def opaque(kind: str, value: Any) -> Opaque:
    return Opaque(msgspec.json.encode({"type": kind, "x": value}).decode())


OPAQUE = st.builds(
    opaque,
    WORDS.filter(lambda kind: kind not in ("text", "refusal", "image_url")),
    st.integers() | WORDS,
)
SHOWN = st.lists(
    st.one_of(st.builds(Text, WORDS), st.builds(Image, WORDS, st.none() | WORDS), OPAQUE),
    max_size=3,
)
CALL = st.builds(ToolCall, id=st.text(max_size=3), name=WORDS, arguments=st.text(max_size=5))
EXTRA = st.dictionaries(
    st.sampled_from(["cache_control", "metadata"]),
    (st.integers() | WORDS).map(lambda value: msgspec.json.encode(value).decode()),
).map(lambda fields: tuple(fields.items()))


def optional(part: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(part, max_size=1)


def assistant_parts() -> st.SearchStrategy[list[Part]]:
    return st.tuples(
        optional(st.builds(Reasoning, st.text(max_size=5))),
        SHOWN,
        optional(st.builds(Refusal, WORDS)),
        st.lists(CALL, max_size=2),
    ).map(lambda groups: [part for group in groups for part in group])


def messages(role: Role) -> st.SearchStrategy[Message]:
    parts: st.SearchStrategy[list[Any]] = assistant_parts() if role == "assistant" else SHOWN
    make: Callable[..., Message] = Message
    return st.builds(
        make,
        role=st.just(role),
        parts=parts.map(tuple),
        name=st.none() | WORDS,
        call_id=st.none() | WORDS,
        extra=EXTRA,
    )


ROLES: list[Role] = ["system", "developer", "user", "assistant", "tool"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
REQUESTS = st.builds(
    ChatRequest,
    model=st.text(min_size=1, max_size=8).filter(lambda text: bool(text.strip())),
    messages=st.lists(st.sampled_from(ROLES).flatmap(messages), min_size=1, max_size=4).map(tuple),
    parameters=st.dictionaries(
        WORDS.filter(lambda name: name not in ("model", "messages", "stream")), JSON, max_size=4
    ),
    stream=st.booleans(),
)


@given(REQUESTS)
def test_what_is_written_is_read(asked: ChatRequest) -> None:
    sent = list(asked.parameters.items())
    if asked.stream:
        sent.append(("stream", True))
    read = parse_request(render_request(asked, sent, asked.model).data)
    assert msgspec.structs.replace(read, raw=None) == asked
    again = render_request(read, sent, asked.model)
    assert again == render_request(asked, sent, asked.model)
