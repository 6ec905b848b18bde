"""The bodies of `/api/local`. Sizes are bytes, contexts tokens; None means unknown."""

from filon.server.shapes import FactShape, ProblemShape, Shape


class SightingShape(Shape):
    """What stood at the address of one local server. `state` is found, loading, locked, other,
    silent or unasked; `told` is how that is known, `start` what starts the server. `seen_at` is
    None while nobody has looked."""

    endpoint: str
    label: str
    server: str
    address: str
    state: str
    told: str
    version: str | None
    models: int
    start: str
    seen_at: float | None


class LocalShape(Shape):
    """The servers that are looked for on this machine."""

    servers: list[SightingShape]


class LocalModelShape(Shape):
    """A model as its server describes it. `used` is the context that the server really gives it,
    `limit` what the model was made for. `warning` is small or unknown. `on_gpu` is 0 to 1."""

    name: str
    size: int | None
    parameters: str | None
    quantisation: str | None
    family: str | None
    loaded: bool | None
    memory: int | None
    on_gpu: float | None
    abilities: list[str]
    used: FactShape
    limit: FactShape
    warning: str | None


class PullShape(Shape):
    """A pull. `state` is running, done, failed or cancelled; `status` is the server's own word."""

    id: str
    model: str
    state: str
    status: str
    completed: int
    total: int
    started: float
    ended: float | None
    problem: ProblemShape | None


class LocalServerShape(Shape):
    """One local server as it is now. `manages` says whether it pulls and deletes models, `larger`
    what gives a model more context, `overflow` what becomes of a prompt that is too long: cut,
    refused or unknown."""

    sighting: SightingShape
    manages: bool
    larger: str
    overflow: str
    models: list[LocalModelShape]
    pulls: list[PullShape]


class PullsShape(Shape):
    """The pulls of an endpoint, oldest first."""

    pulls: list[PullShape]


class PullBody(Shape):
    """Which model to pull, such as mistral:7b."""

    model: str
