"""`filon keys create|list|revoke`."""

import sys

from filon.accounts.keys import Keys
from filon.cli.console import finish, plain, settings_of
from filon.conversation.errors import NotFound
from filon.kit import clock
from filon.store.store import Store


def run_create(name: str) -> int:
    """Makes a key and prints it on the last line."""
    return finish(_create(name))


def run_list() -> int:
    """Prints the keys in use."""
    return finish(_list())


def run_revoke(key: str) -> int:
    """Revokes the key of this id, name or prefix."""
    return finish(_revoke(key))


async def _create(name: str) -> int:
    settings = settings_of()
    store = await Store.open(settings.database_url)
    try:
        person = await store.people.first_person(clock.now())
        made = await Keys(store).make(person.id, name)
    finally:
        await store.close()
    sys.stderr.write("This key is shown once. It is for programs that ask the gateway at\n")
    sys.stderr.write(f"http://{settings.host}:{settings.port}/v1\n")
    sys.stdout.write(made.secret + "\n")
    return 0


async def _list() -> int:
    store = await Store.open(settings_of().database_url)
    try:
        person = await store.people.first_person(clock.now())
        rows = await Keys(store).all(person.id)
    finally:
        await store.close()
    if not rows:
        sys.stdout.write("No keys. filon keys create NAME makes one.\n")
    for row in rows:
        used = _day(row.last_used_at) if row.last_used_at else "never used"
        sys.stdout.write(
            plain(f"{row.id}  {row.prefix}…  {_day(row.created_at)}  {used}  {row.name}") + "\n"
        )
    return 0


async def _revoke(key: str) -> int:
    store = await Store.open(settings_of().database_url)
    try:
        person = await store.people.first_person(clock.now())
        keys = Keys(store)
        rows = [
            row
            for row in await keys.all(person.id)
            if key in (row.id, row.name, row.prefix) or key.startswith(row.prefix)
        ]
        if len(rows) != 1:
            count = "No key" if not rows else f"{len(rows)} keys"
            raise NotFound(f"{count} of that id, name or prefix.", fix="See filon keys list.")
        await keys.revoke(person.id, rows[0].id)
    finally:
        await store.close()
    sys.stdout.write(plain(f"Revoked {rows[0].prefix}… ({rows[0].name}).") + "\n")
    return 0


def _day(at: float) -> str:
    return clock.local(at).strftime("%Y-%m-%d %H:%M")
