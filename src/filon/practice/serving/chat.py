"""Chat completions, in every dialect of them."""

import zlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from msgspec.structs import replace

from filon.conversation.request import ChatRequest
from filon.practice import echo, pace
from filon.practice.answers.prompt import Prompt, render, shorten
from filon.practice.answers.speaking import Speaking
from filon.practice.answers.voice import Spoken
from filon.practice.answers.wish import Wish
from filon.practice.dialects import chat_wire
from filon.practice.dialects.chat_parts import Reply
from filon.practice.dialects.reading import read
from filon.practice.dialects.refusing import error_value, request_id
from filon.practice.http import Cut, Response
from filon.practice.model.family import Model
from filon.practice.model.generate import Pocket, pocket
from filon.practice.model.plan import Alternative, Plan, Segment
from filon.practice.refusal import Refusal, Refused
from filon.practice.serving.visit import Visit
from filon.practice.skills.choose import plan_for
from filon.protocols.openai_chat.request import parse_request

SPEED_HEADER = "x-practice-speed"

JSON = ("content-type", "application/json")
STREAM = (
    ("content-type", "text/event-stream; charset=utf-8"),
    ("cache-control", "no-cache"),
)
# What an answer may be long where the request sets no limit, in tokens.
_USUAL_ROOM = 2_048
# How much of a prompt is left where a switch cuts it in silence, in tokens.
_CUT_PROMPT = 512


async def complete(visit: Visit) -> Response:
    """Answers POST .../chat/completions. Raises Refused, FilonError."""
    request, dialect = visit.request, visit.dialect
    speed = pace.read_speed(request.header(SPEED_HEADER), visit.desk.speed)
    visit.authorise()
    chat = parse_request(request.body)
    model = visit.choose(chat.model)
    visit.refuse_if_wanted()
    wish = read(chat, dialect, model)
    answer = prepare(visit, chat, wish, model)
    groups = answer.groups(speed)
    if wish.stream:
        stream = visit.framed(_stream(visit, answer, groups), stream=True, **_marks(answer))
        return visit.respond(Response(status=200, headers=STREAM, stream=stream))
    if visit.edits_frames or dialect.has("blank_lines"):
        body = visit.framed(_whole(visit, answer, groups), stream=False, **_marks(answer))
        return visit.respond(Response(status=200, headers=(JSON,), stream=body))
    data = b"".join([part async for part in _whole(visit, answer, groups)])
    return visit.respond(Response(status=200, headers=(JSON,), body=data))


class Answer:
    """An answer that is about to be said."""

    def __init__(
        self, visit: Visit, reply: Reply, speaking: Speaking, *, cached: int, written: int
    ) -> None:
        """`cached` and `written` are what of the prompt came out of the cache and went into it."""
        self.visit = visit
        self.reply = reply
        self.speaking = speaking
        self.written = written
        self._cached = cached

    async def groups(self, speed: float) -> AsyncGenerator[list[Spoken]]:
        """What is said, at its pace; settles when it ends, however it does."""
        visit, model = self.visit, self.reply.model
        timing = pace.timing(
            model.pace,
            seed=zlib.crc32(visit.request.body),
            speed=speed,
            clock=visit.desk.clock,
            rested=visit.enter(model),
        )
        outcome = "client left"
        try:
            run = self.speaking.run(
                timing, self._cached, lambda: visit.desk.writing(model), visit.desk.clock
            )
            async with aclosing(run):
                async for group in run:
                    yield group
            outcome = "complete"
        except Cut:
            outcome = "cut"
            raise
        finally:
            visit.finish(outcome, self.speaking.counts())


def prepare(
    visit: Visit, chat: ChatRequest, wish: Wish, model: Model, *, caches: bool | None = None
) -> Answer:
    """All that can be decided before the first token. Raises Refused.

    `caches` says whether the request wants its prompt cached; None leaves it to the dialect.
    """
    small = pocket()
    prompt = render(wish.asked.messages, wish.asked.tools, small.pieces)
    prompt, room = _fit(visit, prompt, wish, model, small)
    visit.take(model, len(prompt.tokens) + room)
    wish = _with_messages(wish, prompt)
    plans = _plans(visit, chat, wish, len(prompt.tokens), small)
    visit.line.told(skill=plans[0].skill)
    cached = written = 0
    dialect = visit.dialect
    if caches is None:
        marks = (dialect.has("cached_details"), dialect.has("cache_hit_tokens"))
        caches = any(mark is not None for mark in marks)
    if caches:
        key = f"{dialect.name} {visit.account.name} {model.name}"
        cached = visit.desk.cache.seen(key, prompt.tokens, visit.desk.clock.monotonic())
        written = max(0, visit.desk.cache.kept(prompt.tokens) - cached)
    reply = Reply(
        dialect=dialect,
        model=model,
        wish=wish,
        pieces=small.pieces,
        id=request_id(dialect),
        served=visit.served(chat.model),
        created=int(visit.desk.clock.now()),
    )
    speaking = Speaking(small, wish, prompt.tokens, plans, room)
    return Answer(visit, reply, speaking, cached=cached, written=written)


