"""People, keys, sessions and fetched models as rows."""

import pytest
from msgspec.structs import replace

from filon.conversation.errors import NotFound, Problem
from filon.conversation.rights import KeyRules
from filon.kit import clock
from filon.store.encoding import clean, from_json, to_json
from filon.store.errors import StoreError
from filon.store.keys import KeyRow, KeyUse
from filon.store.models import FetchedModels
from filon.store.sessions import SessionRow
from filon.store.store import Store
from filon.store.trace_blob import bare
from filon.trace.records import Admitted
from tests.store.conftest import ME, OTHER
from tests.store.made import summary

PROBLEM = Problem(code="provider_refused", message="no", blame="provider", status=502)


async def test_the_first_person_is_made_once(store: Store) -> None:
    first = await store.people.first_person(50.0)
    assert (first.id, first.name, first.created_at) == (1, "you", 1.0)
    assert await store.people.find(1) == first
    assert await store.people.find(9) is None


async def test_people_are_found_by_name(store: Store) -> None:
    found = await store.people.named("another")
    assert found is not None
    assert found.id == OTHER
    assert await store.people.named("nobody") is None


async def test_a_password_hash_is_set_and_removed(store: Store) -> None:
    await store.people.set_password_hash(ME, "hash")
    found = await store.people.find(ME)
    assert found is not None
    assert found.password_hash == "hash"
    await store.people.set_password_hash(ME, None)
    assert (await store.people.first_person(1.0)).password_hash is None


def key(name: str, **fields: float) -> KeyRow:
    made = KeyRow(id=name, owner_id=ME, name="k", prefix="fln_a", hash=name * 9, created_at=1.0)
    return replace(made, **fields)


async def test_keys_are_listed_used_and_revoked(store: Store) -> None:
    await store.keys.add(key("a"))
    await store.keys.add(key("b", created_at=2.0))
    assert await store.keys.all(ME) == (key("b", created_at=2.0), key("a"))
    await store.keys.used(ME, "a", 5.0)
    await store.keys.revoke(ME, "b", 6.0)
    assert await store.keys.all(ME) == (key("a", last_used_at=5.0),)
    assert await store.keys.by_hash("b" * 9) == key("b", created_at=2.0, revoked_at=6.0)
    assert await store.keys.by_hash("c") is None
    with pytest.raises(NotFound):
        await store.keys.revoke(ME, "b", 7.0)


async def test_a_key_keeps_its_rules_and_changes(store: Store) -> None:
    rules = KeyRules(models=("mistral/*",), concurrent=4, tags=("ci",), lenient=True)
    made = replace(key("a"), rules=rules, note="half \ud800", expires_at=9.0)
    await store.keys.add(made)
    kept = await store.keys.get(ME, "a")
    assert kept == replace(made, note=kept.note)
    changed = await store.keys.change(ME, "a", {"name": "b", "rules": KeyRules()})
    assert changed == replace(kept, name="b", rules=KeyRules())
    assert await store.keys.change(ME, "a", {}) == changed
    await store.keys.revoke(ME, "a", 6.0)
    with pytest.raises(NotFound):
        await store.keys.change(ME, "a", {"name": "c"})
    (gone,) = await store.keys.ever(ME)
    assert (gone.name, gone.revoked_at) == ("b", 6.0)
    assert await store.keys.all(ME) == ()


NOON = 1_800_000_000.0
DAY = 86_400.0


async def test_traces_are_summed_by_key_and_day(store: Store) -> None:
    let_in = (Admitted(owner_id=ME, by="key"),)
    priced = {"cost_kind": "priced", "cost_usd": 0.5, "input_tokens": 10, "output_tokens": 5}
    # Handed over together, so that one batch adds to the same row more than once.
    for number in range(20):
        at = NOON + DAY * (number % 2)
        given = {**priced, "started_at": at, "caller": "gateway", "key_id": "k1"}
        await store.traces.insert(ME, summary(f"t{number}", **given), bare(let_in))
    failed = summary("f", started_at=NOON, outcome="failed", cost_kind="unknown", key_id="k1")
    await store.traces.insert(ME, failed, bare(let_in))
    await store.traces.insert(ME, replace(failed, id="r"), bare(()))
    used = {"input_tokens": 1, "output_tokens": 1}
    unpriced = replace(failed, id="u", outcome="complete", key_id="k2", **used)
    await store.traces.insert(ME, unpriced, bare(let_in))
    await store.traces.insert(ME, replace(unpriced, id="n", key_id=None), bare(let_in))
    await store.flush()
    uses = await store.keys.uses(ME, clock.day(NOON))
    assert uses["k1"].today == KeyUse(
        requests=12, refused=1, failed=1, input_tokens=100, output_tokens=50, cost_usd=5.0
    )
    assert uses["k1"].total == KeyUse(
        requests=22, refused=1, failed=1, input_tokens=200, output_tokens=100, cost_usd=10.0
    )
    assert uses["k2"].today.unpriced == 1
    assert set(uses) == {"k1", "k2"}
    first, second = await store.keys.days(ME, "k1")
    assert (first.day, first.use) == (clock.day(NOON), uses["k1"].today)
    assert second.day == clock.day(NOON + DAY)
    assert await store.keys.days(ME, "k1", second.day) == (second,)
    assert await store.keys.count_on(ME, "k1", first.day) == 11
    assert await store.keys.count_on(OTHER, "k1", first.day) == 0
    assert await store.keys.uses(OTHER, first.day) == {}
    assert await store.keys.days(OTHER, "k1") == ()
    by_key = await store.keys.days_of_all(ME, first.day)
    assert by_key["k1"] == (first, second)
    assert set(by_key) == {"k1", "k2"}


