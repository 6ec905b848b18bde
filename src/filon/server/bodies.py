"""Reads request bodies of the raw doors within limits of size and time."""

import asyncio

from starlette.types import Message, Receive

from filon.config.settings import Limits
from filon.conversation.errors import Stopped, TooLarge, TooSlow
from filon.server.door import Door

# A caller that is still sending when we answer sees a reset connection instead of the answer, so
# what is too much is read and thrown away, within reason.
_DRAINED = 64 * 1024 * 1024


class Replayed:
    """A receiving end whose body has been read already: gives it whole, then what follows."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        body, self._body = self._body, None
        if body is None:
            return await self._receive()
        return {"type": "http.request", "body": body, "more_body": False}


def arrived(door: Door, limits: Limits) -> bytes | None:
    """The whole body, where all of it is here already. Raises TooLarge."""
    whole = door.arrived()
    if whole is not None and len(whole) > limits.body:
        raise _too_large(limits.body)
    return whole


async def read_body(door: Door, limits: Limits) -> bytes:
    """The whole body. Raises TooLarge, TooSlow, or Stopped when the caller leaves."""
    whole = arrived(door, limits)
    if whole is not None:
        return whole
    try:
        async with asyncio.timeout(limits.body_time):
            return await _read(door, limits.body)
    except TimeoutError:
        raise TooSlow(
            f"The body did not arrive within {limits.body_time:.0f} s.",
            fix="Send the whole body at once, and a content-length that is true.",
        ) from None


async def _read(door: Door, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await door.receive()
        if message["type"] == "http.disconnect":
            raise Stopped("The caller left before the body was complete.")
        part: bytes = message.get("body", b"")
        size += len(part)
        if size <= limit:
            parts.append(part)
        else:
            parts.clear()
        if not message.get("more_body", False) or size > _DRAINED:
            break
    if size > limit:
        raise _too_large(limit)
    return b"".join(parts)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        f"The body is larger than {limit // (1024 * 1024)} MB.",
        fix="Send less: shorten the conversation, or put pictures at an address.",
    )
