"""The status line, and what the configuration file says."""

import msgspec
from fastapi import APIRouter

from filon import __version__
from filon.kit import clock
from filon.server.house import House
from filon.server.security import Person
from filon.server.shapes import ConfigShape, StatusShape, VerdictShape

router = APIRouter(prefix="/api", tags=["status"])


@router.get("/status")
async def status(person: Person, house: House) -> StatusShape:
    """The figures of the status line."""
    config = house.settings.config
    endpoints = house.services.directory.endpoints
    today = await house.store.traces.rollup(person.id, clock.midnight())
    return StatusShape(
        version=__version__,
        gateway=f"http://{house.settings.host}:{house.settings.port}/v1",
        config=config.path.name if config else None,
        errors=config.count("error") if config else 0,
        warnings=config.count("warning") if config else 0,
        endpoints_ready=sum(endpoint.state == "ready" for endpoint in endpoints),
        endpoints=len(endpoints),
        requests_today=today.requests,
        failed_today=today.failed,
        unpriced_today=today.unpriced,
        cost_today_usd=today.cost_usd,
        trace_bytes=await house.store.size(),
    )


@router.get("/config")
async def config(person: Person, house: House) -> ConfigShape:
    """What `filon check` says of the file in use."""
    used = house.settings.config
    if used is None:
        return ConfigShape(file=None, path=None, verdicts=[])
    return ConfigShape(
        file=used.path.name,
        path=str(used.path),
        verdicts=[VerdictShape(**msgspec.structs.asdict(one)) for one in used.verdicts],
    )
