"""The one reader of the environment: a file and variables in, frozen `Settings` out.

A named file that does not exist, or a port that is no port, stops the start. A broken file never
does: what can be read of it is used, and the rest is in the verdicts.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import platformdirs
from msgspec import Struct

from filon.config import files, found
from filon.config.connection import Reading
from filon.config.environment import Environment
from filon.config.files import ConfigError
from filon.config.found import practice_endpoint
from filon.config.librechat import read_endpoints
from filon.config.notes import Notes, ordered
from filon.config.settings import ConfigFile, Settings
from filon.config.structure import look
from filon.config.yaml import Document
from filon.providers import catalog
from filon.providers.endpoint import Endpoint

__all__ = [
    "ConfigError",
    "Read",
    "load",
    "load_from_process",
    "practice_endpoint",
    "read_config",
    "read_from_process",
]

LOG_LEVELS = ("debug", "info", "warning", "error")


class Read(Struct, frozen=True, kw_only=True):
    """A file as it was read: its verdicts, its endpoints, and the variables it was read with."""

    file: ConfigFile
    endpoints: tuple[Endpoint, ...]
    environment: Environment


def load_from_process(
    *,
    config: Path | None = None,
    home: Path | None = None,
    host: str | None = None,
    port: int | None = None,
) -> Settings:
    """Settings of this process: its variables, its working folder, and what was asked for on the
    command line, which wins. Raises ConfigError."""
    return load(os.environ, cwd=Path.cwd(), config=config, home=home, host=host, port=port)


def read_from_process(path: Path) -> Read:
    """Reads one file with this process's variables."""
    return read_config(path.absolute(), os.environ)


def load(
    environ: Mapping[str, str],
    *,
    cwd: Path,
    config: Path | None = None,
    home: Path | None = None,
    host: str | None = None,
    port: int | None = None,
) -> Settings:
    """Settings from these variables, with relative paths seen from `cwd`. Raises ConfigError."""
    folder = _path(home, environ, "FILON_HOME", cwd)
    if folder is None:
        folder = Path(platformdirs.user_data_dir("filon", appauthor=False))
    chosen = _path(config, environ, "FILON_CONFIG", cwd)
    path = files.find(chosen, (cwd, folder))
    read = read_config(path, environ) if path else None
    environment = read.environment if read else Environment(environ)
    configured = read.endpoints if read else ()
    return Settings(
        home=folder,
        host=host or environ.get("FILON_HOST") or "127.0.0.1",
        port=_port(port, environ, "FILON_PORT", 8421),
        practice_port=_port(None, environ, "FILON_PRACTICE_PORT", 0),
        config=read.file if read else None,
        endpoints=(*configured, *found.detected(environment, configured)),
        log_json=_log_json(environ),
        log_level=_log_level(environ),
        allowed_hosts=tuple(environ.get("FILON_ALLOWED_HOSTS", "").replace(",", " ").split()),
    )


def read_config(path: Path, environ: Mapping[str, str]) -> Read:
    """Reads one file, with the `.env` beside it. Whatever is wrong with it is in its verdicts."""
    environment, aside = files.environment(environ, path)
    document = files.read(path)
    return _interpreted(path, document, aside, environment)


def _interpreted(path: Path, document: Document, aside: Document, environment: Environment) -> Read:
    notes = Notes()
    endpoints: tuple[Endpoint, ...] = ()
    if document.root is not None:
        look(document.root, notes, own=path.name == files.NAMES[0])
        reading = Reading(source=path.name, environment=environment, notes=notes)
        endpoints = read_endpoints(document.root, reading)
        _tell_shadows(endpoints, environment, reading, document)
    verdicts = ordered((*aside.verdicts, *document.verdicts, *notes.verdicts))
    file = ConfigFile(path=path, verdicts=verdicts)
    return Read(file=file, endpoints=endpoints, environment=environment)


def _tell_shadows(
    endpoints: Iterable[Endpoint], environment: Environment, reading: Reading, document: Document
) -> None:
    """Says where an entry's name keeps a provider from being listed whose key is set."""
    section = document.root.get("endpoints") if document.root else None
    listed = section.get("custom") if section else None
    pairs = zip(endpoints, listed.items if listed else (), strict=True)
    for endpoint, item in pairs:
        manifest = catalog.by_name(endpoint.name)
        if manifest is None or manifest.name == endpoint.provider:
            continue
        variable = next((name for name in manifest.variables if environment.get(name)), None)
        if variable is not None:
            message = (
                f"{variable} is set, but {manifest.label} itself is not listed, because this "
                f"entry has the name {endpoint.name}."
            )
            reading.notes.note("name-shadows", message, item.entry("name") or item)


def _path(flag: Path | None, environ: Mapping[str, str], name: str, cwd: Path) -> Path | None:
    text = environ.get(name)
    path = flag if flag is not None else Path(text) if text else None
    return None if path is None else cwd / path.expanduser()


def _port(flag: int | None, environ: Mapping[str, str], name: str, usual: int) -> int:
    text = str(flag) if flag is not None else environ.get(name) or str(usual)
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        said = "The port" if flag is not None else name
        raise ConfigError(f"{said} must be a number from 0 to 65535, not {text}.")
    return int(text)


def _log_json(environ: Mapping[str, str]) -> bool:
    text = environ.get("FILON_LOG", "").lower()
    if text not in ("", "json", "text"):
        raise ConfigError(f"FILON_LOG must be json or text, not {text}.")
    return text == "json"


def _log_level(environ: Mapping[str, str]) -> str:
    level = (environ.get("FILON_LOG_LEVEL") or "info").lower()
    if level not in LOG_LEVELS:
        known = ", ".join(LOG_LEVELS)
        raise ConfigError(f"FILON_LOG_LEVEL must be one of {known}, not {level}.")
    return level
