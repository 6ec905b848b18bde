"""What the practice models know: the dialogues of the corpus, for the skills. No numpy here."""

from functools import cache

import msgspec
from msgspec import Struct

from filon.practice.model.data import contents


class Dialogue(Struct, frozen=True):
    """A question in its phrasings, and its answer.

    A task in code has a `level`, on the scale of a model's ability, and may have an answer that
    is `wrong` though it looks right. `language` is `en` or `es`.
    """

    questions: tuple[str, ...]
    answer: str
    wrong: str | None
    level: float | None
    language: str


def write(known: tuple[Dialogue, ...]) -> bytes:
    """The section of the data file that holds them."""
    return msgspec.json.encode(known)


def read(section: bytes) -> tuple[Dialogue, ...]:
    """The dialogues of such a section."""
    return msgspec.json.decode(section, type=tuple[Dialogue, ...])


@cache
def dialogues() -> tuple[Dialogue, ...]:
    """All that are known, in the order of the corpus."""
    return read(contents().sections["dialogues"])
