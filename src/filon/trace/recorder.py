"""Takes a turn's records and masks every secret in them before they leave memory."""

from typing import Any, TypeVar, cast

import msgspec
from msgspec import Struct

from filon.kit.redact import SECRET_HEADERS, Redactor, mask_header
from filon.trace.records import AnyRecord, Attempt, Frame, Headers, Received, Translated

_S = TypeVar("_S", bound=Struct)


def redact(records: tuple[AnyRecord, ...], redactor: Redactor) -> tuple[AnyRecord, ...]:
    """The records as they may be kept: headers masked by name, known secrets wherever they stand.

    Masks keep lengths, so that cut offsets and frame sizes stay true.
    """
    masked = tuple(_mask_headers(record) for record in records)
    # Walking the records costs more than looking once through their bytes, and secrets in them
    # are rare.
    if redactor.found_in(msgspec.msgpack.encode(masked)):
        masked = tuple(
            cast(AnyRecord, _masked(_counted(record, redactor), redactor)) for record in masked
        )
    return tuple(
        _mask_across_frames(record, redactor)
        if isinstance(record, Attempt) and len(record.frames) > 1
        else record
        for record in masked
    )


def headers(pairs: Headers) -> Headers:
    """Headers with those masked that carry keys; the very same ones where none does."""
    masked: list[tuple[str, str]] | None = None
    for at, (name, value) in enumerate(pairs):
        if name.lower() in SECRET_HEADERS:
            if masked is None:
                masked = list(pairs)
            masked[at] = (name, mask_header(name, value))
    return pairs if masked is None else tuple(masked)


def clean(value: _S, redactor: Redactor) -> _S:
    """Any value with each known secret in it masked."""
    if redactor.found_in(msgspec.msgpack.encode(value)):
        return _masked_struct(value, redactor)
    return value


def _mask_headers(record: AnyRecord) -> AnyRecord:
    match record:
        case Received() | Translated():
            return msgspec.structs.replace(record, headers=headers(record.headers))
        case Attempt():
            return msgspec.structs.replace(
                record,
                request_headers=headers(record.request_headers),
                reply_headers=headers(record.reply_headers),
            )
        case _:
            return record


def _counted(record: AnyRecord, redactor: Redactor) -> AnyRecord:
    """The record with how many secrets its body held: one that is masked is not sent again as if
    it were the same."""
    match record:
        case Received(body=body) | Attempt(request_body=body):
            count = redactor.count(body.data)
            return msgspec.structs.replace(record, masked=count) if count else record
        case _:
            return record


def _mask_across_frames(record: Attempt, redactor: Redactor) -> Attempt:
    """A secret may lie across the border of two frames, where neither shows it alone."""
    joined = b"".join(frame.data for frame in record.frames)
    if not redactor.found_in(joined):
        return record
    clean = redactor.data(joined)
    frames: list[Frame] = []
    start = 0
    for frame in record.frames:
        end = start + len(frame.data)
        frames.append(msgspec.structs.replace(frame, data=clean[start:end]))
        start = end
    return msgspec.structs.replace(record, frames=tuple(frames))


def _masked(value: Any, redactor: Redactor) -> Any:
    match value:
        case str():
            return redactor.text(value)
        case bytes():
            return redactor.data(value)
        case tuple() | list():
            items = cast("tuple[Any, ...] | list[Any]", value)
            return tuple(_masked(item, redactor) for item in items)
        case dict():
            pairs = cast("dict[str, Any]", value)
            return {redactor.text(name): _masked(item, redactor) for name, item in pairs.items()}
        case Struct():
            return _masked_struct(value, redactor)
        case _:
            return value


def _masked_struct(value: _S, redactor: Redactor) -> _S:
    changed = {name: _masked(getattr(value, name), redactor) for name in value.__struct_fields__}
    return msgspec.structs.replace(value, **changed)
