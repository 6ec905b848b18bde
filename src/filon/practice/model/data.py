"""The file that training writes: a header in JSON, then named sections of bytes. No numpy here.

Nothing in it is compressed and no number in it is a float, so that training gives the same bytes
on every machine; the wheel that carries it compresses it.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

NAME = "pocket.bin"
_MAGIC = b"filon-pocket-1\n\0"


class Header(Struct, frozen=True, kw_only=True):
    """What the file was made of (`corpus`, SHA-256 in hex), and how long each section is, bytes."""

    corpus: str
    sections: dict[str, int]


class Contents(Struct, frozen=True, kw_only=True):
    """A file that was read."""

    corpus: str
    sections: Mapping[str, bytes]


def pack(corpus: str, sections: Mapping[str, bytes]) -> bytes:
    """The file's bytes."""
    header = msgspec.json.encode(
        Header(corpus=corpus, sections={name: len(data) for name, data in sections.items()})
    )
    return b"".join([_MAGIC, len(header).to_bytes(4, "little"), header, *sections.values()])


def unpack(data: bytes) -> Contents:
    """What the file holds; ValueError for anything else than such a file."""
    start = len(_MAGIC) + 4
    if not data.startswith(_MAGIC):
        raise ValueError("not a file of the practice model")
    end = start + int.from_bytes(data[len(_MAGIC) : start], "little")
    header = msgspec.json.decode(data[start:end], type=Header)
    sections: dict[str, bytes] = {}
    for name, length in header.sections.items():
        sections[name] = data[end : end + length]
        end += length
    if end != len(data):
        raise ValueError("the file of the practice model is cut short or has something added")
    return Contents(corpus=header.corpus, sections=sections)


@cache
def contents() -> Contents:
    """What this package's own file holds; read once."""
    return unpack(files("filon.practice.model").joinpath(NAME).read_bytes())
