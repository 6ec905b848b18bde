"""Nothing leaves the machine: every connection and every look-up of this process is watched.

An audit hook sees what sockets really do, whichever library asks: asyncio, aiohttp, httpx. It
refuses what is not loopback and remembers who tried, because a client may swallow the refusal.
"""

import ipaddress
import socket
import sys
import traceback
from typing import Any, cast

REFUSED: list[str] = []

_HOME = ("localhost", "", None)


class LeftTheMachine(OSError):
    """A test tried to reach another machine."""


def watch() -> None:
    """Begins to watch this process, for as long as it lives."""
    sys.addaudithook(_hook)


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        _check_address(event, args[1])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        _check_name(event, args[0])


def _check_address(event: str, address: Any) -> None:
    # A path is a socket of this machine; None is a socket that is connected already.
    if isinstance(address, tuple):
        host = str(cast("tuple[Any, ...]", address)[0])
        if not _is_here(host):
            _refuse(f"{event} to {address}")


def _check_name(event: str, host: Any) -> None:
    name = host.decode("latin-1") if isinstance(host, bytes) else host
    if name in _HOME or _is_here(name):
        return
    if name.endswith(".invalid"):
        # What every resolver answers to this name (RFC 6761), without asking one.
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    _refuse(f"{event} of {name!r}")


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse(what: str) -> None:
    place = " < ".join(
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
        for frame in reversed(traceback.extract_stack(limit=12)[:-3])
    )
    REFUSED.append(f"{what}, by {place}")
    raise LeftTheMachine(f"{what} is refused in tests")
