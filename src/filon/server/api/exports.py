"""A trace as something that other programs run or read."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import PlainTextResponse

from filon.server import exporting
from filon.server.given import House, Person
from filon.server.replay_shapes import ExportForm
from filon.server.stored import look

router = APIRouter(prefix="/api/traces", tags=["exports"])


@router.get("/{trace_id}/export", response_class=Response)
async def export(
    trace_id: str,
    person: Person,
    house: House,
    form: Annotated[ExportForm, Query(alias="as")] = "curl",
    attempt: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """A trace in this form: one attempt, the last unless it is named, or all of them where the
    form has a place for that. The key is named, never shown."""
    looked = await look(person.id, trace_id, house)
    made = exporting.export(looked.shape, looked.records, form, house.services.directory, attempt)
    return Response(
        made.text,
        media_type=f"{made.media_type}; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{made.filename}"'},
    )


@router.get("/{trace_id}/curl", response_class=PlainTextResponse)
async def get_curl(trace_id: str, person: Person, house: House) -> PlainTextResponse:
    """The last attempt as a curl command; the key is the endpoint's own variable, or API_KEY."""
    looked = await look(person.id, trace_id, house)
    made = exporting.export(looked.shape, looked.records, "curl", house.services.directory)
    return PlainTextResponse(made.text)
