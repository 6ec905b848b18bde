"""Signing in by a one-time link, and the browser's session after it."""

from collections.abc import Callable

from filon.accounts.secrets import digest, url_secret
from filon.conversation.errors import Unauthenticated
from filon.kit import clock
from filon.store.sessions import SessionRow
from filon.store.store import Store

DAY = 86_400.0
# Seconds. The link is printed when the program starts, and may be opened much later that day.
LINK_LASTS = DAY
SESSION_LASTS = 30 * DAY
# Seconds between two notes that a session was used: one write an hour, not one per request.
SEEN_EVERY = 3_600.0


class Sessions:
    """Opens, checks and ends sessions. `now` is the clock, for tests."""

    def __init__(self, store: Store, now: Callable[[], float] = clock.now) -> None:
        self._store = store.sessions
        self._now = now

    async def make_link_token(self, owner_id: int) -> str:
        """A token that signs this person in once, within a day."""
        token, at = url_secret(), self._now()
        await self._store.add_token(owner_id, digest(token), at, at + LINK_LASTS)
        return token

    async def drop_link_tokens(self, owner_id: int) -> None:
        """Makes unused links worthless, as when the program that printed them ends."""
        await self._store.remove_tokens(owner_id)

    async def redeem(self, token: str) -> str:
        """Uses the token up; returns the value for the new session's cookie.

        Raises Unauthenticated when the token is unknown, used or too old.
        """
        value, at = url_secret(), self._now()
        session = await self._store.redeem(digest(token), digest(value), at, at + SESSION_LASTS)
        if session is None:
            raise Unauthenticated(
                "This sign-in link has been used, or is too old.",
                code="link_not_valid",
                fix="Restart Filon, or ask it for a new link.",
            )
        return value

    async def begin(self, owner_id: int) -> str:
        """A new session, as after a password; returns the value for its cookie."""
        value, at = url_secret(), self._now()
        await self._store.add(
            SessionRow(
                id=digest(value),
                owner_id=owner_id,
                created_at=at,
                last_seen_at=at,
                expires_at=at + SESSION_LASTS,
            )
        )
        return value

    async def check(self, value: str | None) -> int:
        """The owner of the session with this cookie value. Raises Unauthenticated.

        A session lasts 30 days from its last use.
        """
        session = await self._store.find(digest(value)) if value else None
        at = self._now()
        if session is None or session.expires_at <= at:
            raise Unauthenticated(
                "You are not signed in.",
                code="not_signed_in",
                fix="Open the sign-in link that Filon printed when it started.",
            )
        if at - session.last_seen_at >= SEEN_EVERY:
            await self._store.seen(session.owner_id, session.id, at, at + SESSION_LASTS)
        return session.owner_id

    async def end(self, value: str) -> None:
        """Signs out: the session ends at once, here and in the database."""
        session = await self._store.find(digest(value))
        if session is not None:
            await self._store.remove(session.owner_id, session.id)

    async def end_all(self, owner_id: int) -> None:
        """Signs this person out everywhere, as after a new password."""
        await self._store.remove_all(owner_id)

    async def sweep(self) -> None:
        """Forgets sessions and tokens that are over; for start-up."""
        await self._store.sweep(self._now())
