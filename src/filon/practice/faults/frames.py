"""What goes wrong with the frames of an answer on their way out.

An edit that is tied to a place counts chunks: comments, pings and the stream's last frame are
none. A stream that is too short fails at its end instead. A whole answer comes as one frame.
"""

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing

from filon.practice.faults.fault import Scene
from filon.practice.http import Cut

_STALLS_AFTER = 3  # chunks
_BETWEEN_COMMENTS = 1.0  # seconds
# Without a pause the writes would leave, or be read, as one.
_BETWEEN_PIECES = 0.001  # seconds
_MOST_CHARACTERS_SPLIT = 16
_LONGEST_END = 200  # bytes; no dialect's last frame is longer

_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")
_TEXT_FIELD = re.compile(rb'"(?:content|reasoning_content|reasoning|thinking|text|delta)":\s*"')
_ANY_FIELD = re.compile(rb':\s*"')
_FIELD_BLANK = re.compile(rb"^(data|event|id|retry): ", re.MULTILINE)
_NO_CHUNK = (b":", b"\r", b"\n", b"event: ping", b"event:ping")
_FIRST_PART = "ñ".encode()[:1]


async def tell_error(frames: AsyncGenerator[bytes], scene: Scene) -> AsyncGenerator[bytes]:
    """After some chunks comes an error in place of the rest. A whole answer has no middle."""
    opening = _Opening(scene)
    async with aclosing(opening.of(frames)) as kept:
        async for frame in kept:
            yield frame
    yield scene.error if scene.stream else opening.due


async def answer_error(frames: AsyncGenerator[bytes], scene: Scene) -> AsyncGenerator[bytes]:
    """The body is that of an error, bare even where a stream was asked for."""
    async with aclosing(frames):
        yield _bare(scene.error)


async def cut(frames: AsyncGenerator[bytes], scene: Scene) -> AsyncGenerator[bytes]:
    """The connection is closed after some chunks, or after half of a whole answer."""
    async with aclosing(_first_part(frames, scene)) as kept:
        async for frame in kept:
            yield frame
    raise Cut


async def cut_by_reset(frames: AsyncGenerator[bytes], scene: Scene) -> AsyncGenerator[bytes]:
    """As `cut`, by RST."""
    async with aclosing(_first_part(frames, scene)) as kept:
        async for frame in kept:
            yield frame
    raise Cut(reset=True)


async def cut_in_character(frames: AsyncGenerator[bytes], scene: Scene) -> AsyncGenerator[bytes]:
    """The connection is closed between two bytes of one character."""
    opening = _Opening(scene)
    async with aclosing(opening.of(frames)) as kept:
        async for frame in kept:
            yield frame
    yield _up_to_half_a_character(opening.due)
    raise Cut


