"""Anthropic's messages, which other hosts speak too: content in blocks, the system prompt apart."""
