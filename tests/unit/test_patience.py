"""How long the next wait of an attempt may last."""

from filon.config.settings import Limits
from filon.kit import clock
from filon.pipeline.patience import Patience

NEVER = float("inf")
LIMITS = Limits(first_payload=300.0, between_payloads=120.0)


def test_an_answer_has_to_begin_in_time_and_then_goes_on() -> None:
    now = clock.monotonic()
    patience = Patience(LIMITS, NEVER, now + 5.0)
    assert patience.allowed <= 5.0
    assert patience.until() <= now + 5.0 + 1e-6
    patience.heard(now + 4.0)
    assert patience.until() == now + 4.0 + 120.0
    patience.paused(7.0)
    assert patience.until() == now + 4.0 + 120.0 + 7.0


def test_what_should_have_begun_already_is_not_waited_for() -> None:
    patience = Patience(LIMITS, NEVER, clock.monotonic() - 1.0)
    assert patience.allowed == 0.0
    assert patience.until() <= clock.monotonic()


def test_the_caller_s_time_bounds_all() -> None:
    patience = Patience(LIMITS, clock.monotonic() + 1.0)
    assert patience.until() == patience.deadline
    patience.heard(clock.monotonic())
    assert patience.until() == patience.deadline
