"""Responses requests: read strictly, written exactly, and carried over from chat completions."""

import json
from functools import partial
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
    Refusal,
    Text,
    ToolCall,
    say,
)
from filon.conversation.request import ChatRequest, RawMessages
from filon.protocols.openai_chat import request as chat
from filon.protocols.openai_responses.items import render_message
from filon.protocols.openai_responses.request import parse_request, render_request

HELLO = {"role": "user", "content": "Hello"}
NAME = "openai_responses"


def body(**fields: Any) -> bytes:
    return json.dumps({"model": "m", "input": [HELLO]} | fields).encode()


def messages(*items: Any) -> tuple[Message, ...]:
    return parse_request(body(input=list(items))).messages


def rendered(*given: Message, **fields: Any) -> dict[str, Any]:
    request = ChatRequest(model="m", messages=given, **fields)
    return json.loads(render_request(request, (), "m").data)


def test_a_plain_request() -> None:
    asked = (
        b'{"input": "Hello" ,"model":"openai/gpt","instructions":"Be brief.","temperature":0.70,'
        b'"stream":true,"my_own":{"a":[1]},"store":null}'
    )
    assert parse_request(asked) == ChatRequest(
        model="openai/gpt",
        messages=(say("system", "Be brief."), say("user", "Hello")),
        parameters={"temperature": 0.7, "my_own": {"a": [1]}, "store": None},
        stream=True,
        raw=RawMessages(NAME, (b'"Hello"',), b'"Be brief."', 2),
    )


def test_every_kind_of_content() -> None:
    content = [
        {"type": "input_text", "text": "Look:"},
        {"type": "input_text", "text": ""},
        {"type": "input_image", "image_url": "data:image/png;base64,AA", "detail": "low"},
        {"type": "input_image", "image_url": "https://example.com/a.png"},
        {"type": "input_image", "file_id": "file-1"},
        {"type": "input_file", "filename": "a.pdf", "file_data": "data:;base64,AA"},
        {"type": "input_file", "file_url": "https://example.com/a.pdf"},
    ]
    file = {"type": "file", "file": {"file_data": "data:;base64,AA", "filename": "a.pdf"}}
    (message,) = messages({"type": "message", "role": "user", "content": content})
    assert [*message.parts[:3], *message.parts[5:]] == [
        Text("Look:"),
        Image("data:image/png;base64,AA", "low"),
        Image("https://example.com/a.png"),
        Opaque('{"type": "input_file", "file_url": "https://example.com/a.pdf"}', NAME),
    ]
    assert message.parts[3] == Opaque('{"type": "input_image", "file_id": "file-1"}', NAME)
    assert isinstance(message.parts[4], Opaque)
    assert (json.loads(message.parts[4].json), message.parts[4].protocol) == (file, "openai_chat")


def test_an_assistants_items_are_one_turn() -> None:
    assert messages(
        HELLO,
        {"type": "reasoning", "id": "rs_1", "summary": [], "content": []},
        {
            "type": "reasoning",
            "id": "rs_2",
            "summary": [{"type": "summary_text", "text": t} for t in ("Sum.", "Then now.")],
            "encrypted_content": "gAAA",
        },
        {
            "type": "message",
            "id": "msg_1",
            "role": "assistant",
            "status": "completed",
            "content": [{"type": "output_text", "text": "I add.", "annotations": []}],
        },
        {"type": "function_call", "call_id": "c1", "name": "add", "arguments": '{"a":1}'},
        {"type": "function_call", "call_id": "c2", "name": "now", "arguments": {"zone": "UTC"}},
        {"type": "web_search_call", "id": "ws_1", "status": "completed"},
        {"type": "function_call_output", "call_id": "c1", "output": "3"},
        {
            "type": "function_call_output",
            "call_id": "c2",
            "output": [{"type": "input_text", "text": "noon"}],
        },
        {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]},
        {"role": "assistant", "content": "Well."},
    ) == (
        say("user", "Hello"),
        Message(
            role="assistant",
            parts=(
                Reasoning("Sum.\n\nThen now.", "gAAA"),
                Text("I add."),
                ToolCall(id="c1", name="add", arguments='{"a":1}'),
                ToolCall(id="c2", name="now", arguments='{"zone": "UTC"}'),
                Opaque(
                    '{"type": "web_search_call", "id": "ws_1", "status": "completed"}',
                    NAME,
                ),
            ),
        ),
        Message(role="tool", parts=(Text("3"),), call_id="c1"),
        Message(role="tool", parts=(Text("noon"),), call_id="c2"),
        Message(role="assistant", parts=(Refusal("No."),)),
        say("assistant", "Well."),
    )


