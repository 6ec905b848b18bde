"""What the program runs with. Frozen; made once by `filon.config.load`."""

from pathlib import Path
from typing import Literal

from msgspec import Struct

from filon.providers.endpoint import Endpoint

Level = Literal["error", "warning", "note"]


class Verdict(Struct, frozen=True, kw_only=True):
    """What `check` says of one place in the file. `line` and `column` count from 1.

    "error": LibreChat refuses the file for it, or drops the endpoint. "warning": it has no
    effect, or a variable is unset. "note": worth knowing.
    """

    level: Level
    code: str
    message: str
    line: int
    column: int


class ConfigFile(Struct, frozen=True, kw_only=True):
    """The file that was read, and what was found in it."""

    path: Path
    verdicts: tuple[Verdict, ...] = ()

    def count(self, level: Level) -> int:
        """How many verdicts of this level there are."""
        return sum(verdict.level == level for verdict in self.verdicts)


class Limits(Struct, frozen=True, kw_only=True):
    """Bounds that keep the program standing. Sizes are bytes, times are seconds."""

    body: int = 8 * 1024 * 1024
    body_time: float = 30.0
    connect: float = 10.0
    first_payload: float = 300.0
    between_payloads: float = 120.0
    frames_kept: int = 2 * 1024 * 1024


class Settings(Struct, frozen=True, kw_only=True):
    """All settings. `home` is the folder of everything that is stored.

    `practice_port` 0 means any free port. `database_url` is an SQLAlchemy address.
    `allowed_hosts` are names beside the machine's own that the server answers to.
    `secrets` are the values that must never be stored or shown, for the redactor.
    """

    home: Path
    host: str = "127.0.0.1"
    port: int = 8421
    practice_port: int = 0
    config: ConfigFile | None = None
    endpoints: tuple[Endpoint, ...] = ()
    limits: Limits = Limits()
    log_json: bool = False
    log_level: str = "info"
    open_browser: bool = True
    allowed_hosts: tuple[str, ...] = ()

    @property
    def database_url(self) -> str:
        """Where the data lies."""
        return f"sqlite+aiosqlite:///{self.home / 'filon.db'}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that is a key; header values count when they hold one."""
        keys = tuple(
            endpoint.key.value
            for endpoint in self.endpoints
            if endpoint.key.value and endpoint.key.source != "none_needed"
        )
        others = (secret for endpoint in self.endpoints for secret in endpoint.secrets)
        return tuple(dict.fromkeys((*keys, *others)))
