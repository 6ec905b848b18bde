"""The stream of events by itself: numbers, merging, slow tabs, the end."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.server import live as live_module
from filon.server.live import Event, Live, merged

ME = 1


def delta(number: int, message: str, text: str = "", reasoning: str = "") -> Event:
    data: dict[str, Any] = {"conversation_id": "c", "message_id": message}
    data |= {"text": text} if text else {}
    data |= {"reasoning": reasoning} if reasoning else {}
    return Event(number, "message.delta", data)


def other(number: int) -> Event:
    return Event(number, "trace.started", {"trace": {}})


def test_neighbours_of_one_message_are_joined() -> None:
    events = [delta(1, "a", "x"), delta(2, "a", "y"), delta(3, "b", "z"), delta(4, "a", "w")]
    told = [(one.number, one.data["message_id"], one.data["text"]) for one in merged(events)]
    assert told == [(2, "a", "xy"), (3, "b", "z"), (4, "a", "w")]


def test_text_and_thought_stay_apart() -> None:
    (one,) = merged([delta(1, "a", reasoning="hm"), delta(2, "a", "x"), delta(3, "a", "y", "!")])
    assert (one.data["text"], one.data["reasoning"]) == ("xy", "hm!")


EVENTS = st.lists(
    st.one_of(st.tuples(st.sampled_from("ab"), st.text(max_size=3)), st.none()), max_size=20
)


@given(EVENTS)
def test_merging_loses_nothing(told: list[tuple[str, str] | None]) -> None:
    events = [other(n) if one is None else delta(n, *one) for n, one in enumerate(told)]
    joined = merged(events)
    for message in "ab":
        assert text_of(joined, message) == text_of(events, message)
    assert [e.number for e in joined] == sorted({e.number for e in joined})
    assert sum(e.kind == "trace.started" for e in joined) == told.count(None)
    if events:
        assert joined[-1].number == events[-1].number


def text_of(events: list[Event], message: str) -> str:
    return "".join(
        event.data.get("text", "") for event in events if event.data.get("message_id") == message
    )


async def test_a_tab_that_reads_too_slowly_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "_BEHIND", 3)
    live = Live()
    frames = live.frames(ME, None)
    assert await anext(frames) == b": filon\n\n"
    for _ in range(5):
        live.publish(ME, "trace.started", {"trace": {}})
    assert [frame async for frame in frames] == []
    assert not live.is_watched(ME)


async def test_closing_ends_every_stream() -> None:
    live = Live()
    frames = [live.frames(person, None) for person in (1, 1, 2)]
    for one in frames:
        await anext(one)
    live.close()
    for one in frames:
        with pytest.raises(StopAsyncIteration):
            await anext(one)


async def test_a_finished_message_is_no_longer_written() -> None:
    live = Live()
    message = {"id": "m", "state": "streaming", "text": "", "reasoning": ""}
    live.publish(ME, "message.started", {"message": message})
    live.publish(ME, "message.delta", delta(0, "m", "x").data)
    assert (live.writing(ME, "m") or {})["text"] == "x"
    assert live.writing(2, "m") is None
    assert message["text"] == ""
    live.publish(ME, "message.finished", {"message": {"id": "m"}})
    assert live.writing(ME, "m") is None
