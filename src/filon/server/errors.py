"""How failures become replies outside FastAPI: what is refused before anybody serves, and what
nobody foresaw at the gateway's doors."""

import traceback
from collections.abc import Awaitable

import msgspec

from filon.conversation.errors import InternalError, Problem
from filon.kit.log import Log
from filon.protocols.registry import PROTOCOLS
from filon.protocols.wire import Protocol
from filon.server.door import Door

NOT_KEPT = b"cache-control: no-store\r\n"


def told(problem: Problem) -> tuple[int, bytes]:
    """A problem as status and body of `/api`'s errors."""
    fields = {name: getattr(problem, name) for name in problem.__struct_fields__}
    status = problem.status if problem.status != 499 else 400
    return status, msgspec.json.encode({"error": fields})


def refuse(door: Door, problem: Problem, protocol: Protocol | None = None) -> None:
    """Replies with a problem in the shape that is read by whoever asks for this path: that of
    `protocol` at the gateway's doors, and where none is named that of OpenAI's."""
    if door.path.startswith(("/v1/", "/practice/")):
        door.reply(*(protocol or PROTOCOLS["openai_chat"]).render_error(problem))
    else:
        door.reply(*told(problem), NOT_KEPT)


async def guarded(serving: Awaitable[None], door: Door, protocol: Protocol, log: Log) -> None:
    """Serves a door of the gateway. A fault that nobody foresaw is logged, and leaves in the
    caller's protocol unless a reply has begun; then the connection ends."""
    try:
        await serving
    except Exception as error:
        details = traceback.format_exc(limit=8)
        log.event("fault", level="error", path=door.path, details=details)
        if door.begun:
            raise
        problem = InternalError(
            f"A fault of Filon's own: {type(error).__name__}.",
            fix="The log has the details; report it.",
        ).problem
        status, body = protocol.render_error(problem)
        door.reply(status, body, b"x-filon-blame: filon\r\n")
