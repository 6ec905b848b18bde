"""`filon password`."""

import getpass
import sys

from filon.accounts.passwords import Passwords
from filon.accounts.sessions import Sessions
from filon.cli.console import finish, settings_of
from filon.conversation.errors import InvalidRequest
from filon.kit import clock
from filon.store.store import Store


def run(*, remove: bool) -> int:
    """Sets or removes the password; either ends every session."""
    return finish(_set(None if remove else _read()))


def _read() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("New password: ")
    return first if first == getpass.getpass("Once more: ") else ""


async def _set(password: str | None) -> int:
    if password == "":
        raise InvalidRequest("The two were not the same, or empty.", fix="Run it again.")
    store = await Store.open(settings_of().database_url)
    try:
        person = await store.people.first_person(clock.now())
        passwords = Passwords(store)
        if password is None:
            await passwords.remove(person.id)
        else:
            await passwords.set(person.id, password)
        await Sessions(store).end_all(person.id)
    finally:
        await store.close()
    sys.stderr.write("The password is removed.\n" if password is None else "The password is set.\n")
    return 0
