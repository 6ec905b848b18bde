"""A whole reply as a fold over its stream events."""

from collections.abc import Iterable

from msgspec import Struct

from filon.conversation.errors import Problem
from filon.conversation.events import (
    Broken,
    Done,
    Finished,
    ReasoningDelta,
    RefusalDelta,
    Started,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
    UsageReported,
)
from filon.conversation.message import Message, Part, Reasoning, Refusal, Text, ToolCall
from filon.conversation.usage import Usage


class Choice(Struct, frozen=True, kw_only=True):
    """One of the answers to a request; nearly always there is one.

    `parts` are in the order in which they began, the tool calls last, by their index.
    `finish_reason` is the provider's own word, None while the choice goes on. `reasoning_field`
    is the wire's name for the reasoning, kept for the way back.
    """

    index: int
    parts: tuple[Part, ...] = ()
    finish_reason: str | None = None
    reasoning_field: str = "reasoning_content"

    @property
    def message(self) -> Message:
        """The choice as a message of the conversation."""
        return Message(role="assistant", parts=self.parts)

    @property
    def thought_field(self) -> str | None:
        """The wire's name for the reasoning, None where there is none."""
        for part in self.parts:
            if type(part) is Reasoning:
                return self.reasoning_field
        return None

    @property
    def text(self) -> str:
        """All visible prose."""
        return "".join(part.text for part in self.parts if isinstance(part, Text))

    @property
    def reasoning(self) -> str:
        """All that the model wrote while thinking."""
        return "".join(part.text for part in self.parts if isinstance(part, Reasoning))


class Reply(Struct, frozen=True, kw_only=True):
    """What a model answered, whole or so far.

    `id`, `model` and `created` are the provider's. `problem` is set when the reply broke off.
    `done` says that the provider declared the end.
    """

    id: str | None = None
    model: str | None = None
    created: int | None = None
    choices: tuple[Choice, ...] = ()
    usage: Usage | None = None
    problem: Problem | None = None
    done: bool = False

    @property
    def first(self) -> Choice:
        """The first choice, empty if there is none."""
        return self.choices[0] if self.choices else Choice(index=0)


class _CallSoFar:
    __slots__ = ("arguments", "id", "name")

    def __init__(self) -> None:
        self.id = ""
        self.name = ""
        self.arguments: list[str] = []

    def add(self, delta: ToolCallDelta) -> None:
        # Some providers repeat id and name on each piece, others send them empty after the first.
        self.id = self.id or delta.id or ""
        self.name = self.name or delta.name or ""
        self.arguments.append(delta.arguments)


class _ChoiceSoFar:
    __slots__ = (
        "calls",
        "finish_reason",
        "kind",
        "reasoning_field",
        "runs",
        "signatures",
        "texts",
    )

    def __init__(self) -> None:
        self.runs: list[tuple[type[Text | Reasoning | Refusal], list[str]]] = []
        self.signatures: dict[int, str] = {}  # by the run that each closes
        self.calls: dict[int, _CallSoFar] = {}
        self.finish_reason: str | None = None
        self.reasoning_field = "reasoning_content"
        # The run that goes on, and its texts; None where the next text begins another.
        self.kind: type[Text | Reasoning | Refusal] | None = None
        self.texts: list[str] = []

    def add_prose(self, kind: type[Text | Reasoning | Refusal], text: str) -> None:
        if text:
            if kind is not self.kind:
                self._begin(kind)
            self.texts.append(text)

    def _begin(self, kind: type[Text | Reasoning | Refusal]) -> None:
        self.kind, self.texts = kind, []
        self.runs.append((kind, self.texts))

    def sign(self, signature: str) -> None:
        # A thought that its provider hides has a signature and no text.
        if self.kind is not Reasoning:
            self._begin(Reasoning)
        self.signatures[len(self.runs) - 1] = signature
        self.kind = None

    def add_call(self, delta: ToolCallDelta) -> None:
        self.calls.setdefault(delta.index, _CallSoFar()).add(delta)

    def choice(self, index: int) -> Choice:
        parts: list[Part] = [self._prose(number) for number in range(len(self.runs))]
        for number in sorted(self.calls):
            call = self.calls[number]
            parts.append(ToolCall(id=call.id, name=call.name, arguments="".join(call.arguments)))
        return Choice(
            index=index,
            parts=tuple(parts),
            finish_reason=self.finish_reason,
            reasoning_field=self.reasoning_field,
        )

    def _prose(self, number: int) -> Text | Reasoning | Refusal:
        kind, texts = self.runs[number]
        text = "".join(texts)
        return Reasoning(text, self.signatures.get(number)) if kind is Reasoning else kind(text)


