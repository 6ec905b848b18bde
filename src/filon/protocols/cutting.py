"""Where a request's body may be cut for storage. Pure."""

from filon.conversation.request import ChatRequest


def cuts_of(body: bytes, request: ChatRequest) -> tuple[int, ...]:
    """The offsets before the first message and after each. A comma goes with the message behind
    it, so that a message is the same piece in the next turn."""
    cuts: list[int] = []
    place = 0
    for item in request.raw.items if request.raw is not None else ():
        place = body.find(item, place)
        if place < 0:
            return ()
        if not cuts:
            cuts.append(place)
        place += len(item)
        cuts.append(place)
    return tuple(cuts)