async def cut_in_json(frames: AsyncGenerator[bytes], scene: Scene) -> AsyncGenerator[bytes]:
    """The body ends in good order, but in the middle of a chunk's JSON."""
    opening = _Opening(scene)
    async with aclosing(opening.of(frames)) as kept:
        async for frame in kept:
            yield frame
    due = opening.due
    yield due[: max(due.find(b"{") + 1, len(due) // 2)]


async def drop_end(frames: AsyncGenerator[bytes], scene: Scene) -> AsyncGenerator[bytes]:
    """The last frame does not come: `[DONE]`, or what this dialect has for it."""
    held: bytes | None = None
    async with aclosing(frames):
        async for frame in frames:
            if not scene.stream:
                yield frame
            elif scene.end:
                if not _is_end(frame, scene):
                    yield frame
            else:
                # Without a frame of its own, the end is whatever comes last.
                if held is not None:
                    yield held
                held = frame


async def split(frames: AsyncGenerator[bytes], scene: Scene) -> AsyncGenerator[bytes]:
    """Each event is written in several pieces, cut where it hurts."""
    async with aclosing(frames):
        async for frame in frames:
            for piece in _pieces(frame):
                yield piece
                await scene.clock.sleep(_BETWEEN_PIECES)


async def merge(frames: AsyncGenerator[bytes], scene: Scene) -> AsyncGenerator[bytes]:
    """Several events leave in one write."""
    held: list[bytes] = []
    async with aclosing(frames):
        try:
            async for frame in frames:
                held.append(frame)
                if len(held) >= scene.argument:
                    yield b"".join(held)
                    held.clear()
        except Cut:
            if held:
                yield b"".join(held)
            raise
    if held:
        yield b"".join(held)


async def end_lines_with_crlf(frames: AsyncGenerator[bytes], scene: Scene) -> AsyncGenerator[bytes]:
    """Lines end with CR and LF."""
    async with aclosing(frames):
        async for frame in frames:
            if scene.stream:
                yield frame.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            else:
                yield frame


async def leave_out_blank(frames: AsyncGenerator[bytes], scene: Scene) -> AsyncGenerator[bytes]:
    """No blank follows the colon of a field."""
    async with aclosing(frames):
        async for frame in frames:
            yield _FIELD_BLANK.sub(rb"\1:", frame) if scene.stream else frame


async def comment_first(frames: AsyncGenerator[bytes], scene: Scene) -> AsyncGenerator[bytes]:
    """Nothing but comments for some seconds; before a whole answer, blank lines."""
    async with aclosing(frames):
        left = scene.argument
        while left > 0:
            yield _sign_of_life(scene)
            await scene.clock.sleep(min(left, _BETWEEN_COMMENTS))
            left -= _BETWEEN_COMMENTS
        async for frame in frames:
            yield frame


async def comment_between(frames: AsyncGenerator[bytes], scene: Scene) -> AsyncGenerator[bytes]:
    """A comment stands between any two frames of a stream."""
    first = True
    async with aclosing(frames):
        async for frame in frames:
            if scene.stream and not first:
                yield _sign_of_life(scene)
            first = False
            yield frame


async def blank_lines_first(frames: AsyncGenerator[bytes], scene: Scene) -> AsyncGenerator[bytes]:
    """Some blank lines stand before everything else."""
    async with aclosing(frames):
        for _ in range(int(scene.argument)):
            yield b"\n"
        async for frame in frames:
            yield frame


async def repeat_chunk(frames: AsyncGenerator[bytes], scene: Scene) -> AsyncGenerator[bytes]:
    """One chunk of a stream comes twice, the last one at the latest."""
    passed, last, repeated = 0, b"", not scene.stream
    async with aclosing(frames):
        async for frame in frames:
            if _is_end(frame, scene) and last and not repeated:
                repeated = True
                yield last
            yield frame
            if _is_chunk(frame, scene):
                passed, last = passed + 1, frame
                if passed >= scene.argument and not repeated:
                    repeated = True
                    yield frame
    if last and not repeated:
        yield last


async def stall(frames: AsyncGenerator[bytes], scene: Scene) -> AsyncGenerator[bytes]:
    """After some chunks, or half of a whole answer, nothing comes for a time."""
    passed, stalled = 0, False
    async with aclosing(frames):
        async for frame in frames:
            if not scene.stream:
                yield frame[: len(frame) // 2]
                await scene.clock.sleep(scene.argument)
                yield frame[len(frame) // 2 :]
                continue
            if not stalled and (passed >= _STALLS_AFTER or _is_end(frame, scene)):
                stalled = True
                await scene.clock.sleep(scene.argument)
            yield frame
            passed += _is_chunk(frame, scene)


class _Opening:
    """The answer up to the place of a fault, which the scene's argument counts in chunks.

    `due` is then the chunk that would have come next, or, at the end of the stream, the last one
    that did. Nothing of a whole answer comes before its fault, so that all of it is due.
    """

    def __init__(self, scene: Scene) -> None:
        self.due = b""
        self._scene = scene

    async def of(self, frames: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
        left = int(self._scene.argument) if self._scene.stream else 0
        async with aclosing(frames):
            async for frame in frames:
                if _is_end(frame, self._scene):
                    return
                if _is_chunk(frame, self._scene):
                    self.due = frame
                    if left == 0:
                        return
                    left -= 1
                yield frame


async def _first_part(frames: AsyncGenerator[bytes], scene: Scene) -> AsyncGenerator[bytes]:
    opening = _Opening(scene)
    async with aclosing(opening.of(frames)) as kept:
        async for frame in kept:
            yield frame
    if not scene.stream:
        yield opening.due[: len(opening.due) // 2]


def _is_end(frame: bytes, scene: Scene) -> bool:
    """Whether it is the last frame of a stream, however an edit before has spaced it."""
    return bool(scene.end) and scene.stream and _bare_of_space(frame) == _bare_of_space(scene.end)


def _is_chunk(frame: bytes, scene: Scene) -> bool:
    return not _is_end(frame, scene) and not frame.startswith(_NO_CHUNK)


def _bare_of_space(frame: bytes) -> bytes:
    if len(frame) > _LONGEST_END:
        return frame
    return _FIELD_BLANK.sub(rb"\1:", frame.replace(b"\r", b""))


def _bare(error: bytes) -> bytes:
    """The body of an error without the framing of a stream."""
    for line in error.splitlines():
        if line.startswith(b"data:"):
            return line.removeprefix(b"data:").strip()
    return error


def _sign_of_life(scene: Scene) -> bytes:
    """What a client must skip: a comment, or a blank line where the answer is plain JSON."""
    is_json = not scene.stream or scene.error.startswith(b"{")
    return b"\n" if is_json else b": keep-alive\n\n"


def _up_to_half_a_character(frame: bytes) -> bytes:
    found = _MULTIBYTE.search(frame)
    if found is not None:
        return frame[: found.start() + 1]
    field = _TEXT_FIELD.search(frame) or _ANY_FIELD.search(frame)
    return frame[: field.end() if field else 0] + _FIRST_PART


def _pieces(frame: bytes) -> list[bytes]:
    """The frame in pieces: cut in the field's name, behind its colon, in the JSON, in characters,
    and between the line feeds at the end."""
    places = {2, 5, len(frame) // 2, len(frame) - 1}
    characters = list(_MULTIBYTE.finditer(frame))[:_MOST_CHARACTERS_SPLIT]
    places.update(found.start() + 1 for found in characters)
    cuts = [0, *sorted(place for place in places if 0 < place < len(frame)), len(frame)]
    return [frame[start:end] for start, end in zip(cuts, cuts[1:], strict=False)]
