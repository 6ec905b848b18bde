"""The chat: opened once, by the step that needs it first, and read by those that come after."""

import re

from filon.conversation.errors import Problem
from filon.conversation.finding import Finding
from filon.doctor.case import Case
from filon.doctor.exchange import Chat
from filon.doctor.outcome import Outcome, failed, find, ok, quoting, warn
from filon.providers.aliases import canonical
from filon.trace.records import Decision

# One token is enough for most. Where it is refused as too few, this is asked for instead.
_MORE = 256
_TOO_FEW = re.compile(
    r"(max_?(completion_|output_|new_)?tokens|output limit).{0,80}"
    r"(at least|minimum|too (small|low|few)|limit was reached|>=? ?\d|greater than)",
    re.IGNORECASE | re.DOTALL,
)
_PARAMETER = frozenset({"parameter_refused", "request_refused"})
_KEY = "key_refused"
_NO_MODEL = frozenset({"model_not_found", "model_near"})


async def open_chat(case: Case) -> Chat:
    """The chat of this examination; sent when it is asked for first."""
    if case.chat is not None:
        return case.chat
    assert case.model is not None
    chat = await _sent(case, 1)
    said = (chat.problem.provider_body or "") if chat.problem is not None else ""
    if chat.status in (400, 422) and _TOO_FEW.search(said):
        await chat.close()
        chat = await _sent(case, _MORE)
    case.chat = chat
    return chat


async def _sent(case: Case, tokens: int) -> Chat:
    model = case.model
    assert model is not None
    patience = case.tools.patience
    chat = Chat(
        case.endpoint,
        model,
        case.request(model, tokens),
        redactor=case.tools.redactor,
        answer=patience.answer,
    )
    await chat.open(case.tools.upstream, patience.connect)
    return chat


async def try_chat(case: Case) -> Outcome:
    """The step of the chat: to the first thing that there is to see."""
    chat = await open_chat(case)
    await chat.begin()
    path = _path(case, chat)
    # What breaks after the first output is the stream's matter.
    if chat.finding is not None and chat.first is None:
        finding = _explained(case, chat.finding)
        if chat.status is None:
            return failed(finding, "chat_none", path=path, told="no answer")
        return failed(finding, "chat_refused", path=path, status=chat.status)
    seen = {"path": path, "status": chat.status, "told": _said(chat)}
    if chat.first is not None and chat.first > case.tools.patience.slow:
        finding = find("slow", **case.names, seconds=f"{chat.first:.0f}")
        return warn(finding, "chat", **seen)
    return ok("chat", **seen)


async def read_stream(case: Case) -> Outcome:
    """The step of the stream: all that follows, and whether it ends as a stream should."""
    chat = await open_chat(case)
    await chat.finish()
    if chat.finding is not None:
        return failed(chat.finding, "stream_broken", count=chat.frames)
    if chat.whole:
        return warn(find("not_streamed", **case.names), "stream_whole")
    seen = {"count": chat.frames, "first": f"{chat.first or 0.0:.2f}"}
    if not chat.done:
        return warn(find("no_done", **case.names), "stream", **seen)
    return ok("stream", **seen)


async def read_usage(case: Case) -> Outcome:
    """The step of the counts."""
    usage = (await open_chat(case)).usage
    if usage is not None and (usage.input_tokens is not None or usage.output_tokens is not None):
        shown = {"input": usage.input_tokens, "output": usage.output_tokens}
        return ok("usage", **{name: "?" if n is None else n for name, n in shown.items()})
    dropped = next((one for one in case.decisions if _is_dropped_usage(one)), None)
    if dropped is not None:
        finding = find("usage_dropped", **case.names, because=_place(dropped))
        return warn(finding, "usage_none")
    return warn(find("no_usage", **case.names), "usage_none")


def _explained(case: Case, finding: Finding) -> Finding:
    """The finding of a refused chat, with what the doctor knows beyond the provider's words."""
    if finding.code == _KEY and case.doubt_of_key is not None:
        return quoting(case.doubt_of_key, finding.evidence)
    if finding.code in _PARAMETER and case.chat is not None and case.chat.problem is not None:
        return _parameter(case, case.chat.problem, finding)
    return finding


def _parameter(case: Case, told: Problem, finding: Finding) -> Finding:
    """Which line has the refused parameter sent."""
    sent = next((one for one in case.decisions if _is_about(one, told)), None)
    if sent is None:
        return finding
    names = {**case.names, "param": sent.sent_as}
    if sent.because.line is None:
        return find("parameter_ours", finding.evidence, **names)
    return find("parameter_sent", finding.evidence, **names, because=_place(sent))


def _is_about(decision: Decision, told: Problem) -> bool:
    name = decision.sent_as
    if name is None:
        return False
    if told.param is not None:
        # Mistral names a field by its way through the body: `stream_options.include_usage`.
        field = told.param.removeprefix("body.").partition(".")[0]
        return canonical(field) in (canonical(name), canonical(decision.name))
    # Else it stands in the provider's words, in quotes of some kind.
    return re.search(rf"""["'`]{re.escape(name)}["'`]""", told.provider_body or "") is not None


def _is_dropped_usage(decision: Decision) -> bool:
    return (
        decision.name == "stream_options"
        and decision.sent_as is None
        and decision.because.line is not None
    )


def _place(decision: Decision) -> str:
    because = decision.because
    place = because.source if because.line is None else f"{because.source}:{because.line}"
    return f"{because.rule} in {place}" if because.rule else place


def _path(case: Case, chat: Chat) -> str:
    return chat.wire.url.removeprefix(case.endpoint.base_url.rstrip("/"))


def _said(chat: Chat) -> str:
    if chat.text.strip():
        return f"“{chat.text.strip()[:24]}”"
    return chat.finish_reason or "begun"


def is_unknown_model(finding: Finding | None) -> bool:
    """Whether a chat was refused because there is no such model."""
    return finding is not None and finding.code in _NO_MODEL
