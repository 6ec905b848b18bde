"""A body that is sent as it stands: what a trace says of its parameters. Pure."""

from filon.conversation.errors import FilonError
from filon.protocols.strict_json import body_fields, value_at
from filon.trace.records import Because, Decision

_BECAUSE = Because(
    source="filon",
    rule="on the wire",
    why="The body is sent as it stands; no rule of the configuration is applied.",
)
_NO_PARAMETERS = ("model", "messages", "input")


def decide(body: bytes) -> tuple[tuple[Decision, ...], bool]:
    """A decision per member, and whether a stream is asked for. A body that is no JSON has one
    decision, on the whole of it."""
    try:
        members = {name: value_at(raw, name) for name, raw in body_fields(body).items()}
    except FilonError:
        members = {}
    decisions = tuple(
        Decision(
            name=name, decision="kept", because=_BECAUSE, wanted=value, sent=value, sent_as=name
        )
        for name, value in members.items()
        if name not in _NO_PARAMETERS
    )
    whole = Decision(name="body", decision="kept", because=_BECAUSE, note=_BECAUSE.why)
    return decisions or (whole,), members.get("stream") is True
