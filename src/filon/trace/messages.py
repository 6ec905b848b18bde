"""The messages of a request as a trace tells them: each by its beginning, with where it came from.

A program's messages stand in the body that it sent. They are read from there when somebody looks
at the trace: an agent sends its whole history with each request, and hardly one is looked at.
"""

from msgspec.structs import replace

from filon.conversation import tokens
from filon.conversation.errors import FilonError
from filon.conversation.message import Image, Message, Opaque, Part, Text, ToolCall
from filon.protocols.registry import named
from filon.trace.records import AnyRecord, Assembled, Received, SourcedMessage

# The trace holds the whole messages in the body as sent; here a reader needs to recognise them.
_BEGINNING = 280


def sourced(messages: tuple[Message, ...], origin: str) -> tuple[SourcedMessage, ...]:
    """Messages that all came from there, as `Assembled` has them."""
    return tuple([_source(message, origin) for message in messages])


def with_messages(records: tuple[AnyRecord, ...]) -> tuple[AnyRecord, ...]:
    """The records, with the messages that stand in the request alone. Where it cannot be read any
    more they are left there."""
    if not any(type(one) is Assembled and one.in_request for one in records):
        return records
    messages = _asked(records)
    return records if messages is None else tuple([_told(one, messages) for one in records])


def _told(record: AnyRecord, messages: tuple[SourcedMessage, ...]) -> AnyRecord:
    if type(record) is Assembled and record.in_request:
        return replace(record, messages=messages, in_request=False, images=False)
    return record


def _asked(records: tuple[AnyRecord, ...]) -> tuple[SourcedMessage, ...] | None:
    for one in records:
        if type(one) is Received:
            try:
                request = named(one.protocol).parse_request(one.body.data)
            except (FilonError, KeyError):
                return None
            return sourced(request.messages, "request")
    return None


def _source(message: Message, origin: str) -> SourcedMessage:
    return SourcedMessage(
        message=_preview(message), origin=origin, tokens=tokens.of_message(message)
    )


def _preview(message: Message) -> Message:
    """The message as a reader recognises it: its text in one, then its calls and the rest, each
    by its beginning."""
    parts = message.parts
    if len(parts) == 1 and type(only := parts[0]) is Text and len(only.text) <= _BEGINNING:
        return message
    texts = (Text(_begun(message.text)),) if message.text else ()
    others = (_part_begun(part) for part in parts if not isinstance(part, Text))
    return Message(
        role=message.role,
        parts=(*texts, *others),
        name=message.name,
        call_id=message.call_id,
    )


def _part_begun(part: Part) -> Part:
    match part:
        case ToolCall(arguments=arguments):
            return replace(part, arguments=_begun(arguments))
        case Image(url=url):
            return replace(part, url=_begun(url))
        case Opaque(json=json):
            return replace(part, json=_begun(json))
        case _:
            return replace(part, text=_begun(part.text))


def _begun(text: str) -> str:
    return text if len(text) <= _BEGINNING else f"{text[:_BEGINNING]}…"
