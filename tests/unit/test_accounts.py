"""Signing in, gateway keys, passwords. The clock is a number that the tests turn."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from filon.accounts import keys as keys_module
from filon.accounts import passwords as passwords_module
from filon.accounts.keys import KeyChanges, Keys
from filon.accounts.passwords import Passwords, TooManyTries
from filon.accounts.secrets import base62
from filon.accounts.sessions import DAY, Sessions
from filon.conversation.errors import CallerError, InvalidRequest, NotFound, Unauthenticated
from filon.store.keys import KeyRow
from filon.store.store import Store

ME = 1
ADDRESS = "127.0.0.1"
PASSWORD = "a vein of ore"


class Clock:
    def __init__(self) -> None:
        self.time = 1_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, template: Path) -> AsyncIterator[Store]:
    shutil.copyfile(template, tmp_path / "filon.db")
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'filon.db'}")
    yield store
    await store.close()


@pytest.fixture
def sessions(store: Store, clock: Clock) -> Sessions:
    return Sessions(store, clock)


@pytest.fixture
def keys(store: Store, clock: Clock) -> Keys:
    return Keys(store, clock, clock)


@pytest.fixture
def passwords(store: Store, clock: Clock) -> Passwords:
    return Passwords(store, clock)


async def code_of(error: type[CallerError], call: object) -> str:
    with pytest.raises(error) as caught:
        await call  # pyright: ignore[reportGeneralTypeIssues]
    return caught.value.problem.code


async def test_a_link_signs_in_once(sessions: Sessions) -> None:
    token = await sessions.make_link_token(ME)
    cookie = await sessions.redeem(token)
    assert await sessions.check(cookie) == ME
    assert await code_of(Unauthenticated, sessions.redeem(token)) == "link_not_valid"


async def test_a_link_is_redeemed_by_one_of_many(sessions: Sessions) -> None:
    token = await sessions.make_link_token(ME)
    results = await asyncio.gather(
        *(sessions.redeem(token) for _ in range(10)), return_exceptions=True
    )
    assert sum(isinstance(each, str) for each in results) == 1


async def test_a_link_lasts_a_day(sessions: Sessions, clock: Clock) -> None:
    token = await sessions.make_link_token(ME)
    clock.time += DAY
    assert await code_of(Unauthenticated, sessions.redeem(token)) == "link_not_valid"


async def test_dropped_links_are_worthless(sessions: Sessions) -> None:
    token = await sessions.make_link_token(ME)
    await sessions.drop_link_tokens(ME)
    await code_of(Unauthenticated, sessions.redeem(token))


async def test_each_sign_in_is_a_session_of_its_own(sessions: Sessions) -> None:
    one, two = await sessions.begin(ME), await sessions.begin(ME)
    assert one != two
    await sessions.end(one)
    assert await code_of(Unauthenticated, sessions.check(one)) == "not_signed_in"
    assert await sessions.check(two) == ME
    await sessions.end_all(ME)
    await code_of(Unauthenticated, sessions.check(two))


@pytest.mark.parametrize("value", [None, "", "unknown", "\ud800", "x" * 100_000])
async def test_any_other_cookie_is_refused(sessions: Sessions, value: str | None) -> None:
    assert await code_of(Unauthenticated, sessions.check(value)) == "not_signed_in"


async def test_a_session_lasts_thirty_days_from_its_last_use(
    sessions: Sessions, store: Store, clock: Clock
) -> None:
    cookie = await sessions.begin(ME)
    for _ in range(5):
        clock.time += 29 * DAY
        assert await sessions.check(cookie) == ME
        await sessions.sweep()
    clock.time += 30 * DAY
    await code_of(Unauthenticated, sessions.check(cookie))


async def test_a_session_that_is_used_often_is_noted_once_an_hour(
    sessions: Sessions, clock: Clock, tmp_path: Path
) -> None:
    cookie = await sessions.begin(ME)
    clock.time += 60
    await sessions.check(cookie)
    await sessions.sweep()
    assert stored(tmp_path, "SELECT last_seen_at FROM sessions") == [(1_000_000.0,)]


async def test_nothing_that_opens_a_door_is_stored(
    sessions: Sessions, keys: Keys, passwords: Passwords, tmp_path: Path
) -> None:
    token = await sessions.make_link_token(ME)
    secrets = [await sessions.redeem(token), token, (await keys.make(ME, "k")).secret, PASSWORD]
    await passwords.set(ME, PASSWORD)
    kept = all_bytes(tmp_path)
    for secret in secrets:
        assert secret.encode() not in kept


def test_secrets_have_their_length_and_alphabet() -> None:
    made = {base62(192) for _ in range(200)}
    assert len(made) == 200
    assert {len(each) for each in made} == {33}
    assert all(each.isascii() and each.isalnum() for each in made)


async def test_a_key_is_made_and_known(keys: Keys) -> None:
    made = await keys.make(ME, "laptop")
    assert made.secret.startswith("fln_")
    assert made.secret.startswith(made.key.prefix)
    assert len(made.key.prefix) < len(made.secret) - 20
    assert await keys.check(made.secret) == made.key
    assert [row.id for row in await keys.all(ME)] == [made.key.id]


@pytest.mark.parametrize(
    ("secret", "code"),
    [
        (None, "missing_api_key"),
        ("", "missing_api_key"),
        ("fln_unknown", "invalid_api_key"),
        ("\ud800", "invalid_api_key"),
    ],
)
async def test_other_keys_are_refused(keys: Keys, secret: str | None, code: str) -> None:
    assert await code_of(Unauthenticated, keys.check(secret)) == code


async def test_a_known_key_needs_no_query(
    keys: Keys, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await keys.make(ME, "laptop")
    asked: list[str] = []
    monkeypatch.setattr(store.keys, "by_hash", partial(counted, asked, store.keys.by_hash))
    for _ in range(100):
        await keys.check(made.secret)
    assert len(asked) == 1
    clock.time += keys_module.BELIEVED
    await asyncio.gather(*(keys.check(made.secret) for _ in range(20)))
    assert len(asked) == 2


async def test_a_key_is_believed_where_a_check_would_ask_and_note_nothing(
    keys: Keys, clock: Clock
) -> None:
    made = await keys.make(ME, "laptop", expires="1h")
    assert keys.believed(made.secret) is None
    key = await keys.check(made.secret)
    assert keys.believed(made.secret) is key
    assert keys.believed(made.secret + "x") is None
    clock.time += keys_module.BELIEVED
    assert keys.believed(made.secret) is None
    renewed = await keys.check(made.secret)
    assert keys.believed(made.secret) is renewed
    # The use is to be noted again.
    for _ in range(30):
        clock.time += 2.0
        if keys.believed(made.secret) is None:
            await keys.check(made.secret)
    assert keys.believed(made.secret) is not None
    await keys.change(ME, made.key.id, KeyChanges(name="other"))
    assert keys.believed(made.secret) is None
    await keys.check(made.secret)
    await keys.revoke(ME, made.key.id)
    assert keys.believed(made.secret) is None


async def test_a_key_that_has_expired_is_not_believed(keys: Keys, clock: Clock) -> None:
    made = await keys.make(ME, "laptop", expires="1h")
    clock.time += 3599.0
    await keys.check(made.secret)
    clock.time += 1.0
    assert keys.believed(made.secret) is None
    assert await code_of(Unauthenticated, keys.check(made.secret)) == "expired_api_key"


async def counted(
    asked: list[str], by_hash: Callable[[str], Awaitable[KeyRow | None]], digest: str
) -> KeyRow | None:
    asked.append(digest)
    return await by_hash(digest)


async def test_a_revoked_key_is_refused_at_once(keys: Keys) -> None:
    made = await keys.make(ME, "laptop")
    await keys.check(made.secret)
    with pytest.raises(NotFound):
        await keys.revoke(2, made.key.id)
    await keys.revoke(ME, made.key.id)
    assert await code_of(Unauthenticated, keys.check(made.secret)) == "revoked_api_key"
    assert await keys.all(ME) == ()


async def test_a_key_revoked_by_another_process_is_refused_soon(
    keys: Keys, store: Store, clock: Clock
) -> None:
    made = await keys.make(ME, "laptop")
    await keys.check(made.secret)
    await store.keys.revoke(ME, made.key.id, clock())
    clock.time += keys_module.BELIEVED
    await code_of(Unauthenticated, keys.check(made.secret))


async def test_a_revocation_during_a_look_up_is_not_forgotten(keys: Keys) -> None:
    for _ in range(20):
        made = await keys.make(ME, "laptop")
        checks = [asyncio.create_task(keys.check(made.secret)) for _ in range(5)]
        await keys.revoke(ME, made.key.id)
        await asyncio.gather(*checks, return_exceptions=True)
        await code_of(Unauthenticated, keys.check(made.secret))


async def test_use_of_a_key_is_noted_once_a_minute(keys: Keys, store: Store, clock: Clock) -> None:
    made = await keys.make(ME, "laptop")
    for _ in range(70):
        await keys.check(made.secret)
        clock.time += 1.0
    await store.messages.close_open(0.0)
    (row,) = await keys.all(ME)
    assert row.last_used_at == 1_000_060.0


async def test_use_of_a_new_key_is_noted_once_for_all_who_come_with_it(
    store: Store, clock: Clock
) -> None:
    ticks = map(float, count(1))
    keys = Keys(store, lambda: next(ticks), clock)
    made = await keys.make(ME, "laptop")
    await asyncio.gather(*(keys.check(made.secret) for _ in range(20)))
    await store.flush()
    (row,) = await keys.all(ME)
    assert (made.key.created_at, row.last_used_at) == (1.0, 2.0)


async def test_a_password_opens_and_others_do_not(passwords: Passwords) -> None:
    await passwords.set(ME, PASSWORD)
    assert (await passwords.check("you", PASSWORD, ADDRESS)).id == ME
    for name, password in [("you", "another one"), ("nobody", PASSWORD), ("another", PASSWORD)]:
        assert await code_of(Unauthenticated, passwords.check(name, password, "x")) == (
            "wrong_password"
        )
    await passwords.remove(ME)
    await code_of(Unauthenticated, passwords.check("you", PASSWORD, ADDRESS))


@pytest.mark.parametrize("password", ["", "short", "x" * 1001])
async def test_a_password_that_is_too_short_or_long_is_refused(
    passwords: Passwords, password: str
) -> None:
    await code_of(InvalidRequest, passwords.set(ME, password))


async def test_failed_sign_ins_are_limited(passwords: Passwords, clock: Clock) -> None:
    await passwords.set(ME, PASSWORD)
    results = await asyncio.gather(
        *(passwords.check("you", f"wrong {each}", ADDRESS) for each in range(20)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, TooManyTries) for each in results) == 20 - passwords_module.TRIES
    with pytest.raises(TooManyTries) as caught:
        await passwords.check("you", PASSWORD, ADDRESS)
    assert caught.value.problem.status == 429
    assert caught.value.problem.retry_after == passwords_module.WINDOW
    # Someone elsewhere is not locked out by it, and here it ends.
    assert (await passwords.check("you", PASSWORD, "192.0.2.1")).id == ME
    clock.time += passwords_module.WINDOW
    assert (await passwords.check("you", PASSWORD, ADDRESS)).id == ME


async def test_one_name_cannot_be_tried_from_everywhere(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords_module, "NAME_TRIES", 3)
    for each in range(3):
        await code_of(Unauthenticated, passwords.check("You", "wrong", f"address {each}"))
    assert await code_of(TooManyTries, passwords.check("YOU", "wrong", "y")) == "too_many_tries"


async def test_what_is_remembered_of_tries_is_bounded(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords_module, "REMEMBERED", 4)
    for each in range(4):
        await code_of(Unauthenticated, passwords.check(f"n{each}", "wrong", f"a{each}"))
    assert len(passwords._tries) == 4  # pyright: ignore[reportPrivateUsage]


async def test_a_damaged_hash_opens_nothing(passwords: Passwords, store: Store) -> None:
    await store.people.set_password_hash(ME, "not a hash")
    await code_of(Unauthenticated, passwords.check("you", PASSWORD, ADDRESS))


def all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def stored(folder: Path, query: str) -> list[tuple[float, ...]]:
    connection = sqlite3.connect(folder / "filon.db")
    found = connection.execute(query).fetchall()
    connection.close()
    return found
