"""Which tokens of a vocabulary a grammar lets come next, as an array of booleans.

The vocabulary is walked as a trie of bytes, so that what can not begin is not tried on.
"""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from filon.practice.model.grammar import Grammar

# A mask is as many bytes as the vocabulary has tokens: together at most some 50 MB.
_MOST_GRAMMARS = 24
_MOST_MASKS = 512
_MOST_LOOPS = 16
_BYTES = tuple(bytes((byte,)) for byte in range(256))
# Where these lead back to the state they came from, it is the inside of a text: most of the
# vocabulary is allowed, and walking it would only say so slowly.
_PROBES = (b"e", b" ", b"z")

Mask = NDArray[np.bool_]


class _Branch:
    """The tokens that begin with the same bytes, by what follows."""

    __slots__ = ("after", "ids")

    def __init__(self) -> None:
        self.after: dict[bytes, _Branch] = {}
        self.ids: list[int] = []


class Masks:
    """The masks of a vocabulary: the bytes of each token by its id.

    A token without bytes is never allowed: whether the end may come is the grammar's `complete`.
    """

    def __init__(self, vocabulary: Sequence[bytes]) -> None:
        self._vocabulary = tuple(vocabulary)
        self._trie = _trie(self._vocabulary, range(len(self._vocabulary)))
        self._holds = np.zeros((len(self._vocabulary), 256), dtype=np.bool_)
        for token, data in enumerate(self._vocabulary):
            self._holds[token, list(data)] = True
        self._spelt = np.array([bool(data) for data in self._vocabulary], dtype=np.bool_)
        # What was asked for last stands last.
        self._known: dict[Grammar, dict[Hashable, Mask]] = {}
        self._loops: dict[bytes, tuple[Mask, _Branch]] = {}

    def allowed(self, grammar: Grammar, state: Hashable) -> Mask:
        """True for each token that may come in this state. The array is shared: read it only."""
        of_grammar = self._known.pop(grammar, None)
        if of_grammar is None:
            of_grammar = {}
            if len(self._known) >= _MOST_GRAMMARS:
                _forget_oldest(self._known)
        self._known[grammar] = of_grammar
        mask = of_grammar.pop(state, None)
        if mask is None:
            mask = self._make(grammar, state)
            mask.flags.writeable = False
            if len(of_grammar) >= _MOST_MASKS:
                _forget_oldest(of_grammar)
        of_grammar[state] = mask
        return mask

    def _make(self, grammar: Grammar, state: Hashable) -> Mask:
        if all(grammar.advance(state, probe) == state for probe in _PROBES):
            loop = bytes(
                byte for byte, data in enumerate(_BYTES) if grammar.advance(state, data) == state
            )
            start, rest = self._loop(loop)
            mask = start.copy()
        else:
            mask, rest = np.zeros(len(self._vocabulary), dtype=np.bool_), self._trie
        mask[_walk(grammar, state, rest)] = True
        return mask

    def _loop(self, loop: bytes) -> tuple[Mask, _Branch]:
        """The tokens that are of these bytes alone, and the trie of all others."""
        found = self._loops.get(loop)
        if found is None:
            others = np.ones(256, dtype=np.bool_)
            others[list(loop)] = False
            stray: Mask = np.any(self._holds[:, others], axis=1)
            inside = np.logical_not(stray) & self._spelt
            found = inside, _trie(self._vocabulary, np.flatnonzero(~inside).tolist())
            if len(self._loops) >= _MOST_LOOPS:
                self._loops.clear()
            self._loops[loop] = found
        return found


def _forget_oldest(known: dict[Any, Any]) -> None:
    known.pop(next(iter(known), None), None)


def _trie(vocabulary: Sequence[bytes], ids: Iterable[int]) -> _Branch:
    root = _Branch()
    for token in ids:
        branch = root
        for byte in vocabulary[token]:
            data = _BYTES[byte]
            if data not in branch.after:
                branch.after[data] = _Branch()
            branch = branch.after[data]
        if vocabulary[token]:
            branch.ids.append(token)
    return root


def _walk(grammar: Grammar, state: Hashable, trie: _Branch) -> list[int]:
    """The tokens of a trie whose bytes the grammar takes."""
    advance = grammar.advance
    found: list[int] = []
    due = [(trie, state)]
    while due:
        branch, at = due.pop()
        for data, after in branch.after.items():
            reached = advance(at, data)
            if reached is not None:
                found += after.ids
                due.append((after, reached))
    return found