_UNKNOWN = Started()


class ReplyFold:
    """A reply while it arrives: `add` each event, ask `reply` at any time."""

    __slots__ = ("_choices", "_done", "_problem", "_started", "_usage")

    def __init__(self) -> None:
        self._started = _UNKNOWN
        self._choices: dict[int, _ChoiceSoFar] = {}
        self._usage: Usage | None = None
        self._problem: Problem | None = None
        self._done = False

    def add(self, event: StreamEvent) -> None:
        """Takes the next event. The last usage counts, and the first problem."""
        # By the very type: a class pattern of a Struct costs ten times as much.
        if type(event) is TextDelta:
            choice = self._choices.get(event.choice) or self._choice(event.choice)
            if choice.kind is Text:
                choice.texts.append(event.text)
            else:
                choice.add_prose(Text, event.text)
        elif type(event) is ReasoningDelta:
            choice = self._choice(event.choice)
            choice.reasoning_field = event.field
            choice.add_prose(Reasoning, event.text)
            if event.signature is not None:
                choice.sign(event.signature)
        elif type(event) is RefusalDelta:
            self._choice(event.choice).add_prose(Refusal, event.text)
        elif type(event) is ToolCallDelta:
            self._choice(event.choice).add_call(event)
        elif type(event) is Finished:
            self._choice(event.choice).finish_reason = event.reason
        else:
            self._add_frame(event)

    def say(self, text: str, choice: int, thought: str | None) -> None:
        """Takes what the event of this text would say: a TextDelta, or a ReasoningDelta where it
        is a `thought`, which is its field's name then."""
        so_far = self._choices.get(choice)
        if thought is None and so_far is not None and so_far.kind is Text:
            so_far.texts.append(text)
        else:
            delta = TextDelta(text, choice)
            self.add(delta if thought is None else ReasoningDelta(text, choice, thought))

    def reply(self) -> Reply:
        """The reply as it stands."""
        return Reply(
            id=self._started.id,
            model=self._started.model,
            created=self._started.created,
            choices=tuple([self._choices[index].choice(index) for index in sorted(self._choices)]),
            usage=self._usage,
            problem=self._problem,
            done=self._done,
        )

    def _add_frame(self, event: StreamEvent) -> None:
        if type(event) is Started:
            self._started = event
        elif type(event) is UsageReported:
            self._usage = event.usage
        elif type(event) is Broken:
            self._problem = self._problem or event.problem
        elif type(event) is Done:
            self._done = True

    def _choice(self, index: int) -> _ChoiceSoFar:
        choice = self._choices.get(index)
        if choice is None:
            choice = self._choices[index] = _ChoiceSoFar()
        return choice


def fold(events: Iterable[StreamEvent]) -> Reply:
    """The reply that these events are."""
    so_far = ReplyFold()
    for event in events:
        so_far.add(event)
    return so_far.reply()


def unfold(reply: Reply) -> list[StreamEvent]:
    """The shortest row of events that folds into this reply."""
    events: list[StreamEvent] = [Started(id=reply.id, model=reply.model, created=reply.created)]
    for choice in reply.choices:
        events.extend(_of_choice(choice))
    if reply.usage is not None:
        events.append(UsageReported(reply.usage))
    if reply.problem is not None:
        events.append(Broken(reply.problem))
    if reply.done:
        events.append(Done())
    return events


def _of_choice(choice: Choice) -> list[StreamEvent]:
    events: list[StreamEvent] = []
    calls = 0
    for part in choice.parts:
        match part:
            case Text(text=text):
                events.append(TextDelta(text, choice.index))
            case Reasoning(text=text, signature=signature):
                field = choice.reasoning_field
                events.append(ReasoningDelta(text, choice.index, field, signature))
            case Refusal(text=text):
                events.append(RefusalDelta(text, choice.index))
            case ToolCall(id=id, name=name, arguments=arguments):
                events.append(
                    ToolCallDelta(
                        index=calls, id=id, name=name, arguments=arguments, choice=choice.index
                    )
                )
                calls += 1
            case _:
                pass  # an image or an opaque part does not come from events
    if choice.finish_reason is not None:
        events.append(Finished(choice.finish_reason, choice.index))
    return events
