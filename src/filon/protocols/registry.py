"""The protocols by name, the one place where a new one is entered."""

from filon.protocols.anthropic_messages.protocol import ANTHROPIC_MESSAGES
from filon.protocols.openai_chat.protocol import OPENAI_CHAT
from filon.protocols.openai_embeddings.protocol import OPENAI_EMBEDDINGS
from filon.protocols.openai_responses.protocol import OPENAI_RESPONSES
from filon.protocols.wire import Protocol

PROTOCOLS: dict[str, Protocol] = {
    one.name: one for one in (OPENAI_CHAT, ANTHROPIC_MESSAGES, OPENAI_RESPONSES)
}

# Beside the protocol of an endpoint's answers, the one in which it takes texts for vectors.
VECTORS: dict[str, Protocol] = {OPENAI_CHAT.name: OPENAI_EMBEDDINGS}


def named(name: str) -> Protocol:
    """The protocol of this name, whatever it is for. Raises KeyError."""
    if name in PROTOCOLS:
        return PROTOCOLS[name]
    return {one.name: one for one in VECTORS.values()}[name]
