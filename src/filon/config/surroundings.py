"""What of the place where the program runs changes how others are reached from it."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from filon.config.proxying import Proxying, proxying

_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))


class Surroundings(Struct, frozen=True, kw_only=True):
    """`container`: whether the program runs in one. `proxying` has the proxies."""

    container: bool = False
    proxying: Proxying = Proxying()


def surroundings(environ: Mapping[str, str]) -> Surroundings:
    """Looks for a container's marks, and for proxies among these variables."""
    return Surroundings(
        container=any(mark.exists() for mark in _MARKS),
        proxying=proxying(environ),
    )
