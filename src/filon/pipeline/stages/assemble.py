"""The messages that will really be sent, each with where it came from."""

import msgspec

from filon.conversation.message import Message, Reasoning, Text, say
from filon.pipeline import tokens
from filon.pipeline.services import Services
from filon.pipeline.turn import Thread, Turn
from filon.store.messages import MessageRow
from filon.trace.records import Assembled, SourcedMessage

# The trace holds the whole messages in the body as sent; here a reader needs to recognise them.
_PREVIEW = 280


async def assemble(turn: Turn, services: Services) -> Turn:
    """Fetches the branch of a chat; other callers bring their messages with them."""
    if turn.thread is None:
        return decide(turn, None)
    return decide(turn, await _gather(turn, turn.thread, services))


async def _gather(turn: Turn, thread: Thread, services: Services) -> tuple[MessageRow, ...]:
    return await services.store.messages.path(turn.caller.owner_id, thread.leaf_id)


def decide(turn: Turn, branch: tuple[MessageRow, ...] | None) -> Turn:
    """Puts the messages together. `branch` is a chat's path from its root to the message to be
    answered; answers that hold nothing are left out, and so is what a model thought."""
    if branch is None:
        return turn.noting(_record(turn.request.messages, "request"))
    messages = tuple(message for row in branch if (message := _as_sent(row)) is not None)
    request = msgspec.structs.replace(turn.request, messages=messages, raw=None)
    turn = msgspec.structs.replace(turn, request=request)
    return turn.noting(_record(messages, "history", last="this message"))


def _as_sent(row: MessageRow) -> Message | None:
    if row.role == "user":
        return say("user", row.text)
    parts = tuple(
        part
        for part in row.message.parts
        if not isinstance(part, Reasoning) and not (isinstance(part, Text) and not part.text)
    )
    return Message(role="assistant", parts=parts) if parts else None


def _record(messages: tuple[Message, ...], origin: str, last: str | None = None) -> Assembled:
    ends = len(messages) - 1
    return Assembled(
        messages=tuple(
            SourcedMessage(
                message=_preview(message),
                origin=last if last is not None and number == ends else origin,
                tokens=tokens.of_message(message),
            )
            for number, message in enumerate(messages)
        ),
        tokenizer=tokens.TOKENIZER,
    )


def _preview(message: Message) -> Message:
    text = message.text
    if len(text) <= _PREVIEW and len(message.parts) <= 1:
        return message
    shown = text[:_PREVIEW] + ("…" if len(text) > _PREVIEW else "")
    return Message(role=message.role, parts=(Text(shown),), name=message.name)
