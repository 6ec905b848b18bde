"""Rows and records for tests, with only what a test is about left to say."""

import json
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from filon.conversation.message import say
from filon.store.conversations import ConversationRow
from filon.store.messages import MessageRow
from filon.store.traces import TraceSummary
from filon.trace.frames import Frame, frames_of
from filon.trace.masks import masked
from filon.trace.records import (
    AnyRecord,
    Assembled,
    Attempt,
    Because,
    Body,
    Cost,
    Decision,
    Received,
    Settled,
    SourcedMessage,
    Translated,
)


def conversation(name: str = "c1", **fields: Any) -> ConversationRow:
    given: dict[str, Any] = {"id": name, "title": "Ore", "created_at": 10.0, "updated_at": 10.0}
    return ConversationRow(**{**given, **fields})


def message(name: str, parent: str | None = None, **fields: Any) -> MessageRow:
    """A message; its time follows from the digits in its name, so that m2 is later than m1."""
    at = 10.0 + int("".join(filter(str.isdigit, name)) or 0)
    given: dict[str, Any] = {
        "id": name,
        "conversation_id": "c1",
        "parent_id": parent,
        "role": "user",
        "text": f"text of {name}",
        "sender": "You",
        "created_at": at,
        "updated_at": at,
    }
    return MessageRow(**{**given, **fields})


def answer(name: str, parent: str, **fields: Any) -> MessageRow:
    """An answer that is being written."""
    given: dict[str, Any] = {
        "role": "assistant",
        "text": "",
        "state": "streaming",
        "sender": "tiny",
    }
    return message(name, parent, **{**given, **fields})


def summary(name: str = "t1", **fields: Any) -> TraceSummary:
    given: dict[str, Any] = {
        "id": name,
        "started_at": 100.0,
        "caller": "chat",
        "model": "practice/tiny",
        "outcome": "complete",
        "cost_kind": "free",
    }
    return TraceSummary(**{**given, **fields})


def wire_body(history: Sequence[str]) -> Body:
    """A request as an OpenAI-like wire has it, which may be cut where each message ends."""
    head = b'{"model":"tiny","messages":['
    items = [json.dumps({"role": "user", "content": text}).encode() for text in history]
    # The comma goes with what follows it, so that a last message is the same piece later on.
    parts = [head, items[0], *(b"," + item for item in items[1:]), b'],"stream":true}']
    return Body(b"".join(parts), tuple(accumulate(map(len, parts[:-1]))))


def records(history: Sequence[str]) -> tuple[AnyRecord, ...]:
    """The records of one turn of a chat with this history, the new message last."""
    sent = wire_body(history)
    origins = ["history"] * (len(history) - 1) + ["this message"]
    return (
        Received(
            started=100.0,
            caller="chat",
            protocol="openai_chat",
            method="POST",
            path="/api/chat/send",
            headers=masked((("accept", "*/*"),)),
            body=Body(history[-1].encode()),
        ),
        Assembled(
            messages=tuple(
                SourcedMessage(message=say("user", text), origin=origin, tokens=len(text) // 4)
                for text, origin in zip(history, origins, strict=True)
            ),
            tokenizer="guess",
        ),
        Translated(
            protocol="openai_chat",
            decisions=(
                Decision(
                    name="top_k",
                    decision="dropped",
                    because=Because(source="librechat.yaml", line=4, rule="dropParams[0]"),
                    wanted=40,
                ),
            ),
            method="POST",
            url="http://127.0.0.1/v1/chat/completions",
            headers=masked((("content-type", "application/json"),)),
            body=sent,
        ),
        Attempt(
            number=1,
            endpoint="practice",
            model="tiny",
            method="POST",
            url="http://127.0.0.1/v1/chat/completions",
            address="127.0.0.1:9",
            request_headers=masked((("content-type", "application/json"),)),
            request_body=sent,
            status=200,
            frames=frames_of(
                (Frame(0.1, b"data: {}\n\n", "text"), Frame(0.2, b"data: [DONE]\n\n", "done"))
            ),
        ),
        Settled(
            outcome="complete",
            usage=None,
            estimated=None,
            cost=Cost(kind="free", usd=0.0),
            finish_reason="stop",
            ttft=0.1,
            rate=12.5,
        ),
    )
