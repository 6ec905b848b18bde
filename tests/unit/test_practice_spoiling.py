"""What faults do to the frames of an answer, and to what is said."""

import json
from collections.abc import AsyncGenerator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.message import say
from filon.kit.sse import Event, EventReader
from filon.practice.clock import VirtualClock
from filon.practice.faults.catalogue import FAULTS
from filon.practice.faults.fault import (
    Frames,
    Say,
    Scene,
)
from filon.practice.faults.switches import read
from filon.practice.http import Cut
from filon.practice.model.automata import Automaton, Words
from filon.practice.model.family import MODELS
from filon.practice.model.plan import Alternative, Plan, Segment, text_plan
from filon.practice.skills.asked import Asked, Tool

# Frames.

A, B, C = b'data: {"t":"a"}\n\n', 'data: {"t":"ñ"}\n\n'.encode(), b'data: {"t":"c"}\n\n'
END = b"data: [DONE]\n\n"
ERROR = b'data: {"error":{"message":"no"}}\n\n'
WHOLE = b'{"content":"hello"}'
SIGN = b": keep-alive\n\n"


async def frames_of(frames: tuple[bytes, ...], closed: list[bool]) -> AsyncGenerator[bytes]:
    try:
        for frame in frames:
            yield frame
    finally:
        closed.append(True)


async def edited(
    switches: str, frames: tuple[bytes, ...], *, stream: bool = True, end: bytes = END
) -> tuple[list[bytes], str, float]:
    """What is sent, how it ends, and how many seconds it took."""
    closed: list[bool] = []
    clock = VirtualClock()
    passing = frames_of(frames, closed)
    for switch in read(switches, "", Random(0)):
        assert isinstance(switch.fault.effect, Frames)
        scene = Scene(
            argument=switch.argument, stream=stream, clock=clock, error=ERROR, end=end, seed=1
        )
        passing = switch.fault.effect.edit(passing, scene)
    sent: list[bytes] = []
    ending = "whole"
    try:
        async for frame in passing:
            sent.append(frame)
    except Cut as cut:
        ending = "reset" if cut.reset else "cut"
    assert closed in ([True], [])
    return sent, ending, clock.monotonic()


@pytest.mark.parametrize(
    ("switches", "expected", "ending"),
    [
        ("error-mid-stream=2", [A, B, ERROR], "whole"),
        ("error-mid-stream=0", [ERROR], "whole"),
        ("error-mid-stream=9", [A, B, C, ERROR], "whole"),
        ("error-in-200", [b'{"error":{"message":"no"}}'], "whole"),
        ("cut=1", [A], "cut"),
        ("cut=0", [], "cut"),
        ("cut=3", [A, B, C], "cut"),
        ("cut=99", [A, B, C], "cut"),
        ("cut-reset=2", [A, B], "reset"),
        ("cut-in-character=1", [A, b'data: {"t":"\xc3'], "cut"),
        ("cut-in-character=2", [A, B, b'data: {"t":"\xc3'], "cut"),
        ("cut-in-character=99", [A, B, C, b'data: {"t":"\xc3'], "cut"),
        ("cut-in-json=0", [b'data: {"'], "whole"),
        ("cut-in-json=99", [A, B, C, b'data: {"'], "whole"),
        ("no-done", [A, B, C], "whole"),
        ("crlf,no-space,no-done", [
            frame.replace(b": ", b":").replace(b"\n", b"\r\n") for frame in (A, B, C)
        ], "whole"),
        ("crlf", [frame.replace(b"\n", b"\r\n") for frame in (A, B, C, END)], "whole"),
        ("no-space", [frame.replace(b": ", b":") for frame in (A, B, C, END)], "whole"),
        ("merged-writes=3", [A + B + C, END], "whole"),
        ("merged-writes", [A + B + C + END], "whole"),
        ("cut=3,merged-writes=2", [A + B, C], "cut"),
        ("merged-writes=2,cut=1", [A + B], "cut"),
        ("keep-alive", [A, SIGN, B, SIGN, C, SIGN, END], "whole"),
        ("blank-lines-before=2", [b"\n", b"\n", A, B, C, END], "whole"),
        ("duplicate-chunk=1", [A, A, B, C, END], "whole"),
        ("duplicate-chunk", [A, B, C, C, END], "whole"),
        ("duplicate-chunk=99", [A, B, C, C, END], "whole"),
        ("keep-alive,cut=1", [A, SIGN], "cut"),
        ("keep-alive,duplicate-chunk=2", [A, SIGN, B, B, SIGN, C, SIGN, END], "whole"),
    ],
)  # fmt: skip
async def test_a_stream_is_spoilt(switches: str, expected: list[bytes], ending: str) -> None:
    assert await edited(switches, (A, B, C, END)) == (expected, ending, 0)


