"""The protocol as one value.

The key goes into `x-api-key` and not behind `Bearer`. What a caller asks for in `anthropic-beta`
and `anthropic-version` is passed on to a provider of the same protocol, since a body may hold
fields that only they know.
"""

from filon.protocols.anthropic_messages.crossing import (
    from_chat,
    lost_from_chat,
    messages_to_chat,
    to_chat,
)
from filon.protocols.anthropic_messages.errors import parse_error, render_error
from filon.protocols.anthropic_messages.message import NAME
from filon.protocols.anthropic_messages.relay import edit_chunk, edit_reply
from filon.protocols.anthropic_messages.reply import parse_reply, render_reply
from filon.protocols.anthropic_messages.request import parse_request, render_request
from filon.protocols.anthropic_messages.stream import StreamParser
from filon.protocols.anthropic_messages.writer import StreamRenderer
from filon.protocols.wire import Protocol

# The laxer of the versions that are in use: since 2026-10-21 temperature, top_p and top_k are
# refused (platform.claude.com/docs/en/api/versioning, 2026-11-27). A caller's own goes on.
VERSION = "2023-06-01"

ANTHROPIC_MESSAGES = Protocol(
    name=NAME,
    label="Anthropic messages",
    path="/messages",
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
    request_id="request-id",
    to_chat=to_chat,
    from_chat=from_chat,
    messages_to_chat=messages_to_chat,
    lost_from_chat=lost_from_chat,
    headers=(("anthropic-version", VERSION),),
    passed=("anthropic-beta", "anthropic-version"),
)
