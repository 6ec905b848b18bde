"""The protocol as one value."""

from filon.protocols.openai_chat.errors import parse_error, render_error
from filon.protocols.openai_chat.relay import edit_chunk, edit_reply
from filon.protocols.openai_embeddings.reply import ReplyReader, parse_reply, unwritten
from filon.protocols.openai_embeddings.request import NAME, parse_request, render_request
from filon.protocols.wire import Protocol

OPENAI_EMBEDDINGS = Protocol(
    name=NAME,
    label="OpenAI embeddings",
    path="/embeddings",
    parse_request=parse_request,
    render_request=render_request,
    parse_reply=parse_reply,
    render_reply=unwritten,
    open_reader=ReplyReader,
    open_writer=unwritten,
    parse_error=parse_error,
    render_error=render_error,
    edit_chunk=edit_chunk,
    edit_reply=edit_reply,
)
