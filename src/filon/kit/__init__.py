"""Tools that know nothing of chat: ids, clock, server-sent events, redaction, HTTP, log."""
