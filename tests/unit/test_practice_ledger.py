"""The ledger: what it keeps of a request, what it masks, and that it never grows too large."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.kit.redact import mask
from filon.practice.answers.counts import Counts
from filon.practice.clock import VirtualClock
from filon.practice.http import Cut, Headers, Response
from filon.practice.journal import Journal
from filon.practice.ledger import Entry, Filter, Ledger, Line

KEY = "sk-0123456789abcdef"
COUNTS = Counts(prompt=10, answer=3, cached=2)
JSON = (("content-type", "application/json"),)
KB = 1024


def begin(
    ledger: Ledger,
    body: bytes = b"{}",
    *,
    at: float = 1_000.0,
    dialect: str = "openai",
    target: str = "/v1/chat/completions",
    headers: Headers = (),
) -> Line:
    return ledger.begin(
        at=at, dialect=dialect, method="POST", target=target, headers=headers, body=body
    )


def answer(ledger: Ledger, body: bytes = b"{}", reply: bytes = b"hi", status: int = 200) -> int:
    """One whole exchange; the id of its line."""
    clock = VirtualClock(1_000)
    line = begin(ledger, body)
    line.responded(Response(status=status, headers=JSON, body=reply), clock)
    line.finish("complete", COUNTS, clock)
    return line.id


def only(ledger: Ledger) -> Entry:
    (entry,) = ledger.entries()
    return entry


async def pieces(*data: bytes, clock: VirtualClock, cut: bool = False) -> AsyncGenerator[bytes]:
    for piece in data:
        await clock.sleep(0.5)
        yield piece
    if cut:
        raise Cut


# What is kept of a request.


def test_a_whole_answer() -> None:
    ledger, clock = Ledger(), VirtualClock(1_000)
    line = begin(ledger, b'{"model":"pocket"}', headers=(("Accept", "*/*"),))
    line.told(model="pocket:slow", key="valid", switches=("slow",))
    line.told(served="pocket", skill="arithmetic", note="a note")
    clock.advance(1.5)
    line.responded(Response(status=200, headers=JSON, body='{"a":"ñ"}'.encode()), clock)
    clock.advance(1)
    line.finish("complete", COUNTS, clock)
    entry = only(ledger)
    assert entry == ledger.get(line.id)
    assert (entry.id, entry.at, entry.dialect, entry.method) == (1, 1_000, "openai", "POST")
    assert (entry.model, entry.served, entry.key) == ("pocket:slow", "pocket", "valid")
    assert (entry.switches, entry.skill, entry.note) == (("slow",), "arithmetic", "a note")
    assert entry.request_headers == (("Accept", "*/*"),)
    assert (entry.request.text, entry.request.size) == ('{"model":"pocket"}', 18)
    assert entry.request.sha256 == hashlib.sha256(b'{"model":"pocket"}').hexdigest()
    assert (entry.status, entry.response_headers, entry.stream) == (200, JSON, False)
    assert (entry.response.text, entry.response.size) == ('{"a":"ñ"}', 10)
    assert (entry.first_byte, entry.ended, entry.chunks, entry.frames) == (1.5, 2.5, 0, ())
    assert (entry.counts, entry.outcome) == (COUNTS, "complete")


def test_an_answer_may_be_finished_before_it_is_sent() -> None:
    ledger, clock = Ledger(), VirtualClock(1_000)
    line = begin(ledger)
    line.finish("complete", COUNTS, clock)
    assert len(ledger) == 0
    line.responded(Response(status=200, body=b"late"), clock)
    assert len(ledger) == 1
    assert only(ledger).response.text == "late"


def test_a_client_that_left_gets_no_answer() -> None:
    ledger = Ledger()
    begin(ledger).finish("client left", None, VirtualClock(1_000))
    assert (only(ledger).status, only(ledger).outcome) == (None, "client left")
    assert len(ledger) == 1


def test_the_first_end_counts() -> None:
    ledger, clock = Ledger(), VirtualClock(1_000)
    line = begin(ledger)
    line.responded(Response(status=429), clock)
    line.finish("refused", None, clock)
    line.finish("complete", COUNTS, clock)
    line.told(note="too late")
    assert (only(ledger).outcome, only(ledger).counts, only(ledger).note) == ("refused", None, "")


async def test_a_stream_is_kept_with_its_times() -> None:
    ledger, clock = Ledger(), VirtualClock(1_000)
    line = begin(ledger)
    frames = line.noting(pieces(b"data: \xc3", b"\xb1\n\n", b"end", clock=clock), clock)
    head = (("Content-Type", "text/event-stream; charset=utf-8"),)
    line.responded(Response(status=200, headers=head, stream=frames), clock)
    sent: list[bytes] = []
    async for data in frames:
        sent.append(data)
        if len(sent) == 2:
            line.finish("complete", COUNTS, clock)
            assert len(ledger) == 0
            assert only(ledger).outcome == "complete"
    entry = only(ledger)
    assert len(ledger) == 1
    assert b"".join(sent) == "data: ñ\n\nend".encode()
    assert (entry.response.text, entry.response.size) == ("data: ñ\n\nend", 13)
    assert (entry.chunks, entry.frames) == (3, ((0.5, 7), (1.0, 3), (1.5, 3)))
    assert (entry.stream, entry.first_byte, entry.ended) == (True, 0.5, 1.5)
    assert (entry.outcome, entry.counts) == ("complete", COUNTS)


async def test_a_stream_that_a_switch_cuts() -> None:
    ledger, clock = Ledger(), VirtualClock(1_000)
    line = begin(ledger)
    line.responded(Response(status=200), clock)
    frames = line.noting(pieces(b"a", clock=clock, cut=True), clock)
    assert await anext(frames) == b"a"
    line.finish("complete", COUNTS, clock)
    with pytest.raises(Cut):
        await anext(frames)
    assert (only(ledger).outcome, only(ledger).chunks) == ("cut", 1)


async def test_a_stream_whose_client_leaves() -> None:
    ledger, clock = Ledger(), VirtualClock(1_000)
    line = begin(ledger)
    frames = line.noting(pieces(b"a", b"b", clock=clock), clock)
    line.responded(Response(status=200, stream=frames), clock)
    assert await anext(frames) == b"a"
    await frames.aclose()
    assert (only(ledger).outcome, only(ledger).response.text) == ("client left", "a")
    assert len(ledger) == 1


async def test_a_stream_that_is_cancelled() -> None:
    ledger, clock = Ledger(), VirtualClock(1_000)
    line = begin(ledger)
    frames = line.noting(_never(), clock)
    task = asyncio.ensure_future(anext(frames))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (only(ledger).outcome, only(ledger).status) == ("client left", None)


async def _never() -> AsyncGenerator[bytes]:
    await asyncio.Event().wait()
    yield b""


async def test_only_the_first_frames_are_listed() -> None:
    ledger, clock = Ledger(), VirtualClock(1_000)
    line = begin(ledger)
    line.responded(Response(status=200), clock)
    async for _ in line.noting(pieces(*[b"x"] * 300, clock=clock), clock):
        pass
    line.finish("complete", None, clock)
    assert (only(ledger).chunks, len(only(ledger).frames)) == (300, 256)


@pytest.mark.parametrize("letter", ["x", "ñ", "🙂"])
def test_a_long_body_is_cut_between_letters(letter: str) -> None:
    whole = b"y" + letter.encode() * (100 * KB)
    ledger = Ledger()
    answer(ledger, whole, whole)
    for body in (only(ledger).request, only(ledger).response):
        assert body.size == len(whole)
        assert body.sha256 == hashlib.sha256(whole).hexdigest()
        assert 64 * KB - 4 < len(body.text.encode()) <= 64 * KB
        assert whole.startswith(body.text.encode())


def test_what_is_no_text_is_kept_as_well_as_it_goes() -> None:
    ledger = Ledger()
    answer(ledger, b"\xff\x00\xc3", b"\xc3")
    assert only(ledger).request.text == "\ufffd\0\ufffd"
    assert only(ledger).response.text == "\ufffd"
    line = begin(ledger)
    line.told(model="\ud800" + "m" * 1_000)
    line.finish("client left", None, VirtualClock(1_000))
    assert ledger.entries()[0].model == "?" + "m" * 499


# What is masked.


@pytest.mark.parametrize(
    ("headers", "target"),
    [
        ((("Authorization", f"Bearer {KEY}"),), "/v1"),
        ((("authorization", KEY),), "/v1"),
        ((("X-Api-Key", KEY),), "/v1"),
        ((("api-key", KEY),), "/v1"),
        ((("Cookie", f"theme=dark; session={KEY}; a=b"),), "/v1"),
        ((), f"/v1?alt=sse&key={KEY}"),
        ((), f"/v1?api_key={KEY}#x"),
    ],
)
def test_a_key_is_kept_nowhere(headers: Headers, target: str) -> None:
    ledger, clock = Ledger(), VirtualClock(1_000)
    told = f'{{"key":"{KEY}"}}'.encode()
    line = begin(ledger, told, headers=(*headers, ("x-note", f"it is {KEY}")), target=target)
    line.told(model=KEY, note=KEY)
    head = (("x-echo", KEY), ("set-cookie", "other-secret-value"))
    line.responded(Response(status=200, headers=head, body=told), clock)
    line.finish("complete", None, clock)
    packed = msgspec.json.encode(only(ledger)).decode()
    assert KEY not in packed
    assert "other-secret" not in packed
    assert only(ledger).request.text == told.decode().replace(KEY, mask(KEY))
    assert (only(ledger).model, only(ledger).note) == (mask(KEY), mask(KEY))
    assert dict(only(ledger).request_headers)["x-note"] == f"it is {mask(KEY)}"


def test_a_key_in_the_address_is_known_however_it_is_written() -> None:
    ledger = Ledger()
    line = begin(ledger, b"sk/0123456789+abcdef", target="/v1?key=sk%2F0123456789%2Babcdef")
    line.finish("client left", None, VirtualClock(1_000))
    assert "0123456789" not in only(ledger).request.text + only(ledger).target


async def test_a_key_across_frames_is_masked() -> None:
    ledger, clock = Ledger(), VirtualClock(1_000)
    line = begin(ledger, headers=(("x-api-key", KEY),))
    line.responded(Response(status=200), clock)
    data = KEY.encode()
    async for _ in line.noting(pieces(data[:6], data[6:], clock=clock), clock):
        pass
    assert only(ledger).response.text == mask(KEY)
    line.finish("complete", None, clock)
    assert only(ledger).response.text == mask(KEY)


@given(st.integers(64 * KB - len(KEY) - 2, 64 * KB + 2))
def test_a_key_at_the_cut_is_masked(start: int) -> None:
    ledger = Ledger()
    body = b"x" * start + KEY.encode() + b"x" * 2_000
    line = begin(ledger, body, headers=(("x-api-key", KEY),))
    line.finish("client left", None, VirtualClock(1_000))
    assert "sk-" not in only(ledger).request.text


# What is found.


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Filter(), [4, 3, 2, 1]),
        (Filter(since=2), [4, 3]),
        (Filter(since=9), []),
        (Filter(dialect="groq"), [2]),
        (Filter(model="pocket"), [3, 1]),
        (Filter(model="pocket-large"), [3]),
        (Filter(status=429), [2]),
        (Filter(path="/v1/models"), [3]),
        (Filter(contains="sea"), [2, 1]),
        (Filter(contains='"q"'), [1]),
        (Filter(header=("X-Nonce", "n-2")), [2]),
        (Filter(header=("x-nonce", "n-")), []),
        (Filter(dialect="groq", status=200), []),
    ],
)
def test_entries_are_found(wanted: Filter, ids: list[int]) -> None:
    ledger, clock = Ledger(), VirtualClock(1_000)
    rows: list[tuple[str, str, str, str, int, bytes, bytes]] = [
        ("openai", "/v1/chat", "pocket", "pocket", 200, b'{"q":"the sea"}', b"blue"),
        ("groq", "/v1/chat", "echo", "echo", 429, b"{}", b"the sea"),
        ("openai", "/v1/models?a=1", "pocket-large", "pocket", 200, b"", b"list"),
    ]
    for number, (dialect, target, model, served, status, body, reply) in enumerate(rows, 1):
        headers = (("x-nonce", f"n-{number}"),)
        line = begin(ledger, body, dialect=dialect, target=target, headers=headers)
        line.told(model=model, served=served)
        line.responded(Response(status=status, body=reply), clock)
        line.finish("complete", None, clock)
    begin(ledger, b"open")
    assert [entry.id for entry in ledger.entries(wanted)] == ids


def test_the_newest_come_first_and_not_too_many() -> None:
    ledger = Ledger()
    ids = [answer(ledger) for _ in range(5)]
    assert [entry.id for entry in ledger.entries(limit=2)] == [ids[4], ids[3]]
    assert ledger.get(99) is None


def test_an_open_line_is_seen_and_kept_at_the_end() -> None:
    ledger = Ledger()
    line = begin(ledger, b"waiting")
    line.told(model="pocket")
    entry = ledger.get(line.id)
    assert entry is not None
    assert (entry.outcome, entry.model, entry.status, entry.ended) == ("open", "pocket", None, None)
    assert len(ledger) == 0
    ledger.close()
    assert len(ledger) == 1
    assert only(ledger).outcome == "open"


def test_lines_that_nobody_closes_do_not_pile_up() -> None:
    ledger = Ledger(entries=3)
    lines = [begin(ledger) for _ in range(20)]
    assert len(ledger) == 3
    assert [entry.id for entry in ledger.entries()] == [20, 19, 18, 17, 16, 15]
    lines[0].finish("complete", None, VirtualClock(1_000))
    assert len(ledger) == 3


# How much is kept.

SIZES = st.lists(
    st.tuples(
        st.sampled_from([10, 300, 0, 2_000, 6_000]),
        st.sampled_from(["x", "ñ", "\0", "🙂"]),
        st.booleans(),
    ),
    min_size=10,
    max_size=40,
)


@given(SIZES, st.integers(0, 12), st.integers(0, 20_000), st.integers(0, 60_000))
def test_the_bounds_hold(
    sizes: list[tuple[int, str, bool]], most: int, memory: int, disk: int
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        ledger = Ledger(entries=most, memory=memory, folder=folder, disk=disk)
        for size, letter, flush in sizes:
            text = (letter * size).encode()[:size]
            answer(ledger, text, text)
            if flush:
                ledger.flush()
            entries = ledger.entries()
            assert len(ledger) == len(entries) <= most
            packed = sum(len(msgspec.json.encode(entry)) for entry in entries)
            assert packed == ledger.size <= memory
            assert sum(file.stat().st_size for file in folder.iterdir()) <= disk
        ledger.close()
        assert ledger.trouble is None
        assert sum(file.stat().st_size for file in folder.iterdir()) <= disk
        again = Ledger(folder=folder)
        kept = [entry.id for entry in again.entries()]
        # Without a gap, but for lines that no file can hold.
        assert kept == sorted(kept, reverse=True)
        if kept and max(size for size, _, _ in sizes) * 6 * 2 + 2_000 < disk // 2:
            assert kept == list(range(len(sizes), len(sizes) - len(kept), -1))


def test_a_restart_goes_on_where_it_ended(tmp_path: Path) -> None:
    ledger = Ledger(folder=tmp_path)
    first = answer(ledger, b'{"a":1}', "ñ\n\u2028\r".encode())
    entry = only(ledger)
    ledger.close()
    again = Ledger(folder=tmp_path)
    assert only(again) == entry
    assert answer(again) == first + 1
    again.close()
    assert [each.id for each in Ledger(folder=tmp_path).entries()] == [2, 1]


def test_files_change_places_when_full(tmp_path: Path) -> None:
    ledger = Ledger(folder=tmp_path, disk=20 * KB)
    for _ in range(100):
        answer(ledger)
        ledger.flush()
    newer, older = tmp_path / "ledger.jsonl", tmp_path / "ledger.older.jsonl"
    assert newer.stat().st_size <= 10 * KB
    assert 9 * KB < older.stat().st_size <= 10 * KB
    kept = [entry.id for entry in Ledger(folder=tmp_path).entries()]
    assert 10 < len(kept) < 50
    assert kept == list(range(100, 100 - len(kept), -1))
    assert newer.stat().st_mode & 0o077 == 0


def test_damaged_lines_are_passed_over(tmp_path: Path) -> None:
    ledger = Ledger(folder=tmp_path)
    for _ in range(3):
        answer(ledger)
    ledger.close()
    file = tmp_path / "ledger.jsonl"
    one, two, three = file.read_bytes().splitlines()
    noise = [b"", b"no json", b'{"id": 1}', b"\xff\xfe\0", two[:-20], b"[" * 5_000]
    file.write_bytes(b"\n".join([one, *noise, three]) + b"\n" + two[:50])
    again = Ledger(folder=tmp_path)
    assert [entry.id for entry in again.entries()] == [3, 1]
    # The torn end does not take the next line with it.
    answer(again)
    again.close()
    assert [entry.id for entry in Ledger(folder=tmp_path).entries()] == [4, 3, 1]


def test_a_field_that_is_unknown_does_not_matter(tmp_path: Path) -> None:
    ledger = Ledger(folder=tmp_path)
    answer(ledger)
    ledger.close()
    file = tmp_path / "ledger.jsonl"
    file.write_bytes(file.read_bytes().replace(b'{"id":1', b'{"later":true,"id":1'))
    assert only(Ledger(folder=tmp_path)).id == 1


def test_a_disk_that_fails_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, where a folder should be")
    ledger = Ledger(folder=tmp_path / "taken")
    answer(ledger)
    ledger.flush()
    assert ledger.trouble is not None
    assert len(ledger) == 1
    ledger.clear()
    assert len(ledger) == 0


def test_all_can_be_forgotten(tmp_path: Path) -> None:
    ledger = Ledger(folder=tmp_path)
    answer(ledger)
    ledger.flush()
    answer(ledger)
    waiting = begin(ledger)
    ledger.clear()
    assert (len(ledger), ledger.size, list(tmp_path.iterdir())) == (0, 0, [])
    assert only(ledger).id == waiting.id
    assert answer(ledger) == 4
    ledger.close()
    assert [entry.id for entry in Ledger(folder=tmp_path).entries()] == [4, 3]


def test_without_a_folder_nothing_is_written() -> None:
    ledger = Ledger()
    answer(ledger)
    ledger.flush()
    ledger.close()
    assert ledger.trouble is None


# When it is written.


def test_lines_are_written_some_at_a_time(tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    journal = Journal(tmp_path, 16 * KB * KB)
    for number in range(31):
        journal.add(b"%d" % number, 0)
    assert not file.exists()
    journal.add(b"31", 1.9)
    assert file.read_bytes().count(b"\n") == 32
    journal.add(b"large" * 60_000, 2)
    assert file.read_bytes().count(b"\n") == 33
    journal.add(b"waits", 10)
    journal.add(b"wakes", 12)
    assert file.read_bytes().endswith(b"waits\nwakes\n")
    assert journal.read(3)[1:] == [b"waits", b"wakes"]


def test_a_file_that_has_grown_too_large_is_read_from_its_end(tmp_path: Path) -> None:
    (tmp_path / "ledger.jsonl").write_bytes(b"first\n" * 100 + b"last\n")
    journal = Journal(tmp_path, 40)
    assert journal.read(100) == [b"first", b"first", b"last"]
    journal.add(b"new", 0)
    journal.flush()
    assert (tmp_path / "ledger.jsonl").read_bytes() == b"new\n"
