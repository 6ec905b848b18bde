"""A rough count of tokens, for what no provider has counted. Always shown as an estimate."""

from filon.conversation.message import Image, Message, Opaque, Part, Text, ToolCall
from filon.conversation.request import ChatRequest

TOKENIZER = "bytes ÷ 4, estimate"

# Chat formats wrap each message in a few tokens of their own; OpenAI's cookbook counts three.
_PER_MESSAGE = 3
_PER_IMAGE = 300


def of_text(text: str) -> int:
    """About four bytes of UTF-8 make a token in European languages."""
    size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
    return (size + 3) // 4


def of_message(message: Message) -> int:
    """Tokens of one message with its frame."""
    count = _PER_MESSAGE
    for part in message.parts:
        count += of_text(part.text) if type(part) is Text else _of_part(part)
    return count


def of_answer(message: Message | None) -> int:
    """Tokens of what a model wrote: its words, its thoughts, and the calls it asks for."""
    return sum(_of_part(part) for part in message.parts) if message is not None else 0


def of_request(request: ChatRequest) -> int:
    """Tokens of all messages."""
    return sum(of_message(message) for message in request.messages)


def _of_part(part: Part) -> int:
    match part:
        case Image():
            return _PER_IMAGE
        case ToolCall(name=name, arguments=arguments):
            return of_text(name) + of_text(arguments)
        case Opaque(json=json):
            return of_text(json)
        case _:
            return of_text(part.text)
