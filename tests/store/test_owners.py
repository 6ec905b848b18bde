"""What belongs to one person, another never sees or changes, not even by its id."""

from collections.abc import Awaitable, Callable

import pytest

from filon.conversation.errors import NotFound
from filon.store.keys import KeyRow
from filon.store.messages import Ending
from filon.store.sessions import SessionRow
from filon.store.store import Store
from filon.store.trace_blob import bare
from filon.store.trace_filter import parse
from filon.store.traces import Rollup
from tests.store.conftest import ME, OTHER
from tests.store.made import answer, conversation, message, records, summary

SHARED = ["the same long text " * 1000]


@pytest.fixture
async def mine(store: Store) -> Store:
    """The store with one of everything, all of it mine."""
    await store.messages.add(ME, [message("m1"), answer("m2", "m1")], conversation())
    await store.traces.insert_now(ME, summary(conversation_id="c1"), bare(records(SHARED)))
    await store.keys.add(
        KeyRow(id="k1", owner_id=ME, name="n", prefix="fln_", hash="h", created_at=1.0)
    )
    await store.sessions.add(
        SessionRow(id="s1", owner_id=ME, created_at=1.0, last_seen_at=1.0, expires_at=9e9)
    )
    await store.sessions.add_token(ME, "token", 1.0, 9e9)
    return store


async def test_lists_of_another_are_empty(mine: Store) -> None:
    assert await mine.conversations.all(OTHER) == ()
    assert await mine.messages.tree(OTHER, "c1") == ()
    assert (await mine.traces.page(OTHER)).total == 0
    assert (await mine.traces.page(OTHER, parse("conversation:c1", 1.0))).traces == ()
    assert await mine.traces.rollup(OTHER, 0.0) == Rollup(
        requests=0, failed=0, unpriced=0, cost_usd=0.0
    )
    assert await mine.keys.all(OTHER) == ()
    assert await mine.keys.ever(OTHER) == ()


Call = Callable[[Store], Awaitable[object]]

CALLS: dict[str, Call] = {
    "conversation": lambda store: store.conversations.get(OTHER, "c1"),
    "title": lambda store: store.conversations.set_title(OTHER, "c1", "stolen", "person"),
    "active": lambda store: store.conversations.set_active(OTHER, "c1", "m1"),
    "delete": lambda store: store.conversations.delete(OTHER, "c1"),
    "message": lambda store: store.messages.get(OTHER, "m1"),
    "path": lambda store: store.messages.path(OTHER, "m2"),
    "add": lambda store: store.messages.add(OTHER, [message("m3", "m2")]),
    "add to root": lambda store: store.messages.add(OTHER, [message("m3")]),
    "parent": lambda store: store.messages.add(
        OTHER, [message("m3", "m2", conversation_id="c2")], conversation("c2")
    ),
    "trace": lambda store: store.traces.get(OTHER, "t1"),
    "key": lambda store: store.keys.revoke(OTHER, "k1", 5.0),
    "key seen": lambda store: store.keys.get(OTHER, "k1"),
    "key changed": lambda store: store.keys.change(OTHER, "k1", {"name": "stolen"}),
}


@pytest.mark.parametrize("name", CALLS)
async def test_the_id_of_anothers_thing_is_not_found(mine: Store, name: str) -> None:
    with pytest.raises(NotFound):
        await CALLS[name](mine)
    await nothing_of_mine_changed(mine)


async def test_what_tells_nothing_changes_nothing(mine: Store) -> None:
    ending = Ending(state="complete", text="stolen", at=5.0)
    assert await mine.messages.finish(OTHER, "m2", ending) is None
    await mine.messages.checkpoint(OTHER, "m2", "stolen", "", 5.0)
    await mine.keys.used(OTHER, "k1", 5.0)
    await mine.sessions.seen(OTHER, "s1", 5.0, 6.0)
    await mine.sessions.remove(OTHER, "s1")
    await mine.sessions.remove_all(OTHER)
    await mine.sessions.remove_tokens(OTHER)
    await nothing_of_mine_changed(mine)
    assert await mine.sessions.redeem("token", "s2", 5.0, 9e9) is not None


async def nothing_of_mine_changed(store: Store) -> None:
    assert await store.messages.tree(ME, "c1") == (message("m1"), answer("m2", "m1"))
    row = await store.conversations.get(ME, "c1")
    assert (row.title, row.active_id) == ("Ore", "m2")
    (key,) = await store.keys.all(ME)
    assert key.name == "n"
    assert (key.last_used_at, key.revoked_at) == (None, None)
    session = await store.sessions.find("s1")
    assert session is not None
    assert session.expires_at == 9e9
    assert (await store.traces.get(ME, "t1")).records == records(SHARED)


async def test_an_id_in_use_by_another_cannot_be_taken(mine: Store) -> None:
    """Ids are unguessable; should two meet nevertheless, nothing of the first may change."""
    with pytest.raises(Exception, match="contradicts"):
        await mine.messages.add(OTHER, [message("m9")], conversation("c1"))
    with pytest.raises(Exception, match="contradicts"):
        await mine.traces.insert_now(OTHER, summary("t1"), bare(()))
    await nothing_of_mine_changed(mine)


async def test_equal_bodies_of_two_people_are_stored_apart(mine: Store) -> None:
    await mine.traces.insert_now(OTHER, summary("t2"), bare(records(SHARED)))
    assert (await mine.traces.get(OTHER, "t2")).records == records(SHARED)
    with pytest.raises(NotFound):
        await mine.traces.get(ME, "t2")
