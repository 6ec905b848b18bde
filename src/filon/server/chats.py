"""The chat: begins turns for people in the browser, tells their tabs, stops them, names
conversations. The server owns a running answer, so that a reload in the middle changes nothing."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import msgspec
from msgspec.structs import replace

from filon.conversation.errors import InvalidRequest, NotFound, Problem
from filon.conversation.events import ReasoningDelta, RefusalDelta, StreamEvent, TextDelta
from filon.conversation.request import ChatRequest
from filon.kit import clock
from filon.kit.ids import new_id
from filon.pipeline.run import run
from filon.pipeline.services import Services
from filon.pipeline.turn import Caller, Chunk, Nobody, Thread, Turn, begin
from filon.server import told
from filon.server.chosen import Chosen, choose
from filon.server.growing import Shown, delta_of
from filon.server.live import Live
from filon.server.pace import Pace, pause_of
from filon.server.shapes import ConversationShape, RegenerateBody, SendBody, SentShape, Shape
from filon.server.titles import Untitled, first_words, untitled, untitled_yet, write_title
from filon.store.conversations import ConversationRow
from filon.store.errors import StoreError
from filon.store.messages import Ending, MessageRow
from filon.trace.records import Body, Received

# How often the text of a running answer is kept, in seconds: a crash loses no more than this.
CHECKPOINT = 0.5
# Seconds between two tries to keep an answer that the store did not take.
AGAIN = 2.0

NOT_STORED = Problem(
    code="not_stored",
    message="This answer could not be stored when it ended. Its text is kept while Filon runs.",
    blame="filon",
    status=503,
    fix="The log says why: make room on the disk, or close the program that holds the database.",
)


class Chats:
    """All answers that are being written now."""

    def __init__(self, services: Services, live: Live) -> None:
        self._services = services
        self._live = live
        self._running: dict[str, tuple[int, str, asyncio.Task[None]]] = {}
        # Titles are written after their answer has ended, so tasks outlive their running entry.
        self._tasks: set[asyncio.Task[None]] = set()

    async def send(self, owner_id: int, body: SendBody) -> SentShape:
        """Adds a person's message and begins its answer. Raises what `choose` raises, or NotFound,
        before anything is kept."""
        chosen = choose(self._services.directory, body.model, body.preset)
        text = self._services.redactor.text(body.text)
        now = clock.now()
        fresh = None
        if body.conversation_id is None:
            if body.parent_id is not None:
                raise InvalidRequest("parent_id without conversation_id.", param="parent_id")
            fresh = ConversationRow(
                id=new_id("c"),
                title=first_words(text),
                model=chosen.model,
                preset=chosen.preset_name,
                created_at=now,
                updated_at=now,
            )
        asked = MessageRow(
            id=new_id("m"),
            conversation_id=fresh.id if fresh else str(body.conversation_id),
            parent_id=body.parent_id,
            role="user",
            text=text,
            sender="you",
            created_at=now,
            updated_at=now,
        )
        return await self._begin(owner_id, asked, chosen, body, fresh)

    async def regenerate(self, owner_id: int, body: RegenerateBody) -> SentShape:
        """Begins another answer beside the ones that a message has."""
        row = await self._services.store.messages.get(owner_id, body.message_id)
        if row.role == "assistant" and row.parent_id is not None:
            answered = await self._services.store.messages.get(owner_id, row.parent_id)
        else:
            answered = row
        model, preset = body.model, body.preset
        if model is None and preset is None:
            model, preset = row.model, row.preset
        if model is None and preset is None:
            conversations = self._services.store.conversations
            conversation = await conversations.get(owner_id, row.conversation_id)
            model, preset = conversation.model, conversation.preset
        if preset is not None and body.preset is None:
            # What a preset leads to may have changed since.
            model = None
        chosen = choose(self._services.directory, model, preset)
        return await self._begin(owner_id, answered, chosen, body, None)

    async def _begin(
        self,
        owner_id: int,
        asked: MessageRow,
        chosen: Chosen,
        body: SendBody | RegenerateBody,
        fresh: ConversationRow | None,
    ) -> SentShape:
        now = clock.now()
        again = isinstance(body, RegenerateBody)
        turn_id = new_id("t")
        answer = MessageRow(
            id=new_id("m"),
            conversation_id=asked.conversation_id,
            parent_id=asked.id,
            role="assistant",
            text="",
            sender=chosen.sender,
            model=chosen.model,
            preset=chosen.preset_name,
            state="streaming",
            trace_id=turn_id,
            created_at=max(now, asked.created_at + 0.001),
            updated_at=now,
        )
        rows = (answer,) if again else (asked, answer)
        conversation = await self._services.store.messages.add(owner_id, rows, fresh)
        turn = _turn(turn_id, owner_id, asked, answer, body)
        task = asyncio.ensure_future(self._answer(turn, answer))
        self._keep(task)
        if asked.parent_id is None:
            beginning = untitled_yet(turn, self._services.directory, asked.text)
            if beginning is not None:
                self._keep(asyncio.ensure_future(self._title(beginning)))
        self._running[answer.id] = (owner_id, answer.conversation_id, task)
        shape = self._told(conversation)
        self._live.publish(owner_id, "conversation.changed", {"conversation": _json(shape)})
        for row in rows:
            self._live.publish(owner_id, "message.started", {"message": _json(told.message(row))})
        return SentShape(
            conversation=shape,
            message=None if again else told.message(asked),
            answer=told.message(answer),
        )

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self, owner_id: int, message_id: str) -> None:
        """Stops an answer; returns when it is settled. Raises NotFound when none is running."""
        running = self._running.get(message_id)
        if running is None or running[0] != owner_id:
            raise NotFound("This answer is not being written any more.")
        # A task that is cancelled before its first step never settles its turn.
        await asyncio.sleep(0)
        running[2].cancel()
        await asyncio.wait({running[2]})

    async def stop_conversation(self, owner_id: int, conversation_id: str) -> None:
        """Stops every answer of a conversation."""
        for message_id, running in list(self._running.items()):
            if running[:2] == (owner_id, conversation_id):
                await self.stop(owner_id, message_id)

    def is_live(self, conversation_id: str) -> bool:
        """Whether an answer of this conversation is being written."""
        return any(running[1] == conversation_id for running in self._running.values())

    async def close(self) -> None:
        """Stops and settles everything that runs."""
        await asyncio.sleep(0)
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _answer(self, turn: Turn, answer: MessageRow) -> None:
        owner = turn.caller.owner_id
        pause = pause_of(self._services.directory, turn.request.model)
        scribe = _Scribe(self._services, self._live, owner, answer, pause)
        try:
            settled = await run(turn, self._services, scribe)
            await scribe.pace.end()
        finally:
            scribe.pace.stop()
            self._running.pop(answer.id, None)
            await asyncio.shield(asyncio.ensure_future(self._finished(owner, answer, scribe)))
        conversation = untitled(settled)
        if conversation is not None:
            await self._title(conversation)

    async def _finished(self, owner: int, answer: MessageRow, scribe: "_Scribe") -> None:
        store = self._services.store
        try:
            row = await store.messages.get(owner, answer.id)
            conversation = await store.conversations.get(owner, answer.conversation_id)
        except NotFound:
            # The conversation was deleted while it was being answered.
            return
        if row.state == "streaming":
            row = scribe.unstored(row)
            self._keep(asyncio.ensure_future(self._store_later(owner, row)))
        self._live.publish(owner, "message.finished", {"message": _json(told.message(row))})
        self._tell(owner, conversation)

    async def _store_later(self, owner: int, row: MessageRow) -> None:
        """Keeps an answer as soon as the store takes it; ends with the program."""
        ending = Ending(
            state="partial",
            text=row.text,
            reasoning=row.reasoning,
            problem=row.problem,
            at=row.updated_at,
        )
        while True:
            await asyncio.sleep(AGAIN)
            try:
                await self._services.store.messages.finish(owner, row.id, ending)
            except StoreError:
                continue
            return

    async def _title(self, untitled: Untitled) -> None:
        thread, owner = untitled.thread, untitled.caller.owner_id
        store = self._services.store
        conversation = await store.conversations.get(owner, thread.conversation_id)
        if conversation.title_by != "words":
            return
        title = await write_title(untitled, self._services)
        if title is None:
            return
        try:
            row = await store.conversations.set_title(owner, thread.conversation_id, title, "model")
        except NotFound:
            return
        except StoreError as error:
            self._services.log.event("not_stored", level="error", what="title", reason=str(error))
            return
        self._tell(owner, row)

    def _told(self, row: ConversationRow) -> ConversationShape:
        return told.conversation(row, live=self.is_live(row.id))

    def _tell(self, owner: int, row: ConversationRow) -> None:
        self._live.publish(owner, "conversation.changed", {"conversation": _json(self._told(row))})


class _Scribe(Nobody):
    """Writes down an answer as it comes: to the tabs at the endpoint's pace, to the store now and
    then. `pause` is in milliseconds."""

    def __init__(
        self,
        services: Services,
        live: Live,
        owner_id: int,
        answer: MessageRow,
        pause: float | None,
    ) -> None:
        self._services = services
        self._live = live
        self._owner = owner_id
        self._answer = answer
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._thinks = False
        self._kept = clock.monotonic()
        self.pace = Pace(self._tell, pause)

    def chunk(self, chunk: Chunk, /) -> Awaitable[None] | None:
        """More of the answer."""
        shown = tuple(event for event in chunk.events if isinstance(event, Shown))
        if not shown:
            return None
        self._text += _texts(shown)
        self._reasoning += _thoughts(shown)
        self.pace.add(shown)
        return self._keep() if clock.monotonic() - self._kept >= CHECKPOINT else None

    def _tell(self, events: tuple[StreamEvent, ...]) -> None:
        whose = {"conversation_id": self._answer.conversation_id, "message_id": self._answer.id}
        delta = delta_of(events, self._services.redactor.text)
        if "reasoning" in delta and not self._thinks:
            self._thinks = True
            delta["thinking_since"] = clock.now()
        self._live.publish(self._owner, "message.delta", {**whose, **delta})

    async def _keep(self) -> None:
        self._kept = clock.monotonic()
        text, reasoning = self._written()
        await self._services.store.messages.checkpoint(
            self._owner, self._answer.id, text, reasoning, clock.now()
        )

    def unstored(self, row: MessageRow) -> MessageRow:
        """The answer as it came, whose end the store did not take."""
        text, reasoning = self._written()
        return replace(row, state="partial", text=text, reasoning=reasoning, problem=NOT_STORED)

    def _written(self) -> tuple[str, str]:
        clean = self._services.redactor.text
        return clean("".join(self._text)), clean("".join(self._reasoning))


def _texts(events: tuple[StreamEvent, ...]) -> list[str]:
    return [event.text for event in events if isinstance(event, TextDelta | RefusalDelta)]


def _thoughts(events: tuple[StreamEvent, ...]) -> list[str]:
    return [event.text for event in events if isinstance(event, ReasoningDelta)]


def _turn(
    turn_id: str,
    owner_id: int,
    asked: MessageRow,
    answer: MessageRow,
    body: SendBody | RegenerateBody,
) -> Turn:
    path = "/api/chat/send" if isinstance(body, SendBody) else "/api/chat/regenerate"
    return begin(
        Caller(kind="chat", owner_id=owner_id, by="session"),
        ChatRequest(
            model=answer.model or "",
            messages=(),
            parameters=body.parameters,
            stream=True,
            preset=answer.preset,
        ),
        Received(
            protocol="filon_chat",
            method="POST",
            path=path,
            body=Body(msgspec.json.encode(body.model_dump())),
        ),
        thread=Thread(conversation_id=asked.conversation_id, leaf_id=asked.id, answer_id=answer.id),
        id=turn_id,
    )


def _json(shape: Shape) -> dict[str, Any]:
    return shape.model_dump()
