"""How a plan pulls on the logits. It raises some and forbids none, so the draw stays a draw."""

import math
from collections.abc import Sequence

from filon.practice.model.ngram import Floats
from filon.practice.model.pieces import Pieces
from filon.practice.model.sampling import Allowed

# An unplanned token that stands this near ahead in the plan was skipped to, not put in its place.
LOOK_AHEAD = 6


class _Way:
    """One alternative, and how far it has been followed. `end` comes last and stays next."""

    def __init__(self, tokens: Sequence[int], weight: float) -> None:
        self._tokens = (*tokens, Pieces.end)
        self._place = 0
        self.weight = weight

    @property
    def next(self) -> int:
        return self._tokens[self._place]

    def go_on(self) -> None:
        self._place = min(self._place + 1, len(self._tokens) - 1)

    def slip(self, token: int) -> None:
        """An unplanned token came: it stands for the next one, or for a jump to where it is."""
        ahead = self._tokens[self._place : self._place + LOOK_AHEAD]
        if token in ahead:
            self._place += ahead.index(token)
        self.go_on()


class Steering:
    """The pull of a segment's alternatives, each its tokens and its weight (natural-log odds).

    The tokens that come next in them are raised to `strength` nats above all others together, and
    share that by the weights of the alternatives behind them.
    """

    def __init__(
        self, alternatives: Sequence[tuple[Sequence[int], float]], strength: float
    ) -> None:
        self._ways = [_Way(tokens, weight) for tokens, weight in alternatives]
        self._strength = strength

    def pull(self, logits: Floats) -> None:
        """Raises what comes next, in place. The logits must be normalised."""
        if len(self._ways) == 1:
            token = self._ways[0].next
            logits[token] = max(logits[token], self._strength)
            return
        behind: dict[int, list[float]] = {}
        for way in self._ways:
            behind.setdefault(way.next, []).append(way.weight)
        whole = _log_sum([way.weight for way in self._ways])
        for token, weights in behind.items():
            logits[token] = max(logits[token], self._strength + _log_sum(weights) - whole)

    def keep(self, allowed: Allowed) -> bool:
        """Drops what cannot go on; whether anything is left."""
        self._ways = [way for way in self._ways if allowed[way.next]]
        return bool(self._ways)

    def took(self, token: int) -> bool:
        """Follows what was said; whether it was planned.

        Alternatives that would have gone on otherwise are dropped. A token that no alternative
        planned drops none.
        """
        planned = [way for way in self._ways if way.next == token]
        for way in planned:
            way.go_on()
        if planned:
            self._ways = planned
            return True
        for way in self._ways:
            way.slip(token)
        return False


def _log_sum(weights: Sequence[float]) -> float:
    most = max(weights)
    return most + math.log(sum([math.exp(weight - most) for weight in weights]))
