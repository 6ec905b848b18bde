"""Faults by schedule and by seeded probability, which are changed while practice runs."""

from random import Random
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from filon.conversation.errors import InvalidRequest, NotFound
from filon.kit import ids
from filon.practice.faults.fault import Door, Switch
from filon.practice.faults.switches import look_up, settle_argument

MOST_RULES = 100

_LONGEST_ID = 64


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fault for some requests. Where a field is None, it holds for all.

    `starts` and `ends` are Unix times in seconds; at `ends` it is over. Each request that it
    matches meets the fault with `probability`, drawn from a random source of the rule's own that
    begins with `seed`. A rule for `closed` is an outage of the whole port.
    """

    fault: str
    id: str = ""
    argument: float | None = None
    dialect: str | None = None
    model: str | None = None
    starts: float | None = None
    ends: float | None = None
    probability: float = 1.0
    seed: int = 0


class Standing(Struct, frozen=True, kw_only=True):
    """How a rule stands: how many requests it matched so far, and how many of them it struck."""

    rule: Rule
    state: Literal["waiting", "active", "over"]
    matched: int
    struck: int


class Rules:
    """The rules that there are, at most 100, in the order in which they were added."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}

    def add(self, rule: Rule) -> Rule:
        """Takes a rule and gives it back complete: with an id and the fault's own name.

        Raises InvalidRequest.
        """
        if len(self._kept) >= MOST_RULES:
            raise InvalidRequest(
                f"There are {MOST_RULES} rules already.", fix="Remove one that is over."
            )
        kept = _Kept(_complete(rule))
        if kept.rule.id in self._kept:
            raise InvalidRequest(
                f"There is a rule {rule.id!r} already.", fix="Remove it first.", param="id"
            )
        self._kept[kept.rule.id] = kept
        return kept.rule

    def remove(self, id: str) -> Rule:
        """Ends a rule at once. Raises NotFound."""
        kept = self._kept.pop(id, None)
        if kept is None:
            raise NotFound(f"There is no rule {id[:_LONGEST_ID]!r}.", param="id")
        return kept.rule

    def list(self, now: float) -> tuple[Standing, ...]:
        """All of them, with those that are over."""
        return tuple(kept.standing(now) for kept in self._kept.values())

    def due(self, dialect: str, model: str, now: float) -> tuple[Switch, ...]:
        """The faults that a request meets; every rule that matches it draws once."""
        found = [kept.draw() for kept in self._kept.values() if kept.matches(dialect, model, now)]
        return tuple(switch for switch in found if switch is not None)

    def closed_between(self, now: float) -> float | None:
        """Until when, in Unix time, the port is closed; None while it is open."""
        until = now
        outages = [kept for kept in self._kept.values() if kept.closes_port]
        # One outage may run into the next.
        while ends := [kept.ends for kept in outages if kept.state(until) == "active"]:
            until = max(ends)
        return until if until > now else None


class _Kept:
    """A rule with its random source."""

    def __init__(self, rule: Rule) -> None:
        fault = look_up(rule.fault, "fault")
        self.rule = rule
        self.closes_port = isinstance(fault.effect, Door)
        self.ends = rule.ends or 0.0
        self._switch = Switch(fault=fault, argument=rule.argument or 0.0, origin="rule")
        self._random = Random(rule.seed)  # noqa: S311 - a rule repeats
        self._matched = 0
        self._struck = 0

    def state(self, now: float) -> Literal["waiting", "active", "over"]:
        if self.rule.ends is not None and now >= self.rule.ends:
            return "over"
        if self.rule.starts is not None and now < self.rule.starts:
            return "waiting"
        return "active"

    def standing(self, now: float) -> Standing:
        return Standing(
            rule=self.rule, state=self.state(now), matched=self._matched, struck=self._struck
        )

    def matches(self, dialect: str, model: str, now: float) -> bool:
        return (
            not self.closes_port
            and self.rule.dialect in (None, dialect)
            and self.rule.model in (None, model)
            and self.state(now) == "active"
        )

    def draw(self) -> Switch | None:
        self._matched += 1
        if self._random.random() >= self.rule.probability:
            return None
        self._struck += 1
        return self._switch


def _complete(rule: Rule) -> Rule:
    fault = look_up(rule.fault, "fault")
    if not 0 < rule.probability <= 1:
        raise InvalidRequest("`probability` must be above 0 and at most 1.", param="probability")
    if rule.starts is not None and rule.ends is not None and not rule.starts < rule.ends:
        raise InvalidRequest(
            "The rule ends before it starts.", fix="Set `ends` after `starts`.", param="ends"
        )
    if len(rule.id) > _LONGEST_ID:
        raise InvalidRequest(f"`id` is longer than {_LONGEST_ID} characters.", param="id")
    if isinstance(fault.effect, Door):
        _check_outage(rule, fault.effect)
    number = settle_argument(fault, rule.argument, "argument")
    argument = number if fault.argument is not None else None
    return replace(rule, fault=fault.name, id=rule.id or ids.new_id("rule"), argument=argument)


def _check_outage(rule: Rule, door: Door) -> None:
    if door.name != "closed":
        raise InvalidRequest(
            f"The fault {rule.fault!r} has a port of its own and cannot be a rule.", param="fault"
        )
    if rule.ends is None:
        raise InvalidRequest(
            "A port that is closed for good could not be opened again.",
            fix="Set `ends`.",
            param="ends",
        )
    if rule.dialect is not None or rule.model is not None or rule.probability < 1:
        raise InvalidRequest(
            "The port is closed for everybody or for nobody.",
            fix="Leave out `dialect`, `model` and `probability`.",
            param="fault",
        )
