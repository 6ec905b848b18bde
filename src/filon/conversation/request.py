"""What is asked of a model: messages and parameters, before anyone decided anything about them."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from filon.conversation.message import Message


class RawMessages(Struct, frozen=True):
    """The messages as they came over a wire, one JSON text each.

    Kept so that a request that leaves in the protocol it came in leaves with the caller's own
    bytes: unknown fields, key order and number spelling survive. `system` is the JSON text of a
    system prompt that stands apart from the messages. All of it together is what the request's
    last `count` messages came from, None where each item is one of them: those before them were
    put there by Filon.
    """

    protocol: str
    items: tuple[bytes, ...]
    system: bytes | None = None
    count: int | None = None


# What is asked of a model: to answer, or to say in numbers what texts are about (embeddings).
Wanted = Literal["answer", "vectors"]


class ChatRequest(Struct, frozen=True, kw_only=True):
    """A request for an answer, or for vectors.

    `model` is as the caller wrote it: `endpoint/model`. `parameters` holds every other field by
    the name the caller used, known or not; `stream` is apart because it chooses the reply's shape.
    `preset` is the name of the preset that was chosen beside the model. `fallbacks` are models that
    may answer where that one cannot; no provider is told of them. Of a request for vectors
    `messages` is one message, with a part for each text of its input.
    """

    model: str
    messages: tuple[Message, ...]
    parameters: Mapping[str, Any] = {}
    stream: bool = False
    raw: RawMessages | None = None
    preset: str | None = None
    wants: Wanted = "answer"
    fallbacks: tuple[str, ...] = ()

    @property
    def ours(self) -> tuple[Message, ...]:
        """The messages that did not come from the caller's bytes: all of them without `raw`."""
        if self.raw is None:
            return self.messages
        count = len(self.raw.items) if self.raw.count is None else self.raw.count
        return self.messages[: len(self.messages) - count]
