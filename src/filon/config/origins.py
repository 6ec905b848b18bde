"""Where a setting comes from: a flag, a variable, the place a file lies in, or a default."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from filon.trace.records import Because

# Each setting with its variable and its flag, None where it has none.
KNOBS: Mapping[str, tuple[str | None, str | None]] = {
    "home": ("FILON_HOME", None),
    "config": ("FILON_CONFIG", "--config"),
    "host": ("FILON_HOST", "--host"),
    "port": ("FILON_PORT", "--port"),
    "practice_port": ("FILON_PRACTICE_PORT", None),
    "allowed_hosts": ("FILON_ALLOWED_HOSTS", None),
    "shutdown_grace": ("FILON_SHUTDOWN_GRACE", None),
    "log_json": ("FILON_LOG", None),
    "log_level": ("FILON_LOG_LEVEL", None),
}


def origins(
    flags: Mapping[str, Any], environ: Mapping[str, str], path: Path | None, cwd: Path
) -> Mapping[str, Because]:
    """The origin of every setting by its name. `flags` are those that were given, `path` is the
    configuration file in use."""
    found = {name: _origin(name, flags, environ) for name in KNOBS}
    if found["config"].source == "default":
        found["config"] = _where(path, cwd)
    return found


def _origin(name: str, flags: Mapping[str, Any], environ: Mapping[str, str]) -> Because:
    variable, flag = KNOBS[name]
    if flags.get(name) is not None:
        return Because(source="flag", rule=flag or f"--{name}")
    if variable is not None and environ.get(variable):
        return Because(source="environment", rule=variable)
    return Because(source="default")


def _where(path: Path | None, cwd: Path) -> Because:
    if path is None:
        return Because(source="default", why="No file was found, and none is needed.")
    place = "the working folder" if path.parent == cwd else "Filon's home"
    return Because(source="found", why=f"It lies in {place}.")
