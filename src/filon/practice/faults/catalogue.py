"""All faults, in the order in which they are shown."""

from typing import Any

from filon.practice.faults.answers import ANSWERS
from filon.practice.faults.connections import CONNECTIONS
from filon.practice.faults.fault import Door, Fault
from filon.practice.faults.refusals import REFUSALS
from filon.practice.faults.streams import STREAMS

FAULTS: tuple[Fault, ...] = (*REFUSALS, *CONNECTIONS, *STREAMS, *ANSWERS)

_BY_NAME = {name: fault for fault in FAULTS for name in (fault.name, *fault.aliases)}


def find(name: str) -> Fault | None:
    """The fault of this name or alias."""
    return _BY_NAME.get(name)


def told(fault: Fault) -> dict[str, Any]:
    """A fault as it is listed for programs."""
    return {
        "name": fault.name,
        "group": fault.group,
        "aliases": fault.aliases,
        "what": fault.what,
        "teaches": fault.teaches,
        "argument": fault.argument,
        "by": "door" if isinstance(fault.effect, Door) else "switch",
    }
