"""Requests of Anthropic's messages: read strictly, written whole, the caller's own bytes kept."""

import json
from typing import Any

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
    Text,
    ToolCall,
    say,
)
from filon.conversation.request import ChatRequest, RawMessages
from filon.protocols.anthropic_messages.message import NAME
from filon.protocols.anthropic_messages.request import (
    COUNTED,
    parse_count,
    parse_request,
    render_count,
    render_request,
)

HELLO = {"role": "user", "content": "Hello"}
HI = say("user", "Hi")


def body(**fields: Any) -> bytes:
    return json.dumps({"model": "m", "max_tokens": 9, "messages": [HELLO]} | fields).encode()


def messages(*sent: Any) -> tuple[Message, ...]:
    return parse_request(body(messages=list(sent))).messages


def parts(role: str, *blocks: Any) -> tuple[Part, ...]:
    (message,) = messages({"role": role, "content": list(blocks)})
    return message.parts


def written(*sent: Message) -> Any:
    wire = render_request(ChatRequest(model="m", messages=sent), [("max_tokens", 9)], "m")
    return json.loads(wire.data)


def opaque(block: Any) -> Opaque:
    return Opaque(json.dumps(block), NAME)


def test_a_plain_request() -> None:
    asked = (
        b'{"system":"Be brief.","messages": [ {"content":"Hello", "role":"user"} ],"max_tokens":9,'
        b'"model":"anthropic/claude","temperature":0.70,"stream":true,"top_k":5}'
    )
    assert parse_request(asked) == ChatRequest(
        model="anthropic/claude",
        messages=(say("system", "Be brief."), say("user", "Hello")),
        parameters={"max_tokens": 9, "temperature": 0.7, "top_k": 5},
        stream=True,
        raw=RawMessages(
            NAME, (b'{"content":"Hello", "role":"user"}',), system=b'"Be brief."', count=2
        ),
    )


@pytest.mark.parametrize(
    ("system", "read"),
    [
        (None, ()),
        ("", ()),
        ([], ()),
        ("Be brief.", (say("system", "Be brief."),)),
        (
            [
                {"type": "text", "text": "Be", "cache_control": {"type": "ephemeral"}},
                {"type": "text", "text": "brief."},
            ],
            (Message(role="system", parts=(Text("Be"), Text("brief."))),),
        ),
        ([{"type": "odd"}], (Message(role="system", parts=(opaque({"type": "odd"}),)),)),
    ],
)
def test_the_system_prompt_is_the_first_message(system: Any, read: tuple[Message, ...]) -> None:
    request = parse_request(body(system=system))
    assert request.messages == (*read, say("user", "Hello"))
    assert request.ours == ()


def test_every_block_of_a_user() -> None:
    picture = {"type": "base64", "media_type": "image/png", "data": "AA"}
    document = {"type": "document", "source": {"type": "text", "data": "x"}}
    file = {"type": "image", "source": {"type": "file", "file_id": "f1"}}
    told = parts(
        "user",
        {"type": "text", "text": "Look:", "cache_control": {"type": "ephemeral"}},
        {"type": "text", "text": ""},
        {"type": "image", "source": picture},
        {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}},
        file,
        document,
        {"type": "thinking", "thinking": "mine"},
    )
    assert told == (
        Text("Look:"),
        Image("data:image/png;base64,AA"),
        Image("https://example.com/a.png"),
        opaque(file),
        opaque(document),
        opaque({"type": "thinking", "thinking": "mine"}),
    )


def test_every_block_of_an_assistant() -> None:
    hidden = {"type": "redacted_thinking", "data": "x"}
    search: Any = {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {}}
    told = parts(
        "assistant",
        {"type": "thinking", "thinking": "I need a sum.", "signature": "seal"},
        hidden,
        {"type": "text", "text": "Let me see."},
        {"type": "tool_use", "id": "t1", "name": "add", "input": {"a": 1}},
        {"type": "tool_use", "id": "t2", "name": "now"},
        search,
    )
    assert told == (
        Reasoning("I need a sum.", "seal"),
        opaque(hidden),
        Text("Let me see."),
        ToolCall(id="t1", name="add", arguments='{"a": 1}'),
        ToolCall(id="t2", name="now", arguments="{}"),
        opaque(search),
    )


def test_each_tool_result_is_a_message_of_its_own() -> None:
    shown = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
    told = messages(
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "t1", "content": "3"},
                {"type": "tool_result", "tool_use_id": "t2", "is_error": True},
                {
                    "type": "tool_result",
                    "tool_use_id": "t3",
                    "content": [{"type": "text", "text": "See"}, shown],
                },
                {"type": "text", "text": "And"},
                {"type": "text", "text": "now?"},
            ],
        }
    )
    assert told == (
        Message(role="tool", call_id="t1", parts=(Text("3"),)),
        Message(role="tool", call_id="t2", parts=()),
        Message(role="tool", call_id="t3", parts=(Text("See"), Image("https://example.com/a.png"))),
        Message(role="user", parts=(Text("And"), Text("now?"))),
    )
    before = {"role": "user", "content": [{"type": "text", "text": "a"}, RESULT]}
    assert [message.role for message in messages(before)] == ["user", "tool"]


RESULT = {"type": "tool_result", "tool_use_id": "t1", "content": None}


def test_messages_without_blocks() -> None:
    assert messages({"role": "user", "content": ""}) == (Message(role="user", parts=()),)
    assert messages({"role": "user", "content": []}) == (Message(role="user", parts=()),)
    assert messages(HELLO, {"role": "system", "content": "Late."})[1] == say("system", "Late.")


