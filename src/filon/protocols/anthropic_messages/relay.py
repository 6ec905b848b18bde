"""The one edit of a reply that otherwise passes untouched: the model's name. All other bytes stay
as they are."""

from functools import partial

import msgspec

from filon.protocols.frames import edit_data
from filon.protocols.json_surgery import members, replace_member

_MESSAGE = b'"message"'


def edit_chunk(
    raw: bytes, *, model_alias: str | None = None, drop_usage: bool = False
) -> bytes | None:
    """One event of a stream under the caller's own name of the model, which only the first event
    says. Usage is part of every reply here, so nobody asks for it apart and none is dropped."""
    if model_alias is None or _MESSAGE not in raw:
        return raw
    return edit_data(raw, partial(_rename_inner, alias=model_alias))


def edit_reply(body: bytes, model_alias: str | None) -> bytes:
    """A whole reply's body under the caller's own name of the model."""
    return body if model_alias is None else _rename(body, model_alias)


def _rename(text: bytes, alias: str) -> bytes:
    return replace_member(text, "model", msgspec.json.encode(alias))


def _rename_inner(data: bytes, alias: str) -> bytes:
    for member in members(data):
        if member.key == _MESSAGE:
            inner = data[member.value_start : member.value_end]
            return data[: member.value_start] + _rename(inner, alias) + data[member.value_end :]
    return data