async def test_two_keys_never_share_a_hash(store: Store) -> None:
    await store.keys.add(key("a"))
    with pytest.raises(StoreError):
        await store.keys.add(replace(key("b"), hash="a" * 9))


def session(name: str, owner_id: int = ME) -> SessionRow:
    return SessionRow(
        id=name, owner_id=owner_id, created_at=1.0, last_seen_at=1.0, expires_at=100.0
    )


async def test_a_session_moves_its_end_and_is_swept(store: Store) -> None:
    await store.sessions.add(session("s1"))
    await store.sessions.add(session("s2"))
    await store.sessions.seen(ME, "s1", 50.0, 150.0)
    await store.sessions.sweep(100.0)
    assert await store.sessions.find("s1") == replace(
        session("s1"), last_seen_at=50.0, expires_at=150.0
    )
    assert await store.sessions.find("s2") is None


async def test_sessions_end_one_by_one_or_all(store: Store) -> None:
    for name in ("s1", "s2", "s3"):
        await store.sessions.add(session(name))
    await store.sessions.add(session("s4", OTHER))
    await store.sessions.remove(ME, "s1")
    assert await store.sessions.find("s1") is None
    assert await store.sessions.find("s2") is not None
    await store.sessions.remove_all(ME)
    assert await store.sessions.find("s3") is None
    assert await store.sessions.find("s4") is not None


async def test_a_token_opens_one_session(store: Store) -> None:
    await store.sessions.add_token(ME, "t", 1.0, 100.0)
    assert await store.sessions.redeem("t", "s1", 2.0, 50.0) == SessionRow(
        id="s1", owner_id=ME, created_at=2.0, last_seen_at=2.0, expires_at=50.0
    )
    assert await store.sessions.redeem("t", "s2", 3.0, 50.0) is None
    assert await store.sessions.find("s2") is None


async def test_a_token_ends(store: Store) -> None:
    await store.sessions.add_token(ME, "t", 1.0, 100.0)
    assert await store.sessions.redeem("t", "s1", 100.0, 150.0) is None
    assert await store.sessions.redeem("u", "s1", 2.0, 150.0) is None


async def test_fetched_models_stay_beside_a_later_problem(store: Store) -> None:
    assert await store.models.all() == {}
    failed = await store.models.failed("groq", PROBLEM)
    assert failed == FetchedModels(endpoint="groq", problem=PROBLEM)
    got = await store.models.fetched("groq", ("a", "b"), 5.0)
    assert got == FetchedModels(endpoint="groq", models=("a", "b"), fetched_at=5.0)
    worse = await store.models.failed("groq", PROBLEM)
    assert worse == replace(got, problem=PROBLEM)
    assert await store.models.all() == {"groq": worse}


async def test_the_size_counts_bytes(store: Store) -> None:
    before = await store.size()
    await store.models.fetched("groq", ("x" * 1_000_000,), 5.0)
    assert await store.size() >= before + 900_000


def test_odd_values_survive_json() -> None:
    odd = replace(PROBLEM, provider_body="half \ud800")
    assert from_json(to_json(odd), Problem) == odd
    assert from_json(to_json({"n": 10**40}), dict[str, int]) == {"n": 10**40}


@pytest.mark.parametrize("stored", ["", "{", "[]", '{"code": 1}', '"\\ud800"'])
def test_json_that_does_not_fit_is_told(stored: str) -> None:
    with pytest.raises(StoreError):
        from_json(stored, Problem)


def test_text_without_halves_is_left_alone() -> None:
    text = "ore, \N{LATIN SMALL LETTER O WITH ACUTE}, \U0001f600"
    assert clean(text) is text
