"""Is the key accepted? The list of models tells, unless it is shown to everybody; then the chat."""

from filon.conversation.finding import Finding
from filon.doctor.answer import get, refusal, without_key
from filon.doctor.case import Case
from filon.doctor.exchange import Reply
from filon.doctor.models import choose
from filon.doctor.outcome import Outcome, failed, find, ok, quoting, skipped
from filon.doctor.talk import open_chat
from filon.kit.http import HttpFailure

_ABOUT_KEY = ("key_refused", "key_not_sent")


async def try_key(case: Case) -> Outcome:
    """The step."""
    reply = case.listing
    assert reply is not None
    seen = {"path": case.list_path, "status": reply.status}
    fault = _refused(case, reply)
    if fault is not None:
        return failed(fault, "refused", **seen)
    if not case.endpoint.key.value:
        return ok("accepted_unneeded")
    if reply.good and not await _is_public(case):
        return ok("accepted", **seen)
    if not case.tools.chat or choose(case) is None:
        return skipped("accepted_unproven")
    chat = await open_chat(case)
    told = chat.status if chat.status is not None else "no answer"
    if chat.finding is not None and chat.finding.code in _ABOUT_KEY:
        return failed(_confirmed(case, chat.finding), "accepted_chat", status=told)
    if chat.status is None or chat.status >= 500:
        # Nothing was said of the key; the chat's own step tells what was.
        return skipped("accepted_unproven")
    return ok("accepted_chat", status=told)


def _refused(case: Case, reply: Reply) -> Finding | None:
    """The finding of a list that was refused because of the key. A 403 may mean the list alone."""
    if reply.good or reply.status in (403, 404):
        return None
    found = refusal(case, reply)
    if found.code not in _ABOUT_KEY:
        return None
    if not case.endpoint.key.value:
        return quoting(find("key_needed", **case.names), found.evidence)
    return _confirmed(case, found)


def _confirmed(case: Case, refused: Finding) -> Finding:
    """What was noticed about the key before it was sent explains best why it is refused."""
    if case.doubt_of_key is None:
        return refused
    return quoting(case.doubt_of_key, refused.evidence)


async def _is_public(case: Case) -> bool:
    """Whether the list is shown without the key too."""
    bare = without_key(case)
    try:
        reply = await get(case, case.endpoint.base_url, bare)
    except HttpFailure:
        return False
    return reply.good