def _fit(
    visit: Visit, prompt: Prompt, wish: Wish, model: Model, small: Pocket
) -> tuple[Prompt, int]:
    """The prompt, and how many tokens each choice may have; refused, lowered or cut as this
    dialect and model do it."""
    context, style = model.context, visit.dialect.overflow.use
    tools = wish.asked.tools
    if visit.trait("truncate") and len(prompt.tokens) > _CUT_PROMPT:
        prompt = shorten(prompt, tools, small.pieces, _CUT_PROMPT)
    wanted = wish.max_tokens or min(_USUAL_ROOM, context // 2)
    if model.truncates or style == "truncate":
        least = max(1, min(wanted, context // 2))
        if len(prompt.tokens) + least > context:
            prompt = shorten(prompt, tools, small.pieces, context - least)
    free = context - len(prompt.tokens)
    over = wish.max_tokens is not None and wish.max_tokens > free and style == "refuse"
    if free <= 0 or over:
        answer = wish.max_tokens or 0
        values = {
            "context": context,
            "prompt": len(prompt.tokens),
            "answer": answer,
            "total": len(prompt.tokens) + answer,
            "model": model.name,
        }
        raise Refused(Refusal(kind="context_too_long", param="messages", values=values))
    return prompt, min(wanted, free)


def _with_messages(wish: Wish, prompt: Prompt) -> Wish:
    return replace(wish, asked=replace(wish.asked, messages=prompt.messages))


def _plans(
    visit: Visit, chat: ChatRequest, wish: Wish, prompt_tokens: int, small: Pocket
) -> Sequence[Plan]:
    if wish.asked.model.speaks:
        return [visit.said(plan_for(wish.asked), wish.asked)] * wish.n
    request = visit.request
    heard = echo.Heard(
        method=request.method,
        target=request.target,
        headers=request.headers,
        chat=chat,
        tokens=prompt_tokens,
    )
    texts = [echo.describe(heard, small.pieces, number, wish.n) for number in range(wish.n)]
    return [visit.said(_exactly(text), wish.asked) for text in texts]


def _exactly(text: str) -> Plan:
    return Plan(skill="echo", segments=(Segment(alternatives=(Alternative(text),), exact=True),))


def _marks(answer: Answer) -> dict[str, bytes]:
    """The frames that a switch may need: an error in mid-stream, and the end."""
    refusal = Refusal(kind="overloaded", values={"model": answer.reply.model.name})
    value = error_value(answer.visit.dialect, refusal)
    if answer.visit.dialect.has("native_finish") and answer.reply.wish.stream:
        choice = {"index": 0, "delta": {"content": ""}, "finish_reason": "error"}
        value = {**chat_wire.head_of(answer.reply, "chat.completion.chunk"), **value}
        value["choices"] = [{**choice, "native_finish_reason": "error"}]
    return {"error": chat_wire.frame(value), "end": chat_wire.DONE}


async def _stream(
    visit: Visit, answer: Answer, groups: AsyncGenerator[list[Spoken]]
) -> AsyncGenerator[bytes]:
    writer = chat_wire.ChunkWriter(answer.reply, usage=not visit.trait("no_usage"))
    comment = visit.dialect.wire.comment
    begun = False
    async with aclosing(groups):
        async for group in groups:
            if not group and comment is not None:
                yield f": {comment.use}\n\n".encode()
            if group and not begun:
                begun = True
                yield writer.opening()
            for spoken in group:
                for data in writer.write(spoken):
                    yield data
    for data in writer.close(answer.speaking.counts()):
        yield data


async def _whole(
    visit: Visit, answer: Answer, groups: AsyncGenerator[list[Spoken]]
) -> AsyncGenerator[bytes]:
    blank = visit.dialect.has("blank_lines") is not None
    spoken: list[Spoken] = []
    async with aclosing(groups):
        async for group in groups:
            if not group and blank:
                yield b"\n"
            spoken += group
    usage = not visit.trait("no_usage")
    yield chat_wire.whole(answer.reply, spoken, answer.speaking.counts(), usage=usage)
