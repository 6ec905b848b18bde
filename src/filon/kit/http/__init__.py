"""The way out: one exchange with a server, with its phases timed and its bytes as they came.

exchange.py     the interface: `Outgoing`, `Phases`, `Exchange`, `Upstream`, `HttpFailure`
upstream.py     our own client of HTTP/1.1, which is the one in use
address.py      a URL in the parts that a request needs
head.py         a request's head as bytes
proxies.py      which requests go by way of a proxy, and by which
tunnel.py       a way through a proxy: CONNECT
dialing.py      a new connection: name, TCP, the tunnel where there is a proxy, TLS
connection.py   one connection, request after request
pool.py         the connections that wait for a next request
reply.py        one reply, parsed as it comes
broken.py       how one breaks, in words
plain.py        one that is here whole at once
"""

from filon.kit.http.exchange import Exchange, HttpFailure, Outgoing, Phases, Upstream

__all__ = ["Exchange", "HttpFailure", "Outgoing", "Phases", "Upstream"]
