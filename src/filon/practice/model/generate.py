"""The loop: a plan, the prompt and the parameters in, tokens out."""

from collections.abc import Hashable, Iterator, Sequence
from functools import cache

from msgspec import Struct

from filon.practice.model import ngram, pieces
from filon.practice.model.data import contents
from filon.practice.model.family import Model
from filon.practice.model.grammar import Grammar
from filon.practice.model.masks import Masks
from filon.practice.model.ngram import NGram
from filon.practice.model.pieces import Pieces
from filon.practice.model.plan import Kind, Plan, Segment
from filon.practice.model.sampling import Allowed, Drawn, Sampler, Sampling
from filon.practice.model.steering import Steering

# How many tokens a segment may go on of its own after its longest alternative.
FREE = 400
# The same where a grammar holds it; then it is led to an end whatever the sampling says.
FREE_IN_GRAMMAR = 1_200

_OPENED_BY: dict[Kind, int] = {
    "reasoning": Pieces.think,
    "text": Pieces.assistant,
    "call": Pieces.call,
}


class Pocket(Struct, frozen=True):
    """The language model that all models of the family share."""

    pieces: Pieces
    ngram: NGram
    masks: Masks

    @classmethod
    def load(cls) -> "Pocket":
        """Reads it from the package."""
        sections = contents().sections
        codes = pieces.read(sections["merges"])
        return cls(codes, ngram.read(sections, codes.size), Masks(codes.vocabulary))


@cache
def pocket() -> Pocket:
    """The language model, read once."""
    return Pocket.load()


class Said(Struct, frozen=True):
    """One token of an answer: in which segment (`kind` and number), its id and bytes, the ln of
    its probability, and the likeliest tokens with theirs where they were asked for."""

    kind: Kind
    segment: int
    token: int
    data: bytes
    logprob: float
    top: tuple[tuple[int, float], ...] = ()


def generate(
    lm: Pocket,
    prompt: Sequence[int],
    plan: Plan,
    model: Model,
    sampling: Sampling,
    choice: int = 0,
) -> Iterator[Said]:
    """The tokens of an answer, segment by segment.

    The `end` that closes a segment is drawn but never given out: usage counts what is given out,
    and `max_tokens` is the caller's to count. That the iterator ends means the answer is whole.
    """
    answer = _Answer(lm, prompt, model, Sampler(sampling, lm.pieces.size, choice))
    for index, segment in enumerate(plan.segments):
        answer.open(segment.kind)
        for drawn in answer.say(segment, named=sampling.top_logprobs > 0):
            yield Said(
                segment.kind,
                index,
                drawn.token,
                lm.pieces.data(drawn.token),
                drawn.logprob,
                drawn.top,
            )


class _Answer:
    """What was said so far, as far as it bears on what comes next."""

    def __init__(self, lm: Pocket, prompt: Sequence[int], model: Model, sampler: Sampler) -> None:
        self._lm = lm
        self._model = model
        self._sampler = sampler
        self._seen = list(prompt[1 - ngram.ORDER :])

    def open(self, kind: Kind) -> None:
        """Begins a segment with its special piece, where the prompt has not done so."""
        if self._seen[-1:] != [_OPENED_BY[kind]]:
            self._see(_OPENED_BY[kind])

    def say(self, segment: Segment, *, named: bool) -> Iterator[Drawn]:
        """The tokens of a segment."""
        if segment.exact:
            return self._recite(self._lm.pieces.encode(segment.alternatives[0].text), named=named)
        ways = [
            (self._lm.pieces.encode(alternative.text), alternative.weight)
            for alternative in segment.alternatives
        ]
        strength = self._model.strength if segment.strength is None else segment.strength
        longest = max((len(tokens) for tokens, _ in ways), default=0)
        steering = Steering(ways, strength) if ways else None
        if segment.grammar is None:
            return self._speak(steering, longest + FREE)
        bounds = _Bounds(self._lm, segment.grammar, strength)
        return self._speak_within(bounds, steering, longest, named=named)

    def _recite(self, tokens: Sequence[int], *, named: bool) -> Iterator[Drawn]:
        for token in tokens:
            self._take(token)
            yield Drawn(token, 0.0, ((token, 0.0),) if named else ())

    def _speak(self, steering: Steering | None, limit: int) -> Iterator[Drawn]:
        for _ in range(limit):
            drawn = self._draw(steering)
            if drawn.token == Pieces.end:
                return
            self._take(drawn.token)
            if steering:
                steering.took(drawn.token)
            yield drawn

    def _speak_within(
        self, bounds: "_Bounds", steering: Steering | None, longest: int, *, named: bool
    ) -> Iterator[Drawn]:
        for count in range(longest + FREE_IN_GRAMMAR):
            allowed = bounds.allowed()
            lost = not steering.keep(allowed) if steering else count >= FREE
            if lost:
                steering = bounds.way_out()
            drawn = self._draw(steering, allowed)
            if drawn.token == Pieces.end:
                return
            self._take(drawn.token)
            bounds.advance(drawn.token)
            if steering:
                steering.took(drawn.token)
            yield drawn
        yield from self._recite(bounds.shortest(), named=named)

    def _draw(self, steering: Steering | None, allowed: Allowed | None = None) -> Drawn:
        logits = self._lm.ngram.log_probabilities(self._seen, self._model.order)
        if steering:
            steering.pull(logits)
        return self._sampler.draw(logits, allowed)

    def _take(self, token: int) -> None:
        self._sampler.note(token)
        self._see(token)

    def _see(self, token: int) -> None:
        self._seen.append(token)
        del self._seen[: 1 - ngram.ORDER]


class _Bounds:
    """A grammar, and where in it the answer stands."""

    def __init__(self, lm: Pocket, grammar: Grammar, strength: float) -> None:
        self._lm = lm
        self._grammar = grammar
        self._strength = strength
        self._state: Hashable = grammar.start

    def allowed(self) -> Allowed:
        """Which ids may come next: what keeps the grammar alive, and `end` where it may end."""
        allowed = self._lm.masks.allowed(self._grammar, self._state).copy()
        allowed[Pieces.end] = self._grammar.complete(self._state)
        return allowed

    def advance(self, token: int) -> None:
        """Follows a token that was allowed."""
        self._state = self._grammar.advance(self._state, self._lm.pieces.data(token))

    def shortest(self) -> list[int]:
        """The tokens of a shortest way to an end."""
        return self._lm.pieces.encode_bytes(self._grammar.shortest(self._state))

    def way_out(self) -> Steering:
        """A pull to the nearest end."""
        return Steering([(self.shortest(), 0.0)], self._strength)
