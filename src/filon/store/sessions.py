"""Browser sessions and the one-time tokens that open them. Only hashes are stored."""

from functools import partial

from msgspec import Struct
from sqlalchemy import delete, insert, select, update

from filon.store.connection import AsyncConnection
from filon.store.database import Database
from filon.store.tables import sessions, sign_in_tokens
from filon.store.writer import Writer


class SessionRow(Struct, frozen=True, kw_only=True):
    """A signed-in browser. `id` is the SHA-256, in hex, of its cookie's value."""

    id: str
    owner_id: int
    created_at: float
    last_seen_at: float
    expires_at: float


class Sessions:
    """Reads and writes sessions. A hash stands in for the owner where he is yet to be found."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    async def add(self, session: SessionRow) -> None:
        """Keeps a new session."""
        await self._writer.write(partial(_add, session))

    async def find(self, session_id: str) -> SessionRow | None:
        """The session, expired or not."""
        async with self._database.read() as connection:
            query = select(sessions).where(sessions.c.id == session_id)
            row = (await connection.execute(query)).mappings().first()
        return None if row is None else SessionRow(**row)

    async def seen(self, owner_id: int, session_id: str, at: float, expires_at: float) -> None:
        """Notes that the session was used and moves its end. Not waited for."""
        await self._writer.enqueue(partial(_seen, owner_id, session_id, at, expires_at))

    async def remove(self, owner_id: int, session_id: str) -> None:
        """Ends one session."""
        await self._writer.write(partial(_remove, owner_id, session_id))

    async def remove_all(self, owner_id: int) -> None:
        """Ends every session of this person."""
        await self._writer.write(partial(_remove, owner_id, None))

    async def add_token(self, owner_id: int, token: str, at: float, expires_at: float) -> None:
        """Keeps a sign-in token by its hash, and forgets those of this owner that are over."""
        await self._writer.write(partial(_add_token, owner_id, token, at, expires_at))

    async def remove_tokens(self, owner_id: int) -> None:
        """Makes every unused sign-in token of this person worthless."""
        await self._writer.write(partial(_remove_tokens, owner_id))

    async def redeem(
        self, token: str, session_id: str, at: float, expires_at: float
    ) -> SessionRow | None:
        """Uses up the token and opens a session, both or neither. None when it opens nothing."""
        return await self._writer.write(partial(_redeem, token, session_id, at, expires_at))

    async def sweep(self, at: float) -> None:
        """Forgets what has expired, whoever owned it."""
        await self._writer.write(partial(_sweep, at))


async def _add(session: SessionRow, connection: AsyncConnection) -> None:
    await connection.execute(
        insert(sessions).values(
            id=session.id,
            owner_id=session.owner_id,
            created_at=session.created_at,
            last_seen_at=session.last_seen_at,
            expires_at=session.expires_at,
        )
    )


async def _seen(
    owner_id: int, session_id: str, at: float, expires_at: float, connection: AsyncConnection
) -> None:
    await connection.execute(
        update(sessions)
        .where(sessions.c.owner_id == owner_id, sessions.c.id == session_id)
        .values(last_seen_at=at, expires_at=expires_at)
    )


async def _remove(owner_id: int, session_id: str | None, connection: AsyncConnection) -> None:
    gone = delete(sessions).where(sessions.c.owner_id == owner_id)
    if session_id is not None:
        gone = gone.where(sessions.c.id == session_id)
    await connection.execute(gone)


async def _add_token(
    owner_id: int, token: str, at: float, expires_at: float, connection: AsyncConnection
) -> None:
    is_over = sign_in_tokens.c.used_at.is_not(None) | (sign_in_tokens.c.expires_at <= at)
    await connection.execute(
        delete(sign_in_tokens).where(sign_in_tokens.c.owner_id == owner_id, is_over)
    )
    await connection.execute(
        insert(sign_in_tokens).values(
            hash=token, owner_id=owner_id, created_at=at, expires_at=expires_at
        )
    )


async def _remove_tokens(owner_id: int, connection: AsyncConnection) -> None:
    await connection.execute(delete(sign_in_tokens).where(sign_in_tokens.c.owner_id == owner_id))


async def _redeem(
    token: str, session_id: str, at: float, expires_at: float, connection: AsyncConnection
) -> SessionRow | None:
    usable = (
        sign_in_tokens.c.hash == token,
        sign_in_tokens.c.used_at.is_(None),
        sign_in_tokens.c.expires_at > at,
    )
    owner_id = await connection.scalar(select(sign_in_tokens.c.owner_id).where(*usable))
    if owner_id is None:
        return None
    await connection.execute(update(sign_in_tokens).where(*usable).values(used_at=at))
    session = SessionRow(
        id=session_id, owner_id=owner_id, created_at=at, last_seen_at=at, expires_at=expires_at
    )
    await _add(session, connection)
    return session


async def _sweep(at: float, connection: AsyncConnection) -> None:
    await connection.execute(delete(sessions).where(sessions.c.expires_at <= at))
    await connection.execute(delete(sign_in_tokens).where(sign_in_tokens.c.expires_at <= at))
