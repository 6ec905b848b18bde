"""What crosses between this protocol and chat completions: parameters, and messages."""

from filon.protocols.anthropic_messages.carrying import (
    lost_from_chat,
    messages_to_chat,
)
from filon.protocols.anthropic_messages.entering import from_chat
from filon.protocols.anthropic_messages.leaving import to_chat

__all__ = ["from_chat", "lost_from_chat", "messages_to_chat", "to_chat"]
