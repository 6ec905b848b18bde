"""The tokenizer: byte-level BPE. Any text becomes ids and comes back; it needs no numpy."""

import re
import struct
from collections.abc import Iterable, Sequence

SPECIAL = (
    "<|system|>",
    "<|user|>",
    "<|assistant|>",
    "<|end|>",
    "<|tool|>",
    "<|think|>",
    "<|call|>",
)
FIRST_BYTE = len(SPECIAL)
FIRST_MERGE = FIRST_BYTE + 256
SIZE = 4_096

# A stretch is at most 24 characters and a blank, so that merging it is never slow. A blank goes
# with what follows it, but for a digit: each digit is a piece alone, as is good for reckoning.
_STRETCH = re.compile(
    r" ?[^\W\d_]{1,24}| ?[^\w\s]{1,24}|\d|_{1,24}|\n{1,24}| {1,24}(?!\S)|[^\S\n ]{1,24}| "
)

_CACHED_STRETCHES = 32_768


def stretches(text: str) -> list[str]:
    """The parts of a text that are encoded alone; joined, they are the text."""
    return _STRETCH.findall(text)


class Pieces:
    """The ids: special pieces first, which no text gives, then the 256 bytes, then the merges.

    A lone surrogate, which UTF-8 cannot write, is read as "?".
    """

    system, user, assistant, end, tool, think, call = range(FIRST_BYTE)

    def __init__(self, merges: Sequence[tuple[int, int]]) -> None:
        self._merged = {pair: FIRST_MERGE + index for index, pair in enumerate(merges)}
        data = [b""] * FIRST_BYTE + [bytes((byte,)) for byte in range(256)]
        for left, right in merges:
            data.append(data[left] + data[right])
        self._data = tuple(data)
        self._known: dict[str, tuple[int, ...]] = {}

    @property
    def size(self) -> int:
        """How many ids there are."""
        return len(self._data)

    @property
    def vocabulary(self) -> tuple[bytes, ...]:
        """The bytes of every id; special pieces have none."""
        return self._data

    def data(self, piece: int) -> bytes:
        """The bytes of an id; a special piece has none."""
        return self._data[piece]

    def name(self, piece: int) -> str:
        """An id as a person reads it, special pieces by their name."""
        return SPECIAL[piece] if piece < FIRST_BYTE else self.decode((piece,))

    def encode(self, text: str) -> list[int]:
        """The ids of a text."""
        known = self._known
        ids: list[int] = []
        for stretch in _STRETCH.findall(text):
            found = known.get(stretch)
            ids += self._learn(stretch) if found is None else found
        return ids

    def encode_bytes(self, data: bytes) -> list[int]:
        """The ids of bytes, which may begin or end inside a character."""
        try:
            return self.encode(data.decode())
        except UnicodeDecodeError:
            return [FIRST_BYTE + byte for byte in data]

    def join(self, ids: Iterable[int]) -> bytes:
        """The bytes of ids, one after the other."""
        return b"".join([self._data[piece] for piece in ids])

    def decode(self, ids: Iterable[int]) -> str:
        """The text of ids; bytes that are no UTF-8 become U+FFFD."""
        return self.join(ids).decode(errors="replace")

    def _learn(self, stretch: str) -> tuple[int, ...]:
        if len(self._known) >= _CACHED_STRETCHES:
            self._known.clear()
        found = tuple(self._merge(stretch.encode(errors="replace")))
        self._known[stretch] = found
        return found

    def _merge(self, data: bytes) -> list[int]:
        ids = [FIRST_BYTE + byte for byte in data]
        merged = self._merged
        none = self.size
        while len(ids) > 1:
            # The earliest merge has the lowest id.
            best = min([merged.get(pair, none) for pair in zip(ids, ids[1:], strict=False)])
            if best == none:
                break
            ids = merge(ids, best, merged)
        return ids


def write(merges: Sequence[tuple[int, int]]) -> bytes:
    """The section of the data file that holds the merges."""
    return b"".join([struct.pack("<HH", left, right) for left, right in merges])


def read(section: bytes) -> Pieces:
    """The pieces of such a section."""
    return Pieces(list(struct.iter_unpack("<HH", section)))


def merge(ids: Sequence[int], new: int, merged: dict[tuple[int, int], int]) -> list[int]:
    """The ids with each pair that makes `new` replaced by it, from the left."""
    done: list[int] = []
    index = 0
    last = len(ids) - 1
    while index < last:
        if merged.get((ids[index], ids[index + 1])) == new:
            done.append(new)
            index += 2
        else:
            done.append(ids[index])
            index += 1
    if index == last:
        done.append(ids[last])
    return done
