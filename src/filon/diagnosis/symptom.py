"""What one entry of the catalogue is: a code with its sentences, and the signs by which it shows.

`{endpoint}`, `{variable}`, `{model}` and `{url}` are filled in, and whatever a sign's named groups
catch or the code that finds it gives.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from filon.conversation.finding import Retry

# The actions that make sense for an entry; `fixes.py` makes those of which the values are known.
Offer = Literal[
    "rename",
    "wait",
    "without",
    "drop",
    "lower",
    "shorten",
    "model",
    "doctor",
    "variable",
    "other",
    "keys",
    "status",
    "docs",
]


class Sign(Struct, frozen=True, kw_only=True):
    """What shows it. `statuses` empty means any; a status of 200 is that of an error inside a
    reply, and one that stands in the body counts like the reply's own. `codes` are whole codes or
    types of the body, in small letters. `words` are searched in what is said (codes, types and
    messages of every envelope, without links), ignoring case. `kind` is how it failed where no
    status tells it: the kind of an `HttpFailure`, "silent" or "broken_reply". `page` wants a web
    page where an API's reply was due.

    What is said goes before what only a status says: codes are looked for first, then words and
    pages, then the rest, each in the catalogue's order.
    """

    statuses: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()
    words: str = ""
    kind: str = ""
    page: bool = False

    @property
    def rank(self) -> int:
        """The smaller, the earlier it is looked for."""
        if self.codes:
            return 0
        return 1 if self.words or self.page else 2


class Symptom(Struct, frozen=True, kw_only=True):
    """One thing that can be wrong. Without signs it is found by code: from the configuration, or
    in a good answer (`kind` "notice"). `sources` say who told it and when it was read; those
    without one restate HTTP, TCP, or what Filon itself does."""

    code: str
    title: str
    causes: tuple[str, ...]
    fix: str
    signs: tuple[Sign, ...] = ()
    retry: Retry = "no"
    kind: Literal["failure", "notice"] = "failure"
    offers: tuple[Offer, ...] = ()
    sources: tuple[str, ...] = ()


class Words(Struct, frozen=True):
    """A symptom's sentences with the names filled in."""

    title: str
    causes: tuple[str, ...]
    fix: str


def filled(symptom: Symptom, names: Mapping[str, str]) -> Words:
    """The sentences of a symptom. `names` must have all that they speak of."""
    return Words(
        symptom.title.format_map(names),
        tuple(cause.format_map(names) for cause in symptom.causes),
        symptom.fix.format_map(names),
    )
