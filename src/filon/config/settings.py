"""What the program runs with. Frozen; made once by `filon.config.load`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct

from filon.config.addition import Additions, secrets_of
from filon.config.preset import Presets
from filon.config.proxying import Proxying
from filon.config.route import Route
from filon.providers.endpoint import Endpoint
from filon.trace.records import Because

Level = Literal["error", "warning", "note"]


class Verdict(Struct, frozen=True, kw_only=True):
    """What `check` says of one place in the file. `line` and `column` count from 1.

    "error": LibreChat refuses the file for it, or drops the endpoint. "warning": it has no
    effect, or a variable is unset. "note": worth knowing. `code` is a name of `codes/catalogue`.
    `length` is how many letters of that line are meant, at least 1. `path` leads to the place
    from the top of the file, such as endpoints.custom[0].apiKey; None where nothing could be read.
    """

    level: Level
    code: str
    message: str
    line: int
    column: int
    length: int = 1
    path: str | None = None


class NamedVariable(Struct, frozen=True, kw_only=True):
    """A variable that the file names, never with its value. `lines` are where it is named.

    "withheld" is one that no configuration ever gets. `place` is `.env` and its line, None for the
    process's own; `passed_over` is the `.env` line that the process's own variable wins over.
    """

    name: str
    state: Literal["set", "empty", "unset", "withheld"]
    lines: tuple[int, ...]
    place: str | None = None
    passed_over: str | None = None


class ConfigFile(Struct, frozen=True, kw_only=True):
    """The file that was read, and what was found in it.

    `text` is what stood in it, with whatever secrets it holds; None where it was no text.
    `readable` says that it is a map of keys, so that there is something to run. `included` is the
    file that it includes; what is wrong there is in that one's own verdicts.
    """

    path: Path
    verdicts: tuple[Verdict, ...] = ()
    text: str | None = None
    readable: bool = False
    variables: tuple[NamedVariable, ...] = ()
    included: "ConfigFile | None" = None

    def count(self, level: Level) -> int:
        """How many verdicts of this level there are, those of the included file among them."""
        here = sum(verdict.level == level for verdict in self.verdicts)
        return here + (self.included.count(level) if self.included else 0)


class Source(Struct, frozen=True, kw_only=True):
    """What the settings were made of, so that they can be made again: see `load.again`."""

    environ: Mapping[str, str]
    cwd: Path
    config: Path | None = None
    home: Path | None = None
    host: str | None = None
    port: int | None = None

    def __repr__(self) -> str:
        # The variables hold keys.
        return f"Source(cwd={self.cwd!r}, config={self.config!r})"


class Limits(Struct, frozen=True, kw_only=True):
    """Bounds that keep the program standing. Sizes are bytes, times are seconds."""

    body: int = 8 * 1024 * 1024
    body_time: float = 30.0
    connect: float = 10.0
    first_payload: float = 300.0
    between_payloads: float = 120.0
    frames_kept: int = 2 * 1024 * 1024


class Retries(Struct, frozen=True, kw_only=True):
    """How long a turn is tried: `attempts` at each target at most, `deadline` seconds in all until
    an answer begins. `breaker`: whether an endpoint that fails too often is left alone for a
    while. `repair`: whether a parameter that a provider refuses is mended once by itself."""

    attempts: int = 3
    deadline: float = 600.0
    breaker: bool = True
    repair: bool = True


class Retention(Struct, frozen=True, kw_only=True):
    """For how many days, and up to how many bytes in all, traces are kept. Where both are None, the
    file says nothing of it, and the page may."""

    days: int | None = None
    size: int | None = None


class Settings(Struct, frozen=True, kw_only=True):
    """All settings. `home` is the folder of everything that is stored.

    `practice_port` 0 means any free port. `database_url` is an SQLAlchemy address.
    `allowed_hosts` are names beside the machine's own that the server answers to.
    `shutdown_grace` is how many seconds running answers may go on when the program is to end.
    `secrets` are the values that must never be stored or shown, for the redactor. `origins` says
    of each setting where its value comes from. `source` is what they were all made of. `additions`
    are in the endpoints already, but for practice's, which are made when it listens. `proxying` has
    the proxies by which providers are reached.
    """

    home: Path
    host: str = "127.0.0.1"
    port: int = 8421
    practice_port: int = 0
    config: ConfigFile | None = None
    endpoints: tuple[Endpoint, ...] = ()
    presets: Presets = Presets()
    routes: tuple[Route, ...] = ()
    additions: Additions = {}
    retries: Retries = Retries()
    limits: Limits = Limits()
    retention: Retention = Retention()
    log_json: bool = False
    log_level: str = "info"
    open_browser: bool = True
    allowed_hosts: tuple[str, ...] = ()
    shutdown_grace: float = 30.0
    proxying: Proxying = Proxying()
    origins: Mapping[str, Because] = {}
    source: Source | None = None

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
        of_proxies = self.proxying.secrets
        return tuple(dict.fromkeys((*keys, *others, *secrets_of(self.additions), *of_proxies)))
