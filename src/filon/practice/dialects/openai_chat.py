"""The practice provider as a server of chat completions."""

import asyncio
import zlib
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing

import msgspec
from msgspec import Struct

from filon.conversation.errors import Problem, UnknownModel
from filon.conversation.events import (
    Done,
    Finished,
    Started,
    StreamEvent,
    TextDelta,
    UsageReported,
)
from filon.conversation.reply import ReplyFold
from filon.conversation.usage import Usage
from filon.kit import clock, ids
from filon.practice import echo, parameters, pieces
from filon.practice.http import Headers, Request, Response
from filon.practice.pace import Pace
from filon.protocols.openai_chat.errors import render_error
from filon.protocols.openai_chat.reply import render_reply
from filon.protocols.openai_chat.request import parse_request
from filon.protocols.openai_chat.stream import StreamRenderer

_JSON = ("content-type", "application/json")
_BEGAN = 1_767_225_600  # 2026-01-01; the models' `created`


class Plan(Struct, frozen=True, kw_only=True):
    """All that will be said: per choice its pieces and why it ends, and the counts."""

    choices: tuple[tuple[str, ...], ...]
    reasons: tuple[str, ...]
    usage: Usage


async def complete(request: Request) -> Response:
    """Answers POST /v1/chat/completions. Raises FilonError."""
    chat = parse_request(request.body)
    wanted = parameters.read(
        chat.parameters, stream=chat.stream, speed=request.header(parameters.SPEED_HEADER)
    )
    if chat.model != echo.NAME:
        raise _unknown(chat.model)
    heard = echo.Heard(
        method=request.method, target=request.target, headers=request.headers, chat=chat
    )
    plan = _plan(heard, wanted)
    pace = Pace(zlib.crc32(request.body), wanted.speed)
    id, created = ids.new_id("chatcmpl"), int(clock.now())
    if chat.stream:
        writer = StreamRenderer(
            id=id, model=echo.NAME, created=created, include_usage=wanted.include_usage
        )
        head = (("content-type", "text/event-stream; charset=utf-8"), ("cache-control", "no-cache"))
        return Response(status=200, headers=(*head, *_common()), stream=_stream(plan, pace, writer))
    so_far = ReplyFold()
    async for events in _events(plan, pace):
        for event in events:
            so_far.add(event)
    body = render_reply(so_far.reply(), id=id, model=echo.NAME, created=created)
    return Response(status=200, headers=(_JSON, *_common()), body=body)


def list_models() -> Response:
    """Answers GET /v1/models."""
    body = msgspec.json.encode({"object": "list", "data": [_model()]})
    return Response(status=200, headers=(_JSON, *_common()), body=body)


def show_model(name: str) -> Response:
    """Answers GET /v1/models/{name}. Raises UnknownModel."""
    if name != echo.NAME:
        raise _unknown(name)
    return Response(status=200, headers=(_JSON, *_common()), body=msgspec.json.encode(_model()))


def refuse(problem: Problem) -> Response:
    """Any failure, in the words of this protocol."""
    status, body = render_error(problem)
    return Response(status=status, headers=(_JSON, *_common()), body=body)


def _model() -> dict[str, str | int]:
    return {"id": echo.NAME, "object": "model", "created": _BEGAN, "owned_by": "practice"}


def _unknown(name: str) -> UnknownModel:
    return UnknownModel(
        f"There is no model {name[:200]!r} here.", fix=f"Use {echo.NAME!r}.", param="model"
    )


def _common() -> Headers:
    return (("x-request-id", ids.new_id("req")), ("server", "filon-practice"))


def _plan(heard: echo.Heard, wanted: parameters.Wanted) -> Plan:
    choices: list[tuple[str, ...]] = []
    reasons: list[str] = []
    for number in range(wanted.n):
        said, reason = _cut(echo.describe(heard, number, wanted.n), wanted)
        choices.append(said)
        reasons.append(reason)
    usage = Usage(
        input_tokens=echo.count_prompt(heard.chat.messages),
        output_tokens=sum(len(said) for said in choices),
    )
    return Plan(choices=tuple(choices), reasons=tuple(reasons), usage=usage)


def _cut(text: str, wanted: parameters.Wanted) -> tuple[tuple[str, ...], str]:
    """The pieces up to the token limit or the first stop text, and which of the two it was."""
    said = pieces.split(text)
    reason = "stop"
    if wanted.max_tokens is not None and len(said) > wanted.max_tokens:
        said, reason = said[: wanted.max_tokens], "length"
    text = "".join(said)
    ends = [end for stop in wanted.stop if (end := text.find(stop)) >= 0]
    if ends:
        said, reason = pieces.split(text[: min(ends)]), "stop"
    return tuple(said), reason


def _steps(plan: Plan) -> Iterator[list[StreamEvent]]:
    """What is said at each step: one piece of every choice that goes on."""
    longest = max(len(said) for said in plan.choices)
    for step in range(longest):
        yield [
            TextDelta(said[step], number)
            for number, said in enumerate(plan.choices)
            if step < len(said)
        ]


async def _events(plan: Plan, pace: Pace) -> AsyncGenerator[list[StreamEvent]]:
    """The events of the answer, in groups that are due at the same moment."""
    due: list[StreamEvent] = [Started()]
    spoken = False
    for step in _steps(plan):
        wait = pace.next_wait()
        if wait > 0:
            # The opening waits for the first token, as it does where a model must think.
            if spoken:
                yield due
                due = []
            await asyncio.sleep(wait)
        spoken = True
        due += step
    due += (Finished(reason, number) for number, reason in enumerate(plan.reasons))
    yield [*due, UsageReported(plan.usage), Done()]


async def _stream(plan: Plan, pace: Pace, writer: StreamRenderer) -> AsyncGenerator[bytes]:
    async with aclosing(_events(plan, pace)) as groups:
        async for events in groups:
            yield b"".join(writer.render(event) for event in events)
