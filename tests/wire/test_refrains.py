"""What is read by what a stream repeats, held against reading each of its pieces."""

import json
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from filon.protocols.anthropic_messages.stream import StreamParser as MessagesParser
from filon.protocols.openai_chat.stream import StreamParser as ChatParser
from filon.protocols.pieces import Piece
from filon.protocols.reading import FrameReader
from filon.protocols.registry import named


class EachChat(ChatParser):
    recurs = False


class EachMessages(MessagesParser):
    recurs = False


READERS = {
    "openai_chat": (ChatParser, EachChat),
    "anthropic_messages": (MessagesParser, EachMessages),
}


def data(
    value: Any, *, event: str | None = None, spaced: bool = False, ascii: bool = True
) -> bytes:
    separators = (", ", ": ") if spaced else (",", ":")
    line = "data: " + json.dumps(value, separators=separators, ensure_ascii=ascii) + "\n\n"
    return (line if event is None else f"event: {event}\n{line}").encode()


def chunk(delta: Any, *, index: int = 0, finish: str | None = None, **more: Any) -> dict[str, Any]:
    choice = {"index": index, "delta": delta, "finish_reason": finish}
    return {
        "id": "c-1",
        "object": "chat.completion.chunk",
        "model": "m-1",
        "choices": [choice],
        **more,
    }


def block(kind: str, text: str, index: int = 0) -> dict[str, Any]:
    name = {"text_delta": "text", "thinking_delta": "thinking"}[kind]
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind, name: text}}


texts = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        [
            "",
            ":",
            ",",
            "m-1",
            "c-1",
            '"',
            "\\",
            "\n\n",
            '","model":"x',
            "é",
            "\u2028",
            "[DONE]",
            "😀",
        ]
    ),
)


def says(text: str) -> dict[str, Any]:
    return chunk({"content": text})


def thinks(text: str) -> dict[str, Any]:
    return chunk({"content": None, "reasoning_content": text})


def says_all(text: str, end: str | None, index: int) -> dict[str, Any]:
    delta = {"role": "assistant", "content": text, "reasoning_content": text}
    return chunk(delta, finish=end, index=index, usage=None)


