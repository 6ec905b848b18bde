"""Which endpoints and models there are, as one frozen snapshot that `route` can read purely."""

import difflib
from collections.abc import Iterable, Mapping

from msgspec import Struct

from filon.conversation.errors import UnknownModel
from filon.providers import catalog
from filon.providers.endpoint import Endpoint


class Directory(Struct, frozen=True, kw_only=True):
    """All endpoints in their order, and the model ids that were fetched from them."""

    endpoints: tuple[Endpoint, ...]
    fetched: Mapping[str, tuple[str, ...]] = {}

    def endpoint(self, name: str) -> Endpoint | None:
        """The endpoint of this name; letter case matters only where two names differ by it."""
        exact = [endpoint for endpoint in self.endpoints if endpoint.name == name]
        loose = [e for e in self.endpoints if e.name.casefold() == name.casefold()]
        return (exact or loose or [None])[0]

    def models(self, endpoint: Endpoint) -> tuple[str, ...]:
        """The model ids known of an endpoint. A fetched list replaces the configured one, as
        LibreChat has it; `models.default` is then only what was shown before."""
        return self.fetched.get(endpoint.name) or endpoint.models

    def ids(self) -> Iterable[str]:
        """Every known `endpoint/model`."""
        for endpoint in self.endpoints:
            for model in self.models(endpoint):
                yield f"{endpoint.name}/{model}"

    def find(self, asked: str) -> tuple[Endpoint, str]:
        """The endpoint and model id behind `endpoint/model`, or behind a bare model id that only
        one endpoint has. Raises UnknownModel with the nearest known names."""
        head = asked
        # A name may hold slashes itself, so the longest prefix that is an endpoint wins.
        while "/" in head:
            head = head.rpartition("/")[0]
            endpoint = self.endpoint(head)
            if endpoint is not None:
                return self._checked(endpoint, asked[len(head) + 1 :], asked)
        owners = [e for e in self.endpoints if asked in self.models(e)]
        if len(owners) == 1:
            return owners[0], asked
        raise self._unknown(asked, [f"{owner.name}/{asked}" for owner in owners])

    def _checked(self, endpoint: Endpoint, model: str, asked: str) -> tuple[Endpoint, str]:
        known = self.models(endpoint)
        closed = endpoint.kind in ("custom", "practice") and not endpoint.fetch
        # A title model need not be in the list that people choose from.
        listed = model in known or model == endpoint.title.model
        if not model or (closed and known and not listed):
            raise self._unknown(asked, [])
        return endpoint, model

    def _unknown(self, asked: str, several: list[str]) -> UnknownModel:
        near = several or difflib.get_close_matches(asked, list(self.ids()), n=3, cutoff=0.4)
        if several:
            told = f"{asked} is offered by {len(several)} endpoints"
        else:
            told = f"There is no model {asked}"
        hint = f"Did you mean {' or '.join(near)}? " if near else ""
        fix = _missing_key(asked) or (
            f"{hint}GET /v1/models lists every model, written endpoint/model."
        )
        return UnknownModel(f"{told}.", fix=fix, param="model")


def _missing_key(asked: str) -> str | None:
    """What to do when a provider that Filon knows is asked for, but has no endpoint here."""
    manifest = catalog.by_name(asked.partition("/")[0])
    if manifest is None or not manifest.variables:
        return None
    return f"{manifest.variables[0]} is not set. Set it and start Filon again."
