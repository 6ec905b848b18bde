"""Requests of Anthropic's messages as written: the caller's own bytes, and what came elsewhere."""

import json
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
    Text,
    ToolCall,
    say,
)
from filon.conversation.request import ChatRequest
from filon.protocols.anthropic_messages.blocks import UNREADABLE
from filon.protocols.anthropic_messages.message import NAME
from filon.protocols.anthropic_messages.request import (
    parse_request,
    render_request,
)
from filon.protocols.wire import WireBody

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


def test_the_callers_bytes_leave_as_they_came() -> None:
    system = b'[ {"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}} ]'
    first = b'{"role":"user" , "content":[{"text":"Hi","type":"text","n":1.0e0}]}'
    second = b'{"content":"Hello","role":"assistant"}'
    third = b'{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","is_error":true}]}'
    asked = parse_request(
        b'{"model":"a/b","max_tokens":9,"system":' + system + b',"messages":['
        + b" ,\n".join((first, second, third)) + b"]}"
    )  # fmt: skip
    tools: Any = [{"name": "add", "input_schema": {}}]
    sent: list[tuple[str, Any]] = [
        ("stream", True),
        ("max_tokens", 9),
        ("tools", tools),
        ("top_k", 5),
    ]
    wire = render_request(asked, sent, "b")
    head = b'{"model":"b","system":' + system + b',"messages":['
    tail = b'],"max_tokens":9', b',"tools":[{"name":"add","input_schema":{}}]'
    pieces = [head, first, b"," + second, b"," + third, *tail]
    places = [sum(map(len, pieces[:n])) for n in range(1, len(pieces) + 1)]
    assert wire == WireBody(b"".join(pieces) + b',"top_k":5,"stream":true}', tuple(places))


def test_our_prompt_stands_before_the_callers() -> None:
    for system, expected in (
        (None, "Be kind."),
        ("Be brief.", [{"type": "text", "text": t} for t in ("Be kind.", "Be brief.")]),
        ("", [{"type": "text", "text": "Be kind."}]),
        (
            [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}],
            [
                {"type": "text", "text": "Be kind."},
                {"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}},
            ],
        ),
    ):
        asked = parse_request(body(system=system))
        asked = msgspec.structs.replace(
            asked, messages=(say("system", "Be kind."), *asked.messages)
        )
        wire = json.loads(render_request(asked, [], "m").data)
        assert wire["system"] == expected
        assert wire["messages"] == [HELLO]


def test_a_conversation_of_chat_completions() -> None:
    sent = (
        say("system", "Be brief."),
        say("developer", "Really."),
        say("user", "Add 1 and 2, and 3 and 4."),
        Message(
            role="assistant",
            parts=(
                Reasoning("Hm."),
                Text("I add."),
                ToolCall(id="functions.add:0", name="add", arguments='{"a":1,"b":2}'),
                ToolCall(id="c2", name="add", arguments=""),
            ),
        ),
        Message(role="tool", call_id="functions.add:0", parts=(Text("3"),)),
        Message(role="tool", call_id="c2", parts=(Text("7"), Image("https://example.com/7.png"))),
        say("user", "Thanks."),
        say("user", "And you?"),
    )
    wire = written(*sent)
    calls = wire["messages"][1]["content"][1:]
    assert wire["system"] == [{"type": "text", "text": t} for t in ("Be brief.", "Really.")]
    assert [message["role"] for message in wire["messages"]] == ["user", "assistant", "user"]
    assert wire["messages"][1]["content"][0] == {"type": "text", "text": "I add."}
    assert calls == [
        {"type": "tool_use", "id": "functions_add_0", "name": "add", "input": {"a": 1, "b": 2}},
        {"type": "tool_use", "id": "c2", "name": "add", "input": {}},
    ]
    shown = {"type": "image", "source": {"type": "url", "url": "https://example.com/7.png"}}
    assert wire["messages"][2]["content"] == [
        {"type": "tool_result", "tool_use_id": "functions_add_0", "content": "3"},
        {
            "type": "tool_result",
            "tool_use_id": "c2",
            "content": [{"type": "text", "text": "7"}, shown],
        },
        {"type": "text", "text": "Thanks."},
        {"type": "text", "text": "And you?"},
    ]


def test_arguments_that_are_no_object_stay_readable() -> None:
    for arguments in ('{"a":', "[1]", "3", "null", "{} {}"):
        call = ToolCall(id="a", name="f", arguments=arguments)
        wire = written(HI, Message(role="assistant", parts=(call,)))
        assert wire["messages"][1]["content"][0]["input"] == {UNREADABLE: arguments}


def test_an_answer_that_holds_nothing_is_left_out() -> None:
    thought = Message(role="assistant", parts=(Reasoning("Hm."), Text("")))
    wire = written(HI, thought, say("user", "Well?"))
    assert len(wire["messages"]) == 1
    refused = written(HI, Message(role="assistant", parts=(Refusal("No."),)))
    assert refused["messages"][1]["content"] == "No."


