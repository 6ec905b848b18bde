"""The way to the host: its name, and a connection to its port; or those of the proxy before it."""

import asyncio
import socket

from filon.conversation.finding import Finding
from filon.doctor.address import Place, place_of
from filon.doctor.case import Case
from filon.doctor.outcome import Outcome, failed, find, ok, warn
from filon.doctor.way import cause, first_place
from filon.kit.http.address import host_and_port, is_ip
from filon.providers import catalog

# LM Studio, vLLM, llama.cpp; those of manifests come to it.
_LOCAL_PORTS = (1234, 8000, 8080)
_NEIGHBOUR = 0.5


async def look_up_name(case: Case) -> Outcome:
    """The step DNS."""
    place, proxy = place_of(case.endpoint.base_url), case.proxy
    host, port = first_place(case)
    if is_ip(host):
        case.addresses = (host,)
    else:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(case.tools.patience.connect):
                found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError, TimeoutError) as error:
            told = getattr(error, "strerror", None) or str(error) or "the name service is silent"
            if proxy is not None:
                kind, told = "proxy_unreachable", f"the proxy {proxy.url}: {told}"
                return failed(cause(case, kind, told), "dns_none", host=host)
            return failed(_cause(case, place, "dns", told), "dns_none", host=host)
        case.addresses = tuple(dict.fromkeys(str(one[4][0]) for one in found))
    if proxy is not None:
        source = case.proxy_origin.rule
        return ok("dns_proxy", host=place.host, proxy=proxy.url, source=source)
    code, seen = ("dns_literal", {}) if is_ip(host) else ("dns", {"count": len(case.addresses)})
    if case.proxy_origin.why is None or place.is_here:
        return ok(code, host=host, **seen)
    unused = find("proxy_ignored", **case.names, host=host, proxy=case.proxy_origin.rule)
    return warn(unused, code, host=host, **seen)


async def connect(case: Case) -> Outcome:
    """The step TCP: the first address of the name that takes the connection."""
    place, proxy = place_of(case.endpoint.base_url), case.proxy
    port = first_place(case)[1]
    failure: OSError | TimeoutError = TimeoutError()
    for address in case.addresses:
        try:
            async with asyncio.timeout(case.tools.patience.connect):
                way = await asyncio.open_connection(address, port)
        except (OSError, TimeoutError) as error:
            failure = error
            continue
        case.incoming, case.connection = way
        reached = host_and_port(address, port)
        if proxy is not None:
            return ok("tcp_proxy", address=reached, proxy=proxy.url)
        return ok("tcp", address=reached)
    if proxy is not None:
        told = _told(failure)
        refused = isinstance(failure, ConnectionRefusedError)
        kind = "proxy_refused" if refused else "proxy_unreachable"
        finding = cause(case, kind, f"the proxy {proxy.url}: {told}")
        return failed(finding, "tcp_none", address=host_and_port(*first_place(case)), told=told)
    return failed(
        await _why(case, place, failure), "tcp_none", address=place.shown, told=_told(failure)
    )


async def _why(case: Case, place: Place, failure: OSError | TimeoutError) -> Finding:
    told = _told(failure)
    if not isinstance(failure, ConnectionRefusedError):
        kind = "connect_timeout" if isinstance(failure, TimeoutError) else "unreachable"
        return _cause(case, place, kind, told)
    if place.is_here and case.tools.surroundings.container:
        corrected = case.endpoint.base_url.replace(place.host, "host.docker.internal", 1)
        return find(
            "container_localhost",
            told,
            **case.names,
            host=place.host,
            address=place.shown,
            corrected=corrected,
        )
    neighbour = await _neighbour(place) if place.is_here and case.endpoint.kind != "practice" else 0
    if neighbour:
        found = f"{place.host}:{neighbour}"
        return find(
            "other_port",
            told,
            **case.names,
            address=place.shown,
            found=found,
            corrected=f"{place.scheme}://{found}{place.path}",
        )
    return _cause(case, place, "refused", told)


async def _neighbour(place: Place) -> int:
    """Another usual port of local servers at which something listens, or 0."""
    hosts = [
        host for one in catalog.manifests() for host in catalog.hosts(one) if one.kind == "local"
    ]
    known = {int(port) for _, _, port in (host.rpartition(":") for host in hosts) if port.isdigit()}
    ports = sorted({*known, *_LOCAL_PORTS} - {place.port})
    tried = await asyncio.gather(*(_listens(place.host, port) for port in ports))
    return next((port for port, listens in zip(ports, tried, strict=True) if listens), 0)


async def _listens(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(_NEIGHBOUR):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.transport.abort()
    return True


def _cause(case: Case, place: Place, kind: str, told: str) -> Finding:
    """Why it cannot be reached without a proxy. Where there is one for others, or one that cannot
    be used, that is what to look at first."""
    around = case.tools.surroundings.proxying
    if place.is_here or kind == "refused":
        return cause(case, kind, told)
    if around.proxies.direct.has(place.host, place.port) and around.proxies.any:
        return find("proxy_passed_over", told, **case.names, host=place.host)
    if case.proxy_origin.why is not None:
        named = case.proxy_origin.rule
        return find("proxy_unused", told, **case.names, host=place.host, proxy=named)
    return cause(case, kind, told)


def _told(failure: OSError | TimeoutError) -> str:
    if isinstance(failure, ConnectionRefusedError):
        return "refused"
    if isinstance(failure, TimeoutError):
        return "no answer"
    return failure.strerror or type(failure).__name__
