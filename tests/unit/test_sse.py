"""Server-sent events: whatever the cuts, the same events, and no byte lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.kit.sse import Comment, Event, EventReader, EventTooLarge, Item, comment, encode


def read(*pieces: bytes, limit: int = 1_000_000) -> list[Item]:
    reader = EventReader(limit)
    items = [item for piece in pieces for item in reader.feed(piece)]
    return items + reader.close()


def told(items: list[Item]) -> list[tuple[str, str, str]]:
    return [(item.event, item.text, item.id) for item in items if isinstance(item, Event)]


def test_one_event_and_its_bytes() -> None:
    assert read(b"data: hello\n\n") == [Event(b"hello", b"data: hello\n\n")]


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_every_line_end(end: bytes) -> None:
    stream = end.join(
        [b"event: greeting", b"id: 7", b"data: a", b"data:b", b"", b"data: c", b"", b""]
    )
    assert told(read(stream)) == [("greeting", "a\nb", "7"), ("message", "c", "7")]


def test_a_crlf_cut_in_two_ends_one_line() -> None:
    assert told(read(b"data: a\r", b"\ndata: b\r", b"\n\r", b"\n")) == [("message", "a\nb", "")]


def test_a_byte_order_mark_is_skipped_once() -> None:
    items = read(b"\xef\xbb", b"\xbfdata: a\n\n\xef\xbb\xbfdata: b\n\ndata: c\n\n")
    assert told(items) == [("message", "a", ""), ("message", "c", "")]


def test_a_character_cut_in_two() -> None:
    first, second = "data: año\n\n".encode().split(b"\xb1")
    assert told(read(first, b"\xb1" + second)) == [("message", "año", "")]


def test_what_is_not_utf8_is_replaced_in_the_text_and_kept_in_the_data() -> None:
    (event,) = read(b"data: a\xffb\n\n")
    assert isinstance(event, Event)
    assert (event.data, event.text) == (b"a\xffb", "a\ufffdb")


def test_comments_are_told_as_such() -> None:
    items = read(b": keep-alive\n\n:second\ndata: a\n: inside\ndata: b\n\n")
    assert items == [
        Comment(b": keep-alive\n", "keep-alive"),
        Comment(b"\n"),
        Comment(b":second\n", "second"),
        Event(b"a\nb", b"data: a\n: inside\ndata: b\n\n"),
    ]


def test_a_comment_does_not_wait_for_its_blank_line() -> None:
    assert EventReader().feed(b": ping\n") == [Comment(b": ping\n", "ping")]


def test_fields_without_data_are_no_event() -> None:
    reader = EventReader()
    assert reader.feed(b"event: x\nretry: 2500\n\n") == [Comment(b"event: x\nretry: 2500\n\n")]
    assert reader.retry == 2500
    assert told(reader.feed(b"data: a\n\n")) == [("message", "a", "")]


def test_odd_fields() -> None:
    items = read(b"data\nid: a\0b\nretry: soon\nunknown: x\ndatafile: y\ndata:  two blanks\n\n")
    assert told(items) == [("message", "\n two blanks", "")]


def test_an_event_without_its_last_blank_line_is_given_at_the_end() -> None:
    for stream in (b"data: a", b"data: a\n", b"data: a\r", b"\xef\xbb\xbfdata: a"):
        assert told(read(stream)) == [("message", "a", "")]


@pytest.mark.parametrize(
    "pieces",
    [
        [b"data: " + b"x" * 200 + b"\n\n"],
        [b"data: ", b"x" * 60, b"x" * 60],
        [b"data: " + b"x" * 40 + b"\n"] * 3,
        [b"event: a\ndata: " + b"x" * 200 + b"\n\n"],
    ],
)
def test_an_event_over_the_limit_is_refused(pieces: list[bytes]) -> None:
    with pytest.raises(EventTooLarge, match="longer than 100 bytes"):
        read(*pieces, limit=100)


def test_the_limit_is_for_one_event_not_for_the_stream() -> None:
    assert len(read(*[b"event: a\ndata: ", b"x" * 60 + b"\n\n"] * 50, limit=100)) == 50


STREAMS = st.lists(
    st.sampled_from(
        [
            b"data: ",
            b"data:",
            b"data",
            b"event: e",
            b"id: 1",
            b"retry: 5",
            b": c",
            b":",
            b"\xc3\xb1",
        ]
        + [b"\n", b"\n", b"\n\n", b"\r", b"\r\n", b"\r\n\r\n", b"x", b" ", b"\xef\xbb\xbf", b"\0"]
    ),
    max_size=30,
).map(b"".join)


@given(STREAMS, st.lists(st.integers(0, 120), max_size=8))
def test_cuts_change_nothing_and_no_byte_is_lost(stream: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(stream)]
    pieces = [stream[a:b] for a, b in zip(places, places[1:], strict=False)]
    whole = read(stream)
    assert read(*pieces) == whole
    assert read(*(bytes([byte]) for byte in stream)) == whole
    assert b"".join(item.raw for item in whole) == stream


@given(STREAMS)
def test_the_events_are_those_of_the_standard(stream: bytes) -> None:
    assert told(read(stream + b"\n\n")) == by_the_standard(stream + b"\n\n")


def by_the_standard(stream: bytes) -> list[tuple[str, str, str]]:
    """The algorithm of the HTML standard, written for clarity."""
    text = stream.decode("utf-8", "replace").removeprefix("\ufeff")
    events: list[tuple[str, str, str]] = []
    data: list[str] = []
    event = last_id = ""
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                events.append((event or "message", "\n".join(data), last_id))
            data, event = [], ""
        elif name == "data":
            data.append(value)
        elif name == "event":
            event = value
        elif name == "id" and "\0" not in value:
            last_id = value
    return events


@given(st.text(), st.sampled_from([None, "token"]), st.sampled_from([None, "42"]))
def test_what_is_written_is_read(text: str, event: str | None, id: str | None) -> None:
    data = text.encode()
    plain = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    raw = encode(data, event, id)
    assert read(raw) == [Event(plain, raw, event or "message", id or "")]


def test_a_line_break_in_a_field_is_refused() -> None:
    with pytest.raises(ValueError, match="line break"):
        encode(b"x", event="a\nb")
    assert read(comment("alive"))[0] == Comment(b": alive\n", "alive")