@pytest.mark.parametrize(
    ("switches", "expected", "ending", "seconds"),
    [
        ("error-mid-stream", [WHOLE], "whole", 0),
        ("error-in-200", [b'{"error":{"message":"no"}}'], "whole", 0),
        ("cut", [b'{"content'], "cut", 0),
        ("cut-reset=7", [b'{"content'], "reset", 0),
        ("cut-in-character", [b'{"content":"\xc3'], "cut", 0),
        ("cut-in-json", [b'{"content'], "whole", 0),
        ("no-done", [WHOLE], "whole", 0),
        ("crlf", [WHOLE], "whole", 0),
        ("no-space", [WHOLE], "whole", 0),
        ("merged-writes", [WHOLE], "whole", 0),
        ("keep-alive", [WHOLE], "whole", 0),
        ("duplicate-chunk", [WHOLE], "whole", 0),
        ("blank-lines-before", [b"\n", b"\n", b"\n", WHOLE], "whole", 0),
        ("comments-only=2", [b"\n", b"\n", WHOLE], "whole", 2),
        ("stall=4", [b'{"content', b'":"hello"}'], "whole", 4),
        ("blank-lines-before=1,cut", [b"\n", b'{"content'], "cut", 0),
    ],
)
async def test_a_whole_answer_is_spoilt(
    switches: str, expected: list[bytes], ending: str, seconds: float
) -> None:
    assert await edited(switches, (WHOLE,), stream=False) == (expected, ending, seconds)


@pytest.mark.parametrize(
    ("switches", "frames", "expected", "seconds"),
    [
        ("stall=5", (A, B, C, A, END), [A, B, C, A, END], 5),
        ("stall=5", (A, END), [A, END], 5),
        ("comments-only=2.5", (A, END), [SIGN, SIGN, SIGN, A, END], 2.5),
        ("comments-only", (A,), [*[SIGN] * 60, A], 60),
        ("comments-only=0", (A,), [A], 0),
    ],
)
async def test_a_stream_is_kept_waiting(
    switches: str, frames: tuple[bytes, ...], expected: list[bytes], seconds: float
) -> None:
    assert await edited(switches, frames) == (expected, "whole", seconds)


async def test_lines_of_json_have_no_frame_of_their_own_at_the_end() -> None:
    one, two, last = b'{"content":"a"}\n', b'{"content":"b"}\n', b'{"done":true}\n'
    assert (await edited("no-done", (one, two, last), end=b""))[0] == [one, two]
    assert (await edited("duplicate-chunk=9", (one, two), end=b""))[0] == [one, two, two]
    assert (await edited("cut-in-character=1", (one, two), end=b""))[0] == [
        one,
        b'{"content":"\xc3',
    ]


async def test_an_empty_stream_is_spoilt_too() -> None:
    for fault in FAULTS:
        if isinstance(fault.effect, Frames):
            await edited(fault.name, ())
            await edited(fault.name, (END,))
            await edited(fault.name, (SIGN, END))


async def test_events_are_split_inside_names_json_characters_and_line_ends() -> None:
    sent, ending, _ = await edited("split-writes", (B,))
    assert sent == [b"da", b"ta:", b' {"t', b'":"\xc3', b'\xb1"}\n', b"\n"]
    assert ending == "whole"


@given(
    st.lists(st.text(max_size=8).map(json.dumps), max_size=6),
    st.sampled_from(["crlf", "no-space", "split-writes", "merged-writes=2", "keep-alive"]),
)
async def test_what_only_looks_odd_reads_the_same(texts: list[str], switches: str) -> None:
    frames = (*(f"data: {text}\n\n".encode() for text in texts), END)
    sent, ending, _ = await edited(switches, frames)
    assert ending == "whole"
    assert data_of(sent) == [text.encode() for text in texts] + [b"[DONE]"]


def data_of(pieces: list[bytes]) -> list[bytes]:
    reader = EventReader()
    items = [item for piece in pieces for item in reader.feed(piece)] + reader.close()
    return [item.data for item in items if isinstance(item, Event)]


async def test_the_answer_is_closed_when_its_reader_leaves() -> None:
    for fault in FAULTS:
        effect = fault.effect
        if not isinstance(effect, Frames):
            continue
        closed: list[bool] = []
        usual = fault.argument.usual if fault.argument else 0
        scene = Scene(
            argument=usual, stream=True, clock=VirtualClock(), error=ERROR, end=END, seed=1
        )
        stream = effect.edit(frames_of((A, B, C, END), closed), scene)
        await anext(stream)
        await stream.aclose()
        begun = fault.name not in ("error-in-200", "comments-only", "blank-lines-before")
        assert closed == ([True] if begun else []), fault.name


# What is said.

WEATHER = Tool(name="weather")


def asked(text: str = "What is the weather in Lima?", tools: tuple[Tool, ...] = ()) -> Asked:
    return Asked(model=MODELS[0], messages=(say("user", text),), tools=tools)


def said(switch: str, plan: Plan, wanted: Asked) -> Plan:
    (found,) = read(switch, "", Random(0))
    assert isinstance(found.fault.effect, Say)
    return found.fault.effect.edit(plan, wanted, found.argument)


def texts(plan: Plan) -> list[tuple[str, str]]:
    return [(one.kind, one.alternatives[0].text) for one in plan.segments]


