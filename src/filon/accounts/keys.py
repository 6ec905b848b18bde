"""Gateway keys: made once, shown once, looked up on every request without asking the database."""

from collections.abc import Callable

from msgspec import Struct

from filon.accounts.secrets import base62, digest
from filon.conversation.errors import Unauthenticated
from filon.kit import clock
from filon.kit.ids import new_id
from filon.store.keys import KeyRow
from filon.store.store import Store

PREFIX = "fln_"
_BITS = 192
# Letters of the secret that are shown, enough to tell keys apart.
_SHOWN = len(PREFIX) + 6
# Seconds for which a look-up is believed. Another process's revocation is seen no later than this.
BELIEVED = 3.0
# Seconds between two notes that a key was used.
USED_EVERY = 60.0


class MadeKey(Struct, frozen=True):
    """A new key with its secret, which nobody can read again."""

    key: KeyRow
    secret: str


class _Known:
    """A key in memory, with the monotonic times of its last check and of the last note of use."""

    __slots__ = ("checked", "key", "noted")

    def __init__(self, key: KeyRow, checked: float) -> None:
        self.key = key
        self.checked = checked
        self.noted = float("-inf")


class Keys:
    """Makes, finds and revokes keys. `now` and `monotonic` are the clock, for tests."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], float] = clock.now,
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:
        self._store = store.keys
        self._now = now
        self._monotonic = monotonic
        # Only keys that exist get in, so strangers cannot make it grow.
        self._known: dict[str, _Known] = {}
        self._revocations = 0

    async def make(self, owner_id: int, name: str) -> MadeKey:
        """A new key under this name."""
        secret = PREFIX + base62(_BITS)
        key = KeyRow(
            id=new_id("key"),
            owner_id=owner_id,
            name=name,
            prefix=secret[:_SHOWN],
            hash=digest(secret),
            created_at=self._now(),
        )
        await self._store.add(key)
        return MadeKey(key, secret)

    async def check(self, secret: str | None) -> KeyRow:
        """The key with this secret. Raises Unauthenticated when unknown or revoked."""
        if not secret:
            raise Unauthenticated(
                "No API key was sent.",
                code="missing_api_key",
                fix="Send `Authorization: Bearer fln_...` with a key from Settings, Keys.",
            )
        hashed = digest(secret)
        known = self._known.get(hashed)
        moment = self._monotonic()
        if known is None or moment - known.checked >= BELIEVED:
            known = await self._look_up(hashed, known, moment)
        if moment - known.noted >= USED_EVERY:
            known.noted = moment
            await self._store.used(known.key.owner_id, known.key.id, self._now())
        return known.key

    async def all(self, owner_id: int) -> tuple[KeyRow, ...]:
        """This person's keys in use, newest first."""
        return await self._store.all(owner_id)

    async def revoke(self, owner_id: int, key_id: str) -> None:
        """Makes a key worthless, for this process at once. Raises NotFound."""
        await self._store.revoke(owner_id, key_id, self._now())
        self._revocations += 1
        self._known = {
            hashed: known for hashed, known in self._known.items() if known.key.id != key_id
        }

    async def _look_up(self, hashed: str, known: _Known | None, moment: float) -> _Known:
        if known is not None:
            # Others that come while we ask go on with what was true a moment ago.
            known.checked = moment
        revocations = self._revocations
        key = await self._store.by_hash(hashed)
        if key is None or key.revoked_at is not None:
            self._known.pop(hashed, None)
            raise _refused(key)
        if known is None:
            known = _Known(key, moment)
        known.key = key
        # A revocation that came while we asked may concern this very key: ask again next time.
        if revocations == self._revocations:
            self._known[hashed] = known
        return known


def _refused(key: KeyRow | None) -> Unauthenticated:
    if key is None:
        return Unauthenticated(
            "This API key is not known here.",
            fix="Make a key in Settings, Keys, and send it whole.",
        )
    return Unauthenticated(
        f"The API key {key.prefix}… has been revoked.",
        code="revoked_api_key",
        fix="Make a new key in Settings, Keys.",
    )
