"""What a key may do, and how much of it is left. Pure values."""

from typing import Literal

from msgspec import Struct

LimitName = Literal["requests_per_minute", "tokens_per_minute", "requests_per_day", "concurrent"]


class KeyRules(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a key may do, apart from when it ends.

    `models` are patterns for `endpoint/model` and `preset/name`, `endpoints` for endpoints' names;
    empty means all. A limit of None is none. `tags` are free words that each trace of the key
    keeps. `lenient`: a parameter that cannot be translated is dropped with a decision, instead of
    refused. `explain_errors`: error bodies say what Filon knows of the failure in `error.filon`.
    """

    models: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    requests_per_day: int | None = None
    concurrent: int | None = None
    tags: tuple[str, ...] = ()
    lenient: bool = False
    explain_errors: bool = False

    @property
    def scoped(self) -> bool:
        """Whether there is anything that it may not use."""
        return bool(self.models or self.endpoints)

    @property
    def limited(self) -> bool:
        """Whether there is any limit."""
        return any(limit is not None for limit in self.limits.values())

    @property
    def limits(self) -> dict[LimitName, int | None]:
        """Every limit by its name."""
        return {
            "requests_per_minute": self.requests_per_minute,
            "tokens_per_minute": self.tokens_per_minute,
            "requests_per_day": self.requests_per_day,
            "concurrent": self.concurrent,
        }


class Allowance(Struct, frozen=True, kw_only=True):
    """One limit of a key as a request left it, let in or not.

    `left` is how much may still come now. `reset` is in how many seconds all of `limit` is there
    again; None where that depends on when running requests end.
    """

    name: LimitName
    limit: int
    left: int
    reset: float | None = None
