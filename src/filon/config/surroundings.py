"""What of the place where the program runs changes how others are reached from it."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))
_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


class Surroundings(Struct, frozen=True, kw_only=True):
    """`container`: whether the program runs in one. `proxy`: the variable that names a proxy."""

    container: bool = False
    proxy: str | None = None


def surroundings(environ: Mapping[str, str]) -> Surroundings:
    """Looks for a container's marks, and for a proxy among these variables."""
    return Surroundings(
        container=any(mark.exists() for mark in _MARKS),
        proxy=next((name for name in _PROXIES if environ.get(name)), None),
    )
