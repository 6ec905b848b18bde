"""The protocol as one value."""

from filon.protocols.openai_chat.errors import parse_error, render_error
from filon.protocols.openai_chat.relay import edit_chunk, edit_reply
from filon.protocols.openai_chat.reply import parse_reply, render_reply
from filon.protocols.openai_chat.request import NAME, parse_request, render_request
from filon.protocols.openai_chat.stream import StreamParser, StreamRenderer
from filon.protocols.wire import Protocol

OPENAI_CHAT = Protocol(
    name=NAME,
    label="OpenAI chat completions",
    path="/chat/completions",
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
)
