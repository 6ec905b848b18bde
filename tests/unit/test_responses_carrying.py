"""Messages between Responses and the other protocols, and what is said of the rest."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filon.conversation.events import StreamEvent
from filon.conversation.finish import ending
from filon.conversation.message import Image, Message, Opaque, Reasoning, Text, ToolCall, say
from filon.conversation.reply import Choice, Reply, fold, unfold
from filon.conversation.request import ChatRequest
from filon.protocols.anthropic_messages.protocol import ANTHROPIC_MESSAGES
from filon.protocols.openai_chat.message import render_message
from filon.protocols.openai_chat.protocol import OPENAI_CHAT
from filon.protocols.openai_responses.carrying import lost_from_chat, messages_to_chat
from filon.protocols.openai_responses.protocol import OPENAI_RESPONSES
from filon.protocols.openai_responses.request import parse_request
from filon.protocols.wire import Protocol

# Conversations are large things to draw, and a busy machine takes its time over the first ones.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def names(pairs: tuple[tuple[str, str], ...]) -> list[str]:
    assert all(why.endswith(".") for _, why in pairs)
    return [name for name, _ in pairs]


def carried(*items: Any) -> Any:
    return messages_to_chat(parse_request(json.dumps({"model": "m", "input": items}).encode()))


def test_texts_become_one_text_and_seals_stay_behind() -> None:
    told = carried(
        {"role": "user", "content": [{"type": "input_text", "text": t} for t in "ab"]},
        {
            "type": "reasoning",
            "summary": [{"type": "summary_text", "text": "Hm."}],
            "encrypted_content": "gAAA",
        },
        {"type": "reasoning", "summary": [], "encrypted_content": "gAAB"},
        {
            "type": "message",
            "role": "assistant",
            "phase": "commentary",
            "content": [
                {"type": "output_text", "text": "a", "annotations": [{"type": "url_citation"}]},
                {"type": "output_text", "text": "b", "annotations": []},
            ],
        },
    )
    assert told.messages == (
        say("user", "a\nb"),
        Message(role="assistant", parts=(Reasoning("Hm."), Text("ab"))),
    )
    assert names(told.lost) == ["encrypted_content", "phase", "annotations"]
    assert told.changed == ()
    assert json.loads(render_message(told.messages[1]))["content"] == "ab"


def test_pictures_of_a_tool_go_into_the_users_message_behind_it() -> None:
    picture = {"type": "input_image", "image_url": "https://example.com/a.png"}
    file = {"type": "input_file", "file_id": "f"}
    told = carried(
        {"type": "function_call", "call_id": "a", "name": "see", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "a", "output": [picture, file]},
        {"role": "user", "content": "Well?"},
    )
    assert told.messages[1:] == (
        Message(role="tool", parts=(Text("(Shown by the tool.)"),), call_id="a"),
        Message(
            role="user",
            parts=(
                Image("https://example.com/a.png"),
                Opaque('{"type":"file","file":{"file_id":"f"}}'),
            ),
        ),
        say("user", "Well?"),
    )
    assert names(told.changed) == ["pictures and files of tools"]


def test_what_messages_of_chat_completions_lose_is_named() -> None:
    told = lost_from_chat(
        [
            Message(role="user", parts=(), name="ana", extra=(("cache_control", '{"a":1}'),)),
            Message(role="assistant", parts=(), extra=(("audio", "null"), ("mood", '"glad"'))),
            Message(role="tool", parts=(), name="add", call_id="c"),
            Message(role="assistant", parts=(Reasoning("Hm."), Reasoning("Hm.", "gAAA"))),
        ]
    )
    assert names(told) == ["name", "cache_control", "mood", "reasoning"]
    assert messages_to_chat(ChatRequest(model="m", messages=(say("user", "a"),))).lost == ()


def test_the_seal_of_another_protocols_provider_comes_back_to_it() -> None:
    """Anthropic demands its sealed thought back beside the answers of the tools."""
    block = {"type": "thinking", "thinking": "Hm.", "signature": "Eq:=="}
    use: dict[str, Any] = {"type": "tool_use", "id": "c1", "name": "now", "input": {}}
    said: dict[str, Any] = {"type": "message", "content": [block, use], "stop_reason": "tool_use"}
    reply = fold(ANTHROPIC_MESSAGES.parse_reply(json.dumps(said).encode()))
    whole = OPENAI_RESPONSES.render_reply(reply, id="a", model="m", created=1)
    writer = OPENAI_RESPONSES.open_writer(id="a", model="m", created=1)
    told = OPENAI_RESPONSES.open_reader()
    streamed = fold(told.feed(b"".join(map(writer.render, unfold(reply)))))
    assert streamed.first.parts[0] == Reasoning("Hm.", "filon:thinking:Eq:==")
    answer = {"type": "function_call_output", "call_id": "c1", "output": "noon"}
    back = carried(*json.loads(whole)["output"], answer)
    assert back.messages[0].parts == (
        Reasoning("Hm.", "Eq:=="),
        ToolCall(id="c1", name="now", arguments="{}"),
    )
    assert back.lost == ()
    request = ChatRequest(model="m", messages=back.messages)
    sent = json.loads(ANTHROPIC_MESSAGES.render_request(request, (("max_tokens", 9),), "m").data)
    assert [one for one in sent["messages"] if one["role"] == "assistant"] == [
        {"role": "assistant", "content": [block, use]}
    ]
    assert "Eq" not in render_message(back.messages[0]).decode()
    hidden = Message(role="assistant", parts=(Reasoning("", "Eq"),))
    assert json.loads(render_message(hidden)) == {"role": "assistant", "content": ""}


WORDS = st.text("abc é\n", min_size=1, max_size=6).filter(lambda text: text.strip() == text)
OBJECTS = st.dictionaries(WORDS, st.integers(0, 9), max_size=2).map(
    lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False)
)
TEXTS = st.builds(Text, WORDS)
PICTURES = st.sampled_from([Image("https://example.com/a.png"), Image("data:image/png;base64,AA")])


def turn_of(asked: list[Any], text: Text, calls: list[str], answer: Text) -> list[Message]:
    """What a user says, what the model says and calls, and the answers of the tools."""
    made = [
        ToolCall(id=f"call_{n}", name="add", arguments=arguments)
        for n, arguments in enumerate(calls)
    ]
    answers = [Message(role="tool", parts=(answer,), call_id=call.id) for call in made]
    return [
        Message(role="user", parts=tuple(asked)),
        Message(role="assistant", parts=(text, *made)),
        *answers,
    ]


TURNS = st.builds(
    turn_of,
    st.lists(TEXTS | PICTURES, min_size=1, max_size=3),
    TEXTS,
    st.lists(OBJECTS, max_size=2),
    TEXTS,
)
SYSTEMS = st.lists(st.builds(say, st.just("system"), WORDS), max_size=1)
CONVERSATIONS = st.tuples(SYSTEMS, TURNS, st.just([]) | TURNS).map(
    lambda groups: tuple(message for group in groups for message in group)
)
OTHERS = st.sampled_from([OPENAI_CHAT, ANTHROPIC_MESSAGES])


def sent_on(messages: tuple[Message, ...], protocol: Protocol) -> tuple[Message, ...]:
    """The messages as they arrive behind a hop in this protocol."""
    request = ChatRequest(model="m", messages=messages)
    sent = protocol.render_request(request, protocol_needs(protocol), "m")
    return protocol.parse_request(sent.data).messages


def protocol_needs(protocol: Protocol) -> tuple[tuple[str, Any], ...]:
    return (("max_tokens", 9),) if protocol is ANTHROPIC_MESSAGES else ()


@patient
@given(CONVERSATIONS, OTHERS)
def test_a_conversation_crosses_both_ways(messages: tuple[Message, ...], other: Protocol) -> None:
    there = sent_on(sent_on(messages, other), OPENAI_RESPONSES)
    assert there == messages
    assert sent_on(sent_on(messages, OPENAI_RESPONSES), other) == messages


def reply_of(thoughts: list[Any], text: list[Any], calls: list[str], reason: str) -> Reply:
    made = [
        ToolCall(id=f"call_{n}", name="add", arguments=arguments)
        for n, arguments in enumerate(calls)
    ]
    why = "tool_calls" if calls and reason == "stop" else reason
    choice = Choice(index=0, parts=(*thoughts, *text, *made), finish_reason=why)
    return Reply(choices=(choice,), done=True)


REPLIES = st.builds(
    reply_of,
    st.lists(st.builds(Reasoning, WORDS), max_size=1),
    st.lists(TEXTS, min_size=1, max_size=1),
    st.lists(OBJECTS, max_size=2),
    st.sampled_from(["stop", "length", "content_filter"]),
)


def heard(events: list[StreamEvent], protocol: Protocol) -> list[StreamEvent]:
    """The events as they arrive behind a streamed hop in this protocol."""
    writer = protocol.open_writer(id="a_1", model="m", created=5, include_usage=True)
    reader = protocol.open_reader()
    told = reader.feed(b"".join(map(writer.render, events)))
    return [*told, *reader.close()]


@patient
@given(REPLIES, OTHERS)
def test_a_stream_crosses_both_ways(reply: Reply, other: Protocol) -> None:
    for way in ((other, OPENAI_RESPONSES), (OPENAI_RESPONSES, other)):
        events = unfold(reply)
        for hop in way:
            events = heard(events, hop)
        final = fold(events)
        assert plain(final) == plain(reply)
        assert final.done
        why, wanted = final.first.finish_reason, reply.first.finish_reason
        assert why is not None
        assert wanted is not None
        # Anthropic's word for a filter is that the model refuses.
        means = {"refusal": "content_filter"}.get(ending(why), ending(why))
        assert means == ending(wanted)


def plain(reply: Reply) -> list[Any]:
    """The parts, without the seals that a hop may add."""
    return [
        Reasoning(part.text) if isinstance(part, Reasoning) else part for part in reply.first.parts
    ]