@pytest.mark.parametrize(
    ("sent", "says", "param"),
    [
        (b"", "The body is empty.", None),
        (b"[1]", "must be a JSON object, but it is a list", None),
        (body(model=None), "`model` is missing", "model"),
        (body(model=" "), "`model` is empty", "model"),
        (body(max_tokens=None), "`max_tokens` is missing", "max_tokens"),
        (b'{"model":"m","messages":[]}', "`max_tokens` is missing", "max_tokens"),
        (body(max_tokens="9"), "a whole number from 0 up, but it is a string", "max_tokens"),
        (body(max_tokens=9.5), "but it is a number that is not whole", "max_tokens"),
        (body(max_tokens=True), "but it is true", "max_tokens"),
        (body(max_tokens=-1), "but it is below zero", "max_tokens"),
        (body(messages=None), "`messages` is missing", "messages"),
        (body(messages=[]), "`messages` is empty", "messages"),
        (body(messages={}), "`messages` must be a list", "messages"),
        (body(stream="yes"), "`stream` must be true or false", "stream"),
        (body(system=1), "a string or a list of text blocks, but it is a number", "system"),
        (body(system=[{"type": "text"}]), "`system[0]` has no `text`", "system[0].text"),
    ],
)
def test_what_is_wrong_is_told_in_words(sent: bytes, says: str, param: str | None) -> None:
    with pytest.raises(InvalidRequest) as caught:
        parse_request(sent)
    problem = caught.value.problem
    assert says in problem.message
    assert (problem.param, problem.status, problem.blame) == (param, 400, "caller")


WRONG_MESSAGES: list[tuple[Any, str, str]] = [
    ("Hi", "must be an object, but it is a string", ""),
    ({"content": "a"}, "has no `role`", ".role"),
    ({"role": "bot", "content": "a"}, "is 'bot', which is no role here", ".role"),
    ({"role": "user"}, "has no `content`", ".content"),
    ({"role": "user", "content": 5}, "a string or a list of blocks", ".content"),
    ({"role": "user", "content": None}, "but it is null", ".content"),
    ({"role": "user", "content": ["a"]}, "must be an object", ".content[0]"),
    ({"role": "user", "content": [{}]}, "has no `type`", ".content[0].type"),
    ({"role": "user", "content": [{"type": "text"}]}, "has no `text`", ".content[0].text"),
    ({"role": "user", "content": [{"type": "image"}]}, "has no `source`", ".content[0].source"),
    (
        {"role": "user", "content": [{"type": "image", "source": {"type": "base64"}}]},
        "has no `media_type`",
        ".content[0].source.media_type",
    ),
    (
        {"role": "user", "content": [{"type": "tool_result", "content": "x"}]},
        "has no `tool_use_id`",
        ".content[0].tool_use_id",
    ),
    (
        {"role": "user", "content": [RESULT | {"content": 3}]},
        "a string or a list of blocks",
        ".content[0].content",
    ),
    (
        {"role": "assistant", "content": [{"type": "tool_use", "name": "f", "input": {}}]},
        "has no `id`",
        ".content[0].id",
    ),
    (
        {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "input": "x"}]},
        "must be an object, but it is a string",
        ".content[0].input",
    ),
]


@pytest.mark.parametrize(("told", "says", "where"), WRONG_MESSAGES)
def test_what_is_wrong_in_a_message_is_told_with_its_place(
    told: Any, says: str, where: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        messages(told)
    assert says in caught.value.problem.message
    assert caught.value.problem.param == f"messages[0]{where}"


def test_a_role_of_another_protocol_comes_with_its_remedy() -> None:
    for role, remedy in (("tool", "`tool_result`"), ("developer", "`system`")):
        with pytest.raises(InvalidRequest) as caught:
            messages({"role": role, "content": "3"})
        assert remedy in (caught.value.problem.fix or "")


@pytest.mark.parametrize("levels", [101, 5_000, 200_000])
@pytest.mark.parametrize("place", ["parameter", "message", "system"])
def test_deep_nesting_is_refused_without_harm(levels: int, place: str) -> None:
    deep = b"[" * levels + b"]" * levels
    sent = body()[:-1] + b', "deep": ' + deep + b"}"
    if place == "message":
        sent = b'{"model":"m","max_tokens":1,"messages":[{"role":"user","content":' + deep + b"}]}"
    elif place == "system":
        sent = body()[:-1] + b', "system": [{"type":"x","x":' + deep + b"}]}"
    with pytest.raises(InvalidRequest, match="nested more than 100 levels deep"):
        parse_request(sent)


@given(st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
def test_no_bytes_do_worse_than_a_clear_error(sent: bytes) -> None:
    head = b'{"model":"m","max_tokens":1,"messages":['
    for whole in (sent, body()[:-1] + b"," + sent, head + sent + b"]}"):
        try:
            parse_request(whole)
        except InvalidRequest as error:
            assert error.problem.message.endswith(".")  # noqa: PT017 - either outcome is right


def test_a_request_that_only_counts_needs_no_limit() -> None:
    sent = json.dumps({"model": "m", "system": "Be brief.", "messages": [HELLO], "tools": []})
    read = parse_count(sent.encode())
    assert read.messages == (say("system", "Be brief."), say("user", "Hello"))
    assert set(read.parameters) <= COUNTED
    assert parse_count(body()).parameters == {"max_tokens": 9}
    assert json.loads(render_count(12)) == {"input_tokens": 12}
