"""Byte automata for constrained decoding: which bytes may come next."""

from collections.abc import Hashable
from typing import Protocol


class Grammar(Protocol):
    """A language over bytes. A state is hashable; equal states have equal futures."""

    @property
    def start(self) -> Hashable:
        """The state before the first byte."""
        ...

    def advance(self, state: Hashable, data: bytes) -> Hashable | None:
        """The state after these bytes; None where they may not come."""
        ...

    def complete(self, state: Hashable) -> bool:
        """Whether the text may end here."""
        ...

    def shortest(self, state: Hashable) -> bytes:
        """The bytes of a shortest way to an end."""
        ...


def mended(grammar: Grammar, data: bytes) -> bytes:
    """The bytes as far as the language takes them, brought to an end the shortest way."""
    state = grammar.start
    for place in range(len(data)):
        after = grammar.advance(state, data[place : place + 1])
        if after is None:
            return data[:place] + grammar.shortest(state)
        state = after
    return data if grammar.complete(state) else data + grammar.shortest(state)
