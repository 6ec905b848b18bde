"""The edits allowed in a reply that otherwise passes untouched: the model's name, and usage that
only we asked for. All other bytes stay as they are."""

import re
from functools import lru_cache, partial
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from filon.protocols.frames import edit_data
from filon.protocols.json_surgery import remove_member, replace_member

# `model` comes before anything nested in what nearly every provider sends. A possessive group that
# holds another one never matches in CPython before 3.11.4, hence the plain `*` of the members.
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_EARLY_MODEL = re.compile(
    rb'\s*+\{(?:\s*+(?!"model")'
    + _STRING
    + rb"\s*+:\s*+(?:"
    + _STRING
    + rb"|[^\s,{}\[\]\"]++)\s*+,)*"
    + rb'\s*+"model"\s*+:\s*+('
    + _STRING
    + rb")"
)


_MODEL = b'"model":"'
_NO_USAGE = b',"usage":null'
_BRACKET = re.compile(rb"[{\[\]]")


class _Chunk(Struct):
    choices: list[Any] | None = None
    usage: Any | UnsetType = UNSET
    error: Any = None


_DECODER = msgspec.json.Decoder(_Chunk)


def edit_chunk(
    raw: bytes, *, model_alias: str | None = None, drop_usage: bool = False
) -> bytes | None:
    """One event of a stream under the caller's own name of the model, perhaps without usage.

    None when nothing is left: the chunk carried the usage alone. The same bytes when there is
    nothing to edit, or when they cannot be read.
    """
    if model_alias is None and not drop_usage:
        return raw
    if (
        model_alias is not None
        and raw.startswith(b"data: {")
        and raw.find(b"\n") == len(raw) - 2
        and not (drop_usage and b'"usage"' in raw)
    ):
        # One line of data, as nearly all providers send it, and nothing to do but the name.
        named = _named_early(raw, model_alias, recurs=True)
        if named is not None:
            return named
    return edit_data(raw, partial(_edit, model_alias=model_alias, drop_usage=drop_usage))


def edit_reply(body: bytes, model_alias: str | None) -> bytes:
    """A whole reply's body under the caller's own name of the model."""
    return body if model_alias is None else _rename(body, model_alias)


def _edit(data: bytes, model_alias: str | None, drop_usage: bool) -> bytes | None:
    if not data.lstrip().startswith(b"{"):
        return data
    if drop_usage and b'"usage"' in data:
        kept = _without_usage(data)
        if kept is None:
            return None
        data = kept
    return data if model_alias is None else _rename(data, model_alias)


def _without_usage(data: bytes) -> bytes | None:
    start = data.find(_NO_USAGE)
    if start >= 0 and data.count(b'"usage"') == 1:
        # Most chunks say only that there is no usage yet. One brace to come and no other bracket:
        # the member stands in the outermost object, and the text need not be parsed.
        rest = data[start + len(_NO_USAGE) :]
        if rest.endswith(b"}") and rest.count(b"}") == 1 and _BRACKET.search(rest) is None:
            return data[:start] + rest
    try:
        chunk = _DECODER.decode(data)
    except (ValueError, RecursionError):
        return data
    if chunk.usage is UNSET:
        return data
    if chunk.choices == [] and chunk.usage is not None and not chunk.error:
        return None
    return remove_member(data, "usage")


def _named_early(text: bytes, alias: str, *, recurs: bool = False) -> bytes | None:
    """What `_rename` gives, or None where it takes more than looking for the one `"model"` that
    stands before anything nested, as in nearly every chunk. `recurs` says that others begin so."""
    at = text.find(_MODEL)
    end = text.find(b'"', at + len(_MODEL))
    if at < 0 or end < 0 or text.find(b'"model"', end) >= 0:
        return None
    begun = (_same_begun if recurs and end <= _SHORT else _begun)(text[:end], alias)
    return None if begun is None else begun + text[end:]


def _begun(text: bytes, alias: str) -> bytes | None:
    """A beginning that ends with the model's name, which is the caller's then; None where it is no
    beginning of an object that has named nothing else so."""
    if text.count(b'"model"') != 1 or text.count(b"{") != 1 or b"[" in text or b"\\" in text:
        return None
    return text[: text.find(_MODEL) + len(_MODEL) - 1] + msgspec.json.encode(alias)[:-1]


# All chunks of a stream begin alike.
_same_begun = lru_cache(maxsize=1024)(_begun)
_SHORT = 512


def _rename(text: bytes, alias: str) -> bytes:
    quick = _named_early(text, alias)
    if quick is not None:
        return quick
    name = msgspec.json.encode(alias)
    found = _EARLY_MODEL.match(text)
    if found is not None and text.count(b'"model"', found.end()) == 0:
        if found.group(1) == name:
            return text
        return text[: found.start(1)] + name + text[found.end(1) :]
    return replace_member(text, "model", name)
