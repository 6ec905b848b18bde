"""What was made of frozen values, kept for the next time that it is made of the very same ones."""

from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")

_MOST = 1024


class Memo(Generic[T]):
    """Results by the identity of the values that they were made of, which a hash of all that is in
    them would cost more than to make most results again. The values are held, so that no others
    can get their identity. At `most` results everything is forgotten, which is cheap and rare.
    """

    __slots__ = ("_held", "_most")

    def __init__(self, most: int = _MOST) -> None:
        self._held: dict[Hashable, tuple[T, tuple[object, ...]]] = {}
        self._most = most

    def get(self, key: Hashable, one: object, other: object = None) -> T | None:
        """The result for these values and this key, if it is known."""
        found = self._held.get((id(one), id(other), key))
        return None if found is None else found[0]

    def keep(self, result: T, key: Hashable, one: object, other: object = None) -> T:
        """Keeps a result, and returns it."""
        if len(self._held) >= self._most:
            self._held.clear()
        self._held[id(one), id(other), key] = (result, (one, other))
        return result
