"""A reply with embeddings. Its vectors are passed on as bytes; only the rest of it is read."""

from typing import Any, NoReturn, cast

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from filon.conversation.events import Broken, Done, Started, StreamEvent, UsageReported
from filon.conversation.reply import Reply
from filon.conversation.usage import Usage
from filon.protocols.lenient_json import decode_lenient
from filon.protocols.openai_chat.errors import parse_error, problem_of
from filon.protocols.openai_chat.usage import parse_usage
from filon.protocols.pieces import Piece, Refrain
from filon.protocols.reading import unreadable


class _Reply(Struct):
    """The reply without its vectors. `data` must be there; a reply without is none."""

    data: list[Raw]
    id: str | None = None
    model: str | None = None
    usage: Any = None


_DECODER = msgspec.json.Decoder(_Reply)


def parse_reply(body: bytes) -> list[StreamEvent]:
    """What a whole reply tells, but for its vectors. Never raises: a reply that nobody can read
    is the event Broken."""
    try:
        reply = _DECODER.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return [_not_a_reply(body)]
    events: list[StreamEvent] = [Started(id=reply.id, model=reply.model)]
    usage = _usage(reply.usage)
    if usage is not None:
        events.append(UsageReported(usage))
    return [*events, Done()]


def _usage(told: Any) -> Usage | None:
    """The counts. Vectors are no tokens, so that all there are were the input's."""
    if isinstance(told, dict):
        counts = cast("dict[str, Any]", told)
        told = {"prompt_tokens": counts.get("total_tokens"), **counts}
    usage = parse_usage(told)
    if usage is None or usage.output_tokens is not None:
        return usage
    return replace(usage, output_tokens=0)


def _not_a_reply(body: bytes) -> Broken:
    if not body.strip():
        return unreadable(body, "The connection ended before any answer came.")
    try:
        problem = problem_of(decode_lenient(body))
    except (ValueError, RecursionError):
        gist = parse_error(502, (), body, now=0.0).message
        return unreadable(body, f"The reply cannot be read: {gist[:300]}")
    if problem is not None:
        return Broken(problem)
    return unreadable(body, "The reply is JSON, but holds no embeddings: it has no list `data`.")


class ReplyReader:
    """Gathers a reply, which is one document whatever comes, and reads it at its end."""

    def __init__(self) -> None:
        self.whole = True
        self.reply: Reply | None = None
        self.refrain: Refrain | None = None
        self._parts: list[bytes] = []

    def feed(self, data: bytes) -> list[StreamEvent]:
        """Takes the next bytes; there is nothing to tell before the end."""
        self._parts.append(data)
        return []

    def close(self) -> list[StreamEvent]:
        """The end of the bytes."""
        return parse_reply(b"".join(self._parts))

    def read(self, data: bytes) -> list[Piece]:
        """As `feed`."""
        self._parts.append(data)
        return []

    def end(self) -> list[Piece]:
        """The whole reply as one piece."""
        body = b"".join(self._parts)
        return [Piece(body, tuple(parse_reply(body)))]


def unwritten(*_: object, **__: object) -> NoReturn:
    """Stands where a protocol writes replies: vectors pass through and are never written anew."""
    raise TypeError("a reply of embeddings is passed on as it came")
