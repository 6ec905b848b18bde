"""`filon`: what only a filon.yaml has, beside LibreChat's sections."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from filon.config.environment import Environment
from filon.config.shape.section import AboveZero, AsWritten, Named, Positive, Texts, rule
from filon.config.sizes import bytes_of

Targets = Annotated[tuple[Named, ...], Meta(min_length=1)]


class RouteSection(AsWritten, frozen=True, kw_only=True):
    """A route in its long form."""

    targets: Targets
    description: str | None = None


class LimitsSection(AsWritten, frozen=True, kw_only=True):
    """How much an endpoint is asked for at most."""

    requests_per_minute: Positive | None = None
    tokens_per_minute: Positive | None = None
    concurrent: Positive | None = None


class AdditionSection(AsWritten, frozen=True, kw_only=True):
    """What one endpoint has beside its own entry."""

    keys: Texts | None = None
    limits: LimitsSection | None = None


class RetriesSection(AsWritten, frozen=True, kw_only=True):
    """How often each target is tried, for how many seconds that may go on, and whether an endpoint
    that fails too often is left alone for a while."""

    attempts: Positive | None = None
    deadline: AboveZero | None = None
    breaker: bool | None = None
    repair: bool | None = None


class TimeoutsSection(AsWritten, frozen=True, kw_only=True):
    """How many seconds a provider is waited for."""

    connect: AboveZero | None = None
    first_payload: AboveZero | None = None
    between_payloads: AboveZero | None = None


def _size(text: str, _: Environment) -> str | None:
    return None if bytes_of(text) else "Write a size such as 10 GB or 512 MiB"


class RetentionSection(AsWritten, frozen=True, kw_only=True):
    """For how many days, and up to what size in all, traces are kept."""

    days: Positive | None = None
    size: Annotated[str, rule(_size)] | None = None


class FilonSection(AsWritten, frozen=True, kw_only=True):
    """All of them. A wrong part is left out; nothing else goes with it."""

    routes: Mapping[str, Named | Targets | RouteSection] | None = None
    endpoints: Mapping[str, AdditionSection] | None = None
    retries: RetriesSection | None = None
    timeouts: TimeoutsSection | None = None
    retention: RetentionSection | None = None
