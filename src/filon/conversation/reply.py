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
        thought = any(isinstance(part, Reasoning) for part in self.parts)
        return self.reasoning_field if thought else None

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
    __slots__ = ("calls", "finish_reason", "reasoning_field", "runs", "signatures")

    def __init__(self) -> None:
        self.runs: list[tuple[type[Text | Reasoning | Refusal], list[str]]] = []
        self.signatures: dict[int, str] = {}  # by the run that each closes
        self.calls: dict[int, _CallSoFar] = {}
        self.finish_reason: str | None = None
        self.reasoning_field = "reasoning_content"

    def add_prose(self, kind: type[Text | Reasoning | Refusal], text: str) -> None:
        if not text:
            return
        last = len(self.runs) - 1
        if last < 0 or self.runs[last][0] is not kind or last in self.signatures:
            self.runs.append((kind, []))
        self.runs[-1][1].append(text)

    def sign(self, signature: str) -> None:
        # A thought that its provider hides has a signature and no text.
        last = len(self.runs) - 1
        if last < 0 or self.runs[last][0] is not Reasoning or last in self.signatures:
            self.runs.append((Reasoning, []))
        self.signatures[len(self.runs) - 1] = signature

    def add_call(self, delta: ToolCallDelta) -> None:
        self.calls.setdefault(delta.index, _CallSoFar()).add(delta)

    def choice(self, index: int) -> Choice:
        prose = tuple(self._prose(number) for number in range(len(self.runs)))
        calls = tuple(
            ToolCall(id=call.id, name=call.name, arguments="".join(call.arguments))
            for _, call in sorted(self.calls.items())
        )
        return Choice(
            index=index,
            parts=prose + calls,
            finish_reason=self.finish_reason,
            reasoning_field=self.reasoning_field,
        )

    def _prose(self, number: int) -> Text | Reasoning | Refusal:
        kind, texts = self.runs[number]
        text = "".join(texts)
        return Reasoning(text, self.signatures.get(number)) if kind is Reasoning else kind(text)


class ReplyFold:
    """A reply while it arrives: `add` each event, ask `reply` at any time."""

    __slots__ = ("_choices", "_done", "_problem", "_started", "_usage")

    def __init__(self) -> None:
        self._started = Started()
        self._choices: dict[int, _ChoiceSoFar] = {}
        self._usage: Usage | None = None
        self._problem: Problem | None = None
        self._done = False

    def add(self, event: StreamEvent) -> None:
        """Takes the next event. The last usage counts, and the first problem."""
        match event:
            case TextDelta(text=text, choice=index):
                self._choice(index).add_prose(Text, text)
            case ReasoningDelta(text=text, choice=index, field=field, signature=signature):
                choice = self._choice(index)
                choice.reasoning_field = field
                choice.add_prose(Reasoning, text)
                if signature is not None:
                    choice.sign(signature)
            case RefusalDelta(text=text, choice=index):
                self._choice(index).add_prose(Refusal, text)
            case ToolCallDelta(choice=index):
                self._choice(index).add_call(event)
            case Finished(reason=reason, choice=index):
                self._choice(index).finish_reason = reason
            case _:
                self._add_frame(event)

    def reply(self) -> Reply:
        """The reply as it stands."""
        return Reply(
            id=self._started.id,
            model=self._started.model,
            created=self._started.created,
            choices=tuple(so_far.choice(index) for index, so_far in sorted(self._choices.items())),
            usage=self._usage,
            problem=self._problem,
            done=self._done,
        )

    def _add_frame(self, event: Started | UsageReported | Broken | Done) -> None:
        match event:
            case Started():
                self._started = event
            case UsageReported(usage=usage):
                self._usage = usage
            case Broken(problem=problem):
                self._problem = self._problem or problem
            case Done():
                self._done = True

    def _choice(self, index: int) -> _ChoiceSoFar:
        if index not in self._choices:
            self._choices[index] = _ChoiceSoFar()
        return self._choices[index]


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
