"""A diagnosis as a value. What produces it is `filon.diagnosis`."""

from msgspec import Struct


class Finding(Struct, frozen=True, kw_only=True):
    """One diagnosis of a failure.

    `evidence` quotes the telling words of the reply. `causes` are ordered, likeliest first.
    """

    code: str
    title: str
    evidence: str
    causes: tuple[str, ...]
    fix: str
