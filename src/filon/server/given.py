"""What a route of FastAPI is given: the server's parts, and the person who asks.

Authorisation is a dependency of the route, never a matter of the path: a path can be made to look
different to a middleware than to the router (CVE-2026-48710).
"""

from typing import Annotated

from fastapi import Depends, Request

from filon.server.house import ServerHouse
from filon.server.security import COOKIE, signed_in
from filon.store.people import PersonRow


def house_of(request: Request) -> ServerHouse:
    """The server's parts, for a route."""
    return request.app.state.house


House = Annotated[ServerHouse, Depends(house_of)]


async def person_of(request: Request, house: House) -> PersonRow:
    """The person who is signed in. Raises Unauthenticated."""
    return await signed_in(house, request.cookies.get(COOKIE))


async def anyone() -> None:
    """Marks a route that needs no authorisation, so that this is a choice and not a slip."""


Person = Annotated[PersonRow, Depends(person_of)]
