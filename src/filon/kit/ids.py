"""Identifiers: short, unguessable, sortable by time to the millisecond."""

import os
import sys
from functools import lru_cache

from filon.kit import clock

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
# Each byte by its five lowest bits: 256 is a multiple of 32, so that every letter is as likely.
_LETTERS = bytes(ord(_ALPHABET[byte % 32]) for byte in range(256))
_LENGTH = 9
# What ten bits are in letters. Each second or so has a beginning of its own, and these its ends.
_PAIRS = [one + other for one in _ALPHABET for other in _ALPHABET]
# Chance is taken from the system for so many ids at once: asking costs as much as ten ids.
_AT_ONCE = 256

# Taken from its end, which no two threads do at the same moment.
_chances: list[str] = []
if sys.platform != "win32":
    # A child must not use what its parent will.
    os.register_at_fork(after_in_child=_chances.clear)


def new_id(prefix: str) -> str:
    """`prefix_` and 18 characters: 9 of time in milliseconds, 9 (45 bits) of chance.

    The time comes first so that rows made together lie together in an index.
    """
    try:
        chance = _chances.pop()
    except IndexError:
        chance = _refilled()
    milliseconds = int(clock.now() * 1000)
    return f"{prefix}_{_begun(milliseconds >> 10)}{_PAIRS[milliseconds & 1023]}{chance}"


def _refilled() -> str:
    """The first of many new chances; the others are kept."""
    letters = os.urandom(_LENGTH * _AT_ONCE).translate(_LETTERS).decode("ascii")
    first, *others = (letters[at : at + _LENGTH] for at in range(0, len(letters), _LENGTH))
    _chances.extend(others)
    return first


@lru_cache(maxsize=4)
def _begun(seconds: int) -> str:
    """The first seven letters of the time, in 1,024 milliseconds."""
    return "".join([_ALPHABET[(seconds >> shift) & 31] for shift in range(30, -5, -5)])
