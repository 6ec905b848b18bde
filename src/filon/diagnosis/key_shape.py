"""What a key's own letters tell: that it is none, or whose it is. Pure."""

import re
from typing import Literal

from msgspec import Struct

from filon.providers import catalog
from filon.providers.manifest import Manifest

Fault = Literal["key_unfilled", "key_quoted", "key_bearer", "key_blank"]

_TOLD = 3
_QUOTED = re.compile(r"""^(["'`“‘]).*|.*["'`”’]$""", re.DOTALL)
_UNFILLED = re.compile(
    r"\$\{[^}]*\}|<[^>]*>|your[-_ ]?(api[-_ ]?)?key|change[-_]?me|x{6,}|\.\.\.|…|insert",
    re.IGNORECASE,
)


class Owner(Struct, frozen=True, kw_only=True):
    """Who has keys like this one. `begins` is their beginning, `alone` whether only one has it."""

    labels: str
    begins: str
    alone: bool


def placeholder_in(key: str) -> str | None:
    """The part of a key that was to be filled in."""
    found = _UNFILLED.search(key)
    return found.group() if found is not None else None


def fault_of(key: str) -> Fault | None:
    """What makes the text no key at all, whosever it should be."""
    if placeholder_in(key) is not None:
        return "key_unfilled"
    if _QUOTED.match(key):
        return "key_quoted"
    if key.lower().startswith("bearer "):
        return "key_bearer"
    if any(letter.isspace() for letter in key):
        return "key_blank"
    return None


def owner_of(key: str, manifest: Manifest | None) -> Owner | None:
    """Whose key it is, if by its beginning it is not this provider's. Of a provider that nobody
    knows nothing is said: a gateway takes what it likes."""
    if manifest is None or not manifest.variables:
        return None
    begins, owners = _longest(key)
    if not owners or manifest in owners:
        return None
    shown = ", ".join(one.label for one in owners[:_TOLD])
    other = f"{shown} …" if len(owners) > _TOLD else shown
    return Owner(labels=other, begins=begins, alone=len(owners) == 1)


def _longest(key: str) -> tuple[str, list[Manifest]]:
    """The longest known beginning of this key, and all providers whose keys have it."""
    known = {prefix for one in catalog.manifests() for prefix in one.prefixes}
    begins = max((prefix for prefix in known if key.startswith(prefix)), key=len, default="")
    return begins, [one for one in catalog.manifests() if begins and begins in one.prefixes]
