"""Which faults a request asks for: by header, and behind the colon of its model's name."""

import difflib
import math
from random import Random
from typing import Literal

from filon.conversation.errors import InvalidRequest
from filon.practice.faults.catalogue import FAULTS, find
from filon.practice.faults.fault import Argument, Door, Fault, Switch

HEADER = "x-practice-fault"

_FLAKY = "flaky-"
_FLAKY_ODDS = 0.5
_MOST = 16
_LONGEST_NAME = 60


def read(header: str | None, suffix: str, chance: Random) -> tuple[Switch, ...]:
    """The faults that are wanted, the model's before the header's. Raises InvalidRequest.

    Each of both is a list of `name` or `name=number`, with commas between. `flaky-name` is that
    fault for half of the requests, which `chance` decides.
    """
    wanted = [*_listed(suffix, "model"), *_listed(header or "", "header")]
    if len(wanted) > _MOST:
        raise InvalidRequest(
            f"{len(wanted)} faults are wanted at once.", fix=f"Name at most {_MOST}.", param=HEADER
        )
    found = [_switch(item, origin, chance) for item, origin in wanted]
    return tuple(switch for switch in found if switch is not None)


def look_up(name: str, param: str) -> Fault:
    """The fault of this name. Raises InvalidRequest, with the names that come nearest."""
    fault = find(name)
    if fault is None:
        shown = name[:_LONGEST_NAME]
        raise InvalidRequest(
            f"There is no fault {shown!r}.",
            code="unknown_fault",
            fix=f"{_nearest(shown)}`filon practice faults` lists them all.",
            param=param,
            names={"fault": shown},
        )
    return fault


def settle_argument(fault: Fault, number: float | None, param: str) -> float:
    """The fault's number: as given, or its usual one. Raises InvalidRequest."""
    takes = fault.argument
    if takes is None:
        if number is not None:
            raise InvalidRequest(
                f"The fault {fault.name!r} takes no number.",
                fix=f"Write {fault.name}.",
                param=param,
            )
        return 0.0
    if number is None:
        return takes.usual
    if not takes.low <= number <= takes.high or not _fits(number, takes):
        whole = "" if takes.unit == "seconds" else "whole "
        raise InvalidRequest(
            f"{number:g} is no number for the fault {fault.name!r}.",
            fix=f"Give {whole}{takes.unit} from {takes.low:g} to {takes.high:g}: "
            f"{fault.name}={takes.usual:g}.",
            param=param,
        )
    return number


Origin = Literal["model", "header"]


def _listed(text: str, origin: Origin) -> list[tuple[str, Origin]]:
    return [(item.strip(), origin) for item in text.split(",") if item.strip()]


def _switch(item: str, origin: Origin, chance: Random) -> Switch | None:
    param = "model" if origin == "model" else HEADER
    name, equals, number = item.partition("=")
    name = name.strip()
    plain = name.removeprefix(_FLAKY)
    fault = look_up(plain, param)
    if isinstance(fault.effect, Door):
        raise InvalidRequest(
            f"The fault {fault.name!r} cannot be met on a connection that is open already.",
            fix="Use the port that practice keeps for it, or, for `closed`, a rule.",
            param=param,
        )
    argument = settle_argument(fault, _number(number, param) if equals else None, param)
    if name != plain and chance.random() >= _FLAKY_ODDS:
        return None
    return Switch(fault=fault, argument=argument, origin=origin)


def _number(text: str, param: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InvalidRequest(
            f"{text[:_LONGEST_NAME]!r} is no number.", fix="Write name=number: cut=3.", param=param
        )
    return number


def _fits(number: float, takes: Argument) -> bool:
    return takes.unit == "seconds" or number.is_integer()


def _nearest(name: str) -> str:
    known = [known for fault in FAULTS for known in (fault.name, *fault.aliases)]
    near = difflib.get_close_matches(name.removeprefix(_FLAKY), known, n=3, cutoff=0.5)
    if not near:
        return ""
    return f"Did you mean {' or '.join(near)}? "
