"""All that a home keeps, as whoever looks for secrets in it has to read it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from filon.store.encoding import in_full


def files_of(home: Path) -> Iterator[tuple[str, bytes]]:
    """Each file but those that a person wrote, and what traces hold in fewer bytes than they are.
    A server may have it open."""
    for file in home.iterdir():
        if file.is_file() and file.suffix != ".yaml":
            yield file.name, file.read_bytes()
    yield "traces in full", traces_in(home / "filon.db")


def traces_in(database: Path) -> bytes:
    """The records of all traces in a database."""
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT records FROM traces").fetchall()
    assert found
    return b"\n".join(in_full(records) for (records,) in found)
