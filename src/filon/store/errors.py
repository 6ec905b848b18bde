"""What can go wrong with the stored data, each in one line that says what to do."""

import sqlite3

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from filon.conversation.errors import FilonError


class StoreError(FilonError):
    """The stored data cannot be read or written. The message is one line with what to do."""

    status = 503
    code = "store_error"


# By SQLite's primary result code: our code, what happened, what to do.
_SQLITE: dict[int, tuple[str, str, str]] = {
    sqlite3.SQLITE_NOTADB: (
        "store_no_database",
        "this file is not a database",
        "move it away, or choose another home folder",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "store_damaged",
        "the database is damaged",
        "put back a backup, or move the file away to start anew",
    ),
    sqlite3.SQLITE_BUSY: (
        "store_locked",
        "another program holds the database locked",
        "close that program, then try again",
    ),
    sqlite3.SQLITE_LOCKED: (
        "store_locked",
        "the database is locked",
        "close other programs that use it, then try again",
    ),
    sqlite3.SQLITE_READONLY: (
        "store_readonly",
        "the database may not be written",
        "make the file and its folder writable for this user",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "store_unreachable",
        "the database cannot be opened",
        "check that the path is a file in a folder that this user may write",
    ),
    sqlite3.SQLITE_PERM: (
        "store_unreachable",
        "access to the database is not permitted",
        "make the file and its folder writable for this user",
    ),
    sqlite3.SQLITE_FULL: (
        "store_full",
        "the disk is full",
        "make room, then try again",
    ),
    sqlite3.SQLITE_IOERR: (
        "store_disk",
        "the disk reported an error",
        "check the disk and its free space, then try again",
    ),
    sqlite3.SQLITE_CONSTRAINT: (
        "store_conflict",
        "the row contradicts what is stored",
        "this is a fault of Filon; please report it",
    ),
}


def explain(error: SQLAlchemyError, where: str) -> StoreError:
    """The error as one line. `where` is the database's path or name."""
    error = _first(error)
    cause = error.orig if isinstance(error, DBAPIError) else error
    # The extended code keeps the primary one in its lowest byte.
    number = (
        cause.sqlite_errorcode & 0xFF
        if isinstance(cause, sqlite3.Error) and _has_code(cause)
        else -1
    )
    known = _SQLITE.get(number)
    detail = " ".join(str(cause).split())
    if known is None:
        return StoreError(f"{where}: {detail}")
    code, what, todo = known
    return StoreError(f"{where}: {what} ({detail}): {todo}.", code=code, fix=todo)


def _first(error: SQLAlchemyError) -> SQLAlchemyError:
    """What failed first: a disk that is full takes the savepoint away too, and then the attempt to
    leave it fails and says nothing of the disk."""
    found, at = error, error.__context__
    while at is not None:
        found = at if isinstance(at, SQLAlchemyError) else found
        at = at.__context__
    return found


def _has_code(error: sqlite3.Error) -> bool:
    # Errors that the Python module raises by itself carry no code of SQLite's.
    return hasattr(error, "sqlite_errorcode")
