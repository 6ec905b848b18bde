"""Histograms with buckets of equal ratio, as small blobs that can be added up. Pure.

A bucket is eight per cent wide, so that a quantile is within four per cent of the true one. Values
below the least count as the least, those above the greatest as the greatest.
"""

from collections.abc import Iterable, Mapping
from math import log
from struct import Struct as Layout

_RATIO = 1.08
_LEAST = 0.001
_LAST = 254
_SCALE = 1.0 / log(_RATIO)
_OFFSET = -log(_LEAST) * _SCALE
_ENTRY = Layout(">BI")
# What one entry can count; more than a minute's requests, far less than a day's may be.
_MOST = 2**32 - 1

Counts = dict[int, int]


def bucket(value: float) -> int:
    """The bucket of a value: a number from 0 to 254."""
    if value <= _LEAST:
        return 0
    return min(int(log(value) * _SCALE + _OFFSET), _LAST)


def to_blob(counts: Mapping[int, int]) -> bytes:
    """The histogram as bytes; an empty one is empty."""
    if not counts:
        return b""
    return b"".join([_ENTRY.pack(each, min(counts[each], _MOST)) for each in sorted(counts)])


def one(value: float | None) -> bytes:
    """The histogram of one value, or of none."""
    return b"" if value is None else _ENTRY.pack(bucket(value), 1)


def add(counts: Counts, blob: bytes) -> None:
    """Adds a histogram's counts to those in hand."""
    for each, times in _ENTRY.iter_unpack(blob):
        counts[each] = counts.get(each, 0) + times


def count(counts: Counts, value: float) -> None:
    """Adds one value."""
    number = bucket(value)
    counts[number] = counts.get(number, 0) + 1


def merged(blobs: Iterable[bytes]) -> bytes:
    """The sum of histograms."""
    counts: Counts = {}
    for blob in blobs:
        add(counts, blob)
    return to_blob(counts)


def merged_in_sql(first: bytes | None, second: bytes | None) -> bytes:
    """The sum of two, as a function that SQL can call."""
    if not first or not second:
        return first or second or b""
    return merged((first, second))


def quantile(counts: Mapping[int, int], part: float) -> float | None:
    """The value below which this part (0 to 1) of the values lie; None where there are none."""
    left = part * sum(counts.values())
    if not counts:
        return None
    for each in sorted(counts):
        left -= counts[each]
        if left <= 0:
            return _middle(each)
    return _middle(max(counts))


def _middle(number: int) -> float:
    """The value of a bucket that is equally far, as a ratio, from both ends."""
    return _LEAST * _RATIO ** (number + 0.5)
