"""The bodies of replays, of their comparison, and of pasted requests.

Times are seconds, money USD, counts tokens. None means unknown, or that there was none.
"""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from filon.server.shapes import Shape, TraceShape

Manner = Literal["asked", "wire"]
ExportForm = Literal[
    "curl",
    "powershell",
    "python-openai",
    "python-anthropic",
    "python",
    "javascript",
    "har",
    "postman",
    "json",
]


class ReplayChanges(Shape):
    """What is to be different. Absent fields stay as they were.

    `parameters` are members of the body by name; null takes one out. `messages` and `body` are in
    the words of the protocol that `GET /replay` names; `body` is the whole body as text, to which
    the others are then applied. `endpoint` takes that endpoint's own address and key.
    """

    endpoint: str | None = None
    model: str | None = None
    parameters: dict[str, Any] = {}
    messages: list[Any] | None = None
    body: str | None = None


class ReplayBody(Shape):
    """Send a trace's request again. `as` "asked" takes it through every rule of the configuration
    as it is now; "wire" sends the body as it stands."""

    model_config = ConfigDict(
        extra="forbid", json_schema_serialization_defaults_required=True, populate_by_name=True
    )

    manner: Manner = Field(default="asked", alias="as")
    changes: ReplayChanges = ReplayChanges()


class BegunShape(Shape):
    """The trace of a turn that has begun; the event stream tells when it is settled."""

    id: str


class ReplayableShape(Shape):
    """A trace's request as it would be sent again, to be edited.

    `body` is its whole text in `protocol`. `messages` are the body's, in its own words, and
    `parameters` its other members, but for the model; both are empty where the body is no JSON.
    `endpoint` is None where it is gone, and `against` says why it cannot be sent as it was.
    """

    manner: Manner
    protocol: str
    endpoint: str | None
    model: str
    body: str
    exact: bool
    messages: list[Any]
    parameters: dict[str, Any]
    against: str | None = None


class ChangeShape(Shape):
    """One thing that a replay changed: "endpoint", "model", "messages", "body", or a parameter.
    Of messages and body the values are in the traces, and not repeated here."""

    name: str
    before: Any = None
    after: Any = None


class DifferenceShape(Shape):
    """One place at which two JSON values differ. `path` is such as `messages[2].content`, and
    empty for the whole."""

    path: str
    kind: Literal["added", "removed", "changed"]
    before: Any = None
    after: Any = None


class RelativeShape(Shape):
    """A trace that is related to another.

    `changes` is what a replay was told to change. `parameters` are the differences on the wire,
    from the parent to its replay, or from this trace to a sibling.
    """

    trace: TraceShape
    changes: list[ChangeShape]
    parameters: list[DifferenceShape]


class LineageShape(Shape):
    """Where a trace comes from and what came of it. `parent_id` is set for a replay, `parent` None
    when it was deleted. `siblings` answered the same message; `replays` are the newest first, at
    most 50."""

    parent_id: str | None
    manner: Manner | None
    changes: list[ChangeShape]
    parent: RelativeShape | None
    replays: list[RelativeShape]
    siblings: list[RelativeShape]


class SideShape(Shape):
    """A parameter in one of two traces: its value on the wire, None when it was not sent, and what
    was decided about it."""

    value: Any = None
    sent: bool
    decision: str | None = None


class ComparedParameterShape(Shape):
    """A parameter in both traces."""

    name: str
    before: SideShape
    after: SideShape
    same: bool


class SpanShape(Shape):
    """A stretch of text: in both, only before, or only after. Joined, those of "same" and
    "removed" are the text before, those of "same" and "added" the text after."""

    kind: Literal["same", "removed", "added"]
    text: str


class FigureShape(Shape):
    """One figure side by side. `difference` is after less before, where both are numbers."""

    name: str
    unit: Literal["seconds", "tokens", "usd", "tokens_per_second", "word", "count"]
    before: float | str | None = None
    after: float | str | None = None
    difference: float | None = None


class ComparedShape(Shape):
    """Two traces beside each other.

    `request` compares the bodies on the wire, `asked` those that came; each is None where the two
    are in different protocols. `calls` compares the tool calls of the answers.
    """

    before: TraceShape
    after: TraceShape
    protocols: list[str]
    asked: list[DifferenceShape] | None
    request: list[DifferenceShape] | None
    parameters: list[ComparedParameterShape]
    output: list[SpanShape]
    reasoning: list[SpanShape]
    calls: list[DifferenceShape]
    figures: list[FigureShape]


class PastedBody(Shape):
    """A curl command as somebody's documentation has it."""

    text: str = Field(min_length=1, max_length=4_000_000)


class HeaderShape(Shape):
    """One header. The key's value is never here: `$NAME` where the text named a variable."""

    name: str
    value: str


class NoteShape(Shape):
    """Something to know about what was read. `code` is stable; `names` what the sentence speaks
    of, so that the page can say it in the reader's language."""

    code: str
    message: str
    names: dict[str, str] = {}


class PastedShape(Shape):
    """What a pasted command would send.

    `endpoint` is the configured endpoint at this address, None when there is none: then `add` has
    the lines to put under `endpoints.custom`. `protocol` None means that the address is of none
    that Filon speaks. `model` is the body's. `variables` are those that the text names.
    `sendable` says that `POST /api/requests` can send it as it stands here.
    """

    method: str
    url: str
    protocol: str | None
    endpoint: str | None
    model: str | None
    body: str | None
    headers: list[HeaderShape]
    variables: list[str]
    warnings: list[NoteShape]
    add: str | None
    sendable: bool


class RequestBody(Shape):
    """A request to send and look at.

    The body goes as it stands where the endpoint speaks its protocol, and is carried over where it
    speaks another. `model` replaces the body's. Of `headers` those are sent that the protocol
    passes on, such as anthropic-beta, and practice's switches.
    """

    endpoint: str = Field(min_length=1)
    model: str | None = None
    protocol: str
    body: str
    headers: list[HeaderShape] = []
