"""Masks secrets in whatever is about to be kept or shown.

A mask is as long as what it hides, so that offsets into redacted bytes stay true.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

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
# Letters by which a kind of secret is known, such as `fln_` and `gsk_`.
_KIND = 4
# How often a sign is looked at one by one; bytes that are full of signs are left to the pattern.
_TRIES = 1000


def mask(secret: str) -> str:
    """The secret with all but its last four characters hidden; short ones wholly."""
    shown = 4 if len(secret) >= 12 else 0
    return "*" * (len(secret) - shown) + secret[len(secret) - shown :]


# The same few names come with every request.
@lru_cache(maxsize=512)
def carries_key(name: str) -> bool:
    """Whether a header of this name carries a key."""
    return name.lower() in SECRET_HEADERS


# The same few keys come with every request.
@lru_cache(maxsize=128)
def mask_header(name: str, value: str) -> str:
    """A header's value as it may be shown. The scheme of an `Authorization` stays readable."""
    if not carries_key(name):
        return value
    scheme, blank, rest = value.partition(" ")
    return f"{scheme}{blank}{mask(rest)}" if blank else mask(value)


class Redactor:
    """Knows the secrets of this process and finds them in text and bytes."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._known: set[bytes] = set()
        # One of these stands wherever a secret does: how secrets of a kind begin, and how long they
        # are. To look for them is thirty times faster than the pattern.
        self._signs: tuple[tuple[bytes, tuple[int, ...]], ...] = ()
        # Of all secrets; made when the first is to be masked.
        self._pattern: re.Pattern[bytes] | None = None
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Adds secrets, as when a gateway key is made or met."""
        known = self._known
        fresh = [secret.encode() for secret in secrets if len(secret) >= _SHORTEST]
        if all(secret in known for secret in fresh):
            return
        known.update(fresh)
        self._signs = _signs(known)
        self._pattern = None

    def found_in(self, data: bytes) -> bool:
        """Whether any secret stands in these bytes."""
        for sign, sizes in self._signs:
            at = data.find(sign)
            if at >= 0 and self._stands_in(data, at, sign, sizes):
                return True
        return False

    def _stands_in(self, data: bytes, at: int, sign: bytes, sizes: tuple[int, ...]) -> bool:
        """Whether what begins with this sign, here or further on, is a secret."""
        for _ in range(_TRIES):
            for size in sizes:
                if data[at : at + size] in self._known:
                    return True
            at = data.find(sign, at + 1)
            if at < 0:
                return False
        return self._all().search(data, at) is not None

    def _all(self) -> re.Pattern[bytes]:
        if self._pattern is None:
            longest_first = sorted(self._known, key=len, reverse=True)
            self._pattern = re.compile(b"|".join(map(re.escape, longest_first)))
        return self._pattern

    def count(self, data: bytes) -> int:
        """How many secrets stand in these bytes."""
        return len(self._all().findall(data)) if self.found_in(data) else 0

    def data(self, data: bytes) -> bytes:
        """The bytes with each secret masked, at the same length."""
        return self._all().sub(_mask_match, data) if self.found_in(data) else data

    def text(self, text: str) -> str:
        """The text with each secret masked, at the same length."""
        data = text.encode("utf-8", "surrogatepass")
        if not self.found_in(data):
            return text
        return self._all().sub(_mask_match, data).decode("utf-8", "surrogatepass")


def _signs(secrets: Iterable[bytes]) -> tuple[tuple[bytes, tuple[int, ...]], ...]:
    """For each kind of secret (as gateway keys are one, of which there may be thousands) what they
    have in common at their beginning, which of a single one is all of it, and their lengths."""
    kinds: dict[bytes, list[bytes]] = {}
    for secret in secrets:
        kinds.setdefault(secret[:_KIND], []).append(secret)
    return tuple((_common(alike), tuple({*map(len, alike)})) for alike in kinds.values())


def _common(secrets: list[bytes]) -> bytes:
    # Between the first and the last in order lie all others.
    first, last = min(secrets), max(secrets)
    same = next((at for at, letter in enumerate(first) if letter != last[at]), len(first))
    return first[:same]


def _mask_match(match: re.Match[bytes]) -> bytes:
    found = match.group()
    # Counted in bytes: a letter of several bytes must not make the mask shorter.
    return mask(found.decode()).encode() if found.isascii() else b"*" * len(found)
