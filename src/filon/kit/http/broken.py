"""How a reply breaks, in words."""

from filon.kit.http.exchange import HttpFailure

# Bytes that may come without any of a body among them: a head, the heads of chunks, trailers.
HEAD_LIMIT = 64 * 1024


def unreadable(begun: bool, told: str) -> HttpFailure:
    """Its bytes are no HTTP, or stop being it; `told` is what the parser says."""
    what = "its body cannot be read" if begun else "what came is no HTTP"
    return HttpFailure("broken_reply", f"{what}: {told}")


def endless() -> HttpFailure:
    """What should be a head does not end."""
    return HttpFailure("broken_reply", f"its head is longer than {HEAD_LIMIT // 1024} KB")


def last_words(error: Exception | None, *, silent: bool) -> str:
    """What there is to say of a connection that ended before its reply began."""
    if error is not None:
        return getattr(error, "strerror", None) or str(error) or type(error).__name__
    if silent:
        return "the server closed the connection without an answer"
    return "the server closed the connection in the middle of the reply's head"
