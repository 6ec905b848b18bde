"""What is asked of a model: messages and parameters, before anyone decided anything about them."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from filon.conversation.message import Message


class RawMessages(Struct, frozen=True):
    """The messages as they came over a wire, one JSON text each.

    Kept so that a request that leaves in the protocol it came in leaves with the caller's own
    bytes: unknown fields, key order and number spelling survive.
    """

    protocol: str
    items: tuple[bytes, ...]


class ChatRequest(Struct, frozen=True, kw_only=True):
    """A request for an answer.

    `model` is as the caller wrote it: `endpoint/model`. `parameters` holds every other field by
    the name the caller used, known or not; `stream` is apart because it chooses the reply's shape.
    """

    model: str
    messages: tuple[Message, ...]
    parameters: Mapping[str, Any] = {}
    stream: bool = False
    raw: RawMessages | None = None
