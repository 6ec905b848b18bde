"""Conversations and their trees."""

from fastapi import APIRouter, Response
from pydantic import BaseModel

from filon.server import told
from filon.server.given import House, Person
from filon.server.growing import GROWING
from filon.server.shapes import (
    ConversationChange,
    ConversationPage,
    ConversationShape,
    MessageShape,
)

router = APIRouter(prefix="/api/conversations", tags=["conversations"])


class ConversationList(BaseModel):
    """All conversations of a person, the one used last first."""

    conversations: list[ConversationShape]


@router.get("")
async def list_conversations(person: Person, house: House) -> ConversationList:
    """The list."""
    rows = await house.store.conversations.all(person.id)
    return ConversationList(
        conversations=[told.conversation(row, live=house.chats.is_live(row.id)) for row in rows]
    )


@router.get("/{conversation_id}")
async def get_conversation(conversation_id: str, person: Person, house: House) -> ConversationPage:
    """One conversation with its whole tree; an answer that is being written as far as it is."""
    row = await house.store.conversations.get(person.id, conversation_id)
    messages = await house.store.messages.tree(person.id, conversation_id)
    shapes = [told.message(message) for message in messages]
    for number, shape in enumerate(shapes):
        whole = house.live.writing(person.id, shape.id)
        if whole is not None:
            so_far = {name: whole[name] for name in GROWING}
            shapes[number] = MessageShape(**{**shape.model_dump(), **so_far})
    return ConversationPage(
        conversation=told.conversation(row, live=house.chats.is_live(row.id)), messages=shapes
    )


@router.patch("/{conversation_id}")
async def change_conversation(
    conversation_id: str, change: ConversationChange, person: Person, house: House
) -> ConversationShape:
    """Renames it, or chooses its active branch."""
    conversations = house.store.conversations
    row = await conversations.get(person.id, conversation_id)
    if change.title is not None:
        row = await conversations.set_title(person.id, conversation_id, change.title, "person")
    if change.active is not None:
        row = await conversations.set_active(person.id, conversation_id, change.active)
    shape = told.conversation(row, live=house.chats.is_live(row.id))
    house.live.publish(person.id, "conversation.changed", {"conversation": shape.model_dump()})
    return shape


@router.delete("/{conversation_id}", status_code=204)
async def delete_conversation(conversation_id: str, person: Person, house: House) -> Response:
    """Deletes it with its messages; an answer that is being written is stopped first."""
    await house.store.conversations.get(person.id, conversation_id)
    await house.chats.stop_conversation(person.id, conversation_id)
    await house.store.conversations.delete(person.id, conversation_id)
    house.live.publish(person.id, "conversation.deleted", {"conversation_id": conversation_id})
    return Response(status_code=204)
