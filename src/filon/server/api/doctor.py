"""The doctor on the page: the steps of one endpoint, a line of JSON each, as they are taken."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from pydantic import Field

from filon.config.surroundings import surroundings
from filon.conversation.errors import NotFound
from filon.doctor.case import Patience, Tools
from filon.doctor.examine import Examination
from filon.doctor.step import Name, State, Step
from filon.server.given import House, Person
from filon.server.house import ServerHouse
from filon.server.shapes import Shape

router = APIRouter(prefix="/api/endpoints", tags=["endpoints"])

LINES = "application/x-ndjson"


class DoctorBody(Shape):
    """What to look at. `model` is the one to ask, else the first; without `chat` nothing is sent
    that could cost anything."""

    model: str | None = Field(default=None, max_length=500)
    chat: bool = True


class StepFindingShape(Shape):
    """Why a step failed, or what is worth knowing. `names` are what the sentences speak of; where
    a corrected line can be copied, it is `line` among them."""

    code: str
    title: str
    evidence: str
    causes: list[str]
    fix: str
    names: dict[str, str]


class StepShape(Shape):
    """One line of the reply. A step comes as running and again when it is over; those behind a
    failure come once, as skipped. `seen` is also told by `code` and `names`."""

    name: Name
    state: State
    seen: str
    code: str
    names: dict[str, str]
    seconds: float | None
    finding: StepFindingShape | None


@router.post(
    "/{name}/doctor",
    response_class=StreamingResponse,
    responses={200: {"model": StepShape, "description": f"{LINES}: one StepShape a line."}},
)
async def examine(name: str, body: DoctorBody, person: Person, house: House) -> StreamingResponse:
    """Tries each step from the key to a streamed token. It asks the provider, and unless `chat`
    is false it sends one chat of one token."""
    endpoint = house.services.directory.endpoint(name)
    if endpoint is None:
        raise NotFound(f"There is no endpoint {name!r}.", fix="GET /api/endpoints lists them.")
    house.services.log.event("doctor", endpoint=endpoint.name, by=person.name)
    examination = Examination(endpoint, _tools(house, chat=body.chat), body.model)
    # A proxy such as nginx would otherwise gather the lines before it passes them on.
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_lines(examination), media_type=LINES, headers=headers)


def _tools(house: ServerHouse, *, chat: bool) -> Tools:
    services = house.services
    source = house.settings.source
    return Tools(
        upstream=services.upstream,
        redactor=services.redactor,
        surroundings=surroundings(source.environ if source is not None else {}),
        patience=Patience(
            connect=services.limits.connect,
            answer=min(Patience().answer, services.limits.first_payload),
        ),
        chat=chat,
    )


async def _lines(examination: Examination) -> AsyncIterator[bytes]:
    async with aclosing(examination.steps()) as steps:
        async for step in steps:
            yield _shape(step).model_dump_json().encode() + b"\n"


def _shape(step: Step) -> StepShape:
    finding = step.finding
    return StepShape(
        name=step.name,
        state=step.state,
        seen=step.seen,
        code=step.code,
        names=dict(step.names),
        seconds=step.seconds,
        finding=None
        if finding is None
        else StepFindingShape(
            code=finding.code,
            title=finding.title,
            evidence=finding.evidence,
            causes=list(finding.causes),
            fix=finding.fix,
            names=dict(finding.names),
        ),
    )
