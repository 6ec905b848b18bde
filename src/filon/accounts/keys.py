"""Gateway keys: made once, shown once, looked up on every request without asking the database."""

from collections.abc import Callable, Iterable, Mapping

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict, replace

from filon.accounts import limits, scopes
from filon.accounts.expiry import expiry, shown
from filon.accounts.secrets import base62, digest
from filon.conversation.errors import InvalidRequest, Unauthenticated
from filon.conversation.rights import KeyRules
from filon.kit import clock
from filon.kit.ids import new_id
from filon.store.keys import KeyDay, KeyRow, KeyUses
from filon.store.store import Store

PREFIX = "fln_"
_BITS = 192
# Letters of the secret that are shown, enough to tell keys apart.
_SHOWN = len(PREFIX) + 6
# Seconds for which a look-up is believed. Another process's revocation is seen no later than this.
BELIEVED = 3.0
# Seconds between two notes that a key was used.
USED_EVERY = 60.0
LONGEST_NAME = 80
LONGEST_NOTE = 2_000
LONGEST_TAG = 40
MOST_TAGS = 20
_DAY = 86_400.0
# No scope, no limit.
EVERYTHING = KeyRules()


class MadeKey(Struct, frozen=True):
    """A new key with its secret, which nobody can read again."""

    key: KeyRow
    secret: str


class KeyChanges(Struct, frozen=True, kw_only=True):
    """What is to change of a key; what is not given stays. `expires` None means never."""

    name: str | UnsetType = UNSET
    note: str | None | UnsetType = UNSET
    expires: str | None | UnsetType = UNSET
    rules: KeyRules | UnsetType = UNSET


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
        # By their secrets. Only keys that exist get in, so strangers cannot make it grow.
        self._known: dict[str, _Known] = {}
        self._changes = 0

    async def make(
        self,
        owner_id: int,
        name: str,
        rules: KeyRules = EVERYTHING,
        *,
        note: str | None = None,
        expires: str | None = None,
    ) -> MadeKey:
        """A new key under this name. `expires` is a date or a span, as `expiry.expiry` reads it.
        Raises InvalidRequest for rules that cannot be kept."""
        secret = PREFIX + base62(_BITS)
        now = self._now()
        key = KeyRow(
            id=new_id("key"),
            owner_id=owner_id,
            name=_named(name),
            prefix=secret[:_SHOWN],
            hash=digest(secret),
            created_at=now,
            note=_noted(note),
            expires_at=None if expires is None else expiry(expires, now),
            rules=checked(rules),
        )
        await self._store.add(key)
        return MadeKey(key, secret)

    async def change(self, owner_id: int, key_id: str, changes: KeyChanges) -> KeyRow:
        """Changes a key in use, for this process at once. Raises NotFound or InvalidRequest."""
        given = asdict(changes)
        kept = {name: value for name, value in given.items() if value is not UNSET}
        if "name" in kept:
            kept["name"] = _named(kept["name"])
        if "note" in kept:
            kept["note"] = _noted(kept["note"])
        if "rules" in kept:
            kept["rules"] = checked(kept["rules"])
        if "expires" in kept:
            expires = kept.pop("expires")
            kept["expires_at"] = None if expires is None else expiry(expires, self._now())
        key = await self._store.change(owner_id, key_id, kept)
        self._forget(key_id)
        return key

    async def check(self, secret: str | None) -> KeyRow:
        """The key with this secret. Raises Unauthenticated when unknown, revoked or expired."""
        if not secret:
            raise Unauthenticated(
                "No API key was sent.",
                code="missing_api_key",
                fix="Send `Authorization: Bearer fln_...` with a key from Settings, Keys.",
            )
        known = self._known.get(secret)
        moment = self._monotonic()
        if known is None or moment - known.checked >= BELIEVED:
            known = await self._look_up(secret, known, moment)
        if known.key.expires_at is not None and known.key.expires_at <= self._now():
            raise _expired(known.key)
        if moment - known.noted >= USED_EVERY:
            known.noted = moment
            await self._store.used(known.key.owner_id, known.key.id, self._now())
        return known.key

    def believed(self, secret: str) -> KeyRow | None:
        """The key with this secret, where `check` would say so without asking or noting anything;
        None where it has to be asked."""
        known = self._known.get(secret)
        if known is None:
            return None
        moment = self._monotonic()
        if moment - known.checked >= BELIEVED or moment - known.noted >= USED_EVERY:
            return None
        expires = known.key.expires_at
        return known.key if expires is None or expires > self._now() else None

    async def all(self, owner_id: int) -> tuple[KeyRow, ...]:
        """This person's keys in use, newest first."""
        return await self._store.all(owner_id)

    async def ever(self, owner_id: int) -> tuple[KeyRow, ...]:
        """This person's keys, revoked ones too, newest first."""
        return await self._store.ever(owner_id)

    async def get(self, owner_id: int, key_id: str) -> KeyRow:
        """One key, revoked or not. Raises NotFound."""
        return await self._store.get(owner_id, key_id)

    async def uses(self, owner_id: int) -> Mapping[str, KeyUses]:
        """What was done today and in all with each key that was used, by its id."""
        return await self._store.uses(owner_id, clock.day(self._now()))

    async def days(self, owner_id: int, key_id: str, count: int = 30) -> tuple[KeyDay, ...]:
        """The days of use of a key among the last so many, oldest first."""
        return await self._store.days(owner_id, key_id, self._since(count))

    async def days_of_all(self, owner_id: int, count: int = 30) -> Mapping[str, tuple[KeyDay, ...]]:
        """The same of each key that was used then, by its id."""
        return await self._store.days_of_all(owner_id, self._since(count))

    def _since(self, count: int) -> str:
        """The first of the last so many days, today included."""
        return clock.day(self._now() - (count - 1) * _DAY)

    async def revoke(self, owner_id: int, key_id: str) -> None:
        """Makes a key worthless, for this process at once. Raises NotFound."""
        await self._store.revoke(owner_id, key_id, self._now())
        self._forget(key_id)

    def _forget(self, key_id: str) -> None:
        self._changes += 1
        self._known = {
            secret: known for secret, known in self._known.items() if known.key.id != key_id
        }

    async def _look_up(self, secret: str, known: _Known | None, moment: float) -> _Known:
        if known is not None:
            # Others that come while we ask go on with what was true a moment ago.
            known.checked = moment
        changes = self._changes
        key = await self._store.by_hash(digest(secret))
        if key is None or key.revoked_at is not None:
            self._known.pop(secret, None)
            raise _refused(key)
        if known is None:
            # Of many that come at once with a new key one notes that it was used.
            known = self._known.get(secret) or _Known(key, moment)
        known.key = key
        # A change that came while we asked may concern this very key: ask again next time.
        if changes == self._changes:
            self._known[secret] = known
        return known


