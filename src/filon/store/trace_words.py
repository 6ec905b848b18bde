"""How a filter that is being written can go on: keys, and the values that there are."""

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from filon.store.database import Database
from filon.store.trace_filter import KEYS, Piece, Written, pieces
from filon.store.trace_finding import keys_of, names_of
from filon.store.trace_values import CALLERS, COUNTED, EXAMPLES, HAS, IS, OUTCOMES, TIMES
from filon.store.trace_where import LISTS, ONE_NAME

MOST = 20
_FEW_VALUES = {"caller": CALLERS, "outcome": OUTCOMES, "has": HAS, "is": IS}
_AGO = ("15m", "1h", "24h", "7d", "30d", "today", "yesterday")


class Completion(Struct, frozen=True, kw_only=True):
    """One way to go on. `count` is how many traces have this value."""

    text: str
    kind: Literal["key", "value"]
    count: int | None = None
    hint: str | None = None


class Completions(Struct, frozen=True, kw_only=True):
    """Ways to go on, which replace the letters from `begin` until `end`."""

    words: tuple[Completion, ...]
    begin: int
    end: int


async def complete(owner_id: int, q: str, at: int, database: Database) -> Completions:
    """How the filter `q` can go on at its letter `at`."""
    at = max(0, min(at, len(q)))
    piece = next((one for one in pieces(q) if one.at < at <= one.at + one.length), None)
    if piece is None:
        return Completions(words=tuple(_keys("")), begin=at, end=at)
    value = next((one for one in piece.values if one.at <= at <= one.at + one.length), None)
    if not piece.key or at < piece.key_at + len(piece.key) + 1 or value is None:
        return _of_key(piece, at, q)
    words = await _values(owner_id, piece, value, at, database)
    return Completions(words=tuple(words[:MOST]), begin=value.at, end=value.at + value.length)


def _of_key(piece: Piece, at: int, q: str) -> Completions:
    written = q[piece.key_at : at].lower()
    end = piece.key_at + len(piece.key) + 1 if piece.key else piece.at + piece.length
    if written.startswith('"'):
        return Completions(words=(), begin=at, end=at)
    return Completions(words=tuple(_keys(written)), begin=piece.key_at, end=end)


def _keys(begun: str) -> Iterable[Completion]:
    for key in KEYS:
        if key.startswith(begun):
            yield Completion(text=f"{key}:", kind="key", hint=_hint(key))


def _hint(key: str) -> str | None:
    if key in COUNTED:
        return EXAMPLES[COUNTED[key]]
    if key in TIMES:
        return "2h, 7d, 2027-01-31"
    few = _FEW_VALUES.get(key)
    return ", ".join(few) if few else None


async def _values(
    owner_id: int, piece: Piece, value: Written, at: int, database: Database
) -> list[Completion]:
    begun = value.text[: max(0, at - value.at - value.quoted)].lower()
    key = piece.key
    if key in _FEW_VALUES:
        return _plain(_FEW_VALUES[key], begun)
    if key in TIMES:
        return _plain(_AGO, begun)
    if key in COUNTED:
        examples = EXAMPLES[COUNTED[key]].split(", ")
        return _plain(examples, begun)
    if key not in ONE_NAME and key not in LISTS:
        return []
    async with database.read() as connection:
        names = await names_of(owner_id, key, connection)
        keys = await keys_of(owner_id, connection) if key == "key" else {}
    named = [(keys[name][0] if name in keys else name, count) for name, count in names.items()]
    first = [one for one in named if one[0].lower().startswith(begun)]
    later = [one for one in named if begun in one[0].lower()[1:] and one not in first]
    return [
        Completion(text=_written(name), kind="value", count=count) for name, count in first + later
    ]


def _plain(values: Sequence[str], begun: str) -> list[Completion]:
    return [Completion(text=one, kind="value") for one in values if one.startswith(begun)]


def _written(name: str) -> str:
    """A name as it must be written in a filter."""
    if name and not any(letter.isspace() or letter in ',"*' for letter in name):
        return name
    inner = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inner}"'
