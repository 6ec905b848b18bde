"""What is counted, for machines that ask for it, and who may ask."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from filon.conversation.errors import Forbidden, Unauthenticated
from filon.server import metrics
from filon.server.given import House
from filon.server.security import COOKIE, signed_in

router = APIRouter(include_in_schema=False)

_bearer = HTTPBearer(auto_error=False)
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


async def observer(request: Request, house: House, bearer: Bearer) -> None:
    """A signed-in person, or a program whose key may use everything: the figures tell of all
    endpoints and of what was spent there. Raises Unauthenticated or Forbidden."""
    if bearer is None and request.cookies.get(COOKIE):
        await signed_in(house, request.cookies.get(COOKIE))
        return
    if bearer is None:
        raise Unauthenticated(
            "The metrics are not for everyone.",
            code="missing_api_key",
            fix="Send a gateway key as Authorization: Bearer KEY; filon keys create NAME makes "
            "one. In the browser, sign in.",
        )
    key = await house.keys.check(bearer.credentials)
    if key.rules.scoped:
        raise Forbidden(
            f"The key {key.name} may use some models only, and the metrics tell of all.",
            code="key_is_scoped",
            fix="Use a key without a scope.",
            names={"key": key.name},
        )


@router.get("/metrics", dependencies=[Depends(observer)])
async def figures(house: House) -> Response:
    """All that is counted, as Prometheus reads it."""
    text = await metrics.exposition(house.services)
    return Response(text, media_type=metrics.MEDIA_TYPE, headers={"cache-control": "no-store"})
