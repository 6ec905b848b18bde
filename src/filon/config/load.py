"""The one reader of the environment: a file and variables in, frozen `Settings` out.

A named file that does not exist, or a port that is no port, stops the start. A broken file never
does: what can be read of it is used, and the rest is in the verdicts.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from filon.config import files, found
from filon.config.addition import with_additions
from filon.config.block import Block
from filon.config.builtin import arranged
from filon.config.environment import Environment
from filon.config.files import ConfigError
from filon.config.found import practice_endpoints
from filon.config.origins import origins
from filon.config.preset import Presets
from filon.config.proxying import proxying
from filon.config.read import Read, interpreted, without_file
from filon.config.settings import Settings, Source
from filon.providers.local import addresses

__all__ = [
    "ConfigError",
    "Read",
    "again",
    "config_paths_of_process",
    "load",
    "load_from_process",
    "looked_for",
    "practice_endpoints",
    "read_config",
    "read_data",
    "read_data_from_process",
    "read_from_process",
    "wants_color",
]

# Five digits are more than a day, and longer than any answer takes.
_SECONDS = re.compile(r"[0-9]{1,5}(\.[0-9]+)?", re.ASCII)
LOG_LEVELS = ("debug", "info", "warning", "error")


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


def read_data_from_process(data: bytes, path: Path) -> Read:
    """Reads what came from elsewhere as if it stood at `path`, with this process's variables."""
    return read_data(data, path.absolute(), os.environ)


def config_paths_of_process() -> tuple[Path, ...]:
    """Where `filon serve` would look for its file now, the first that exists counting."""
    return looked_for(Source(environ=os.environ, cwd=Path.cwd()))


def wants_color(terminal: bool) -> bool:
    """Whether output may have colours: on a terminal that has them, unless NO_COLOR is set."""
    return terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


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
    folder = _home(home, environ, cwd)
    _check_local_servers(environ)
    chosen = _path(config, environ, "FILON_CONFIG", cwd)
    path = files.find(chosen, (cwd, folder))
    read = read_config(path, environ) if path else None
    environment = read.environment if read else Environment(environ)
    configured = read.endpoints if read else without_file(environment)
    endpoints = arranged((*configured, *found.detected(environment, configured)), environment)
    block = read.block if read else Block()
    proxied = proxying(environ)
    return Settings(
        home=folder,
        host=host or environ.get("FILON_HOST") or "127.0.0.1",
        port=_port(port, environ, "FILON_PORT", 8421),
        practice_port=_port(None, environ, "FILON_PRACTICE_PORT", 0),
        config=read.file if read else None,
        endpoints=with_additions(endpoints, block.additions),
        presets=read.presets if read else Presets(),
        routes=block.routes,
        additions=block.additions,
        retries=block.retries,
        limits=block.limits,
        retention=block.retention,
        log_json=_log_json(environ),
        log_level=_log_level(environ),
        allowed_hosts=tuple(environ.get("FILON_ALLOWED_HOSTS", "").replace(",", " ").split()),
        shutdown_grace=_grace(environ),
        proxying=proxied,
        origins={
            **origins(
                {"home": home, "config": config, "host": host, "port": port}, environ, path, cwd
            ),
            **proxied.origins,
            **block.origins,
        },
        source=Source(environ=environ, cwd=cwd, config=config, home=home, host=host, port=port),
    )


def again(source: Source) -> Settings:
    """The settings as they would be if Filon were started now. Raises ConfigError."""
    return load(
        source.environ,
        cwd=source.cwd,
        config=source.config,
        home=source.home,
        host=source.host,
        port=source.port,
    )


def looked_for(source: Source) -> tuple[Path, ...]:
    """Where a configuration file is looked for, the first that exists counting."""
    chosen = _path(source.config, source.environ, "FILON_CONFIG", source.cwd)
    if chosen is not None:
        return (chosen,)
    folders = (source.cwd, _home(source.home, source.environ, source.cwd))
    return tuple(dict.fromkeys(folder / name for folder in folders for name in files.NAMES))


def read_config(path: Path, environ: Mapping[str, str]) -> Read:
    """Reads one file, with the `.env` beside it. Whatever is wrong with it is in its verdicts."""
    environment, aside = files.environment(environ, path)
    document = files.read(path)
    return interpreted(path, document, aside, environment)


def read_data(data: bytes, path: Path, environ: Mapping[str, str]) -> Read:
    """Reads what a file at this path would hold, with the `.env` that lies there."""
    environment, aside = files.environment(environ, path)
    return interpreted(path, files.read_bytes(data, path.name), aside, environment)


def _home(flag: Path | None, environ: Mapping[str, str], cwd: Path) -> Path:
    folder = _path(flag, environ, "FILON_HOME", cwd)
    return folder or Path(platformdirs.user_data_dir("filon", appauthor=False))


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


def _grace(environ: Mapping[str, str]) -> float:
    text = environ.get("FILON_SHUTDOWN_GRACE") or "30"
    if not _SECONDS.fullmatch(text):
        raise ConfigError(f"FILON_SHUTDOWN_GRACE must be seconds, such as 30, not {text}.")
    return float(text)


def _check_local_servers(environ: Mapping[str, str]) -> None:
    try:
        addresses.wanted(environ.get(addresses.VARIABLE, ""))
    except addresses.AddressError as error:
        raise ConfigError(str(error)) from None


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
