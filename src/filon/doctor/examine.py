"""The order of the steps, and what happens after the first that fails."""

from collections.abc import AsyncGenerator, Awaitable, Callable

from msgspec.structs import replace

from filon.conversation.errors import EndpointNotReady
from filon.conversation.finding import Finding
from filon.doctor.access import try_key
from filon.doctor.address import look_at_address
from filon.doctor.answer import ask_for_list
from filon.doctor.case import Case, Tools
from filon.doctor.certificate import shake_hands
from filon.doctor.key import look_at_key
from filon.doctor.models import find_model, read_list
from filon.doctor.network import connect, look_up_name
from filon.doctor.outcome import Outcome, failed, find, skipped
from filon.doctor.step import Name, Report, Step
from filon.doctor.talk import read_stream, read_usage, try_chat
from filon.kit import clock
from filon.providers.endpoint import Endpoint
from filon.trace.recorder import clean

Look = Callable[[Case], Awaitable[Outcome]]

_LOOKS: tuple[tuple[Name, Look], ...] = (
    ("key", look_at_key),
    ("address", look_at_address),
    ("dns", look_up_name),
    ("tcp", connect),
    ("tls", shake_hands),
    ("http", ask_for_list),
    ("accepted", try_key),
    ("list", read_list),
    ("model", find_model),
    ("chat", try_chat),
    ("stream", read_stream),
    ("usage", read_usage),
)
_COSTLY = frozenset[Name]({"chat", "stream", "usage"})


class Examination:
    """One endpoint, looked at from its key to its last token. Run `steps` once, then `report`."""

    def __init__(self, endpoint: Endpoint, tools: Tools, model: str | None = None) -> None:
        self._case = Case(endpoint, tools, model)
        self._done: list[Step] = []

    async def steps(self) -> AsyncGenerator[Step]:
        """Each step twice: as it begins ("running") and as it ended. Those behind a failure come
        once, as skipped. Closing the generator ends what is under way."""
        over = False
        try:
            for name, look in _LOOKS:
                if over:
                    yield self._noted(Step(name=name, state="skipped"))
                    continue
                yield Step(name=name, state="running")
                step = self._noted(await self._step(name, look))
                over = step.state == "failed"
                yield step
        finally:
            await self._case.close()

    async def report(self) -> Report:
        """All steps, at once."""
        if not self._done:
            async for _ in self.steps():
                pass
        return self.told()

    def told(self) -> Report:
        """The steps that are over."""
        endpoint = self._case.endpoint
        return Report(
            endpoint=endpoint.name,
            label=endpoint.label,
            base_url=endpoint.base_url,
            model=self._case.model,
            steps=tuple(self._done),
        )

    def _noted(self, step: Step) -> Step:
        step = clean(step, self._case.tools.redactor)
        self._done.append(step)
        return step

    async def _step(self, name: Name, look: Look) -> Step:
        case = self._case
        started = clock.monotonic()
        if name in _COSTLY and not case.tools.chat:
            outcome = skipped("not_asked")
        elif name == "http" and not _prepare(case):
            reason = "its headers hold characters that HTTP forbids"
            finding = find("not_configured", **case.names, reason=reason)
            outcome = failed(finding, "key_waits")
        else:
            outcome = await look(case)
        return Step(
            name=name,
            state=outcome.state,
            seen=outcome.seen,
            code=outcome.code,
            names=outcome.names,
            seconds=clock.monotonic() - started,
            finding=_named(case, outcome.finding),
        )


def _named(case: Case, finding: Finding | None) -> Finding | None:
    """The finding with names for all that a page says of it: a key that stands in the file has
    no variable, and where the provider's keys are made is a link beside a remark on a key."""
    if finding is None:
        return None
    names = dict(finding.names)
    if case.endpoint.key.variable is None:
        names["variable"] = "apiKey"
    if finding.code.startswith("key_") and "page" in case.names:
        names["page"] = case.names["page"]
    else:
        names.pop("page", None)
    return replace(finding, names=names)


def _prepare(case: Case) -> bool:
    """The headers as the pipeline sends them; False where no request can carry them."""
    try:
        case.wire = case.request("", 1)
    except EndpointNotReady:
        return False
    return True
