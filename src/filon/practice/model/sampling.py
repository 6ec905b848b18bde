"""From logits to a token, by the parameters of the request.

The order, and nothing else happens: logit_bias is added; the penalties are taken off; what the
grammar forbids goes; temperature divides; softmax; top_k, top_p and min_p cut, each on what the
one before left, and the rest is scaled to 1; one token is drawn. The logprobs that are reported
are those of exactly this distribution. At temperature 0 nothing is drawn: the greatest logit wins
(the lowest id among equals), and the logprobs are those of temperature 1 before any cut.
"""

import math
import random
from collections import deque
from collections.abc import Mapping

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from filon.practice.model.ngram import NEVER, Floats

# OpenAI's number for a token that is named though it could not come.
# https://platform.openai.com/docs/api-reference/chat/object (read 2026-08)
UNLIKELY = -9999.0

# What logit_bias bans or forces, by OpenAI's description of the field.
BAN = -100.0

# How far back repetition_penalty looks: `repeat_last_n` of llama.cpp and Ollama is 64 by default.
REPEAT_LAST = 64

Allowed = NDArray[np.bool_]


class Sampling(Struct, frozen=True, kw_only=True):
    """The parameters that shape the draw, as providers name them; the defaults change nothing.

    `frequency_penalty` and `presence_penalty` count the answer's own tokens, as OpenAI says.
    `repetition_penalty` is that of llama.cpp over the answer's last 64 tokens: a logit above zero
    is divided by it, one below multiplied, where zero is what an even chance for every token would
    have. `top_logprobs` is how many tokens are named at each step; `logprobs` whether the caller
    wants to see any, which changes nothing here.
    """

    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int | None = None
    min_p: float = 0.0
    seed: int | None = None
    logit_bias: Mapping[int, float] = {}
    frequency_penalty: float = 0.0
    presence_penalty: float = 0.0
    repetition_penalty: float = 1.0
    logprobs: bool = False
    top_logprobs: int = 0


class Drawn(Struct, frozen=True):
    """A token, the ln of its probability, and the likeliest tokens with theirs."""

    token: int
    logprob: float
    top: tuple[tuple[int, float], ...]


