"""Sections about accounts: who may come in, and how much they may use."""

from typing import Annotated, Literal

from msgspec import Meta

from filon.config.shape.section import AboveZero, Positive, Section, Texts


class TurnstileOptions(Section, frozen=True, kw_only=True):
    """How that check looks."""

    language: str = "auto"
    size: Literal["normal", "compact", "flexible", "invisible"] = "normal"


class Turnstile(Section, frozen=True, kw_only=True):
    """Cloudflare's check that a person is there."""

    site_key: str
    options: TurnstileOptions | None = None


class OpenIdDiscovery(Section, frozen=True, kw_only=True):
    """How the OpenID provider is looked for at the start."""

    startup_attempts: Annotated[int, Meta(ge=0, le=100)] = 1
    retry_delay_ms: Annotated[int, Meta(ge=100, le=3_600_000)] = 5_000


class Registration(Section, frozen=True, kw_only=True):
    """By which ways people sign in."""

    social_logins: Texts | None = None
    allowed_domains: Texts | None = None
    oauth_state_ttl_ms: Annotated[int, Meta(ge=60_000, le=3_600_000)] | None = None
    openid_discovery: OpenIdDiscovery | None = None


class Balance(Section, frozen=True, kw_only=True):
    """Credits of each account; a million of them is a dollar."""

    enabled: bool = False
    start_balance: float = 20_000
    auto_refill_enabled: bool = False
    refill_interval_value: float = 30
    refill_interval_unit: Literal["seconds", "minutes", "hours", "days", "weeks", "months"] = "days"
    refill_amount: float = 10_000
    reservation_ttl_ms: Annotated[int, Meta(ge=10_000)] = 1_800_000


class Transactions(Section, frozen=True, kw_only=True):
    """Whether each use is written down."""

    enabled: bool = True


class AgentEventLimit(Section, frozen=True, kw_only=True):
    """By person alone."""

    user_max: Positive | None = None
    user_window_in_minutes: AboveZero | None = None


class RateLimit(Section, frozen=True, kw_only=True):
    """By address and by person; windows are minutes."""

    ip_max: float | None = None
    ip_window_in_minutes: float | None = None
    user_max: float | None = None
    user_window_in_minutes: float | None = None


class RateLimits(Section, frozen=True, kw_only=True):
    """How often something may be done."""

    agent_events: AgentEventLimit | None = None
    file_uploads: RateLimit | None = None
    conversations_import: RateLimit | None = None
    tts: RateLimit | None = None
    stt: RateLimit | None = None
