"""OpenAI's responses. Practice keeps none of them: each request brings its whole conversation.

The answer is written by the protocol's own renderer, since all that is written there is written
for clients of OpenAI.
"""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any

import msgspec

from filon.conversation.events import (
    Done,
    Finished,
    ReasoningDelta,
    Started,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
    UsageReported,
)
from filon.conversation.reply import fold
from filon.conversation.request import ChatRequest
from filon.conversation.usage import Usage
from filon.practice import pace
from filon.practice.answers.counts import Counts
from filon.practice.answers.voice import Over, Spoken
from filon.practice.dialects.chat_parts import Reply, call_id
from filon.practice.dialects.messages_turns import seal
from filon.practice.dialects.refusing import error_value
from filon.practice.dialects.responses_reading import Read, read_responses
from filon.practice.http import Response
from filon.practice.refusal import Refusal
from filon.practice.serving.chat import JSON, SPEED_HEADER, STREAM, Answer, prepare
from filon.practice.serving.visit import Visit
from filon.protocols.openai_responses.reply import render_reply
from filon.protocols.openai_responses.request import parse_request
from filon.protocols.openai_responses.writer import StreamRenderer


async def complete(visit: Visit) -> Response:
    """Answers POST .../responses. Raises Refused, FilonError."""
    request = visit.request
    speed = pace.read_speed(request.header(SPEED_HEADER), visit.desk.speed)
    visit.authorise()
    asked = parse_request(request.body)
    model = visit.choose(asked.model)
    visit.refuse_if_wanted()
    told = read_responses(asked, visit.dialect, model)
    answer = prepare(visit, asked, told.wish, model)
    events = _events(answer, told, answer.groups(speed), usage=not visit.trait("no_usage"))
    if told.wish.stream:
        frames = _stream(answer.reply, asked, events)
        stream = visit.framed(frames, stream=True, **_marks(visit, answer))
        return visit.respond(Response(status=200, headers=STREAM, stream=stream))
    if visit.edits_frames:
        frames = _whole(answer.reply, asked, events)
        body = visit.framed(frames, stream=False, **_marks(visit, answer))
        return visit.respond(Response(status=200, headers=(JSON,), stream=body))
    data = b"".join([part async for part in _whole(answer.reply, asked, events)])
    return visit.respond(Response(status=200, headers=(JSON,), body=data))


def _marks(visit: Visit, answer: Answer) -> dict[str, bytes]:
    """The frame of an error in mid-stream. The end has no frame of its own: the last event holds
    the whole answer."""
    refusal = Refusal(kind="overloaded", values={"model": answer.reply.model.name})
    error: dict[str, Any] = error_value(visit.dialect, refusal)["error"]
    flat = {name: error.get(name) for name in ("code", "message", "param")}
    told = {"type": "error", "sequence_number": 0, **flat, "error": error}
    return {"error": b"event: error\ndata: " + msgspec.json.encode(told) + b"\n\n", "end": b""}


async def _events(
    answer: Answer, told: Read, groups: AsyncGenerator[list[Spoken]], *, usage: bool
) -> AsyncGenerator[StreamEvent]:
    thought: list[str] = []
    finished = Finished("stop")
    yield Started()
    async with aclosing(groups):
        async for group in groups:
            for spoken in group:
                if isinstance(spoken, Over):
                    finished = Finished(spoken.reason)
                elif spoken.kind == "reasoning":
                    thought.append(spoken.text)
                    if told.summary:
                        yield ReasoningDelta(spoken.text, field="summary")
                    continue
                for event in _sealed(thought, told):
                    yield event
                if not isinstance(spoken, Over):
                    yield _said(spoken, answer.reply)
    yield finished
    if usage:
        yield UsageReported(_usage(answer.reply, answer.speaking.counts()))
    yield Done()


def _sealed(thought: list[str], told: Read) -> Iterator[StreamEvent]:
    """The seal of a thought that has ended, where the request wants it."""
    if thought and told.sealed:
        yield ReasoningDelta("", field="summary", signature=seal("".join(thought)))
    thought.clear()


def _said(spoken: Spoken, reply: Reply) -> StreamEvent:
    assert not isinstance(spoken, Over)
    if spoken.kind == "text":
        return TextDelta(spoken.text)
    id = call_id(reply.dialect) if spoken.name is not None else None
    return ToolCallDelta(index=spoken.call, id=id, name=spoken.name, arguments=spoken.text)


def _usage(reply: Reply, counts: Counts) -> Usage:
    return Usage(
        input_tokens=counts.prompt,
        output_tokens=counts.answer,
        cached_tokens=counts.cached,
        reasoning_tokens=counts.thought,
    )


async def _stream(
    reply: Reply, asked: ChatRequest, events: AsyncGenerator[StreamEvent]
) -> AsyncGenerator[bytes]:
    writer = StreamRenderer(
        id=reply.id, model=reply.served, created=reply.created, asked=asked.parameters
    )
    async with aclosing(events):
        async for event in events:
            for frame in writer.render(event).split(b"\n\n"):
                if frame:
                    yield frame + b"\n\n"


async def _whole(
    reply: Reply, asked: ChatRequest, events: AsyncGenerator[StreamEvent]
) -> AsyncGenerator[bytes]:
    async with aclosing(events):
        folded = fold([event async for event in events])
    yield render_reply(
        folded,
        id=reply.id,
        model=reply.served,
        created=reply.created,
        asked=asked.parameters,
    )
