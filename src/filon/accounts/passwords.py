"""Passwords, for when the machine can be reached by others. Most people never set one."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from filon.conversation.errors import CallerError, InvalidRequest, Unauthenticated
from filon.kit import clock
from filon.store.people import PersonRow
from filon.store.store import Store

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 10
# Beyond this a password is an attempt to keep us busy.
LONGEST = 1_000
# Failed tries that are allowed within the window (seconds) from one address, and for one name
# from anywhere. The second is larger, or strangers could lock a person out at no cost.
TRIES = 5
NAME_TRIES = 50
WINDOW = 300.0
# Names and addresses that are remembered; the oldest go first.
REMEMBERED = 10_000
# Each hash takes 64 MiB and a core for a moment.
_AT_ONCE = 2


class TooManyTries(CallerError):
    """Too many failed sign-ins. `retry_after` says in how many seconds the next may come."""

    status = 429
    code = "too_many_tries"

    def __init__(self, wait: float) -> None:
        super().__init__(
            f"Too many failed sign-ins. Try again in {max(1, round(wait))} seconds.",
            fix="Wait, then try again.",
        )
        self.problem = replace(self.problem, retry_after=wait)


class _Tries(Struct, frozen=True):
    count: int
    since: float


class Passwords:
    """Sets and checks passwords. `monotonic` is the clock, for tests."""

    def __init__(self, store: Store, monotonic: Callable[[], float] = clock.monotonic) -> None:
        self._people = store.people
        self._monotonic = monotonic
        self._tries: dict[str, _Tries] = {}
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._hasher: PasswordHasher | None = None
        self._decoy: str | None = None

    async def set(self, owner_id: int, password: str) -> None:
        """Sets this person's password. Raises InvalidRequest for one that is too short or long.

        The caller ends the person's sessions.
        """
        if not SHORTEST <= len(password) <= LONGEST:
            raise InvalidRequest(
                f"A password has {SHORTEST} to {LONGEST} characters.", param="password"
            )
        await self._people.set_password_hash(owner_id, await self._hash(password))

    async def remove(self, owner_id: int) -> None:
        """From now on no password opens this account."""
        await self._people.set_password_hash(owner_id, None)

    async def check(self, name: str, password: str, address: str) -> PersonRow:
        """The person who signs in from this address. Raises Unauthenticated or TooManyTries.

        An unknown name takes as long as a wrong password, so that names cannot be guessed.
        """
        places = {f"address:{address}": TRIES, f"name:{name[:200].casefold()}": NAME_TRIES}
        # Counted before the slow part, or many tries at once would all find the count low.
        for place, allowed in places.items():
            self._count(place, allowed)
        person = await self._people.named(name)
        stored = person.password_hash if person is not None else None
        is_right = len(password) <= LONGEST and await self._matches(stored, password)
        if person is None or stored is None or not is_right:
            raise Unauthenticated("The name or the password is wrong.", code="wrong_password")
        for place in places:
            self._tries.pop(place, None)
        return person

    def _count(self, place: str, allowed: int) -> None:
        moment = self._monotonic()
        tries = self._tries.pop(place, None)
        if tries is None or moment - tries.since >= WINDOW:
            tries = _Tries(0, moment)
        # Put back at the end: the order of the dictionary is the order of last use.
        self._tries[place] = _Tries(tries.count + 1, tries.since)
        if len(self._tries) > REMEMBERED:
            del self._tries[next(iter(self._tries))]
        if tries.count >= allowed:
            raise TooManyTries(tries.since + WINDOW - moment)

    async def _hash(self, password: str) -> str:
        async with self._turns:
            return await asyncio.to_thread(self._argon2().hash, _bytes(password))

    async def _matches(self, stored: str | None, password: str) -> bool:
        if stored is None:
            if self._decoy is None:
                self._decoy = await self._hash("no one has this password")
            stored = self._decoy
        async with self._turns:
            return await asyncio.to_thread(_verify, self._argon2(), stored, _bytes(password))

    def _argon2(self) -> "PasswordHasher":
        if self._hasher is None:
            # Imported only where a password is in use: it costs start time.
            from argon2 import PasswordHasher

            self._hasher = PasswordHasher()
        return self._hasher


def _verify(hasher: "PasswordHasher", stored: str, password: bytes) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
