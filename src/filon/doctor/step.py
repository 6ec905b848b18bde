"""What an examination says: one Step after the other, and all of them as a Report. Pure values."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from filon.conversation.finding import Finding

State = Literal["ok", "warn", "failed", "skipped", "running"]
Name = Literal[
    "key",
    "address",
    "dns",
    "tcp",
    "tls",
    "http",
    "accepted",
    "list",
    "model",
    "chat",
    "stream",
    "usage",
]

TITLES: Mapping[Name, str] = {
    "key": "Key set",
    "address": "Address well formed",
    "dns": "DNS",
    "tcp": "TCP",
    "tls": "TLS",
    "http": "HTTP answers",
    "accepted": "Key accepted",
    "list": "Model list",
    "model": "Model exists",
    "chat": "One-token chat",
    "stream": "Streaming",
    "usage": "Usage reported",
}


class Step(Struct, frozen=True, kw_only=True):
    """One thing that was looked at.

    `seen` is what was seen, in one line; `code` and `names` are the same, for a page that says it
    in another language. `seconds` is how long the look took. "warn" is worth knowing and stops
    nothing; after a "failed" step all others are "skipped".
    """

    name: Name
    state: State
    seen: str = ""
    code: str = ""
    names: Mapping[str, str] = {}
    seconds: float | None = None
    finding: Finding | None = None


class Report(Struct, frozen=True, kw_only=True):
    """All steps of one examination. `model` is the one that was asked, where it came so far."""

    endpoint: str
    label: str
    base_url: str
    model: str | None
    steps: tuple[Step, ...]

    @property
    def failed(self) -> Step | None:
        """The step at which it stopped."""
        return next((step for step in self.steps if step.state == "failed"), None)

    @property
    def warnings(self) -> tuple[Step, ...]:
        """What works, but is worth knowing."""
        return tuple(step for step in self.steps if step.state == "warn")
