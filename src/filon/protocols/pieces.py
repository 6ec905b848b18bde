"""A stream's pieces, and what nearly all of them have in common. Pure."""

from collections.abc import Callable

import msgspec
from msgspec import Struct

from filon.conversation.events import ReasoningDelta, StreamEvent, TextDelta

# No text that a model would say, and none that JSON has to write otherwise.
_SAID = "\N{PICK}said\N{PICK}"
_QUOTED = msgspec.json.encode(_SAID)
_STRING = msgspec.json.Decoder(str)


class Around(Struct, frozen=True):
    """What stands before and after a text's string once a piece is edited."""

    before: bytes
    after: bytes


class Refrain(Struct, frozen=True):
    """What a stream repeats: the bytes `before` and `after` the JSON string of a text, which stands
    at `where` in each piece, or between the first and the last of several. `thought` is the field's
    name where the text is one.

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
        """The text that these bytes say, which are one such piece or several behind one another;
        None where they are anything else."""
        if not (raw.startswith(self.before) and raw.endswith(self.after)):
            return None
        try:
            return _STRING.decode(raw[self.where]) or None
        except ValueError:
            return self._together(raw)

    def _together(self, raw: bytes) -> str | None:
        try:
            texts = [_STRING.decode(part) for part in self._strings(raw)]
        except ValueError:
            return None
        return "".join(texts) if all(texts) else None

    def _strings(self, raw: bytes) -> list[bytes]:
        # What stands between two strings cannot be found in one: then its parts were no strings.
        return raw[self.where].split(self.after + self.before)

    def pieces(self, raw: bytes) -> "list[Piece]":
        """The pieces that say this."""
        return [
            self._piece(self.before + part + self.after, _STRING.decode(part))
            for part in self._strings(raw)
        ]

    def _piece(self, raw: bytes, text: str) -> "Piece":
        if self.thought is None:
            said = TextDelta(text, self.choice)
        else:
            said = ReasoningDelta(text, self.choice, self.thought)
        return Piece(raw, (said,), self.model, self.has_usage, self)

    def around(self, edit: Callable[[bytes], bytes | None]) -> Around | None:
        """What stands around the string once a piece is edited; None where nothing of it is left,
        or where the edit touches the string."""
        edited = edit(self.before + _QUOTED + self.after)
        before, said, after = (edited or b"").partition(_QUOTED)
        return Around(before, after) if said else None

    def edited(self, raw: bytes, around: Around) -> bytes:
        """The pieces that say this, edited."""
        strings = raw[self.where]
        if len(strings) > len(self.before):
            strings = strings.replace(self.after + self.before, around.after + around.before)
        return around.before + strings + around.after


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
