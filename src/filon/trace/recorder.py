"""Takes a turn's records and masks every secret in them before they leave memory."""

from typing import Any, TypeVar, cast

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from filon.kit.redact import Redactor, carries_key, mask_header
from filon.trace.records import AnyRecord, Attempt, Headers, Received, Translated

_S = TypeVar("_S", bound=Struct)
_WITH_HEADERS = frozenset({Received, Translated, Attempt})
# Names that nearly every request and reply has, and how else they are spelled: no key stands there.
_COMMON = (
    "host",
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "date",
    "server",
    "transfer-encoding",
    "user-agent",
)
_HARMLESS = frozenset({*_COMMON, *map(str.title, _COMMON)})


def redact(records: tuple[AnyRecord, ...], redactor: Redactor) -> tuple[AnyRecord, ...]:
    """The records as they may be shown: headers masked by name, known secrets wherever they stand.

    Masks keep lengths, so that cut offsets and frame sizes stay true.
    """
    masked = without_keys(records)
    # Walking the records costs more than looking once through their bytes, and secrets in them
    # are rare.
    if redactor.found_in(msgspec.msgpack.encode(masked)):
        return without_secrets(masked, redactor)
    return masked


def without_keys(records: tuple[AnyRecord, ...]) -> tuple[AnyRecord, ...]:
    """The records with those headers masked that carry keys."""
    return tuple([_mask_headers(one) if type(one) in _WITH_HEADERS else one for one in records])


def without_secrets(records: tuple[AnyRecord, ...], redactor: Redactor) -> tuple[AnyRecord, ...]:
    """The records with known secrets masked, wherever they stand."""
    return tuple([cast(AnyRecord, _masked(_counted(one, redactor), redactor)) for one in records])


def headers(pairs: Headers) -> Headers:
    """Headers with those masked that carry keys; the very same ones where none does."""
    masked: list[tuple[str, str]] | None = None
    for at, (name, value) in enumerate(pairs):
        if name not in _HARMLESS and carries_key(name):
            masked = masked or [*pairs]
            masked[at] = (name, mask_header(name, value))
    return pairs if masked is None else tuple(masked)


def clean(value: _S, redactor: Redactor) -> _S:
    """Any value with each known secret in it masked."""
    if redactor.found_in(msgspec.msgpack.encode(value)):
        return _masked_struct(value, redactor)
    return value


def _mask_headers(record: AnyRecord) -> AnyRecord:
    # By exact type: this runs for every record, and `match` takes five times as long.
    if type(record) is Received or type(record) is Translated:
        masked = headers(record.headers)
        return record if masked is record.headers else replace(record, headers=masked)
    if type(record) is Attempt:
        asked, replied = headers(record.request_headers), headers(record.reply_headers)
        if asked is record.request_headers and replied is record.reply_headers:
            return record
        return replace(record, request_headers=asked, reply_headers=replied)
    return record


def _counted(record: AnyRecord, redactor: Redactor) -> AnyRecord:
    """The record with how many secrets its body held: one that is masked is not sent again as if
    it were the same."""
    match record:
        case Received(body=body) | Attempt(request_body=body):
            count = redactor.count(body.data)
            return replace(record, masked=count) if count else record
        case _:
            return record


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
    return replace(value, **changed)