def test_a_reference_need_not_name_its_type() -> None:
    (message,) = messages({"id": "msg_1"})
    assert message.parts == (Opaque('{"id": "msg_1"}', NAME),)


@pytest.mark.parametrize("state", ["previous_response_id", "conversation", "prompt"])
def test_a_request_may_leave_its_conversation_to_the_provider(state: str) -> None:
    empty: list[Any] = [None, []]
    for told in empty:
        request = parse_request(body(**{"input": told, state: "x"}))
        assert request.messages == ()
        sent = render_request(request, tuple(request.parameters.items()), "m")
        assert json.loads(sent.data) == {"model": "m", state: "x"}


@pytest.mark.parametrize(
    ("sent", "says", "param"),
    [
        (b"", "The body is empty.", None),
        (b"[1]", "must be a JSON object, but it is a list", None),
        (b'{"input":"Hi"}', "`model` is missing", "model"),
        (body(model=" "), "`model` is empty", "model"),
        (b'{"model":"m"}', "`input` is missing", "input"),
        (body(input=None), "`input` is missing", "input"),
        (body(input=[]), "`input` is empty", "input"),
        (body(input=5), "must be a text or a list of items, but it is a number", "input"),
        (body(input=["Hi"]), "must be an object, but it is a string", "input[0]"),
        (body(input=[HELLO, {}]), "`input[1]` has no `type`", "input[1].type"),
        (body(input=[{"type": 1}]), "must be a string", "input[0].type"),
        (body(input=[{"type": "message"}]), "has no `role`", "input[0].role"),
        (body(input=[{"role": "bot", "content": "a"}]), "which is no role", "input[0].role"),
        (body(input=[{"role": "tool", "content": "a"}]), "which is no role", "input[0].role"),
        (body(input=[{"role": "user"}]), "has no `content`", "input[0].content"),
        (body(input=[{"role": "user", "content": 1}]), "a list of parts", "input[0].content"),
        (
            body(input=[{"role": "user", "content": [{"type": "input_text"}]}]),
            "has no `text`",
            "input[0].content[0].text",
        ),
        (
            body(input=[{"role": "user", "content": [{"text": "a"}]}]),
            "has no `type`",
            "input[0].content[0].type",
        ),
        (body(input=[{"type": "function_call", "name": "f"}]), "no `call_id`", "input[0].call_id"),
        (body(input=[{"type": "function_call", "call_id": "c"}]), "no `name`", "input[0].name"),
        (
            body(input=[{"type": "function_call_output", "call_id": "c"}]),
            "no `output`",
            "input[0].output",
        ),
        (
            body(input=[{"type": "reasoning", "summary": "x"}]),
            "must be a list",
            "input[0].summary",
        ),
        (body(instructions=["a"]), "must be a string, but it is a list", "instructions"),
        (body(stream="yes"), "`stream` must be true or false", "stream"),
        (body(input=[{"type": "x", "a": [[]] * 3}], b=None, c=[]), "", None),
    ],
)
def test_what_is_wrong_is_told_in_words(sent: bytes, says: str, param: str | None) -> None:
    if not says:
        parse_request(sent)
        return
    with pytest.raises(InvalidRequest) as caught:
        parse_request(sent)
    problem = caught.value.problem
    assert says in problem.message
    assert (problem.param, problem.status, problem.blame) == (param, 400, "caller")


def test_what_is_nested_too_deeply_is_refused() -> None:
    deep = b'{"model":"m","input":' + b"[" * 5000 + b"]" * 5000 + b"}"
    with pytest.raises(InvalidRequest):
        parse_request(deep)


def test_items_leave_as_the_bytes_they_came_in() -> None:
    items = b'[ {"role":"user","content":"Hi","x":1.0},{"type":"computer_call","id":"cc"} ]'
    asked = b'{"input":' + items + b',"instructions":"Be \\u0062rief.","model":"a/m"}'
    request = parse_request(asked)
    sent = render_request(request, (("stream", True), ("top_p", 0.5)), "m")
    assert sent.data == (
        b'{"model":"m","instructions":"Be \\u0062rief.","input":'
        b'[{"role":"user","content":"Hi","x":1.0},{"type":"computer_call","id":"cc"}]'
        b',"top_p":0.5,"stream":true}'
    )
    places = [0, *sent.cuts, len(sent.data)]
    pieces = [sent.data[a:b] for a, b in zip(places, places[1:], strict=False)]
    assert pieces[2] == b',{"type":"computer_call","id":"cc"}'
    text = parse_request(b'{"input":"H\\u0069","model":"m"}')
    assert render_request(text, (), "m").data == b'{"model":"m","input":"H\\u0069"}'


