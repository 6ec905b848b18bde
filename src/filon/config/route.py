"""Routes as values: models that exist by name alone. Made of `filon.routes` by
`filon.config.routes`."""

from msgspec import Struct

from filon.trace.records import Because


class Route(Struct, frozen=True, kw_only=True):
    """One entry of `filon.routes`.

    `targets` are models, written `endpoint/model`, in the order in which they are tried. A route
    with a `reason` cannot be used; the reason is one sentence. `because` is where it stands.
    """

    name: str
    because: Because
    targets: tuple[str, ...] = ()
    description: str | None = None
    reason: str | None = None
