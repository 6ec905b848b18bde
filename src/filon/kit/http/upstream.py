"""Our own client of HTTP/1.1: a pool of connections and the requests over them."""

import ssl

from filon.kit import clock
from filon.kit.http.address import address_of
from filon.kit.http.dialing import Dialer
from filon.kit.http.exchange import HttpFailure, Outgoing, Phases
from filon.kit.http.head import head_of
from filon.kit.http.pool import Pool
from filon.kit.http.reply import Reply

# A server that had closed an idle connection says so after one way there and back. Where one falls
# silent for longer and then leaves, it may have worked on the request, and been paid for it.
_STALE = 1.0


class Http1Upstream:
    """One pool of connections for the whole process. `trust` replaces what this machine trusts."""

    def __init__(self, trust: ssl.SSLContext | None = None) -> None:
        self._pool = Pool()
        self._dialer = Dialer(self._pool, trust)

    async def open(self, request: Outgoing, phases: Phases, until: float | None = None) -> Reply:
        """Sends the request and waits for the head of the reply. A connection from before that
        ends without a byte was most likely closed already: then it is sent once more over a new
        one. Raises HttpFailure, and TimeoutError at `until` (monotonic seconds)."""
        address = address_of(request.url)
        head, headers = head_of(request, address)
        connection = self._pool.take(address.place)
        if connection is not None:
            phases.reused = True
            began = phases.since()
            reply = connection.send(request.method, head, request.body, headers, phases)
            try:
                return await _begun(reply, until)
            except HttpFailure:
                if not reply.silent or phases.since() - began > _STALE:
                    raise
            phases.reused = False
            phases.retried_stale = True
        connection = await self._dialer.dial(address, _allowed(request, until), phases)
        reply = connection.send(request.method, head, request.body, headers, phases)
        return await _begun(reply, until)

    async def close(self) -> None:
        """Closes every connection."""
        await self._dialer.close()
        await self._pool.close()


def _allowed(request: Outgoing, until: float | None) -> float:
    """Seconds for a connection to be made."""
    if until is None:
        return request.connect_timeout
    return min(request.connect_timeout, until - clock.monotonic())


async def _begun(reply: Reply, until: float | None) -> Reply:
    """The reply once its head is here; whatever happens before closes the connection."""
    begun = False
    try:
        await reply.head(until)
        begun = True
    finally:
        if not begun:
            reply.give_up()
    return reply
