"""What a local server says of itself and of its models."""

from collections.abc import Mapping
from typing import Literal

import msgspec
from msgspec import Struct

# found: it is that server. loading: it is, and its model is not in memory yet. locked: it is, and
# wants a key. other: some other program. silent: nobody answers. unasked: nobody has looked.
State = Literal["found", "loading", "locked", "other", "silent", "unasked"]

Json = Mapping[str, object]


class Window(Struct, frozen=True, kw_only=True):
    """A model's context in tokens, each figure with who says so. `used` is what the server really
    gives it, `limit` what the model was made for. A figure that nobody says is None, and its
    source then says why."""

    used: int | None = None
    used_source: str | None = None
    limit: int | None = None
    limit_source: str | None = None


class LocalModel(Struct, frozen=True, kw_only=True):
    """One model as its server describes it; None is what it does not say.

    `size` is bytes on disk, `memory` bytes in use while it is loaded, `on_gpu` the share of them
    that is video memory, 0 to 1. `until` is when it leaves memory, as the server writes it.
    """

    name: str
    size: int | None = None
    parameters: str | None = None
    quantisation: str | None = None
    family: str | None = None
    loaded: bool | None = None
    memory: int | None = None
    on_gpu: float | None = None
    until: str | None = None
    abilities: tuple[str, ...] = ()
    window: Window = Window()


class Reply(Struct, frozen=True):
    """What came back from one path."""

    status: int
    body: bytes

    @property
    def good(self) -> bool:
        """Whether the server did what was asked, by its status alone."""
        return 200 <= self.status < 300


Replies = Mapping[str, Reply]


class Seen(Struct, frozen=True, kw_only=True):
    """What stands at an address. `told` says in one sentence how that is known."""

    state: State
    told: str
    version: str | None = None
    models: tuple[LocalModel, ...] = ()


def table(reply: Reply | None) -> Json:
    """The object that a good reply holds; an empty one for anything else."""
    if reply is None or not reply.good:
        return {}
    return as_table(decoded(reply.body))


def decoded(body: bytes) -> object:
    """The JSON of a body, None where it is none."""
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return None


def as_table(value: object) -> Json:
    """The value if it is an object, else an empty one."""
    try:
        return msgspec.convert(value, dict[str, object])
    except msgspec.ValidationError:
        return {}


def is_list(value: object) -> bool:
    """Whether the value is a list, of anything."""
    return isinstance(value, list)


def rows(value: object) -> tuple[Json, ...]:
    """The objects of a list, in its order."""
    if not isinstance(value, list):
        return ()
    return tuple(row for row in map(as_table, msgspec.convert(value, list[object])) if row)


def text(value: object) -> str | None:
    """The value if it is a text that says something."""
    return value.strip() or None if isinstance(value, str) else None


def count(value: object) -> int | None:
    """The value if it is a whole number above zero."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if value > 0 and value == value // 1 else None


def words(value: object) -> tuple[str, ...]:
    """The texts of a list."""
    if not isinstance(value, list):
        return ()
    return tuple(one for one in msgspec.convert(value, list[object]) if isinstance(one, str))