THOUGHT = Segment(kind="reasoning", alternatives=(Alternative("Let me see."),))
ANSWER = Segment(alternatives=(Alternative("It rains.", -1.0), Alternative("It is dry. So there.")))
CALL = Segment(kind="call", alternatives=(Alternative('weather\n{"city": "Lima"}'),))
PLAIN = Plan(skill="x", segments=(THOUGHT, ANSWER))


@pytest.mark.parametrize(
    ("switch", "question", "expected", "finish"),
    [
        ("empty", "Hello", [("text", "")], "stop"),
        ("refusal", "What is that?", [("text", "I cannot help with that.")], "stop"),
        ("refusal", "¿Qué es eso?", [("text", "No puedo ayudar con eso.")], "stop"),
        (
            "think-tags",
            "Hello",
            [
                ("text", "<think>\n"),
                ("text", "Let me see."),
                ("text", "\n</think>\n\n"),
                ("text", "It rains."),
            ],
            None,
        ),
        ("invented-tool", "Hello", [("call", 'search_the_web\n{"query":"Hello"}')], None),
    ],
)
def test_what_is_said_is_spoilt(
    switch: str, question: str, expected: list[tuple[str, str]], finish: str | None
) -> None:
    changed = said(switch, PLAIN, asked(question))
    assert texts(changed) == expected
    assert changed.finish == finish
    assert changed.skill == "x"


def test_a_loop_repeats_the_first_sentence_of_the_answer() -> None:
    looped = said("loop=1000", PLAIN, asked())
    assert looped.segments[0] == THOUGHT
    text = looped.segments[1].alternatives[0].text
    assert text.startswith("It is dry. It is dry. It is dry.")
    assert 1_000 <= len(text) < 1_020
    assert looped.segments[1].exact
    assert looped.finish == "length"
    nothing = said("loop", Plan(skill="x", segments=(Segment(),)), asked("¿Qué hora es?"))
    assert nothing.segments[0].alternatives[0].text.count("La respuesta es la misma") > 400


def test_an_over_long_answer_goes_on_behind_the_answer() -> None:
    long = said("over-long=300", PLAIN, asked())
    assert long.segments[:2] == PLAIN.segments
    assert 300 <= len(long.segments[2].alternatives[0].text) < 420
    assert "Point 2" in long.segments[2].alternatives[0].text


def test_the_other_language_is_spoken() -> None:
    english = said("wrong-language", PLAIN, asked("What is the weather?"))
    spanish = said("wrong-language", PLAIN, asked("¿Qué tiempo hace?"))
    assert texts(english)[0][1].startswith("La pregunta es: «What is the weather?»")
    assert texts(spanish)[0][1].startswith('The question is: "¿Qué tiempo hace?"')


def test_thoughts_are_made_up_where_a_model_has_none() -> None:
    (thought, answer) = texts(said("think-tags", text_plan("x", "Yes."), asked("Is it?")))
    assert thought[1].startswith("<think>\nThe user writes: Is it?")
    assert thought[1].endswith("</think>\n\n")
    assert answer == ("text", "Yes.")


def test_json_is_fenced_and_its_grammar_stays() -> None:
    fenced = said("json-in-fence", text_plan("x", '{"a":1}'), asked())
    assert "".join(text for _, text in texts(fenced)) == '```json\n{"a":1}\n```'
    assert not fenced.segments[1].exact
    prose = said("json-in-fence", text_plan("x", "Yes."), asked())
    assert "".join(text for _, text in texts(prose)) == '```json\n{"answer":"Yes."}\n```'
    bounded = Segment(grammar=Automaton(Words((b"{}",))))
    kept = said("json-in-fence", Plan(skill="x", segments=(THOUGHT, bounded, CALL)), asked())
    assert kept.segments[0] == THOUGHT
    assert kept.segments[2] is bounded
    assert kept.segments[4] == CALL
    no_text = Plan(skill="x", segments=(CALL,))
    assert said("json-in-fence", no_text, asked()) == no_text


@pytest.mark.parametrize(
    ("plan", "call"),
    [
        (Plan(skill="x", segments=(CALL,)), 'weather\n{"city": "Lima"'),
        (Plan(skill="x", segments=(Segment(kind="call"),)), "weather\n{"),
        (Plan(skill="x", segments=(ANSWER,)), "weather\n{"),
        (Plan(skill="x", segments=(Segment(kind="call", alternatives=(Alternative("f\n{}"),)),)),
         "f\n{"),
    ],
)  # fmt: skip
def test_arguments_are_broken(plan: Plan, call: str) -> None:
    broken = said("bad-tool-json", plan, asked(tools=(WEATHER,)))
    assert texts(broken) == [("call", call)]
    assert broken.segments[0].exact
    assert broken.segments[0].grammar is None
    with pytest.raises(ValueError, match="Expect"):
        json.loads(call.partition("\n")[2])
    assert said("bad-tool-json", plan, asked()) == plan


def test_an_invented_tool_is_never_one_that_was_offered() -> None:
    offered = (Tool(name="search_the_web"), Tool(name="search_the_web_again"))
    invented = said("invented-tool", PLAIN, asked(tools=offered))
    assert texts(invented)[0][1].startswith("search_the_web_again_again\n")
