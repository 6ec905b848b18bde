"""The bodies of `/api/endpoints/standing`. Times are Unix seconds."""

from typing import Literal

from filon.server.shapes import KeyStateShape, Shape


class KeyStandingShape(Shape):
    """A key of an endpoint as its breaker has it; a key several times where models have addresses
    of their own.

    `why` is told of one that is not closed; `until` is when an open one is tried again.
    """

    key: KeyStateShape
    state: Literal["closed", "open", "half_open"]
    why: str | None = None
    until: float | None = None


class BusyShape(Shape):
    """A model that asked to slow down, for one key."""

    model: str
    key: KeyStateShape
    until: float


class BoundShape(Shape):
    """One limit of an endpoint and how much of it is in use; a bucket for a minute fills again."""

    name: Literal["requests_per_minute", "tokens_per_minute", "concurrent"]
    limit: int
    used: int


class StandingShape(Shape):
    """How an endpoint stands. `keys` are those that it can be asked with, `running` counts turns of
    everyone, `waiting` attempts in its line."""

    name: str
    keys: list[KeyStandingShape]
    busy: list[BusyShape]
    running: int
    waiting: int
    limits: list[BoundShape]


class StandingList(Shape):
    """All endpoints in their order."""

    endpoints: list[StandingShape]
