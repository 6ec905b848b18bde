"""What is wanted of an answer, as every dialect's request comes down to it."""

from typing import Literal

from msgspec import Struct

from filon.practice.model.sampling import Sampling
from filon.practice.skills.asked import Asked

Thoughts = Literal["apart", "raw", "hidden"]


class Wish(Struct, frozen=True, kw_only=True):
    """A request for answers.

    `max_tokens` bounds each choice, thoughts included. `usage` says whether a stream must end
    with the counts. `thoughts` says where the reasoning goes: apart from the text, in it between
    tags, or nowhere.
    """

    asked: Asked
    sampling: Sampling
    n: int = 1
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    stream: bool = False
    usage: bool = False
    thoughts: Thoughts = "apart"
