"""Where in a turn the records of some kinds stand. Pure."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from filon.trace.records import AnyRecord, Attempt

Kinds = frozenset[type[AnyRecord]]

_ATTEMPTS: Kinds = frozenset({Attempt})


def places(records: Sequence[AnyRecord], wanted: Kinds) -> tuple[int, ...]:
    """The places of the records of these kinds."""
    return _places(tuple(map(type, records)), wanted)


def attempts(records: Sequence[AnyRecord]) -> list[Attempt]:
    """The attempts, in their order."""
    found: list[Any] = [records[at] for at in _places(tuple(map(type, records)), _ATTEMPTS)]
    return found


# Nearly all turns have the same records behind one another.
@lru_cache(maxsize=256)
def _places(kinds: tuple[type[AnyRecord], ...], wanted: Kinds) -> tuple[int, ...]:
    return tuple([at for at, kind in enumerate(kinds) if kind in wanted])
