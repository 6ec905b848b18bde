"""Reads request bodies of the raw doors within limits of size and time."""

import asyncio
from dataclasses import dataclass

from starlette.types import Message, Receive, Scope, Send

from filon.config.settings import Limits
from filon.conversation.errors import Stopped, TooLarge, TooSlow

# A caller that is still sending when we answer sees a reset connection instead of the answer, so
# what is too much is read and thrown away, within reason.
_DRAINED = 64 * 1024 * 1024


@dataclass(frozen=True)
class Door:
    """One raw ASGI request: its scope and its two ends."""

    scope: Scope
    receive: Receive
    send: Send

    def header(self, name: bytes) -> str | None:
        """The first header of this lower-case name."""
        for key, value in self.scope["headers"]:
            if key == name:
                return value.decode("latin-1")
        return None

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """All headers as text."""
        return tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in self.scope["headers"]
        )

    async def reply(
        self, status: int, body: bytes, headers: tuple[tuple[bytes, bytes], ...] = ()
    ) -> None:
        """A whole JSON reply."""
        head = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            *headers,
        ]
        await self.send({"type": "http.response.start", "status": status, "headers": head})
        await self.send({"type": "http.response.body", "body": body})

    async def left(self) -> None:
        """Returns when the caller has gone."""
        while (await self.receive())["type"] != "http.disconnect":
            pass


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


async def read_body(door: Door, limits: Limits) -> bytes:
    """The whole body. Raises TooLarge, TooSlow, or Stopped when the caller leaves."""
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
        raise TooLarge(
            f"The body is larger than {limit // (1024 * 1024)} MB.",
            fix="Send less: shorten the conversation, or put pictures at an address.",
        )
    return b"".join(parts)
