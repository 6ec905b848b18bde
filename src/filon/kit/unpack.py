"""Unpacks what a server compressed although nobody asked for it, as it comes."""

import zlib
from collections.abc import Callable, Iterator

# What one write of a server may become at a time: a small body can unpack into gigabytes.
_PIECE = 64 * 1024
# zlib's numbers for reading the header of gzip, and either of the two that "deflate" may mean.
_GZIP = 16 + zlib.MAX_WBITS


class Unpackable(Exception):
    """The bytes are not what content-encoding says, or it is an encoding that is not read here."""


def unpacker(encoding: str) -> Callable[[bytes], Iterator[bytes]] | None:
    """What unpacks a body's bytes in their order, for a value of content-encoding; None where
    nothing has to be done. Raises Unpackable, as do the pieces while they are drawn."""
    names = [name.strip().lower() for name in encoding.split(",")]
    packed = [name for name in names if name not in ("", "identity")]
    if not packed:
        return None
    if packed in (["gzip"], ["x-gzip"]):
        return _Inflating(_GZIP).unpack
    if packed == ["deflate"]:
        return _Inflating(None).unpack
    raise Unpackable(f"content-encoding {encoding[:40]}, which was not asked for")


class _Inflating:
    """A zlib stream. Without `bits`, its first byte tells whether it has a header: servers disagree
    on what deflate means."""

    def __init__(self, bits: int | None) -> None:
        self._stream = None if bits is None else zlib.decompressobj(bits)

    def unpack(self, data: bytes) -> Iterator[bytes]:
        if self._stream is None and data:
            has_header = data[0] & 0x0F == 8
            self._stream = zlib.decompressobj(zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)
        stream = self._stream
        full = bool(data)
        while stream is not None and not stream.eof and (data or full):
            try:
                piece = stream.decompress(data, _PIECE)
            except zlib.error as error:
                raise Unpackable(f"its bytes are not as content-encoding says: {error}") from error
            data, full = stream.unconsumed_tail, len(piece) == _PIECE
            if piece:
                yield piece
