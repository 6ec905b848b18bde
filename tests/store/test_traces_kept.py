"""What is kept of traces: what goes takes all of itself along, and nothing of others."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from filon.store import trace_deleting
from filon.store.errors import StoreError
from filon.store.store import Store
from filon.store.trace_blob import bare
from filon.store.trace_filter import EVERYTHING, parse
from filon.store.trace_keeping import Keep, Kept
from filon.trace.facts import Facts
from filon.trace.records import AnyRecord
from tests.store.conftest import ME, OTHER
from tests.store.made import records, summary
from tests.store.test_traces import read
from tests.store.test_traces_found import filled, some

DAY = 86_400.0


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small steps, so that there are several; and no pause between them."""
    monkeypatch.setattr(trace_deleting, "_AT_ONCE", 3)
    monkeypatch.setattr(trace_deleting, "_PIECES_AT_ONCE", 4)
    monkeypatch.setattr(trace_deleting, "_BLOBS", 2)
    monkeypatch.setattr(trace_deleting, "_PAUSE", 0)


def long_records(*texts: str) -> tuple[AnyRecord, ...]:
    return records([f"{text} " * 900 for text in texts])


async def sums(store: Store, file: Path) -> None:
    """The sums are what they would be if they were counted now."""
    kept = await store.traces.keeping.kept(ME)
    ((count, size),) = read(
        file, "SELECT count(*), coalesce(sum(size), 0) FROM traces WHERE owner_id = 1"
    )
    ((pieces,),) = read(
        file, "SELECT coalesce(sum(length(data)), 0) FROM body_pieces WHERE owner_id = 1"
    )
    assert (kept.traces, kept.bytes) == (count, size + pieces)


async def test_what_is_deleted_takes_all_of_itself_along(store: Store, file: Path) -> None:
    await filled(store, some(40))
    chosen = parse("is:failed", 10_000.0)
    failed = (await store.traces.page(ME, chosen)).total
    assert failed > 3
    assert await store.traces.deleting.matching(ME, chosen, 1e9) == failed
    assert (await store.traces.page(ME, chosen)).total == 0
    assert (await store.traces.page(ME)).total == 40 - failed
    assert read(file, "SELECT count(*) FROM trace_marks WHERE kind = 'finding'") == [(0,)]
    await sums(store, file)
    assert await store.traces.deleting.matching(ME, EVERYTHING, 1e9) == 40 - failed
    assert read(file, "SELECT count(*) FROM trace_marks") == [(0,)]
    assert read(file, "SELECT count(*) FROM trace_names WHERE owner_id = 1") == [(0,)]
    assert await store.traces.keeping.kept(ME) == Kept(traces=0, bytes=0, oldest=None)
    assert (await store.traces.page(OTHER)).total == 1


async def test_only_what_nothing_refers_to_goes(store: Store, file: Path) -> None:
    """Pieces are shared by traces, and by groups of hashes in long conversations."""
    history = [f"message {number} " * 60 for number in range(90)]
    await store.traces.insert_now(ME, summary("t1"), bare(records(history[:80])))
    await store.traces.insert_now(ME, summary("t2"), bare(records(history)))
    await store.traces.insert_now(ME, summary("t3"), bare(long_records("alone")))
    await store.traces.insert_now(OTHER, summary("t4"), bare(records(history[:80])))
    await store.traces.insert_now(ME, summary("t5"), bare(records(["short"])))
    assert await store.traces.deleting.pieces(ME) == 0
    assert await store.traces.deleting.one(ME, "t4") == 0
    assert await store.traces.deleting.one(ME, "t1") == 1
    assert await store.traces.deleting.one(ME, "t3") == 1
    assert await store.traces.deleting.pieces(ME) > 0
    assert (await store.traces.get(ME, "t2")).records == records(history)
    assert (await store.traces.get(OTHER, "t4")).records == records(history[:80])
    assert await store.traces.deleting.one(ME, "t2") == 1
    await store.traces.deleting.pieces(ME)
    assert read(file, "SELECT count(*) FROM body_pieces WHERE owner_id = 1") == [(0,)]
    assert (await store.traces.get(OTHER, "t4")).records == records(history[:80])
    await sums(store, file)


