"""Which endpoints make vectors of texts, with which models, and where. Pure."""

from urllib.parse import urlsplit, urlunsplit

from filon.providers import catalog
from filon.providers.endpoint import Endpoint

_CHAT = "/chat/completions"


def embedders(endpoint: Endpoint) -> tuple[str, ...]:
    """The models of an endpoint that are known to make vectors. There may be others: lists of
    models to chat with are no lists of these."""
    if endpoint.kind == "practice":
        return endpoint.embedders
    manifest = catalog.by_name(endpoint.provider)
    return (*endpoint.embedders, *(manifest.embedders if manifest else ()))


def against(endpoint: Endpoint) -> str | None:
    """Why an endpoint makes no vectors, in one sentence; None if it may."""
    if endpoint.kind == "practice":
        return None if endpoint.embedders else "this provider has no embeddings."
    manifest = catalog.by_name(endpoint.provider)
    return manifest.no_embeddings if manifest else None


def url(endpoint: Endpoint, path: str) -> str | None:
    """Where texts are sent; None where the configuration has an address for chat alone. `path` is
    the protocol's."""
    if endpoint.url is None:
        return endpoint.base_url.rstrip("/") + path
    parts = urlsplit(endpoint.url)
    stem = parts.path.rstrip("/").removesuffix(_CHAT)
    if stem == parts.path.rstrip("/"):
        return None
    return urlunsplit(parts._replace(path=stem + path))