def test_a_file_with_its_bytes_is_a_document() -> None:
    data = "data:application/pdf;base64,JVBERg"
    file = {"type": "file", "file": {"filename": "a.pdf", "file_data": data}}
    wire = written(Message(role="user", parts=(Opaque(json.dumps(file)), Text("Sum up."))))
    assert wire["messages"][0]["content"][0] == {
        "type": "document",
        "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERg"},
        "title": "a.pdf",
    }


def opaque_chat(kind: str) -> Opaque:
    return Opaque(json.dumps({"type": kind}))


CUSTOM = (("tool_calls", '[{"type":"custom"}]'),)


@pytest.mark.parametrize(
    ("message", "says"),
    [
        (Message(role="user", parts=(opaque_chat("input_audio"),)), "type `input_audio`"),
        (Message(role="user", parts=(opaque_chat("file"),)), "type `file`"),
        (Message(role="user", parts=(Image("data:image/png,AA"),)), "is not in base64"),
        (Message(role="system", parts=(Image("https://x/a.png"),)), "a system message holds a pic"),
        (Message(role="tool", parts=(Text("3"),)), "does not say which call it answers"),
        (Message(role="assistant", parts=(Text("a"),), extra=CUSTOM), "holds `tool_calls`"),
    ],
)
def test_what_cannot_be_said_here_is_refused_in_words(message: Message, says: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        written(HI, message)
    assert says.lower() in caught.value.problem.message.lower()
    assert caught.value.problem.fix


@pytest.mark.parametrize("names", [["model"], ["messages"], ["system"], ["top_p", "top_p"]])
def test_a_parameter_cannot_stand_twice(names: list[str]) -> None:
    asked = ChatRequest(model="m", messages=(HI,))
    with pytest.raises(ValueError, match="twice"):
        render_request(asked, [(name, 1) for name in names], "m")


WORDS = st.text(min_size=1, max_size=8)
IDS = st.text("abcXYZ019_-", min_size=1, max_size=6)
OBJECTS = st.dictionaries(WORDS, st.integers(-(2**60), 2**60) | WORDS, max_size=2).map(
    lambda value: msgspec.json.encode(value).decode()
)


def own(kind: str, value: Any) -> Opaque:
    return Opaque(msgspec.json.encode({"type": kind, "x": value}).decode(), NAME)


TEXT = st.builds(Text, WORDS)
IMAGE = st.builds(Image, st.sampled_from(["https://x.org/a", "data:image/png;base64,AA"]))
OPAQUE = st.builds(own, st.sampled_from(["document", "later"]), WORDS)
SHOWN = st.lists(TEXT | IMAGE | OPAQUE, min_size=1, max_size=3)
CALL = st.builds(ToolCall, id=IDS, name=WORDS, arguments=OBJECTS)
SAID = st.lists(
    TEXT | CALL | OPAQUE | st.builds(Reasoning, st.text(max_size=5), WORDS), min_size=1, max_size=4
)


def message(role: Any, parts: list[Part], call_id: str | None = None) -> Message:
    return Message(role=role, parts=tuple(parts), call_id=call_id)


RESULTS = st.builds(message, st.just("tool"), st.lists(TEXT | IMAGE, max_size=2), IDS)
ASKED = st.tuples(
    st.lists(RESULTS, max_size=2),
    st.lists(st.builds(message, st.just("user"), SHOWN), min_size=1, max_size=1),
).map(lambda groups: [*groups[0], *groups[1]])
TURNS = st.lists(
    st.tuples(ASKED, st.builds(message, st.just("assistant"), SAID)), min_size=1, max_size=2
)


def conversation(system: list[Part], turns: list[Any]) -> tuple[Message, ...]:
    first = [Message(role="system", parts=tuple(system))] if system else []
    return (*first, *(one for asked, said in turns for one in (*asked, said)))


REQUESTS = st.builds(
    ChatRequest,
    model=WORDS.filter(lambda text: bool(text.strip())),
    messages=st.builds(conversation, st.lists(TEXT, max_size=2), TURNS),
    parameters=st.dictionaries(
        WORDS.filter(lambda name: name not in ("model", "messages", "system", "stream")),
        st.integers(-(2**60), 2**60) | WORDS | st.lists(st.booleans(), max_size=2),
        max_size=3,
    ).map(lambda given: {**given, "max_tokens": 9}),
    stream=st.booleans(),
)


@given(REQUESTS)
def test_what_is_written_is_read(asked: ChatRequest) -> None:
    sent = list(asked.parameters.items())
    if asked.stream:
        sent.append(("stream", True))
    wire = render_request(asked, sent, asked.model)
    read = parse_request(wire.data)
    assert msgspec.structs.replace(read, raw=None) == asked
    again = render_request(read, sent, asked.model)
    assert again == wire
    places = (0, *wire.cuts, len(wire.data))
    assert list(places) == sorted(places)
