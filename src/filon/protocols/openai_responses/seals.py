"""The seals of thoughts: what only the provider that gave it can read, and takes back.

A caller gets the seal of another protocol's provider as `encrypted_content`, marked as such, and
sends it back with the thought; it then goes to a provider of that protocol, and to no other.
"""

_MARK = "filon:"
_OWN_FIELDS = ("summary", "reasoning_text")


def seal_for_caller(field: str, signature: str) -> str:
    """The seal as a caller gets it. `field` is the wire's name for the thought it came with."""
    return signature if field in _OWN_FIELDS else f"{_MARK}{field}:{signature}"


def is_foreign(sealed: str) -> bool:
    """Whether a caller's seal is that of another protocol's provider."""
    return sealed.startswith(_MARK) and sealed.count(":") > 1


def foreign_seal(sealed: str | None) -> str | None:
    """The seal of another protocol's provider as it gave it; None for one of this protocol."""
    if sealed is None or not is_foreign(sealed):
        return None
    return sealed.removeprefix(_MARK).partition(":")[2]
