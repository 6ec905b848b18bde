"""One choice of an answer: from the model's tokens to text, thoughts and calls.

A character that is not whole yet, and text that may turn out to be a stop, is held back.
"""

import codecs
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from filon.practice.model.generate import Said
from filon.practice.model.plan import Kind


class Delta(Struct, frozen=True, kw_only=True):
    """More of one choice. `call` numbers the tool calls of a choice; a call's first delta has its
    `name`. `said` are the tokens behind the text, for their probabilities."""

    choice: int
    kind: Kind
    text: str
    call: int = -1
    name: str | None = None
    said: tuple[Said, ...] = ()


class Over(Struct, frozen=True):
    """A choice has ended. `stop` is the text at which it was made to."""

    choice: int
    reason: Literal["stop", "length", "tool_calls"] | str
    stop: str | None = None


Spoken = Delta | Over


class Voice:
    """Says one choice, a token at a time.

    `limit` is how many tokens it may say; `finish` the reason that the plan wants told at the end.
    """

    def __init__(
        self,
        choice: int,
        source: Iterator[Said],
        *,
        limit: int,
        stop: tuple[str, ...],
        finish: str | None,
    ) -> None:
        self._choice = choice
        self._source = source
        self._limit = limit
        self._stop = stop
        self._finish = finish
        self._segment = -1
        self._kind: Kind = "text"
        self._calls = 0
        self._name: list[str] | None = None  # the name of a call, while it comes
        self._decoder = _decoder()
        self._held = ""
        self._held_said: list[Said] = []
        self.tokens = 0
        self.thought_tokens = 0
        self.over = False

    def step(self) -> list[Spoken]:
        """The next token's text, perhaps nothing yet, and the end where it comes."""
        if self.tokens >= self._limit:
            return self._end("length")
        said = next(self._source, None)
        if said is None:
            return self._end(self._finish or ("tool_calls" if self._calls else "stop"))
        spoken: list[Spoken] = []
        if said.segment != self._segment:
            spoken += self._flush()
            self._begin(said)
        self.tokens += 1
        if said.kind == "reasoning":
            self.thought_tokens += 1
        self._held_said.append(said)
        text = self._decoder.decode(said.data)
        if self._name is not None:
            return spoken + self._named(text)
        self._held += text
        return spoken + self._say()

    def _begin(self, said: Said) -> None:
        self._segment = said.segment
        self._kind = said.kind
        if said.kind == "call":
            self._calls += 1
            self._name = []

    def _named(self, text: str) -> list[Spoken]:
        """A call's name comes up to its first line feed; the arguments follow."""
        assert self._name is not None
        self._name.append(text)
        name, feed, rest = "".join(self._name).partition("\n")
        if not feed:
            return []
        self._name = None
        self._held = rest
        self._held_said.clear()
        first = Delta(choice=self._choice, kind="call", text="", call=self._calls - 1, name=name)
        return [first, *self._say()]

    def _say(self) -> list[Spoken]:
        if self._kind == "text" and self._stop:
            ends = [(end, stop) for stop in self._stop if (end := self._held.find(stop)) >= 0]
            if ends:
                end, stop = min(ends)
                self._held = self._held[:end]
                return [*self._flush(), *self._end("stop", stop)]
            keep = max(_overlap(self._held, stop) for stop in self._stop)
            if keep:
                return self._out(self._held[:-keep], self._held[-keep:])
        return self._out(self._held, "")

    def _out(self, text: str, held: str) -> list[Spoken]:
        self._held = held
        if not text:
            return []
        said, self._held_said = tuple(self._held_said), []
        call = self._calls - 1 if self._kind == "call" else -1
        return [Delta(choice=self._choice, kind=self._kind, text=text, call=call, said=said)]

    def _flush(self) -> list[Spoken]:
        """All that was held back, at the end of a segment."""
        rest = self._decoder.decode(b"", final=True)
        self._decoder = _decoder()
        if self._name is not None:
            # It ended, or was cut, in the middle of the name.
            name = "".join(self._name) + rest
            self._name = None
            self._held_said.clear()
            call = self._calls - 1
            return [Delta(choice=self._choice, kind="call", text="", call=call, name=name)]
        return self._out(self._held + rest, "")

    def _end(self, reason: str, stop: str | None = None) -> list[Spoken]:
        self.over = True
        return [*self._flush(), Over(self._choice, reason, stop)]


def _decoder() -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder("utf-8")("replace")


def _overlap(text: str, stop: str) -> int:
    """How many letters at the end of the text may be the beginning of the stop."""
    longest = min(len(text), len(stop) - 1)
    return next((size for size in range(longest, 0, -1) if text.endswith(stop[:size])), 0)