def checked(rules: KeyRules) -> KeyRules:
    """The rules as they are kept. Raises InvalidRequest for what cannot be kept."""
    return replace(
        limits.checked(rules),
        models=scopes.checked(rules.models, "models"),
        endpoints=scopes.checked(rules.endpoints, "endpoints"),
        tags=_tagged(rules.tags),
    )


def _named(name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidRequest(
            f"A key's name is one line of 1 to {LONGEST_NAME} letters.",
            fix="Say what the key is for: notebook, CI, my-agent.",
            param="name",
        )
    return name


def _noted(note: str | None) -> str | None:
    note = (note or "").strip()
    if len(note) > LONGEST_NOTE:
        raise InvalidRequest(f"A note has at most {LONGEST_NOTE:,} letters.", param="note")
    return note or None


def _tagged(tags: Iterable[str]) -> tuple[str, ...]:
    kept = tuple(dict.fromkeys(tag.strip() for tag in tags))
    if len(kept) > MOST_TAGS:
        raise InvalidRequest(f"A key has at most {MOST_TAGS} tags.", param="tags")
    for tag in kept:
        if not 1 <= len(tag) <= LONGEST_TAG or not tag.isprintable() or "," in tag:
            raise InvalidRequest(
                f"{tag[:60]!r} is no tag.",
                fix=f"A tag is 1 to {LONGEST_TAG} letters on one line, without a comma.",
                param="tags",
            )
    return kept


def _expired(key: KeyRow) -> Unauthenticated:
    return Unauthenticated(
        f"The API key {key.prefix}… ({key.name}) expired on {shown(key.expires_at or 0.0)}.",
        code="expired_api_key",
        fix="Give it a later date in Settings, Keys, or make a new key.",
        names={"key": key.name},
    )


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
