"""Bodies cut in any way come back byte for byte; bodies with a common beginning share pieces."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from filon.store import trace_blob
from filon.store.encoding import in_full, shortened
from filon.store.errors import StoreError
from filon.trace.frames import Frame, frames_of
from filon.trace.records import AnyRecord, Assembled, Attempt, Body, Received, Translated
from tests.store.made import records, wire_body

RECORDED = Path(__file__).parent / "recorded"
CUTS = st.lists(st.integers(-3, 30_000), max_size=80)
DATA = st.one_of(
    st.binary(max_size=200),
    st.builds(bytes.__mul__, st.binary(min_size=1, max_size=40), st.integers(100, 600)),
)
BODIES = st.builds(Body, DATA, st.one_of(CUTS.map(tuple), CUTS.map(sorted).map(tuple)))
HISTORIES = st.lists(st.text(max_size=50).map(lambda text: text * 30), min_size=1, max_size=50)


def with_bodies(bodies: tuple[Body, Body, Body], history: list[str]) -> tuple[AnyRecord, ...]:
    made: list[AnyRecord] = []
    for record in records(history):
        match record:
            case Received():
                made.append(replace(record, body=bodies[0]))
            case Translated():
                made.append(replace(record, body=bodies[1]))
            case Attempt():
                made += [
                    replace(record, request_body=bodies[1]),
                    replace(record, number=2, request_body=bodies[2]),
                ]
            case _:
                made.append(record)
    return tuple(made)


def read_back(blob: bytes, pieces: dict[bytes, bytes]) -> tuple[AnyRecord, ...]:
    encoded = trace_blob.decode(blob)
    groups = {each: pieces[each] for each in encoded.groups()}
    fetched = {each: pieces[each] for each in encoded.pieces(groups)}
    return encoded.records(groups | fetched)


@settings(max_examples=75, deadline=None)
@given(st.tuples(BODIES, BODIES, BODIES), HISTORIES)
def test_records_come_back_exactly(bodies: tuple[Body, Body, Body], history: list[str]) -> None:
    turn = with_bodies(bodies, history)
    assert read_back(*trace_blob.encode(turn)) == turn


def test_no_records_come_back() -> None:
    assert read_back(*trace_blob.encode(())) == ()


def test_a_short_body_needs_no_pieces() -> None:
    assert trace_blob.encode(records(["short"]))[1] == {}


def test_no_assembled_messages_come_back() -> None:
    turn = (Assembled(messages=(), tokenizer="guess"),)
    assert read_back(*trace_blob.encode(turn)) == turn


def test_a_body_that_was_sent_as_translated_is_kept_once() -> None:
    short, long = "x" * 3000, "".join(map(str, range(1500)))
    blob, _ = trace_blob.encode(records([short])[2:])
    assert len(blob) < len(short)
    pieces = trace_blob.encode(records([long])[2:])[1]
    assert sum(map(len, pieces.values())) == len(wire_body([long]).data)


def test_a_longer_history_adds_only_what_is_new() -> None:
    history = [f"message {number} " * 40 for number in range(120)]
    before = trace_blob.encode(records(history[:-2]))[1]
    after = trace_blob.encode(records(history))[1]
    added = {each: data for each, data in after.items() if each not in before}
    # Two messages as sent; three as assembled, since the one that was new is history now; the
    # body's new end; perhaps a group.
    assert len(added) <= 8
    assert sum(map(len, added.values())) < 8 * 1000


def test_a_long_history_is_referred_to_in_few_bytes() -> None:
    history = ["message " * 10 for _ in range(1000)]
    blob, _ = trace_blob.encode(records(history))
    assert len(blob) < 6000


@given(DATA)
def test_what_is_shortened_is_given_back(data: bytes) -> None:
    short = shortened(data)
    assert in_full(short) == data
    assert len(short) <= len(data)


@pytest.mark.parametrize("damage", [b"", b"\x01", b"\x05\x00\x00\x00abc", b"\xff" * 9])
def test_what_was_damaged_is_said_to_be_unreadable(damage: bytes) -> None:
    short = shortened(b"a long vein of ore " * 60)
    with pytest.raises(StoreError, match="cannot be read"):
        in_full(short[:1] + damage)


def test_a_trace_whose_frames_stood_apart_is_read() -> None:
    """As traces were written until decision 0026."""
    blob = (RECORDED / "frames-apart.msgpack").read_bytes()
    (attempt,) = [one for one in read_back(blob, {}) if isinstance(one, Attempt)]
    assert attempt.apart == ()
    assert [*attempt.frames] == [
        Frame(0.1, b": hello\n\n"),
        Frame(0.25, b"data: {}\n\n", "text"),
        Frame(0.5, b"data: \xc3", "text text"),
        Frame(0.5, b"\xb1\n\n", "done"),
    ]
    assert attempt.frames_cut == 7


@given(st.lists(st.builds(Frame, st.floats(0, 9), st.binary(), st.sampled_from(["", "a", "b c"]))))
def test_frames_come_back_exactly(frames: list[Frame]) -> None:
    kept = frames_of(frames)
    assert [*kept] == frames
    assert len(kept) == len(frames)
    assert kept.saying() == [at for at, frame in enumerate(frames) if frame.kind]
