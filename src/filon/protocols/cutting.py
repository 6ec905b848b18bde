"""Where a request's body may be cut for storage. Pure."""

from filon.conversation.request import ChatRequest

# Bytes by which a message is looked for; a search prepares itself by every byte of what it seeks.
_SIGN = 24


def cuts_of(body: bytes, request: ChatRequest) -> tuple[int, ...]:
    """The offsets before the first message and after each. A comma goes with the message behind
    it, so that a message is the same piece in the next turn."""
    cuts: list[int] = []
    place, gap = 0, 1
    for item in request.raw.items if request.raw is not None else ():
        # One mostly stands as far behind the one before it as that did: a comma, or a blank more.
        begins = place + gap
        if not cuts or not body.startswith(item, begins):
            begins = _found(body, item, place)
            if begins < 0:
                return ()
        if cuts:
            gap = begins - place
        else:
            cuts.append(begins)
        place = begins + len(item)
        cuts.append(place)
    return tuple(cuts)


def _found(body: bytes, item: bytes, place: int) -> int:
    likely = body.find(item[:_SIGN], place)
    return likely if body.startswith(item, max(likely, 0)) else body.find(item, place)
