"""Bodies of /api/practice: what the provider that is built in can do, and what is set of it."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """A body of this API: nothing in it that is not named here."""

    model_config = ConfigDict(extra="forbid")


class ArgumentShape(Shape):
    """The number that a fault's switch takes: `name=number`."""

    usual: float
    low: float
    high: float
    unit: str


class FaultShape(Shape):
    """One fault. `by` says how it is met: a switch of a request ("switch"), or an endpoint of its
    own that shows it ("door")."""

    name: str
    group: Literal["refusals", "connection", "stream", "content"]
    aliases: list[str]
    what: str
    teaches: str
    argument: ArgumentShape | None
    by: Literal["switch", "door"]
    endpoint: str | None = None


class LimitsShape(Shape):
    """What a key may ask of a model at a dialect; null is no limit."""

    requests_per_second: float | None = Field(default=None, ge=0, le=1e9)
    requests_per_minute: float | None = Field(default=None, ge=0, le=1e9)
    requests_per_day: float | None = Field(default=None, ge=0, le=1e9)
    tokens_per_minute: float | None = Field(default=None, ge=0, le=1e12)
    tokens_per_day: float | None = Field(default=None, ge=0, le=1e12)
    concurrent: float | None = Field(default=None, ge=0, le=1e6)


class DialectFactShape(Shape):
    """One fact of how a provider speaks, and how sure it is."""

    about: str
    use: Any
    sure: Literal["confirmed", "secondary", "unconfirmed", "practice"]
    source: str


class DialectShape(Shape):
    """One dialect: its address, its keys, its limits, and the facts that it follows."""

    name: str
    label: str
    endpoint: str
    base_url: str
    key: str | None
    broke_key: str | None
    models: list[str]
    seen: str
    limits: LimitsShape
    usual_limits: LimitsShape
    facts: list[DialectFactShape]


class PracticeModelShape(Shape):
    """One model. Prices are play money in USD per million tokens, `context` is tokens."""

    name: str
    what: str
    context: int
    input_usd: float
    output_usd: float
    truncates: bool
    reasons: bool


class RuleShape(Shape):
    """A fault by schedule or by chance. Times are Unix seconds; `matched` and `struck` count the
    requests that it was for and those that met it."""

    id: str
    fault: str
    argument: float | None
    dialect: str | None
    model: str | None
    starts: float | None
    ends: float | None
    probability: float
    seed: int
    state: Literal["waiting", "active", "over"]
    matched: int
    struck: int


class RuleBody(Shape):
    """A rule to add. `starts_in` and `lasts` are seconds from now and from the start."""

    fault: str = Field(min_length=1, max_length=80)
    argument: float | None = None
    dialect: str | None = None
    model: str | None = None
    starts_in: float = Field(default=0, ge=0, le=86_400 * 7)
    lasts: float | None = Field(default=None, gt=0, le=86_400 * 7)
    probability: float = Field(default=1, gt=0, le=1)
    seed: int = 0


class SpeedBody(Shape):
    """How quick practice is: 1 as its models are, 0 without any wait."""

    speed: float = Field(ge=0, le=10_000)


class PracticeShape(Shape):
    """All of it."""

    speed: float
    now: float
    models: list[PracticeModelShape]
    dialects: list[DialectShape]
    faults: list[FaultShape]
    rules: list[RuleShape]


class LineShape(Shape):
    """One request as practice saw it, in short."""

    id: int
    at: float
    dialect: str
    method: str
    target: str
    model: str | None
    stream: bool
    switches: list[str]
    skill: str | None
    status: int | None
    outcome: str | None
    seconds: float | None
    prompt_tokens: int | None
    answer_tokens: int | None


class LedgerShape(Shape):
    """The latest lines of the ledger, newest first."""

    entries: list[LineShape]


class LineDetailShape(LineShape):
    """One line with all that came and went. Bodies are text, cut where they were long."""

    request_headers: list[tuple[str, str]]
    request_body: str
    request_size: int
    response_headers: list[tuple[str, str]]
    response_body: str
    response_size: int
    chunks: int
    first_byte: float | None
    key: str | None
    note: str | None
