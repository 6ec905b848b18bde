"""The chat: begins turns for people in the browser, tells their tabs, stops them, names
conversations. The server owns a running answer, so that a reload in the middle changes nothing."""

import asyncio
from typing import Any

import msgspec

from filon.conversation.errors import InvalidRequest, NotFound
from filon.conversation.events import ReasoningDelta, RefusalDelta, StreamEvent, TextDelta
from filon.conversation.request import ChatRequest
from filon.kit import clock
from filon.kit.ids import new_id
from filon.pipeline.run import run
from filon.pipeline.services import Services
from filon.pipeline.turn import Caller, Chunk, Ended, Thread, Turn, begin
from filon.server import told
from filon.server.live import Live
from filon.server.shapes import ConversationShape, RegenerateBody, SendBody, SentShape, Shape
from filon.server.titles import first_words, wants_title, write_title
from filon.store.conversations import ConversationRow
from filon.store.messages import MessageRow
from filon.trace.records import Body, Received

# How often the text of a running answer is kept, in seconds: a crash loses no more than this.
CHECKPOINT = 0.5


class Chats:
    """All answers that are being written now."""

    def __init__(self, services: Services, live: Live) -> None:
        self._services = services
        self._live = live
        self._running: dict[str, tuple[int, str, asyncio.Task[None]]] = {}
        # Titles are written after their answer has ended, so tasks outlive their running entry.
        self._tasks: set[asyncio.Task[None]] = set()

    async def send(self, owner_id: int, body: SendBody) -> SentShape:
        """Adds a person's message and begins its answer. Raises UnknownModel or NotFound before
        anything is kept."""
        endpoint, model = self._services.directory.find(body.model)
        name = f"{endpoint.name}/{model}"
        text = self._services.redactor.text(body.text)
        now = clock.now()
        fresh = None
        if body.conversation_id is None:
            if body.parent_id is not None:
                raise InvalidRequest("parent_id without conversation_id.", param="parent_id")
            fresh = ConversationRow(
                id=new_id("c"),
                title=first_words(text),
                model=name,
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
        return await self._begin(owner_id, asked, name, body, fresh)

    async def regenerate(self, owner_id: int, body: RegenerateBody) -> SentShape:
        """Begins another answer beside the ones that a message has."""
        row = await self._services.store.messages.get(owner_id, body.message_id)
        if row.role == "assistant" and row.parent_id is not None:
            answered = await self._services.store.messages.get(owner_id, row.parent_id)
        else:
            answered = row
        asked = body.model or row.model
        if asked is None:
            conversations = self._services.store.conversations
            asked = (await conversations.get(owner_id, row.conversation_id)).model or ""
        endpoint, model = self._services.directory.find(asked)
        name = f"{endpoint.name}/{model}"
        return await self._begin(owner_id, answered, name, body, None)

    async def _begin(
        self,
        owner_id: int,
        asked: MessageRow,
        model: str,
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
            sender=self._sender(model),
            model=model,
            state="streaming",
            trace_id=turn_id,
            created_at=max(now, asked.created_at + 0.001),
            updated_at=now,
        )
        rows = (answer,) if again else (asked, answer)
        conversation = await self._services.store.messages.add(owner_id, rows, fresh)
        turn = _turn(turn_id, owner_id, asked, answer, body)
        task = asyncio.ensure_future(self._answer(turn, answer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
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

    def _sender(self, model: str) -> str:
        endpoint, bare = self._services.directory.find(model)
        return endpoint.display_label or bare

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
        self._services.closing = True
        await asyncio.sleep(0)
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _answer(self, turn: Turn, answer: MessageRow) -> None:
        owner = turn.caller.owner_id
        scribe = _Scribe(self._services, self._live, owner, answer)
        outputs = run(turn, self._services)
        settled = turn
        try:
            async for output in outputs:
                match output:
                    case Chunk():
                        await scribe.add(output.events)
                    case Ended(turn=settled):
                        pass
                    case _:
                        pass
        finally:
            await outputs.aclose()
            self._running.pop(answer.id, None)
            await asyncio.shield(asyncio.ensure_future(self._finished(owner, answer)))
        if wants_title(settled):
            await self._title(settled)

    async def _finished(self, owner: int, answer: MessageRow) -> None:
        store = self._services.store
        try:
            row = await store.messages.get(owner, answer.id)
            conversation = await store.conversations.get(owner, answer.conversation_id)
        except NotFound:
            # The conversation was deleted while it was being answered.
            return
        self._live.publish(owner, "message.finished", {"message": _json(told.message(row))})
        self._tell(owner, conversation)

    async def _title(self, turn: Turn) -> None:
        thread, owner = turn.thread, turn.caller.owner_id
        assert thread is not None
        store = self._services.store
        conversation = await store.conversations.get(owner, thread.conversation_id)
        if conversation.title_by != "words":
            return
        title = await write_title(turn, self._services)
        if title is None:
            return
        try:
            row = await store.conversations.set_title(owner, thread.conversation_id, title, "model")
        except NotFound:
            return
        self._tell(owner, row)

    def _told(self, row: ConversationRow) -> ConversationShape:
        return told.conversation(row, live=self.is_live(row.id))

    def _tell(self, owner: int, row: ConversationRow) -> None:
        self._live.publish(owner, "conversation.changed", {"conversation": _json(self._told(row))})


class _Scribe:
    """Writes down an answer as it comes: to the tabs at once, to the store now and then."""

    def __init__(self, services: Services, live: Live, owner_id: int, answer: MessageRow) -> None:
        self._services = services
        self._live = live
        self._owner = owner_id
        self._answer = answer
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._kept = clock.monotonic()

    async def add(self, events: tuple[StreamEvent, ...]) -> None:
        """More of the answer."""
        text = "".join(e.text for e in events if isinstance(e, TextDelta | RefusalDelta))
        reasoning = "".join(e.text for e in events if isinstance(e, ReasoningDelta))
        if not text and not reasoning:
            return
        self._text.append(text)
        self._reasoning.append(reasoning)
        delta: dict[str, object] = {
            "conversation_id": self._answer.conversation_id,
            "message_id": self._answer.id,
        }
        clean = self._services.redactor.text
        if text:
            delta["text"] = clean(text)
        if reasoning:
            delta["reasoning"] = clean(reasoning)
        self._live.publish(self._owner, "message.delta", delta)
        if clock.monotonic() - self._kept >= CHECKPOINT:
            await self._keep()

    async def _keep(self) -> None:
        self._kept = clock.monotonic()
        clean = self._services.redactor.text
        await self._services.store.messages.checkpoint(
            self._owner,
            self._answer.id,
            clean("".join(self._text)),
            clean("".join(self._reasoning)),
            clock.now(),
        )


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
        ChatRequest(model=answer.model or "", messages=(), parameters=body.parameters, stream=True),
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
