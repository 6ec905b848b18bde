"""Messages between Anthropic's protocol and chat completions, and what is said of the rest."""

import json
from typing import Any

import pytest

from filon.conversation.errors import InvalidRequest
from filon.conversation.message import (
    Image,
    Message,
    Opaque,
    Reasoning,
    Text,
    ToolCall,
    say,
)
from filon.protocols.anthropic_messages.crossing import (
    lost_from_chat,
    messages_to_chat,
)
from filon.protocols.anthropic_messages.message import NAME
from filon.protocols.anthropic_messages.request import parse_request
from filon.protocols.openai_chat.message import render_message


def names(pairs: tuple[tuple[str, str], ...]) -> list[str]:
    for _, why in pairs:
        assert why[0].isupper() or why[0] == "`"
        assert why.endswith(".")
    return [name for name, _ in pairs]


def carried(*messages: Any, system: Any = None) -> Any:
    body = {"model": "m", "max_tokens": 9, "system": system, "messages": list(messages)}
    return messages_to_chat(parse_request(json.dumps(body).encode()))


def test_texts_become_one_text() -> None:
    two = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    told = carried(
        {"role": "user", "content": two},
        {
            "role": "assistant",
            "content": [*two, {"type": "tool_use", "id": "t", "name": "f", "input": {}}],
        },
        system=two,
    )
    assert told.messages == (
        say("system", "a\nb"),
        say("user", "a\nb"),
        Message(role="assistant", parts=(Text("ab"), ToolCall(id="t", name="f", arguments="{}"))),
    )
    assert (told.lost, told.changed) == ((), ())


def test_pictures_of_a_tool_go_into_the_users_message_behind_it() -> None:
    picture = {"type": "image", "source": {"type": "url", "url": "https://x.org/a"}}
    results = [
        {"type": "tool_result", "tool_use_id": "a", "content": [picture]},
        {"type": "tool_result", "tool_use_id": "b", "content": "3"},
    ]
    shown = Message(role="user", parts=(Image("https://x.org/a"),))
    told = carried({"role": "user", "content": [*results, {"type": "text", "text": "So?"}]})
    assert told.messages == (
        Message(role="tool", call_id="a", parts=(Text("(Shown by the tool.)"),)),
        Message(role="tool", call_id="b", parts=(Text("3"),)),
        shown,
        say("user", "So?"),
    )
    assert names(told.changed) == ["pictures and files of tools"]
    assert carried({"role": "user", "content": results}).messages[-1] == shown


def test_documents_become_files_or_texts() -> None:
    pdf = {"type": "base64", "media_type": "application/pdf", "data": "JVBERg"}
    blocks = [
        {"type": "document", "title": "a.pdf", "source": pdf},
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "x"}},
        {
            "type": "document",
            "source": {"type": "content", "content": [{"type": "text", "text": "y"}]},
        },
        {"type": "search_result", "content": [{"type": "text", "text": "z"}]},
        {"type": "document", "source": {"type": "url", "url": "https://x.org/a.pdf"}},
    ]
    (message,) = carried({"role": "user", "content": blocks}).messages
    file, *texts, foreign = message.parts
    assert json.loads(file.json) == {
        "type": "file",
        "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERg"},
    }
    assert texts == [Text("x"), Text("y"), Text("z")]
    assert foreign.protocol == NAME
    with pytest.raises(InvalidRequest, match="type `document`, as anthropic_messages has it"):
        render_message(message)


def test_what_blocks_lose_is_named() -> None:
    cached = {"cache_control": {"type": "ephemeral"}}
    told = carried(
        {"role": "user", "content": [{"type": "text", "text": "a", **cached}]},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Hm.", "signature": "seal"},
                {"type": "redacted_thinking", "data": "x"},
                {"type": "tool_use", "id": "t", "name": "f", "input": {"citations": 1}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "t", "content": "no", "is_error": True}
            ],
        },
        {"role": "user", "content": "cache_control"},
    )
    lost = ["cache_control", "is_error", "signature", "redacted_thinking"]
    assert names(told.lost) == lost
    call = ToolCall(id="t", name="f", arguments='{"citations": 1}')
    assert told.messages[1].parts == (Reasoning("Hm."), call)
    system = [{"type": "text", "text": "a", **cached}]
    assert names(carried({"role": "user", "content": "a"}, system=system).lost) == lost[:1]


def test_what_messages_of_chat_completions_lose_is_named() -> None:
    sent = (
        Message(role="user", parts=(Image("https://x.org/a", "low"),), name="ana"),
        Message(role="assistant", parts=(Reasoning("Hm."), Reasoning("So.", "seal"))),
        Message(role="assistant", parts=(Text("a"),), extra=(("annotations", "[]"),)),
    )
    lost = lost_from_chat(sent)
    assert names(lost) == ["name", "image_url.detail", "reasoning", "annotations"]
    assert lost_from_chat((say("user", "a"), Message(role="user", parts=(Opaque("{}"),)))) == ()
