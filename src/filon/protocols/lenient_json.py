"""A provider's JSON, read with patience: what can be understood is."""

import re
from typing import Any

import msgspec

_BOM = b"\xef\xbb\xbf"
_ANY = msgspec.json.Decoder()


def decode_lenient(data: bytes) -> Any:
    """A provider's JSON as Python has it, mended where its text is not. Raises ValueError."""
    try:
        return _ANY.decode(data)
    except (ValueError, RecursionError):
        pass
    try:
        return _ANY.decode(mend(data))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


# The pairs of backslashes before an escape belong to nothing; an odd one begins it.
_SURROGATE = re.compile(
    rb"(?<!\\)((?:\\\\)*+)(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|"
    rb"(\\u[dD][89a-fA-F][0-9a-fA-F]{2}))"
)


def mend(data: bytes) -> bytes:
    """JSON text with broken UTF-8 and lone surrogates replaced by U+FFFD.

    Some servers cut a text into tokens inside a character.
    """
    data = data.removeprefix(_BOM).decode("utf-8", "replace").encode()
    return _SURROGATE.sub(_mend_one, data) if b"\\u" in data else data


def _mend_one(found: re.Match[bytes]) -> bytes:
    return found.group() if found.group(3) is None else found.group(1) + rb"\ufffd"
