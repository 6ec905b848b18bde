"""Passes `/practice` on to the practice provider's own port, so that curl reaches it here.

The provider is open to anyone who reaches this server. Its ledger and controls are not: they take
one of Filon's own keys, since the ledger holds what people wrote.
"""

from filon.conversation.errors import FilonError, Stopped
from filon.kit.http import Exchange, HttpFailure, Outgoing, Phases
from filon.practice.guarded import GUARDED, TOKEN_HEADER
from filon.server.bodies import read_body
from filon.server.door import Door
from filon.server.errors import refuse
from filon.server.gateway import key_of
from filon.server.house import ServerHouse

_HOP = frozenset({b"connection", b"keep-alive", b"transfer-encoding", b"host", b"content-length"})


async def pass_on(door: Door, house: ServerHouse) -> None:
    """One request there and its reply back, bytes as they are."""
    path = door.path
    try:
        token: tuple[tuple[str, str], ...] = ()
        if path.startswith(GUARDED) and door.method != "OPTIONS":
            await house.keys.check(key_of(door))
            token = ((TOKEN_HEADER, house.practice_token),)
        body = await read_body(door, house.settings.limits)
        request = _outgoing(door, body, house.practice_port, token)
        exchange = await house.services.upstream.open(request, Phases())
    except Stopped:
        return
    except FilonError as error:
        refuse(door, error.problem)
        return
    except HttpFailure as error:
        problem = FilonError(f"Practice does not answer: {error.detail}.", status=502).problem
        refuse(door, problem)
        return
    await _relay(door, exchange)


def _outgoing(door: Door, body: bytes, port: int, token: tuple[tuple[str, str], ...]) -> Outgoing:
    query, path = door.address.query, door.address.raw
    tail = f"?{query.decode('latin-1')}" if query else ""
    return Outgoing(
        method=door.method,
        url=f"http://127.0.0.1:{port}{path.decode('latin-1')}{tail}",
        headers=(
            *(
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, value in door.headers
                if name not in _HOP
            ),
            *token,
        ),
        body=body,
        connect_timeout=5.0,
    )


async def _relay(door: Door, exchange: Exchange) -> None:
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in exchange.headers
        if name.lower().encode() not in _HOP
    ]
    try:
        door.begin(exchange.status, headers)
        # Many a fault of practice's is that nothing follows.
        door.flush()
        async for chunk in exchange.chunks():
            door.write(chunk)
            if door.line.full:
                await door.drain()
        door.end()
    except HttpFailure:
        # The head is sent already; an end without its last chunk tells the caller it was cut.
        return
    finally:
        await exchange.close()
