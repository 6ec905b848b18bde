"""One trace as one blob, with long bodies cut into pieces that several traces can share.

A chat sends its whole history with each message. Cut at message boundaries and stored by the hash
of each piece, the hundredth turn does not store it a hundredth time. So do lists of hashes, in
groups, once they are long. Where all is short nothing is cut: what is repeated is found when the
blob is shortened. Pure functions; `traces.py` moves the bytes.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import accumulate

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from filon.store.encoding import from_blob, in_full, in_msgpack, shortened, to_blob
from filon.store.errors import StoreError
from filon.trace.frames import frames_of
from filon.trace.records import (
    AnyRecord,
    Assembled,
    Attempt,
    Body,
    Received,
    SourcedMessage,
    Translated,
)

# Bytes up to which a body stays in its trace.
INLINE = 4096
_HASH = 16
# Hashes in a group. The last, unfinished group of a body is what each trace repeats: 256 bytes on
# average, against 16 for each of perhaps hundreds of messages.
_GROUP = 32 * _HASH
# The array header that msgpack allows for any length up to 2**32.
_ARRAY = b"\xdd"

Pieces = dict[bytes, bytes]

_NO_BODY = Body(b"")
_WITH_BODY = frozenset({Received, Assembled, Translated, Attempt})
# Up to so many messages are not worth cutting: a trace has only the beginning of each.
_FEW = 8


class _Stored(Struct, frozen=True, array_like=True):
    """A body. Either `data` is all of it, or the pieces of `groups` and then `hashes` are.

    `cuts` is None when they are where the pieces meet. `items` counts the messages of `Assembled`.
    """

    data: bytes = b""
    groups: bytes = b""
    hashes: bytes = b""
    cuts: tuple[int, ...] | None = None
    items: int = 0


class _Blob(Struct, frozen=True):
    """The records without their bodies; `places` has the number of each record's body, in order,
    and -1 where it has none. A request that was sent as it was translated is kept once."""

    records: tuple[AnyRecord, ...]
    bodies: tuple[_Stored, ...]
    places: tuple[int, ...]


class _Encoded(Struct, frozen=True):
    """A `_Blob` whose records are encoded already."""

    records: msgspec.Raw
    bodies: tuple[_Stored, ...]
    places: tuple[int, ...]


class Bare(Struct, frozen=True):
    """Records apart from their long bodies, each of these once. `encoded` are the records in
    msgpack, the whole blob of them where there are no bodies; None where msgpack has no room for
    what stands in them. `items` are as in `_Stored`, for each body."""

    records: tuple[AnyRecord, ...]
    bodies: tuple[Body, ...]
    items: tuple[int, ...]
    places: tuple[int, ...]
    encoded: bytes | None

    @property
    def size(self) -> int:
        """About how many bytes they are."""
        return sum([len(body.data) for body in self.bodies]) + len(self.encoded or b"")

    def packed(self) -> tuple[bytes, Pieces]:
        """The blob, and the pieces it refers to by hash."""
        if self.encoded is not None and not self.bodies:
            return shortened(self.encoded), {}
        pieces: Pieces = {}
        cut = zip(self.bodies, self.items, strict=True)
        bodies = tuple([_cut(body, items, pieces) for body, items in cut])
        if self.encoded is None:
            blob = to_blob(_Blob(self.records, bodies, self.places))
        else:
            blob = to_blob(_Encoded(msgspec.Raw(self.encoded), bodies, self.places))
        return shortened(blob), pieces


def bare(records: Sequence[AnyRecord]) -> Bare:
    """The records, ready to be looked through and to be packed."""
    if _are_short(records):
        kept, places = tuple(records), (-1,) * len(records)
        return Bare(kept, (), (), places, in_msgpack(_Blob(kept, (), places)))
    return _without_bodies(records)


def _are_short(records: Sequence[AnyRecord]) -> bool:
    """Whether what was asked and what was sent is: all others are about as long. An attempt stands
    before the end."""
    if not records:
        return True
    asked, sent = records[0], records[-2:][0]
    if type(asked) is Received and len(asked.body.data) > INLINE:
        return False
    return type(sent) is not Attempt or len(sent.request_body.data) <= INLINE


def _without_bodies(records: Sequence[AnyRecord]) -> Bare:
    kept = [*records]
    found = [-1] * len(kept)
    bodies: list[Body] = []
    items: list[int] = []
    for at, record in enumerate(records):
        # By exact type: `match` takes five times as long.
        if type(record) not in _WITH_BODY:
            continue
        if type(record) is Received or type(record) is Translated:
            body = record.body
            kept[at] = replace(record, body=_NO_BODY)
        elif type(record) is Attempt:
            body = record.request_body
            kept[at] = replace(record, request_body=_NO_BODY)
        elif type(record) is Assembled and len(record.messages) > _FEW:
            body = _as_body(record.messages)
            if body is None:
                continue
            kept[at] = replace(record, messages=())
        else:
            continue
        if body not in bodies:
            bodies.append(body)
            items.append(len(record.messages) if type(record) is Assembled else 0)
        found[at] = bodies.index(body)
    return Bare(tuple(kept), tuple(bodies), tuple(items), tuple(found), in_msgpack(kept))


def encode(records: Sequence[AnyRecord]) -> tuple[bytes, Pieces]:
    """The blob, and the pieces it refers to by hash."""
    return bare(records).packed()


class Encoded(Struct, frozen=True):
    """A blob that was read, before its pieces were."""

    blob: _Blob

    def groups(self) -> set[bytes]:
        """Hashes of the groups, which have to be fetched first."""
        return {each for body in self.blob.bodies for each in _split(body.groups)}

    def pieces(self, groups: Mapping[bytes, bytes]) -> set[bytes]:
        """Hashes of the pieces, given the groups."""
        return {each for body in self.blob.bodies for each in _hashes(body, groups)}

    def records(self, pieces: Mapping[bytes, bytes]) -> tuple[AnyRecord, ...]:
        """The records as they were, given groups and pieces."""
        bodies = [(_join(body, pieces), body.items) for body in self.blob.bodies]
        return tuple(
            record if place < 0 else _with_body(record, *bodies[place])
            for record, place in zip(self.blob.records, self.blob.places, strict=True)
        )


def decode(blob: bytes) -> Encoded:
    """The first step back from a blob to its records."""
    return Encoded(from_blob(in_full(blob), _Blob))


class _References(Struct, frozen=True):
    """Of a blob only the bodies."""

    bodies: tuple[_Stored, ...]


def references(blob: bytes) -> tuple[set[bytes], set[bytes]]:
    """The hashes of the groups that a blob refers to, and of the pieces that stand in none."""
    bodies = from_blob(in_full(blob), _References).bodies
    groups = {each for body in bodies for each in _split(body.groups)}
    return groups, {each for body in bodies for each in _split(body.hashes)}


def hashes_in(group: bytes) -> list[bytes]:
    """The hashes of the pieces in a group."""
    return list(_split(group))


def _with_body(record: AnyRecord, body: Body, items: int) -> AnyRecord:
    if type(record) is Received or type(record) is Translated:
        return replace(record, body=body)
    if type(record) is Attempt:
        frames = frames_of(record.apart) if record.apart else record.frames
        return replace(record, request_body=body, frames=frames, apart=())
    if type(record) is Assembled:
        return replace(record, messages=_as_messages(body, items))
    return record


def _as_body(messages: tuple[SourcedMessage, ...]) -> Body | None:
    """The messages one after the other; None leaves odd ones to the record itself."""
    try:
        encoded = [msgspec.msgpack.encode(message) for message in messages]
    except (OverflowError, UnicodeEncodeError):
        return None
    return Body(b"".join(encoded), tuple(accumulate(map(len, encoded[:-1]))))


def _as_messages(body: Body, items: int) -> tuple[SourcedMessage, ...]:
    if not items:
        return ()
    array = _ARRAY + items.to_bytes(4, "big") + body.data
    return from_blob(array, tuple[SourcedMessage, ...])


def _cut(body: Body, items: int, pieces: Pieces) -> _Stored:
    data = body.data
    if len(data) <= INLINE:
        return _Stored(data=data, cuts=body.cuts or None, items=items)
    edges = sorted({cut for cut in body.cuts if 0 < cut < len(data)})
    ends = (*edges, len(data))
    hashes = b"".join(
        _keep(data[start:end], pieces) for start, end in zip((0, *edges), ends, strict=True)
    )
    grouped = len(hashes) - len(hashes) % _GROUP
    return _Stored(
        groups=b"".join(_keep(group, pieces) for group in _split(hashes[:grouped], _GROUP)),
        hashes=hashes[grouped:],
        cuts=None if body.cuts == tuple(edges) else body.cuts,
        items=items,
    )


def _join(stored: _Stored, pieces: Mapping[bytes, bytes]) -> Body:
    parts = [_fetched(each, pieces) for each in _hashes(stored, pieces)]
    cuts = stored.cuts
    if cuts is None:
        cuts = tuple(accumulate(len(part) for part in parts[:-1]))
    return Body(stored.data or b"".join(parts), cuts)


def _hashes(stored: _Stored, groups: Mapping[bytes, bytes]) -> list[bytes]:
    """The hashes of a body's pieces in order."""
    listed = b"".join(_fetched(each, groups) for each in _split(stored.groups)) + stored.hashes
    return list(_split(listed))


def _fetched(digest: bytes, pieces: Mapping[bytes, bytes]) -> bytes:
    try:
        return pieces[digest]
    except KeyError as error:
        raise StoreError(
            "a part of this trace is missing: another program changed the database.",
            code="store_damaged",
        ) from error


def _split(joined: bytes, size: int = _HASH) -> Iterator[bytes]:
    return (joined[at : at + size] for at in range(0, len(joined), size))


def _keep(piece: bytes, pieces: Pieces) -> bytes:
    digest = blake2b(piece, digest_size=_HASH).digest()
    pieces[digest] = piece
    return digest
