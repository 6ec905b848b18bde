"""The status line."""

from fastapi import APIRouter

from filon import __version__
from filon.kit import clock
from filon.server.given import House, Person
from filon.server.shapes import StatusShape

router = APIRouter(prefix="/api", tags=["status"])


@router.get("/status")
async def status(person: Person, house: House) -> StatusShape:
    """The figures of the status line."""
    standing = house.reload.standing
    config = standing.file
    endpoints = house.services.directory.counted
    today = await house.store.traces.rollup(person.id, clock.midnight())
    return StatusShape(
        version=__version__,
        gateway=f"http://{house.settings.host}:{house.settings.port}/v1",
        config=config.path.name if config else None,
        errors=config.count("error") if config else 0,
        warnings=config.count("warning") if config else 0,
        config_fault=standing.fault,
        config_fault_since=standing.fault_since,
        config_runs_since=standing.runs_since,
        endpoints_ready=sum(endpoint.state == "ready" for endpoint in endpoints),
        endpoints=len(endpoints),
        requests_today=today.requests,
        failed_today=today.failed,
        unpriced_today=today.unpriced,
        cost_today_usd=today.cost_usd,
        trace_bytes=await house.store.size(),
    )
