"""The way to a host by hand: straight, or through the proxy that the settings name for it."""

import asyncio
import ssl

from filon.conversation.finding import Finding
from filon.diagnosis.diagnose import Failure, diagnose
from filon.doctor.address import place_of
from filon.doctor.case import Case
from filon.kit.http import HttpFailure
from filon.kit.http.address import address_of
from filon.kit.http.proxies import Proxy
from filon.kit.http.tunnel import Tunnel, asking

Way = tuple[asyncio.StreamReader, asyncio.StreamWriter]

_PIECE = 64 * 1024


def first_place(case: Case) -> tuple[str, int]:
    """Host and port to which a connection is made: the proxy's, where there is one."""
    if case.proxy is not None:
        return case.proxy.address.host, case.proxy.address.port
    place = place_of(case.endpoint.base_url)
    return place.host, place.port


async def tunnelled(case: Case, way: Way) -> None:
    """Makes the tunnel to the host over a connection to the proxy. Nothing is to do where there is
    no proxy. Raises HttpFailure, and OSError where the proxy is to speak TLS and does not."""
    if case.proxy is None:
        return
    await _secured(case.proxy, way)
    reader, writer = way
    address = address_of(case.endpoint.base_url)
    tunnel = Tunnel(address, case.proxy)
    writer.write(asking(address, case.proxy))
    while not tunnel.open.done():
        data = await reader.read(_PIECE)
        if data:
            tunnel.feed(data)
        else:
            tunnel.ended(None)
    await tunnel.open


async def _secured(proxy: Proxy, way: Way) -> None:
    if proxy.address.scheme != "https":
        return
    try:
        await way[1].start_tls(ssl.create_default_context(), server_hostname=proxy.address.host)
    except OSError as error:
        told = f"the proxy {proxy.url}: {error.strerror or error}"
        raise HttpFailure("proxy_unreachable", told) from error


def cause(case: Case, kind: str, told: str) -> Finding:
    """What traces would say of a connection that failed like this."""
    failure = Failure(
        endpoint=case.endpoint.label,
        model="",
        url=case.endpoint.base_url,
        variable=case.endpoint.key.variable,
        kind=kind,
        body=told,
    )
    return diagnose(failure)[0]
