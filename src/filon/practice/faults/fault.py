"""What a fault is: where it acts, and how."""

from collections.abc import AsyncGenerator, Callable
from typing import Literal

from msgspec import Struct

from filon.practice.clock import Clock
from filon.practice.http import Ending
from filon.practice.model.plan import Plan
from filon.practice.refusal import Refusal
from filon.practice.skills.asked import Asked

Group = Literal["refusals", "connection", "stream", "content"]


class Refuse(Struct, frozen=True):
    """The request is refused, in the dialect's words. An argument fills `retry_after`."""

    refusal: Refusal


class Break(Struct, frozen=True):
    """The connection misbehaves."""

    ending: Ending


class Scene(Struct, frozen=True, kw_only=True):
    """What an edit of frames may look at. `argument` is the switch's number, `stream` whether
    the answer is one; a whole answer is a single frame. `error` are the frames with which this
    dialect tells an error in mid-stream, `end` its last frame (`data: [DONE]`), `seed` varies what
    is drawn."""

    argument: float
    stream: bool
    clock: Clock
    error: bytes
    end: bytes
    seed: int


class Frames(Struct, frozen=True):
    """The frames of the answer are changed, one event of the stream each, on their way out."""

    edit: Callable[[AsyncGenerator[bytes], Scene], AsyncGenerator[bytes]]


class Say(Struct, frozen=True):
    """What is said is changed, before the model says it."""

    edit: Callable[[Plan, Asked, float], Plan]


class Trait(Struct, frozen=True):
    """The dialect itself does it, by this name: leave usage out, answer in the name of another
    model, send gzip unasked, name a wrong content type, cut the prompt in silence."""

    name: Literal["no_usage", "other_model", "gzip", "wrong_type", "truncate"]


class Door(Struct, frozen=True):
    """It cannot be met on an open connection: a port of its own shows it, or an outage."""

    name: Literal["closed", "tls"]


Effect = Refuse | Break | Frames | Say | Trait | Door


class Argument(Struct, frozen=True, kw_only=True):
    """The number that a switch takes: `cut=3`. `unit` is chunks, seconds, tokens or characters."""

    usual: float
    low: float
    high: float
    unit: str


class Fault(Struct, frozen=True, kw_only=True):
    """One fault. `name` is its switch, `aliases` are others for the same. `what` says what
    happens, `teaches` what is learnt by it, one sentence each."""

    name: str
    group: Group
    what: str
    teaches: str
    effect: Effect
    argument: Argument | None = None
    aliases: tuple[str, ...] = ()


class Switch(Struct, frozen=True, kw_only=True):
    """A fault that is wanted for one request. `origin` is what asked for it."""

    fault: Fault
    argument: float = 0.0
    origin: Literal["model", "header", "rule"]