class Sampler:
    """Draws the tokens of one answer, choice number `choice` of its request, one by one.

    With a seed the same logits give the same tokens; without one chance is the system's.
    """

    def __init__(self, sampling: Sampling, size: int, choice: int = 0) -> None:
        self._sampling = sampling
        seed = None if sampling.seed is None else f"{sampling.seed}:{choice}"
        self._chance = random.Random(seed)  # noqa: S311 - it draws tokens and guards nothing
        bias = {token: value for token, value in sampling.logit_bias.items() if 0 <= token < size}
        self._biased = np.array(list(bias), np.int64)
        self._bias = np.array(list(bias.values()), np.float64)
        self._banned = self._biased[self._bias <= BAN]
        self._counts: dict[int, int] = {}
        self._penalties = np.zeros(size) if _penalises(sampling) else None
        self._recent: deque[int] = deque(maxlen=REPEAT_LAST)

    def note(self, token: int) -> None:
        """Counts a token of the answer, for the penalties; `draw` does not."""
        if self._penalties is not None:
            count = self._counts[token] = self._counts.get(token, 0) + 1
            self._penalties[token] = (
                count * self._sampling.frequency_penalty + self._sampling.presence_penalty
            )
        self._recent.append(token)

    def draw(self, logits: Floats, allowed: Allowed | None = None) -> Drawn:
        """One token; `allowed` says which may come, at least one."""
        adjusted = self._adjusted(logits, allowed)
        if self._sampling.temperature == 0:
            token = int(adjusted.argmax())
            return self._drawn(token, adjusted, _softmax(adjusted, 1.0))
        chances = self._cut(adjusted, _softmax(adjusted, self._sampling.temperature))
        sums: Floats = chances.cumsum()
        place = self._chance.random() * float(sums[-1])
        token = int(sums.searchsorted(place, side="right"))
        if token == len(sums):
            # The product was rounded up to the whole sum.
            token = int(np.flatnonzero(chances)[-1])
        return self._drawn(token, adjusted, chances)

    def distribution(self, logits: Floats, allowed: Allowed | None = None) -> Floats:
        """The probabilities that `draw` draws from above temperature 0."""
        adjusted = self._adjusted(logits, allowed)
        return self._cut(adjusted, _softmax(adjusted, self._sampling.temperature))

    def _adjusted(self, logits: Floats, allowed: Allowed | None) -> Floats:
        adjusted = logits.copy()
        adjusted[self._biased] += self._bias
        if self._penalties is not None:
            adjusted -= self._penalties
        if self._sampling.repetition_penalty != 1:
            self._repeat(adjusted)
        if allowed is not None:
            adjusted[~allowed] = -math.inf
        if len(self._banned):
            unbanned = adjusted.copy()
            adjusted[self._banned] = -math.inf
            if adjusted.max() <= NEVER / 2:
                # All that may come is banned, and something must: the ban is without effect.
                return unbanned
        return adjusted

    def _repeat(self, adjusted: Floats) -> None:
        recent = np.array(list(set(self._recent)), np.int64)
        even = -math.log(len(adjusted))
        above = adjusted[recent] - even
        penalty = self._sampling.repetition_penalty
        adjusted[recent] = np.where(above > 0, above / penalty, above * penalty) + even

    def _cut(self, logits: Floats, chances: Floats) -> Floats:
        sampling = self._sampling
        top_k = sampling.top_k or 0
        if top_k > 0:
            chances = _only(chances, _greatest(logits, top_k))
        if sampling.top_p < 1:
            chances = _only(chances, _nucleus(logits, chances, sampling.top_p))
        if sampling.min_p > 0:
            kept = np.flatnonzero(chances >= min(sampling.min_p, 1.0) * chances.max())
            chances = _only(chances, kept)
        return chances

    def _drawn(self, token: int, logits: Floats, chances: Floats) -> Drawn:
        top: tuple[tuple[int, float], ...] = ()
        if self._sampling.top_logprobs > 0:
            named: list[int] = _greatest(logits, self._sampling.top_logprobs).tolist()
            top = tuple([(each, _logprob(chances[each])) for each in named])
        return Drawn(token, _logprob(chances[token]), top)


def _penalises(sampling: Sampling) -> bool:
    return sampling.frequency_penalty != 0 or sampling.presence_penalty != 0


def _logprob(chance: float) -> float:
    return math.log(chance) if chance > 0 else UNLIKELY


def _softmax(logits: Floats, temperature: float) -> Floats:
    chances = logits - logits.max()
    if temperature != 1:
        # Less than this would overflow, and changes nothing any more.
        chances /= max(temperature, 1e-30)
    np.exp(chances, out=chances)
    chances /= chances.sum()
    return chances


def _greatest(logits: Floats, count: int) -> NDArray[np.intp]:
    """Up to `count` ids in falling order of their logit, equals by id; none that cannot come."""
    size = len(logits)
    least = NEVER / 2
    if count < size:
        least = max(least, float(np.partition(logits, size - count)[size - count]))
    ids = np.flatnonzero(logits >= least)
    return ids[np.argsort(-logits[ids], kind="stable")[:count]]


def _nucleus(logits: Floats, chances: Floats, top_p: float) -> NDArray[np.intp]:
    """The fewest likeliest ids that have at least this much together, never none."""
    count = 64
    while True:
        ids = _greatest(logits, count)
        sums = chances[ids].cumsum()
        if sums[-1] >= top_p or len(ids) < count:
            return ids[: int(sums.searchsorted(top_p)) + 1]
        count *= 8


def _only(chances: Floats, ids: NDArray[np.intp]) -> Floats:
    kept = np.zeros(len(chances))
    kept[ids] = chances[ids]
    kept /= kept.sum()
    return kept
