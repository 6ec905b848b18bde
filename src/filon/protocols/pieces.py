"""A stream's pieces, and what nearly all of them have in common. Pure."""

from collections.abc import Callable

import msgspec
from msgspec import Struct

from filon.conversation.events import ReasoningDelta, StreamEvent, TextDelta

# No text that a model would say, and none that JSON has to write otherwise.
_SAID = "\N{PICK}said\N{PICK}"
_QUOTED = msgspec.json.encode(_SAID)
_STRING = msgspec.json.Decoder(str)


class Refrain(Struct, frozen=True):
    """What a stream repeats: the bytes `before` and `after` the JSON string of a text, which stands
    at `where` in each piece. `thought` is the field's name where the text is one.

    A piece that differs from one that was read in this string alone says the same kind of thing,
    so that it is read, and edited, without looking at the rest of it again.
    """

    before: bytes
    after: bytes
    where: slice
    choice: int
    thought: str | None
    model: str | None
    has_usage: bool

    def said(self, raw: bytes) -> str | None:
        """The text that these bytes say; None where they are no such piece."""
        if raw.startswith(self.before) and raw.endswith(self.after):
            try:
                return _STRING.decode(raw[self.where]) or None
            except ValueError:
                return None
        return None

    def piece(self, raw: bytes, text: str) -> "Piece":
        """The piece that says this."""
        if self.thought is None:
            said = TextDelta(text, self.choice)
        else:
            said = ReasoningDelta(text, self.choice, self.thought)
        return Piece(raw, (said,), self.model, self.has_usage, self)

    def around(self, edit: Callable[[bytes], bytes | None]) -> tuple[bytes, bytes] | None:
        """What stands before and after the string once a piece is edited; None where nothing of it
        is left, or where the edit touches the string."""
        edited = edit(self.before + _QUOTED + self.after)
        before, said, after = (edited or b"").partition(_QUOTED)
        return (before, after) if said else None


class Piece(Struct, frozen=True):
    """One piece of a stream as it came: its bytes, and the events parsed from them.

    The `raw` of all pieces, joined, is the stream. `model` is the model the piece names, and
    `has_usage` says that it has a member for usage, so that a relay knows what there is to edit.
    """

    raw: bytes
    events: tuple[StreamEvent, ...] = ()
    model: str | None = None
    has_usage: bool = False
    refrain: Refrain | None = None


def refrain_of(piece: Piece, second: Callable[[bytes, bytes], Piece]) -> Refrain | None:
    """What pieces like this one repeat; None where it says anything but one text. `second` reads
    two pieces, and gives the second of them."""
    said = piece.events[0] if len(piece.events) == 1 else None
    if type(said) is not TextDelta and (type(said) is not ReasoningDelta or said.signature):
        return None
    before, found, after = piece.raw.partition(msgspec.json.encode(said.text))
    if not found or not after:
        return None
    # The same words may stand elsewhere, and be no text: what is read of others shows it.
    probe = second(piece.raw, before + _QUOTED + after)
    same = msgspec.structs.replace(said, text=_SAID)
    if probe.events != (same,) or (probe.model, probe.has_usage) != (piece.model, piece.has_usage):
        return None
    where = slice(len(before), -len(after))
    thought = said.field if type(said) is ReasoningDelta else None
    return Refrain(
        before, after, where, said.choice, thought, model=piece.model, has_usage=piece.has_usage
    )
