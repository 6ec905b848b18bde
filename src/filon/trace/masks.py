"""Headers as they may be kept and shown. Pure."""

from functools import lru_cache

from filon.kit.redact import carries_key, mask_header
from filon.trace.records import Headers, MaskedHeaders

# Names that nearly every request and reply has, and how else they are spelled: no key stands there.
_COMMON = (
    "host",
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "date",
    "server",
    "transfer-encoding",
    "user-agent",
)
_HARMLESS = frozenset({*_COMMON, *map(str.title, _COMMON)})


def masked(pairs: Headers) -> MaskedHeaders:
    """Headers with those masked that carry keys, by their names."""
    changed: list[tuple[str, str]] | None = None
    for at, (name, value) in enumerate(pairs):
        if name not in _HARMLESS and carries_key(name):
            changed = changed or [*pairs]
            changed[at] = (name, mask_header(name, value))
    return MaskedHeaders(pairs if changed is None else tuple(changed))


# The same of requests, whose headers come again and again.
masked_again = lru_cache(maxsize=256)(masked)
