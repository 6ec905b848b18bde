"""Names a conversation: by its first words at once, then by a model where the endpoint says so.

The request for a title is a turn of its own, with a trace of its own.
"""

from msgspec.structs import replace

from filon.conversation.message import say
from filon.conversation.request import ChatRequest
from filon.pipeline.ending import settled
from filon.pipeline.run import run
from filon.pipeline.services import Services
from filon.pipeline.turn import Ended, Turn, begin
from filon.trace.records import Assembled, Body, Received

_LONGEST = 80
_READ = 2000

_ASK = (
    "Give this conversation a title of at most six words, in the language of the conversation. "
    "Answer with the title alone: no quotes, no full stop.\n\n"
    "The person wrote:\n{asked}\n\nThe answer was:\n{answered}"
)


def first_words(text: str) -> str:
    """The beginning of a message, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= _LONGEST // 2 + 8:
        return line or "…"
    return line[: _LONGEST // 2 + 8].rsplit(" ", 1)[0].rstrip(",;:.-") + " …"


def wants_title(turn: Turn) -> bool:
    """Whether this was a conversation's first answer, at an endpoint that writes titles."""
    end = settled(turn)
    assembled = [record for record in turn.records if isinstance(record, Assembled)]
    return (
        end is not None
        and end.outcome == "complete"
        and turn.endpoint is not None
        and turn.endpoint.title.enabled
        and bool(assembled)
        and len(assembled[-1].messages) == 1
    )


async def write_title(answered: Turn, services: Services) -> str | None:
    """Asks the endpoint's title model; None when it gave nothing usable."""
    async for output in run(_turn(answered), services):
        if isinstance(output, Ended):
            message = output.turn.answer.message
            return None if message is None else cleaned(services.redactor.text(message.text))
    return None


def cleaned(text: str) -> str | None:
    """A model's words as a title: one line, no quotes, no thinking, not too long."""
    said = text.rpartition("</think>")[2].strip()
    line = next((line.strip() for line in said.splitlines() if line.strip()), "")
    line = line.removeprefix("Title:").removeprefix("#").strip().strip("\"'“”«»*").rstrip(".")
    if not line:
        return None
    return line if len(line) <= _LONGEST else line[: _LONGEST - 2].rsplit(" ", 1)[0] + " …"


def _turn(answered: Turn) -> Turn:
    endpoint = answered.endpoint
    assert endpoint is not None
    asked = answered.request.messages[-1].text if answered.request.messages else ""
    message = answered.answer.message
    text = _ASK.format(asked=asked[:_READ], answered=(message.text if message else "")[:_READ])
    model = endpoint.title.model or answered.model or ""
    return begin(
        replace(answered.caller, kind="title"),
        ChatRequest(model=f"{endpoint.name}/{model}", messages=(say("user", text),)),
        Received(protocol="filon_chat", path="title of a conversation", body=Body(text.encode())),
    )
