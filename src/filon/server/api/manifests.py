"""What Filon knows of a provider, as it is written: the line behind a decision can be read."""

from fastapi import APIRouter

from filon.conversation.errors import NotFound
from filon.providers import catalog
from filon.server.config_shapes import ManifestShape
from filon.server.given import Person

router = APIRouter(prefix="/api/manifests", tags=["config"])


@router.get("/{name}")
async def manifest(name: str, person: Person) -> ManifestShape:
    """One manifest by the name of its provider."""
    text = catalog.text_of(name)
    if text is None:
        raise NotFound(f"There is no manifest {name}.", fix="Take a name from an endpoint.")
    return ManifestShape(name=name, text=text)
