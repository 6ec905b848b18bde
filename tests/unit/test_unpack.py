"""What a server compressed unasked is unpacked, however its bytes are cut."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.kit.unpack import Unpackable, unpacker


def raw_deflate(data: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packing.compress(data) + packing.flush()


PACKERS = {"gzip": gzip.compress, "deflate": zlib.compress, "Deflate ": raw_deflate}


def unpacked(encoding: str, data: bytes, cuts: list[int]) -> bytes:
    unpack = unpacker(encoding)
    assert unpack is not None
    places = sorted({min(cut, len(data)) for cut in cuts})
    pieces = [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]
    return b"".join(part for piece in pieces for part in unpack(piece))


@given(
    data=st.binary(max_size=400).flatmap(lambda one: st.sampled_from([one, one * 900])),
    encoding=st.sampled_from(sorted(PACKERS)),
    cuts=st.lists(st.integers(0, 500), max_size=5),
)
def test_cut_anywhere_it_is_the_same(data: bytes, encoding: str, cuts: list[int]) -> None:
    assert unpacked(encoding, PACKERS[encoding](data), cuts) == data


def test_a_small_body_that_unpacks_into_much_comes_in_pieces() -> None:
    unpack = unpacker("gzip")
    assert unpack is not None
    sizes = [len(piece) for piece in unpack(gzip.compress(b"\0" * 50_000_000))]
    assert sum(sizes) == 50_000_000
    assert max(sizes) <= 65_536


@pytest.mark.parametrize("encoding", ["", "identity", " identity , "])
def test_nothing_has_to_be_done(encoding: str) -> None:
    assert unpacker(encoding) is None


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, br"])
def test_what_is_not_read_here_is_named(encoding: str) -> None:
    with pytest.raises(Unpackable, match=encoding):
        unpacker(encoding)


def test_bytes_that_are_no_gzip_are_told() -> None:
    unpack = unpacker("gzip")
    assert unpack is not None
    with pytest.raises(Unpackable, match="not as content-encoding says"):
        list(unpack(b'{"id": 1}'))
