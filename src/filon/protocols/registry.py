"""The protocols by name, the one place where a new one is entered."""

from filon.protocols.openai_chat.protocol import OPENAI_CHAT
from filon.protocols.wire import Protocol

PROTOCOLS: dict[str, Protocol] = {OPENAI_CHAT.name: OPENAI_CHAT}
