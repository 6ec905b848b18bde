"""The protocol as one value."""

from filon.protocols.openai_responses.carrying import lost_from_chat, messages_to_chat
from filon.protocols.openai_responses.content import LABEL, NAME
from filon.protocols.openai_responses.crossing import from_chat, to_chat
from filon.protocols.openai_responses.errors import parse_error, render_error
from filon.protocols.openai_responses.relay import edit_chunk, edit_reply
from filon.protocols.openai_responses.reply import parse_reply, render_reply
from filon.protocols.openai_responses.request import parse_request, render_request
from filon.protocols.openai_responses.stream import StreamParser
from filon.protocols.openai_responses.writer import StreamRenderer
from filon.protocols.wire import Protocol

OPENAI_RESPONSES = Protocol(
    name=NAME,
    label=LABEL,
    path="/responses",
    parse_request=parse_request,
    render_request=render_request,
    parse_reply=parse_reply,
    render_reply=render_reply,
    open_reader=StreamParser,
    open_writer=StreamRenderer,
    parse_error=parse_error,
    render_error=render_error,
    edit_chunk=edit_chunk,
    edit_reply=edit_reply,
    to_chat=to_chat,
    from_chat=from_chat,
    messages_to_chat=messages_to_chat,
    lost_from_chat=lost_from_chat,
)
