"""Anthropic's messages, and the counting of a request's tokens."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import msgspec

from filon.practice import pace
from filon.practice.answers.prompt import render
from filon.practice.answers.voice import Spoken
from filon.practice.dialects import messages_wire
from filon.practice.dialects.messages_reading import check_demanded, read_messages
from filon.practice.dialects.messages_wire import EventWriter, Manner
from filon.practice.dialects.refusing import error_value
from filon.practice.http import Response
from filon.practice.model.generate import pocket
from filon.practice.refusal import Refusal
from filon.practice.serving.chat import JSON, SPEED_HEADER, STREAM, Answer, prepare
from filon.practice.serving.visit import Visit
from filon.protocols.anthropic_messages.request import parse_count, parse_request


async def complete(visit: Visit) -> Response:
    """Answers POST .../messages. Raises Refused, FilonError."""
    request = visit.request
    speed = pace.read_speed(request.header(SPEED_HEADER), visit.desk.speed)
    visit.authorise()
    check_demanded(request.body, counts=False)
    asked = parse_request(request.body)
    model = visit.choose(asked.model)
    visit.refuse_if_wanted()
    told = read_messages(asked, visit.dialect, model, visit.version)
    answer = prepare(visit, asked, told.wish, model, caches=told.caches)
    manner = Manner(usage=not visit.trait("no_usage"), shows=told.shows, written=answer.written)
    groups = answer.groups(speed)
    if told.wish.stream:
        events = _stream(answer, manner, groups)
        stream = visit.framed(events, stream=True, **_marks(visit, answer))
        return visit.respond(Response(status=200, headers=STREAM, stream=stream))
    if visit.edits_frames:
        frames = _whole(answer, manner, groups)
        body = visit.framed(frames, stream=False, **_marks(visit, answer))
        return visit.respond(Response(status=200, headers=(JSON,), stream=body))
    data = b"".join([part async for part in _whole(answer, manner, groups)])
    return visit.respond(Response(status=200, headers=(JSON,), body=data))


async def count(visit: Visit) -> Response:
    """Answers POST .../messages/count_tokens with what the prompt would count. Raises Refused,
    FilonError."""
    visit.authorise()
    check_demanded(visit.request.body, counts=True)
    asked = parse_count(visit.request.body)
    model = visit.choose(asked.model)
    visit.refuse_if_wanted()
    wanted = read_messages(asked, visit.dialect, model, visit.version).wish.asked
    prompt = render(wanted.messages, wanted.tools, pocket().pieces)
    body = msgspec.json.encode({"input_tokens": len(prompt.tokens)})
    response = visit.respond(Response(status=200, headers=(JSON,), body=body))
    visit.finish("complete")
    return response


def _marks(visit: Visit, answer: Answer) -> dict[str, bytes]:
    """The frames that a switch may need: an error in mid-stream, and the end."""
    refusal = Refusal(kind="overloaded", values={"model": answer.reply.model.name})
    error = error_value(visit.dialect, refusal, visit.request_id)
    return {"error": messages_wire.frame(error), "end": messages_wire.END}


async def _stream(
    answer: Answer, manner: Manner, groups: AsyncGenerator[list[Spoken]]
) -> AsyncGenerator[bytes]:
    """The reply opens before the model says anything; while it is silent, there are pings."""
    writer = EventWriter(answer.reply, manner)
    begun = False
    async with aclosing(groups):
        async for group in groups:
            if not begun:
                begun = True
                yield writer.opening(answer.speaking.counts())
            elif not group:
                yield messages_wire.PING
            for spoken in group:
                for data in writer.write(spoken):
                    yield data
    for data in writer.close(answer.speaking.counts()):
        yield data


async def _whole(
    answer: Answer, manner: Manner, groups: AsyncGenerator[list[Spoken]]
) -> AsyncGenerator[bytes]:
    spoken: list[Spoken] = []
    async with aclosing(groups):
        async for group in groups:
            spoken += group
    yield messages_wire.whole(answer.reply, spoken, answer.speaking.counts(), manner)
