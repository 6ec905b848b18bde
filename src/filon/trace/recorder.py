"""Takes a turn's records and masks every secret in them before they leave memory."""

from typing import Any, TypeVar, cast

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from filon.kit.redact import Redactor
from filon.trace.records import AnyRecord, Attempt, Received

_S = TypeVar("_S", bound=Struct)


def redact(records: tuple[AnyRecord, ...], redactor: Redactor) -> tuple[AnyRecord, ...]:
    """The records as they may be shown: known secrets masked, wherever they stand.

    Masks keep lengths, so that cut offsets and frame sizes stay true.
    """
    return without_secrets(records, redactor) if _may_hold(records, redactor) else records


def without_secrets(records: tuple[AnyRecord, ...], redactor: Redactor) -> tuple[AnyRecord, ...]:
    """The records with known secrets masked, wherever they stand."""
    return tuple([cast(AnyRecord, _masked(_counted(one, redactor), redactor)) for one in records])


def clean(value: _S, redactor: Redactor) -> _S:
    """Any value with each known secret in it masked."""
    return _masked_struct(value, redactor) if _may_hold(value, redactor) else value


def _may_hold(value: object, redactor: Redactor) -> bool:
    """Whether a secret stands in it, or cannot be looked for in its bytes, since msgpack has no
    room for it. To walk a value costs more than one look through its bytes."""
    try:
        return redactor.found_in(msgspec.msgpack.encode(value))
    except (OverflowError, UnicodeEncodeError):
        return True


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
