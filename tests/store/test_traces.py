"""Traces: what went in comes out, lists page and filter, bodies are stored once."""

import sqlite3
from pathlib import Path

import pytest
from msgspec.structs import replace

from filon.conversation.errors import NotFound
from filon.conversation.usage import Usage
from filon.store.errors import StoreError
from filon.store.store import Store
from filon.store.trace_blob import bare
from filon.store.traces import Rollup, TraceSummary
from filon.trace.records import AnyRecord, Body, Received, Settled, Timing
from tests.store.conftest import ME
from tests.store.made import records, summary, wire_body


async def test_a_trace_comes_back_as_it_was(store: Store) -> None:
    whole = TraceSummary(
        id="t1",
        started_at=100.25,
        caller="gateway",
        model="groq/x",
        endpoint="groq",
        status=429,
        outcome="failed",
        attempts=3,
        input_tokens=12,
        output_tokens=0,
        estimated=True,
        cost_kind="reported",
        cost_usd=0.000123,
        ttft=0.5,
        total=1.5,
        mark="2 dropped",
        conversation_id="c1",
        message_id="m1",
        timing=Timing(sent=0.001, first_byte=0.5, ended=1.5, reused=True),
    )
    turn = records(["long " * 2000, *["short"] * 8])
    await store.traces.insert_now(ME, whole, bare(turn))
    found = await store.traces.get(ME, "t1")
    assert found.summary == whole
    assert found.records == turn
    assert 0 < found.size < 4000
    with pytest.raises(NotFound):
        await store.traces.get(ME, "t2")


async def test_odd_values_come_back_as_they_were(store: Store) -> None:
    """Integers over 64 bits and halves of surrogate pairs, which msgpack cannot hold."""
    turn: list[AnyRecord] = list(records(["short"]))
    settled = turn[-1]
    assert isinstance(settled, Settled)
    turn[-1] = replace(settled, usage=Usage(input_tokens=10**30), finish_reason="half \ud800")
    odd = summary(input_tokens=10**30, mark="half \ud800")
    await store.traces.insert_now(ME, odd, bare(turn))
    found = await store.traces.get(ME, "t1")
    assert found.records == tuple(turn)
    assert (found.summary.input_tokens, found.summary.mark) == (None, "half \ufffd")


async def test_an_enqueued_trace_is_there_after_close(store: Store, url: str) -> None:
    other = await Store.open(url)
    await other.traces.insert(ME, summary(), bare(records(["x" * 600_000])))
    await other.close()
    assert (await store.traces.get(ME, "t1")).records == records(["x" * 600_000])


async def test_the_same_id_twice_is_an_error_and_keeps_the_first(store: Store) -> None:
    await store.traces.insert_now(ME, summary(), bare(records(["one"])))
    with pytest.raises(StoreError) as caught:
        await store.traces.insert_now(ME, summary(), bare(records(["two"])))
    assert caught.value.problem.code == "store_conflict"
    assert (await store.traces.get(ME, "t1")).records == records(["one"])


async def test_the_roll_up_of_a_day(store: Store) -> None:
    assert await store.traces.rollup(ME, 0.0) == Rollup(
        requests=0, failed=0, unpriced=0, cost_usd=0.0
    )
    for number, fields in enumerate(
        [
            {"started_at": 99.0, "cost_kind": "priced", "cost_usd": 5.0},
            {"started_at": 100.0, "cost_kind": "priced", "cost_usd": 0.25},
            {"started_at": 101.0, "cost_kind": "reported", "cost_usd": 0.5},
            {"started_at": 102.0, "cost_kind": "unknown", "input_tokens": 7},
            {"started_at": 103.0, "cost_kind": "unknown", "outcome": "failed"},
        ]
    ):
        await store.traces.insert_now(ME, summary(f"t{number}", **fields), bare(()))
    assert await store.traces.rollup(ME, 100.0) == Rollup(
        requests=4, failed=1, unpriced=1, cost_usd=0.75
    )


async def test_the_roll_up_reads_no_rows(store: Store, file: Path) -> None:
    plan = read(
        file,
        "EXPLAIN QUERY PLAN SELECT count(*), sum(outcome = 'failed'), sum(cost_usd), "
        "sum(cost_kind = 'unknown') FROM traces WHERE owner_id = 1 AND started_at >= 5.0",
    )
    assert "COVERING INDEX ix_traces_list" in str(plan)


TURNS = 100


async def test_a_long_chat_does_not_store_its_history_again_and_again(
    store: Store, file: Path
) -> None:
    history: list[str] = []
    sent = 0
    for turn in range(TURNS):
        history.append(f"question {turn} " * 20)
        given = records(history)
        sent += len(wire_body(history).data)
        await store.traces.insert(ME, summary(f"t{turn}"), bare(given))
        history.append(f"answer {turn} " * 100)
    await store.messages.close_open(0.0)
    ((pieces, stored),) = read(file, "SELECT count(*), sum(length(data)) FROM body_pieces")
    ((blobs,),) = read(file, "SELECT sum(size) FROM traces")
    # Of each turn: two messages as sent, and three as assembled, since the one that was new is
    # history later; and now and then a group of hashes.
    assert pieces <= 5 * TURNS + 2 * (2 * TURNS // 32) + 2
    length = sum(map(len, history))
    assert stored < 2.5 * length
    assert stored + blobs < sent / 10
    last = await store.traces.get(ME, f"t{TURNS - 1}")
    assert last.records == records(history[:-1])


async def test_a_missing_piece_is_told(store: Store, file: Path) -> None:
    await store.traces.insert_now(ME, summary(), bare(records(["long " * 2000])))
    connection = sqlite3.connect(file)
    connection.execute("DELETE FROM body_pieces")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError) as caught:
        await store.traces.get(ME, "t1")
    assert caught.value.problem.code == "store_damaged"


@pytest.mark.parametrize("blob", [b"", b"\xc1", b"{", b"{}", b"\x80"])
async def test_records_that_cannot_be_read_are_told(store: Store, file: Path, blob: bytes) -> None:
    await store.traces.insert_now(ME, summary(), bare(records(["x"])))
    connection = sqlite3.connect(file)
    connection.execute("UPDATE traces SET records = ?", (blob,))
    connection.commit()
    connection.close()
    with pytest.raises(StoreError) as caught:
        await store.traces.get(ME, "t1")
    assert caught.value.problem.code == "store_unreadable"


async def test_bytes_that_are_no_text_come_back(store: Store) -> None:
    first = records(["x"])[0]
    assert isinstance(first, Received)
    data = bytes(range(256)) * 40
    turn = (replace(first, body=Body(data, (0, 7, 7, 10_239, 10_240, 99_999, -1))),)
    await store.traces.insert_now(ME, summary(), bare(turn))
    assert (await store.traces.get(ME, "t1")).records == turn


def read(file: Path, query: str) -> list[tuple[int, ...]]:
    connection = sqlite3.connect(file)
    found = connection.execute(query).fetchall()
    connection.close()
    return found
