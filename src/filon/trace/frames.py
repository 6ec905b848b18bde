"""The pieces of a reply as they came from the socket. Pure."""

from collections.abc import Iterable, Iterator

from msgspec import Struct


class Frame(Struct, frozen=True, array_like=True):
    """Raw bytes as they came, `at` seconds after the attempt began.

    `kind` names what they held: the tags of the events parsed from them, joined by a space.
    """

    at: float
    data: bytes
    kind: str = ""


class Frames(Struct, frozen=True, array_like=True):
    """The frames of one reply, as they are kept: all their bytes in one piece, so that a secret
    which lies across the border of two stands in it whole; and of each its size in bytes and its
    time. `kinds` has each kind that differs from that of the frame before, behind the number (from
    0) of its first frame.
    """

    data: bytes = b""
    sizes: tuple[int, ...] = ()
    times: tuple[float, ...] = ()
    kinds: tuple[tuple[int, str], ...] = ()

    def __len__(self) -> int:
        return len(self.sizes)

    def __iter__(self) -> Iterator[Frame]:
        start = 0
        for kind, numbers in self._runs():
            for number in numbers:
                end = start + self.sizes[number]
                yield Frame(self.times[number], self.data[start:end], kind)
                start = end

    def saying(self) -> list[int]:
        """The numbers of those that held any event."""
        return [number for kind, numbers in self._runs() if kind for number in numbers]

    def _runs(self) -> Iterator[tuple[str, range]]:
        ends = [start for start, _ in self.kinds[1:]]
        for (start, kind), end in zip(self.kinds, [*ends, len(self)], strict=False):
            yield kind, range(start, end)


def frames_of(frames: Iterable[Frame]) -> Frames:
    """These frames, as they are kept."""
    given = [*frames]
    kinds = [frame.kind for frame in given]
    before = [None, *kinds]
    return Frames(
        data=b"".join([frame.data for frame in given]),
        sizes=tuple([len(frame.data) for frame in given]),
        times=tuple([frame.at for frame in given]),
        kinds=tuple([(at, kind) for at, kind in enumerate(kinds) if kind != before[at]]),
    )
