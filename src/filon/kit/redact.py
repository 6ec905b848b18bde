"""Masks secrets in whatever is about to be kept or shown.

A mask is as long as what it hides, so that offsets into redacted bytes stay true.
"""

import re
from collections.abc import Iterable

SECRET_HEADERS = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "x-api-key",
        "api-key",
        "x-goog-api-key",
        "cookie",
        "set-cookie",
    }
)

# A shorter "secret" is a placeholder such as `ollama`; masking it would eat ordinary words.
_SHORTEST = 8


def mask(secret: str) -> str:
    """The secret with all but its last four characters hidden; short ones wholly."""
    shown = 4 if len(secret) >= 12 else 0
    return "*" * (len(secret) - shown) + secret[len(secret) - shown :]


def mask_header(name: str, value: str) -> str:
    """A header's value as it may be shown. The scheme of an `Authorization` stays readable."""
    if name.lower() not in SECRET_HEADERS:
        return value
    scheme, blank, rest = value.partition(" ")
    return f"{scheme}{blank}{mask(rest)}" if blank else mask(value)


class Redactor:
    """Knows the secrets of this process and finds them in text and bytes."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._pattern: re.Pattern[bytes] | None = None
        self._known: set[bytes] = set()
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Adds secrets, as when a gateway key is made or met."""
        fresh = {secret.encode() for secret in secrets if len(secret) >= _SHORTEST} - self._known
        if not fresh:
            return
        self._known |= fresh
        longest_first = sorted(self._known, key=len, reverse=True)
        self._pattern = re.compile(b"|".join(re.escape(secret) for secret in longest_first))

    def found_in(self, data: bytes) -> bool:
        """Whether any secret stands in these bytes."""
        return self._pattern is not None and self._pattern.search(data) is not None

    def data(self, data: bytes) -> bytes:
        """The bytes with each secret masked, at the same length."""
        if self._pattern is None:
            return data
        return self._pattern.sub(_mask_match, data)

    def text(self, text: str) -> str:
        """The text with each secret masked, at the same length."""
        if self._pattern is None:
            return text
        return self._pattern.sub(_mask_match, text.encode("utf-8", "surrogatepass")).decode(
            "utf-8", "surrogatepass"
        )


def _mask_match(match: re.Match[bytes]) -> bytes:
    found = match.group()
    # Counted in bytes: a letter of several bytes must not make the mask shorter.
    return mask(found.decode()).encode() if found.isascii() else b"*" * len(found)
