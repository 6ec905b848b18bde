"""Our own client of HTTP/1.1: a pool of connections and the requests over them."""

import ssl

from filon.kit import clock
from filon.kit.http.address import address_of
from filon.kit.http.dialing import Dialer
from filon.kit.http.exchange import HttpFailure, Outgoing, Phases
from filon.kit.http.head import head_of
from filon.kit.http.pool import Pool
from filon.kit.http.proxies import Proxies, Proxy
from filon.kit.http.reply import Reply
from filon.kit.http.tunnel import PROXY_AUTH, wants_authorisation

# A server that had closed an idle connection says so after one way there and back. Where one falls
# silent for longer and then leaves, it may have worked on the request, and been paid for it.
_STALE = 1.0


class Http1Upstream:
    """One pool of connections for the whole process. `trust` replaces what this machine trusts;
    `proxies` says what goes by way of one."""

    def __init__(self, trust: ssl.SSLContext | None = None, proxies: Proxies | None = None) -> None:
        # None where there are none, so that a request pays nothing for them.
        self._proxies = proxies if proxies is not None and proxies.any else None
        self._pool = Pool()
        self._dialer = Dialer(self._pool, trust)

    async def open(self, request: Outgoing, phases: Phases, until: float | None = None) -> Reply:
        """Sends the request and waits for the head of the reply. A connection from before that
        ends without a byte was most likely closed already: then it is sent once more over a new
        one. Raises HttpFailure, and TimeoutError at `until` (monotonic seconds)."""
        address = address_of(request.url)
        place = address.place
        proxy = reader = None
        if self._proxies is not None and (proxy := self._proxies.through(address)) is not None:
            place, phases.through = proxy.place(address), proxy.url
            # What is not encrypted is read by the proxy, and sent on by it.
            reader = proxy if address.scheme == "http" else None
        head, headers = head_of(request, address, reader)
        connection = self._pool.take(place)
        if connection is not None:
            phases.reused = True
            began = phases.since()
            reply = connection.send(request.method, head, request.body, headers, phases)
            try:
                await reply.head(until)
                return reply if reader is None else _of_server(reply, reader)
            except HttpFailure:
                if not reply.silent or phases.since() - began > _STALE:
                    raise
            phases.reused = False
            phases.retried_stale = True
        connection = await self._dialer.dial(address, _allowed(request, until), phases, proxy)
        reply = connection.send(request.method, head, request.body, headers, phases)
        await reply.head(until)
        return reply if reader is None else _of_server(reply, reader)

    async def close(self) -> None:
        """Closes every connection."""
        await self._dialer.close()
        await self._pool.close()


def _allowed(request: Outgoing, until: float | None) -> float:
    """Seconds for a connection to be made."""
    if until is None:
        return request.connect_timeout
    return min(request.connect_timeout, until - clock.monotonic())


def _of_server(reply: Reply, reader: Proxy) -> Reply:
    """The reply. What the proxy that has read the request answers for itself is none, and closes
    the connection."""
    failure = _of_proxy(reply, reader)
    if failure is not None:
        reply.give_up()
        raise failure
    return reply


# What proxies put beside an error of their own, and how it begins (RFC 9209, 2.1.1; Squid). Others
# say something of the way there too, which is no error.
_OWN = (("proxy-status", "error="), ("x-squid-error", "ERR_"))


def _of_proxy(reply: Reply, proxy: Proxy) -> HttpFailure | None:
    if reply.status == PROXY_AUTH:
        asked = [value for name, value in reply.headers if name.lower() == "proxy-authenticate"]
        schemes = dict.fromkeys(value.split(" ", 1)[0] for value in asked)
        return wants_authorisation(proxy, ", ".join(schemes))
    if reply.status < 400:
        return None
    for name, value in reply.headers:
        if any(name.lower() == own and sign in value for own, sign in _OWN):
            kind = "proxy_failed" if reply.status >= 500 else "proxy_denied"
            told = f"the proxy {proxy.url} answered {reply.status} itself ({name}: {value[:120]})"
            return HttpFailure(kind, told)
    return None