async def test_what_is_stored_meanwhile_keeps_its_pieces(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trace that comes between the look and the end of what nothing referred to."""
    shared = long_records("shared")
    await store.traces.insert_now(ME, summary("t1"), bare(shared))
    await store.traces.deleting.one(ME, "t1")
    began = trace_deleting._Look._hashes_from  # pyright: ignore[reportPrivateUsage]
    late: list[str] = []

    async def hashes_late(self: Any, last: bytes, connection: Any) -> Any:
        found = await began(self, last, connection)
        if not late:
            late.append("t2")
            await store.traces.insert_now(ME, summary("t2"), bare(shared))
        return found

    monkeypatch.setattr(trace_deleting._Look, "_hashes_from", hashes_late)  # pyright: ignore[reportPrivateUsage]
    await store.traces.deleting.pieces(ME)
    assert late == ["t2"]
    assert (await store.traces.get(ME, "t2")).records == shared


async def test_more_hashes_than_fit_are_looked_at_in_parts(
    store: Store, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace_deleting, "_HASHES", 3)
    for number in range(6):
        await store.traces.insert_now(
            ME, summary(f"t{number}"), bare(long_records(f"text {number}"))
        )
    for number in range(3):
        await store.traces.deleting.one(ME, f"t{number}")
    await store.traces.deleting.pieces(ME)
    for number in range(3, 6):
        assert (await store.traces.get(ME, f"t{number}")).records
    await store.traces.deleting.matching(ME, EVERYTHING, 1e9)
    await store.traces.deleting.pieces(ME)
    assert read(file, "SELECT count(*) FROM body_pieces") == [(0,)]


async def test_a_sweep_keeps_days_and_bytes(store: Store, file: Path) -> None:
    for number in range(20):
        one = summary(f"t{number:02}", started_at=number * DAY)
        await store.traces.insert_now(ME, one, bare(long_records(f"text {number}")))
    keeping = store.traces.keeping
    assert await keeping.get(ME) is None
    await keeping.set(ME, Keep(days=9))
    assert await keeping.get(ME) == Keep(days=9)
    assert await keeping.sweep(ME, Keep(), 20 * DAY) == 0
    assert await keeping.sweep(ME, Keep(days=9), 20 * DAY) == 11
    kept = await keeping.kept(ME)
    assert (kept.traces, kept.oldest) == (9, 11 * DAY)
    assert await keeping.sweep(ME, Keep(bytes=kept.bytes // 2), 20 * DAY) in (4, 5, 6)
    left = await keeping.kept(ME)
    assert left.bytes <= kept.bytes // 2
    assert (await store.traces.page(ME, limit=1)).traces[0].id == "t19"
    await sums(store, file)
    # The sums of times stay, but the finest, which are for the last days alone.
    assert read(file, "SELECT sum(requests) FROM trace_times WHERE step = 345600") == [(20,)]
    assert read(file, "SELECT count(*) FROM trace_times WHERE step = 60 AND at < 1500000") == [(0,)]


async def test_facts_of_older_traces_are_read_up(store: Store, file: Path) -> None:
    await store.traces.insert_now(ME, summary("old"), bare(long_records("x")))
    await store.traces.insert_now(ME, summary("broken"), bare(records(["x"])))
    connection = sqlite3.connect(file)
    connection.execute("UPDATE traces SET records = x'c1' WHERE public_id = 'broken'")
    connection.execute("UPDATE traces SET pieces = NULL")
    connection.commit()
    connection.close()
    dropped = parse("dropped:top_k", 1.0)
    assert (await store.traces.page(ME, dropped)).total == 0
    assert await store.traces.read_up() == 2
    assert await store.traces.read_up() == 0
    page = await store.traces.page(ME, dropped)
    assert [(one.id, one.facts) for one in page.traces] == [
        ("old", Facts(dropped=("top_k",), rate=12.5))
    ]
    assert await store.traces.deleting.pieces(ME) == 0
    with pytest.raises(StoreError):
        await store.traces.get(ME, "broken")
