"""The tokens of the echo: what it writes one by one, and what it counts as usage.

A piece is a word or a run of signs, each with the blank before it and cut after twelve
characters, or a run of other white space. Joined, the pieces are the text.
"""

import re

_PIECE = re.compile(r" ?\w{1,12}| ?[^\w\s]{1,12}|\s+?(?= \w| [^\w\s])|\s+")


def split(text: str) -> list[str]:
    """The pieces of a text."""
    return _PIECE.findall(text)


def count(text: str) -> int:
    """How many pieces a text has."""
    return len(split(text))
