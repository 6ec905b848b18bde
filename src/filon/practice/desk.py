"""What practice remembers while it runs: limits, caches, the ledger, the rules, the pace.

One of it for all dialects. Everything that a person may change while it runs is changed here.
"""

import random
from pathlib import Path

from msgspec import Struct

from filon.practice.cache import PromptCache
from filon.practice.clock import Clock
from filon.practice.dialects.dialect import Dialect
from filon.practice.faults.rules import Rules
from filon.practice.ledger import Ledger
from filon.practice.limits import Buckets, Limits
from filon.practice.model.family import Model

_MOST_BUCKETS = 1_000


class Account(Struct, frozen=True):
    """Who asks: the dialect's own key, the one without money, or nobody in particular."""

    name: str
    broke: bool = False


class Desk:
    """The changing state of practice."""

    def __init__(self, clock: Clock, folder: Path | None = None) -> None:
        self.clock = clock
        self.ledger = Ledger(folder=folder)
        self.rules = Rules()
        self.cache = PromptCache()
        self.speed = 1.0
        self.chance = random.Random()  # noqa: S311 - it decides whether a practice fault happens
        self.pulled: set[str] = set()
        self._limits: dict[str, Limits] = {}
        self._buckets: dict[tuple[str, str, str], Buckets] = {}
        self._writing: dict[str, int] = {}
        self._last: dict[str, float] = {}

    def limits(self, dialect: Dialect) -> Limits:
        """The limits that hold for this dialect now."""
        return self._limits.get(dialect.name, dialect.limits)

    def change_limits(self, dialect: str, limits: Limits) -> None:
        """Sets a dialect's limits, for every key, at once."""
        self._limits[dialect] = limits
        for (owner, _key, _model), buckets in self._buckets.items():
            if owner == dialect:
                buckets.change(limits, self.clock.monotonic())

    def buckets(self, dialect: Dialect, account: Account, model: Model) -> Buckets:
        """The limits of this key for this model."""
        key = (dialect.name, account.name, model.name)
        found = self._buckets.get(key)
        if found is None:
            if len(self._buckets) >= _MOST_BUCKETS:
                self._buckets.pop(next(iter(self._buckets)))
            found = Buckets(self.limits(dialect), self.clock.monotonic())
            self._buckets[key] = found
        return found

    def enter(self, model: Model) -> float | None:
        """An answer begins; seconds since this model was last used, None if it never was."""
        self._writing[model.name] = self._writing.get(model.name, 0) + 1
        now = self.clock.monotonic()
        last = self._last.get(model.name)
        self._last[model.name] = now
        return None if last is None else now - last

    def leave(self, model: Model) -> None:
        """An answer has ended."""
        self._writing[model.name] -= 1
        self._last[model.name] = self.clock.monotonic()

    def load(self, name: str) -> None:
        """A model is taken into memory without being asked anything."""
        self._last[name] = self.clock.monotonic()

    def unload(self, name: str) -> None:
        """A model leaves memory; its next answer waits for it again."""
        self._last.pop(name, None)

    def left(self, name: str, kept: float) -> float | None:
        """For how many seconds a model that is `kept` in memory for so long after its last answer
        stays there; None if it is not there."""
        last = self._last.get(name)
        if last is None:
            return None
        left = last + kept - self.clock.monotonic()
        return left if left > 0 else None

    def writing(self, model: Model) -> int:
        """How many answers this model writes at the same time."""
        return self._writing.get(model.name, 0)
