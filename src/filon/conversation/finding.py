"""A diagnosis as a value. What produces it is `filon.diagnosis`."""

from collections.abc import Mapping

from msgspec import Struct


class Finding(Struct, frozen=True, kw_only=True):
    """One diagnosis of a failure.

    `evidence` quotes the telling words of the reply. `causes` are ordered, likeliest first.
    `names` are what the sentences speak of (endpoint, model, url, variable), so that a page can
    say them in another language by the code.
    """

    code: str
    title: str
    evidence: str
    causes: tuple[str, ...]
    fix: str
    names: Mapping[str, str] = {}
