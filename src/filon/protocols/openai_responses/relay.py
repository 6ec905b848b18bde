"""The edit allowed in a reply that otherwise passes untouched: the model's name. All other bytes
stay as they are."""

from functools import partial

import msgspec

from filon.protocols.frames import edit_data
from filon.protocols.json_surgery import members, replace_member


def edit_chunk(
    raw: bytes, *, model_alias: str | None = None, drop_usage: bool = False
) -> bytes | None:
    """One event of a stream under the caller's own name of the model.

    The counts stay whatever `drop_usage` says: this protocol tells them unasked.
    """
    if model_alias is None or b'"model"' not in raw:
        return raw
    return edit_data(raw, partial(_rename_inside, alias=model_alias))


def edit_reply(body: bytes, model_alias: str | None) -> bytes:
    """A whole reply's body under the caller's own name of the model."""
    return body if model_alias is None else _rename(body, model_alias)


def _rename_inside(data: bytes, alias: str) -> bytes:
    """The event with another model in the reply that it carries."""
    for member in members(data):
        if member.key == b'"response"':
            start, end = member.value_start, member.value_end
            return data[:start] + _rename(data[start:end], alias) + data[end:]
    return data


def _rename(text: bytes, alias: str) -> bytes:
    return replace_member(text, "model", msgspec.json.encode(alias))
