"""From a request of OpenAI's responses to a wish, by a dialect's rules.

The rules hold for the names that came; what they leave is carried over to chat completions, whose
way the rest goes.
"""

from collections.abc import Mapping
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import replace

from filon.conversation.request import ChatRequest
from filon.practice.answers.wish import Wish
from filon.practice.dialects.dialect import Dialect, Fact, Rule
from filon.practice.dialects.parameters import EFFECTIVE, Reader, sort_out
from filon.practice.dialects.reading import read
from filon.practice.model.family import Model
from filon.practice.refusal import Refusal, Refused
from filon.protocols.openai_responses.carrying import messages_to_chat
from filon.protocols.openai_responses.crossing import to_chat

_EVERYTHING = Rule(names=tuple(EFFECTIVE), does="accept", sure="practice")
_LEAST_TOKENS = 16
_KEPT = {
    "previous_response_id": "Previous response",
    "conversation": "Conversation",
    "prompt": "Prompt",
}


class Read(Struct, frozen=True):
    """What is wanted: the wish, whether thoughts are summarised, and whether they come sealed."""

    wish: Wish
    summary: bool
    sealed: bool


def read_responses(asked: ChatRequest, dialect: Dialect, model: Model) -> Read:
    """What a request wants. Raises Refused, InvalidRequest."""
    parameters = asked.parameters
    reader = Reader(sort_out(parameters, dialect, model), dialect)
    reader.number("temperature", 0.0, 2.0, 1.0)
    reader.number("top_p", 0.0, 1.0, 1.0)
    reader.integer("max_tokens", _LEAST_TOKENS, None)
    _check_kept(parameters)
    carried, crossed = messages_to_chat(asked), to_chat(parameters)
    chat = ChatRequest(
        model=asked.model,
        messages=carried.messages,
        parameters=crossed.parameters,
        stream=asked.stream,
    )
    accepts = Fact(use="accept", sure="practice")
    anything = replace(dialect, parameters=(_EVERYTHING,), unknown=accepts)
    reasoning = _table(parameters.get("reasoning"))
    include = parameters.get("include")
    return Read(
        wish=read(chat, anything, model),
        summary=bool(reasoning.get("summary") or reasoning.get("generate_summary")),
        sealed=isinstance(include, list) and "reasoning.encrypted_content" in include,
    )


def _check_kept(parameters: Mapping[str, Any]) -> None:
    """Practice keeps nothing, so that nothing of it is ever found again."""
    for name, what in _KEPT.items():
        value = parameters.get(name)
        if value is not None:
            id = _table(value).get("id", value)
            words = f"{what} with id '{str(id)[:100]}' not found."
            code = f"{what.lower().replace(' ', '_')}_not_found"
            raise Refused(Refusal(kind="bad_request", message=words, code=code, param=name))
    if parameters.get("background"):
        words = "Background mode is not supported by practice, which keeps no responses."
        raise Refused(Refusal(kind="bad_request", message=words, param="background"))


def _table(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