ends = st.sampled_from([None, None, "stop", "error"])
chats = st.one_of(
    st.builds(says, texts),
    st.builds(says, texts),
    st.builds(thinks, texts),
    st.builds(says_all, texts, ends, st.integers(0, 1)),
    st.builds(chunk, st.just({"content": "w"}), index=st.integers(0, 1), finish=ends),
    st.just({"id": "c-1", "model": "m-1", "choices": [], "usage": {"prompt_tokens": 1}}),
    st.just({"error": {"message": "no more"}}),
)
messages = st.one_of(
    st.builds(block, st.just("text_delta"), texts, st.just(0)),
    st.builds(block, st.just("text_delta"), texts, st.integers(0, 1)),
    st.builds(block, st.just("thinking_delta"), texts, st.just(0)),
    st.just({"type": "content_block_stop", "index": 0}),
    st.just(
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn"},
            "usage": {"output_tokens": 3},
        }
    ),
    st.just({"type": "message_stop"}),
    st.just({"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}),
)
said = b'"content":"a"'
whole_chunk = data(chunk({"content": "a"}))
odd = st.sampled_from(
    [
        b": waits\n\n",
        b"\n",
        b"data: [DONE]\n\n",
        b"data: {\n\n",
        whole_chunk.replace(said, b'"content":"\xff"'),
        whole_chunk.replace(said, b'"content":"\t"'),
        whole_chunk.replace(said, b'"content":"a"}x'),
        whole_chunk.replace(said, b'"content":"a","content":"b"'),
        whole_chunk.replace(said, b'"content":"\\ud83d"'),
    ]
)


def framed(value: dict[str, Any], spaced: bool, ascii: bool) -> bytes:
    return data(value, event=value.get("type"), spaced=spaced, ascii=ascii)


def frames(values: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[list[bytes]]:
    # Mostly in one way, as one provider writes.
    one = st.builds(framed, values, st.sampled_from([False, False, False, True]), st.booleans())
    return st.lists(st.one_of(one, one, one, odd), max_size=14)


def cut(stream: list[bytes], places: list[int]) -> list[bytes]:
    """The frames as they come: each alone but where the bytes are cut elsewhere."""
    whole = b"".join(stream)
    ends = {sum(map(len, stream[: number + 1])) for number in range(len(stream))}
    edges = sorted({0, len(whole), *ends} ^ {place % (len(whole) + 1) for place in places})
    edges = sorted({0, len(whole), *edges})
    return [whole[start:end] for start, end in zip(edges, edges[1:], strict=False)]


def read(reader: FrameReader, came: list[bytes]) -> list[Piece]:
    pieces = [piece for part in came for piece in reader.read(part)]
    return [*pieces, *reader.end()]


@pytest.mark.parametrize(
    ("protocol", "values"), [("openai_chat", chats), ("anthropic_messages", messages)]
)
def test_a_refrain_reads_what_reading_each_piece_reads(protocol: str, values: Any) -> None:
    quick, each = READERS[protocol]
    edit = named(protocol).edit_chunk

    @given(frames(values), st.lists(st.integers(0, 4000), max_size=6), st.booleans())
    def holds(stream: list[bytes], places: list[int], drop: bool) -> None:
        came = cut(stream, places)
        pieces = read(quick(), came)
        assert [replace(piece, refrain=None) for piece in pieces] == read(each(), came)
        for piece in pieces:
            if piece.refrain is None:
                continue
            around = piece.refrain.around(partial(edit, model_alias="fast", drop_usage=drop))
            if around is not None:
                whole = piece.refrain.edited(piece.raw, around)
                assert whole == edit(piece.raw, model_alias="fast", drop_usage=drop)

    holds()


@pytest.mark.parametrize(
    ("protocol", "values"), [("openai_chat", chats), ("anthropic_messages", messages)]
)
def test_several_at_once_say_what_each_says(protocol: str, values: Any) -> None:
    quick, _ = READERS[protocol]
    edit = partial(named(protocol).edit_chunk, model_alias="fast", drop_usage=True)

    @given(frames(values), st.integers(2, 4))
    def holds(stream: list[bytes], count: int) -> None:
        reader = quick()
        for at, frame in enumerate(stream):
            reader.read(frame)
            refrain = reader.refrain
            some = stream[at + 1 : at + 1 + count]
            if refrain is None or not some:
                continue
            together = b"".join(some)
            each = [refrain.said(one) for one in some]
            if None in each:
                assert refrain.said(together) is None
                continue
            assert refrain.said(together) == "".join(map(str, each))
            assert refrain.pieces(together) == [refrain.pieces(one)[0] for one in some]
            around = refrain.around(edit)
            if around is not None:
                edited = b"".join([edit(one) or b"" for one in some])
                assert refrain.edited(together, around) == edited

    holds()


@pytest.mark.parametrize("protocol", READERS)
def test_most_of_a_stream_is_its_refrain(protocol: str) -> None:
    if protocol == "openai_chat":
        stream = [data(chunk({"role": "assistant", "content": ""}))]
        stream += [data(chunk({"reasoning_content": f"t{n} "})) for n in range(10)]
        stream += [data(chunk({"content": f"w{n} \n"})) for n in range(10)]
    else:
        stream = [
            data(block("thinking_delta", f"t{n} "), event="content_block_delta") for n in range(10)
        ]
        stream += [
            data(block("text_delta", f"w{n} \n"), event="content_block_delta") for n in range(10)
        ]
    pieces = read(READERS[protocol][0](), stream)
    assert sum(piece.refrain is not None for piece in pieces) >= 17
    # Two at a time, and a comment between.
    both = [a + b for a, b in zip(stream[::2], stream[1::2], strict=False)]
    both.insert(7, b": waits\n\n")
    pieces = read(READERS[protocol][0](), both)
    assert sum(piece.refrain is not None for piece in pieces) >= 14


def test_a_stream_without_one_is_not_asked_for_ever() -> None:
    reader = ChatParser()
    for number in range(40):
        (piece,) = reader.read(data(chunk({"content": "w"}, obfuscation="x" * number)))
        assert piece.refrain is None
    assert reader.refrain is None