def test_a_presets_prompt_stands_before_the_callers_own() -> None:
    ours = say("system", "We say.")
    for instructions, told in ((None, "We say."), ("They say.", "We say.\n\nThey say.")):
        request = parse_request(body(instructions=instructions, input="Hi"))
        request = ChatRequest(
            model="m", messages=(ours, *request.messages), raw=request.raw, parameters={}
        )
        sent = json.loads(render_request(request, (), "m").data)
        assert sent == {"model": "m", "instructions": told, "input": "Hi"}
    developer = say("developer", "We say.")
    request = parse_request(body(input="Hi"))
    request = ChatRequest(model="m", messages=(developer, *request.messages), raw=request.raw)
    assert json.loads(render_request(request, (), "m").data)["input"] == [
        {"type": "message", "role": "developer", "content": "We say."},
        {"type": "message", "role": "user", "content": "Hi"},
    ]


def test_a_parameter_that_would_stand_twice_is_our_mistake() -> None:
    request = ChatRequest(model="m", messages=(say("system", "a"), say("user", "b")))
    for name in ("model", "input", "instructions"):
        with pytest.raises(ValueError, match="twice"):
            render_request(request, ((name, "x"),), "m")


CHAT = {
    "model": "m",
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "system", "content": "Be kind."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Look:"},
                {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
                {"type": "file", "file": {"file_id": "file-1"}},
                {"type": "input_audio", "input_audio": {"data": "AA", "format": "wav"}},
            ],
        },
        {
            "role": "assistant",
            "content": "I add.",
            "reasoning_content": "A sum.",
            "refusal": None,
            "annotations": [],
            "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "add", "arguments": "{}"}},
                {"id": "c2", "type": "function", "function": {"name": "now", "arguments": "{}"}},
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "3"},
        {"role": "tool", "tool_call_id": "c2", "content": "noon"},
        {"role": "user", "content": "Thanks"},
    ],
}


def test_a_chat_in_items_and_back() -> None:
    asked = chat.parse_request(json.dumps(CHAT).encode())
    sent = json.loads(render_request(asked, (), "m").data)
    assert sent == {
        "model": "m",
        "instructions": "Be brief.",
        "input": [
            {"type": "message", "role": "system", "content": "Be kind."},
            {
                "type": "message",
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "Look:"},
                    {"type": "input_image", "image_url": "https://example.com/a.png"},
                    {"type": "input_file", "file_id": "file-1"},
                    {"type": "input_audio", "input_audio": {"data": "AA", "format": "wav"}},
                ],
            },
            {"type": "message", "role": "assistant", "content": "I add."},
            {"type": "function_call", "call_id": "c1", "name": "add", "arguments": "{}"},
            {"type": "function_call", "call_id": "c2", "name": "now", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c1", "output": "3"},
            {"type": "function_call_output", "call_id": "c2", "output": "noon"},
            {"type": "message", "role": "user", "content": "Thanks"},
        ],
    }
    back = parse_request(json.dumps(sent).encode())
    again = json.loads(chat.render_request(back, (), "m").data)
    wanted = json.loads(json.dumps(CHAT))
    for name in ("refusal", "annotations", "reasoning_content"):
        del wanted["messages"][3][name]
    assert again == wanted


def test_a_part_of_another_protocol_is_refused_by_its_name() -> None:
    asked = parse_request(body(input=[{"type": "computer_call", "id": "cc"}]))
    with pytest.raises(InvalidRequest) as caught:
        chat.render_request(asked, (), "m")
    assert "computer_call" in caught.value.problem.message
    for json_text, protocol in (
        ('{"type":"document"}', "anthropic_messages"),
        ('{"type":"video_url"}', "openai_chat"),
        ("[1]", "openai_chat"),
    ):
        for role in ("user", "assistant"):
            message = Message(
                role="user" if role == "user" else "assistant",
                parts=(Opaque(json_text, protocol),),
            )
            with pytest.raises(InvalidRequest):
                render_message(message)


