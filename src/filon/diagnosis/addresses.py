"""Which other base URLs may have been meant. Pure: only an answer can prove one of them."""

from urllib.parse import urlsplit, urlunsplit

from filon.protocols.registry import PROTOCOLS
from filon.providers.manifest import Manifest


def guesses(url: str, manifest: Manifest | None) -> tuple[tuple[str, str], ...]:
    """Other addresses that may have been meant, likeliest first, each with what would then be
    wrong with this one."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    found: list[tuple[str, str]] = []
    for door in sorted({protocol.path for protocol in PROTOCOLS.values()} | {"/models"}):
        if path.endswith(door):
            found.append(("address_chat", path[: -len(door)]))
    segments = path.split("/")
    single = [
        one for at, one in enumerate(segments) if not (at and one and one == segments[at - 1])
    ]
    if single != segments:
        found.append(("address_doubled", "/".join(single)))
    # A base URL with a part to be filled in, such as a resource's name, has no usual path.
    if manifest is not None and not set("{}$<>") & set(manifest.base_url):
        usual = urlsplit(manifest.base_url).path.rstrip("/")
        if usual.startswith(path) and usual != path:
            found.append(("address_short", usual))
    if "v1" not in segments:
        found.append(("address_found", f"{path}/v1"))
    elif path.endswith("/v1"):
        found.append(("address_found", path.removesuffix("/v1")))
    return tuple(
        (code, urlunsplit((parts.scheme, parts.netloc, other, "", "")))
        for code, other in dict.fromkeys(found)
    )
