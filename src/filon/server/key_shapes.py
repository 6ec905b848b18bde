"""The bodies of `/api/keys`."""

from pydantic import Field

from filon.server.shapes import Shape


class KeyRulesShape(Shape):
    """What a key may do. `models` are patterns for `endpoint/model` and `preset/name` in which `*`
    stands for anything, `endpoints` for endpoints' names; empty means all. Limits of null are
    none; a day begins at midnight where Filon runs. `lenient`: a parameter that cannot be
    translated is dropped with a decision, instead of refused. `explain_errors`: error bodies have
    Filon's account of the failure."""

    models: list[str] = []
    endpoints: list[str] = []
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    requests_per_day: int | None = None
    concurrent: int | None = None
    tags: list[str] = []
    lenient: bool = False
    explain_errors: bool = False


class KeyRulesBody(KeyRulesShape):
    """The same as it is sent: what is left out is none, or all where it is a scope."""


class KeyUseShape(Shape):
    """What was done with a key. `refused` are the requests that its rules stopped or nobody could
    read, `failed` those that went wrong later, `unpriced` those whose cost `cost_usd` lacks."""

    requests: int = 0
    refused: int = 0
    failed: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0
    unpriced: int = 0


class KeyShape(Shape):
    """A gateway key as it can be shown, never the key. `expired`: `expires_at` has passed. `today`
    and `total` are its use since midnight and in all."""

    id: str
    name: str
    prefix: str
    note: str | None
    created_at: float
    last_used_at: float | None
    expires_at: float | None
    expired: bool
    revoked_at: float | None
    rules: KeyRulesShape
    today: KeyUseShape
    total: KeyUseShape


class KeyDayShape(Shape):
    """What was done with a key on one day, a date such as 2027-01-31 where Filon runs."""

    day: str
    use: KeyUseShape


class KeyPage(Shape):
    """One key, with the days of the last thirty on which it was used, oldest first."""

    key: KeyShape
    days: list[KeyDayShape]


class KeyList(Shape):
    """All keys, newest first, those that are revoked included. `days` are those of the last thirty
    on which each was used, oldest first, by the key's id."""

    keys: list[KeyShape]
    days: dict[str, list[KeyDayShape]]


class KeyMade(Shape):
    """A new gateway key. `secret` is shown this once."""

    key: KeyShape
    secret: str


class KeyBody(Shape):
    """A new key. `expires` is a date, a moment or a span: 2027-01-31, 2027-01-31T18:00, 30d."""

    name: str = Field(min_length=1, max_length=80)
    note: str | None = Field(default=None, max_length=2000)
    expires: str | None = Field(default=None, max_length=60)
    rules: KeyRulesBody = KeyRulesBody()


class KeyChange(Shape):
    """What may be changed of a key. Absent fields stay; `expires` null means never; `rules` are
    all of them."""

    name: str | None = Field(default=None, min_length=1, max_length=80)
    note: str | None = Field(default=None, max_length=2000)
    expires: str | None = Field(default=None, max_length=60)
    rules: KeyRulesBody | None = None