def test_what_a_chat_message_cannot_do_without_is_refused() -> None:
    custom = '[{"type":"custom","custom":{"name":"sql","input":"x"}}]'
    with pytest.raises(InvalidRequest) as caught:
        render_message(Message(role="assistant", parts=(), extra=(("tool_calls", custom),)))
    assert "`tool_calls`" in caught.value.problem.message
    with pytest.raises(InvalidRequest) as caught:
        render_message(Message(role="tool", parts=(Text("3"),)))
    assert "which call it answers" in caught.value.problem.message
    assert rendered(Message(role="tool", parts=(), name="add", call_id="c"))["input"] == [
        {"type": "function_call_output", "call_id": "c", "output": "", "name": "add"}
    ]


WORDS = st.text(min_size=1, max_size=6)
PICTURES = st.builds(
    Image, st.sampled_from(["https://e/a.png", "data:,A"]), st.none() | st.just("low")
)
FOREIGN = st.sampled_from(
    [
        Opaque('{"type":"file","file":{"file_id":"f"}}'),
        Opaque('{"type":"input_audio","input_audio":{"data":"AA","format":"wav"}}'),
        Opaque('{"type":"input_file","file_url":"u"}', NAME),
    ]
)
TEXTS = st.builds(Text, WORDS)
USERS = st.lists(TEXTS | PICTURES | FOREIGN, max_size=3).map(
    lambda parts: Message(role="user", parts=tuple(parts))
)
SYSTEMS = WORDS.map(partial(say, "system")) | WORDS.map(partial(say, "developer"))
CALLS = st.builds(ToolCall, id=WORDS, name=WORDS, arguments=st.text(max_size=6))
THOUGHTS = st.builds(Reasoning, st.just("") | WORDS, WORDS)
ITEMS = st.just(Opaque('{"type":"web_search_call","id":"w"}', NAME))
ASSISTANTS: st.SearchStrategy[Message] = st.tuples(
    st.lists(THOUGHTS | ITEMS, max_size=2),
    st.lists(TEXTS | st.builds(Refusal, WORDS), min_size=1, max_size=2),
    st.lists(CALLS | ITEMS, max_size=3),
).map(lambda groups: Message(role="assistant", parts=tuple(p for g in groups for p in g)))
ANSWERS = st.builds(
    Message,
    role=st.just("tool"),
    parts=st.lists(TEXTS | PICTURES, max_size=2).map(tuple),
    call_id=WORDS,
    name=st.none() | WORDS,
)


def takes_turns(given: list[Message]) -> bool:
    """Whether no two turns of the assistant meet; their items could not be told apart."""
    roles = [message.role for message in given]
    return ("assistant", "assistant") not in list(zip(roles, roles[1:], strict=False))


@given(st.lists(SYSTEMS | USERS | ASSISTANTS | ANSWERS, min_size=1, max_size=5).filter(takes_turns))
def test_what_is_written_is_read(given: list[Message]) -> None:
    request = ChatRequest(model="m", messages=tuple(given))
    sent = render_request(request, (), "m")
    read = parse_request(sent.data)
    assert read.messages == request.messages
    assert sent.cuts == tuple(sorted(sent.cuts))
    again = render_request(read, (), "m")
    assert json.loads(again.data) == json.loads(sent.data)


PLAIN: st.SearchStrategy[Part] = TEXTS | PICTURES
CROSSING = (
    SYSTEMS
    | st.builds(
        Message, role=st.just("user"), parts=st.lists(PLAIN, min_size=1, max_size=3).map(tuple)
    )
    | st.builds(
        Message,
        role=st.just("assistant"),
        parts=st.tuples(TEXTS) | st.tuples(TEXTS, CALLS) | st.tuples(TEXTS, CALLS, CALLS),
    )
    | st.builds(Message, role=st.just("tool"), parts=st.tuples(TEXTS), call_id=WORDS)
)


@given(st.lists(CROSSING, min_size=1, max_size=5))
def test_a_conversation_crosses_to_chat_and_back(given: list[Message]) -> None:
    there = chat.render_request(ChatRequest(model="m", messages=tuple(given)), (), "m").data
    carried = render_request(chat.parse_request(there), (), "m").data
    back = chat.render_request(parse_request(carried), (), "m").data
    assert json.loads(back) == json.loads(there)


@given(st.binary(max_size=60))
def test_no_bytes_are_too_odd(sent: bytes) -> None:
    for one in (sent, b'{"model":"m","input":[' + sent + b"]}"):
        try:
            request = parse_request(one)
        except InvalidRequest:
            continue
        render_request(request, (), "m")
