"""Which endpoints and models there are, as one frozen snapshot that `route` can read purely."""

import difflib
from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import force_setattr

from filon.config.preset import Preset, Presets
from filon.config.route import Route
from filon.conversation.errors import UnknownModel
from filon.conversation.request import Wanted
from filon.providers import catalog
from filon.providers.embeddings import embedders
from filon.providers.endpoint import Endpoint

# What stands before the slash where a program names a preset as its model.
PRESET = "preset"


class Directory(Struct, frozen=True, kw_only=True):
    """All endpoints in their order, the model ids that were fetched from them, the presets and the
    routes. `named` and `folded` are made of the endpoints, by their names as they are and in small
    letters."""

    endpoints: tuple[Endpoint, ...]
    fetched: Mapping[str, tuple[str, ...]] = {}
    presets: Presets = Presets()
    routes: tuple[Route, ...] = ()
    named: Mapping[str, Endpoint] = {}
    folded: Mapping[str, Endpoint] = {}

    def __post_init__(self) -> None:
        # The first of a name counts.
        last_first = self.endpoints[::-1]
        force_setattr(self, "named", {one.name: one for one in last_first})
        force_setattr(self, "folded", {one.name.casefold(): one for one in last_first})

    @property
    def counted(self) -> tuple[Endpoint, ...]:
        """The endpoints that a count speaks of: neither those kept aside, nor local servers that
        nobody configured and that are not there."""
        return tuple(
            one
            for one in self.endpoints
            if not one.aside and (one.kind != "local" or one.state == "ready")
        )

    def endpoint(self, name: str) -> Endpoint | None:
        """The endpoint of this name; letter case matters only where two names differ by it."""
        return self.named.get(name) or self.folded.get(name.casefold())

    def models(self, endpoint: Endpoint) -> tuple[str, ...]:
        """The model ids known of an endpoint. A fetched list replaces the configured one, as
        LibreChat has it; `models.default` is then only what was shown before."""
        return self.fetched.get(endpoint.name) or endpoint.models

    def ids(self) -> Iterable[str]:
        """Every known `endpoint/model` of the endpoints that are not kept aside."""
        for endpoint in self.endpoints:
            if not endpoint.aside:
                for model in self.models(endpoint):
                    yield f"{endpoint.name}/{model}"

    def preset(self, asked: str) -> Preset | None:
        """The preset behind `preset/name`, or behind a bare name that leads to no model: a model
        or a route keeps its name when a preset is called the same."""
        if not self.presets.listed:
            return None
        head, slash, name = asked.partition("/")
        if slash and head == PRESET:
            found = self.presets.named(name)
            if found is not None:
                return found
        found = self.presets.named(asked)
        if found is None or self.route(asked) is not None:
            return None
        try:
            self.find(asked)
        except UnknownModel:
            return found
        return None

    def route(self, asked: str) -> Route | None:
        """The route of this name. It goes before a bare model id; a broken one hides no model."""
        found = next((one for one in self.routes if one.name == asked), None)
        if found is None or found.reason is None:
            return found
        try:
            self.find(asked)
        except UnknownModel:
            return found
        return None

    def first(self, asked: str) -> tuple[Endpoint, str]:
        """As `find`, and for a route the first target that is there. Raises UnknownModel."""
        route = self.route(asked)
        for target in route.targets if route else ():
            try:
                return self.find(target)
            except UnknownModel:
                continue
        return self.find(asked)

    def find(self, asked: str, wants: Wanted = "answer") -> tuple[Endpoint, str]:
        """The endpoint and model id behind `endpoint/model`, or behind a bare model id that only
        one endpoint has. Raises UnknownModel with the nearest known names.

        For vectors a model need not be in the list that the configuration has, which is of models
        to chat with.
        """
        head = asked
        # A name may hold slashes itself, so the longest prefix that is an endpoint wins.
        while "/" in head:
            head = head.rpartition("/")[0]
            endpoint = self.endpoint(head)
            if endpoint is not None:
                model = asked[len(head) + 1 :]
                if wants == "vectors" and self._may_embed(endpoint, model):
                    return endpoint, model
                return self._checked(endpoint, model, asked)
        owners = self._owners(asked, wants)
        if len(owners) == 1:
            return owners[0], asked
        raise self._unknown(asked, [f"{owner.name}/{asked}" for owner in owners])

    def _may_embed(self, endpoint: Endpoint, model: str) -> bool:
        if endpoint.kind == "practice":
            return model.partition(":")[0] in endpoint.embedders
        return bool(model)

    def _owners(self, model: str, wants: Wanted) -> list[Endpoint]:
        owners = [
            endpoint
            for endpoint in self.endpoints
            if model in self.models(endpoint)
            or (wants == "vectors" and model in embedders(endpoint))
        ]
        # Practice's dialects share their models' names; only a full name means one of them.
        return [owner for owner in owners if not owner.aside] or owners

    def _checked(self, endpoint: Endpoint, model: str, asked: str) -> tuple[Endpoint, str]:
        known = self.models(endpoint)
        closed = endpoint.kind in ("custom", "practice") and not endpoint.fetch
        # A title model need not be in the list that people choose from.
        listed = model in known or self._titles_with(endpoint, model)
        if endpoint.kind == "practice":
            # What stands behind the colon is a switch, such as `pocket:rate-limited`.
            listed = model.partition(":")[0] in known
        if not model or (closed and known and not listed):
            raise self._unknown(asked, [])
        return endpoint, model

    def _titles_with(self, endpoint: Endpoint, model: str) -> bool:
        """Whether this endpoint, or one that has its titles made here, names the model for them."""
        here = [one for one in self.endpoints if one.title.endpoint]
        asking = [one for one in here if self.endpoint(str(one.title.endpoint)) == endpoint]
        return any(one.title.model == model for one in (endpoint, *asking))

    def _unknown(self, asked: str, several: list[str]) -> UnknownModel:
        presets = (f"{PRESET}/{preset.name}" for preset in self.presets.listed)
        routes = (route.name for route in self.routes if route.reason is None)
        known = [*self.ids(), *presets, *routes]
        near = several or difflib.get_close_matches(asked, known, n=3, cutoff=0.4)
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
    if manifest.undetected is not None:
        return (
            f"{manifest.label} is not found by its key alone. {manifest.undetected} "
            f"docs/providers/{manifest.name}.md has an entry for your file."
        )
    return (
        f"{manifest.variables[0]} is not set. Set it in the .env beside the configuration, or "
        "start Filon again with it."
    )
