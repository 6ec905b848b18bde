"""Who is signed in, and signing out."""

from fastapi import APIRouter, Request, Response

from filon.server.given import Person
from filon.server.security import COOKIE
from filon.server.shapes import PersonShape

router = APIRouter(prefix="/api", tags=["session"])


@router.get("/me")
async def me(person: Person) -> PersonShape:
    """The person of this session."""
    return PersonShape(id=person.id, name=person.name)


@router.post("/sign-out", status_code=204)
async def sign_out(person: Person, request: Request) -> Response:
    """Ends the session here and in the store."""
    await request.app.state.house.sessions.end(request.cookies.get(COOKIE, ""))
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
    return response
