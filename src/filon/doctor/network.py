"""The way to the host: its name, and a connection to its port."""

import asyncio
import socket

from filon.conversation.finding import Finding
from filon.diagnosis.diagnose import Failure, diagnose
from filon.doctor.address import Place, place_of
from filon.doctor.case import Case
from filon.doctor.outcome import Outcome, failed, find, ok
from filon.kit.http.address import host_and_port, is_ip
from filon.providers import catalog

# LM Studio, vLLM, llama.cpp; those of manifests come to it.
_LOCAL_PORTS = (1234, 8000, 8080)
_NEIGHBOUR = 0.5


async def look_up_name(case: Case) -> Outcome:
    """The step DNS."""
    place = place_of(case.endpoint.base_url)
    if is_ip(place.host):
        case.addresses = (place.host,)
        return ok("dns_literal", host=place.host)
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(case.tools.patience.connect):
            found = await loop.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TimeoutError) as error:
        told = getattr(error, "strerror", None) or str(error) or "the name service is silent"
        return failed(_cause(case, place, "dns", told), "dns_none", host=place.host)
    case.addresses = tuple(dict.fromkeys(str(one[4][0]) for one in found))
    return ok("dns", host=place.host, count=len(case.addresses))


async def connect(case: Case) -> Outcome:
    """The step TCP: the first address of the name that takes the connection."""
    place = place_of(case.endpoint.base_url)
    failure: OSError | TimeoutError = TimeoutError()
    for address in case.addresses:
        try:
            async with asyncio.timeout(case.tools.patience.connect):
                _, case.connection = await asyncio.open_connection(address, place.port)
        except (OSError, TimeoutError) as error:
            failure = error
            continue
        return ok("tcp", address=host_and_port(address, place.port))
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
    proxy = case.tools.surroundings.proxy
    if proxy is not None and not place.is_here and kind != "refused":
        return find("proxy_needed", told, **case.names, host=place.host, proxy=proxy)
    failure = Failure(
        endpoint=case.endpoint.label,
        model="",
        url=case.endpoint.base_url,
        variable=case.endpoint.key.variable,
        kind=kind,
        body=told,
    )
    return diagnose(failure)[0]


def _told(failure: OSError | TimeoutError) -> str:
    if isinstance(failure, ConnectionRefusedError):
        return "refused"
    if isinstance(failure, TimeoutError):
        return "no answer"
    return failure.strerror or type(failure).__name__
