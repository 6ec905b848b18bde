"""Reads the block `filon` of a filon.yaml, whose parts count for whatever endpoints there are."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from filon.config.addition import Additions
from filon.config.additions import read_additions
from filon.config.connection import Reading
from filon.config.route import Route
from filon.config.routes import read_routes
from filon.config.settings import Limits, Retention, Retries
from filon.config.shape.filon import (
    FilonSection,
    RetentionSection,
    RetriesSection,
    TimeoutsSection,
)
from filon.config.sizes import bytes_of
from filon.config.yaml import Node
from filon.providers.endpoint import Endpoint
from filon.trace.records import Because

# The parts with plain values, by the first word of the settings that they are.
_PARTS = {
    "retries": ("retries", RetriesSection),
    "limits": ("timeouts", TimeoutsSection),
    "retention": ("retention", RetentionSection),
}


class Block(Struct, frozen=True, kw_only=True):
    """What the block says. `origins` has a line for each setting that it changes."""

    routes: tuple[Route, ...] = ()
    additions: Additions = {}
    retries: Retries = Retries()
    limits: Limits = Limits()
    retention: Retention = Retention()
    origins: Mapping[str, Because] = {}


def read_block(
    node: Node, section: FilonSection | None, reading: Reading, endpoints: Iterable[Endpoint]
) -> Block:
    """The block at this node. `section` is what is right of it; `endpoints` are all that there will
    be: those of the file, those found, and practice's."""
    everyone = tuple(endpoints)
    told = section or FilonSection()
    limits = {name: one.limits for name, one in (told.endpoints or {}).items()}
    return Block(
        routes=read_routes(node, reading, everyone),
        additions=read_additions(node, limits, reading, everyone),
        retries=Retries(**_given(told.retries)),
        limits=Limits(**_given(told.timeouts)),
        retention=_retention(told.retention),
        origins=_origins(node, told, reading),
    )


def _retention(section: RetentionSection | None) -> Retention:
    if section is None:
        return Retention()
    return Retention(days=section.days, size=bytes_of(section.size) if section.size else None)


def _given(section: Struct | None) -> Mapping[str, Any]:
    """The values that are given and right."""
    values = asdict(section) if section is not None else {}
    return {name: value for name, value in values.items() if value is not None}


def _origins(node: Node, told: FilonSection, reading: Reading) -> Mapping[str, Because]:
    found: dict[str, Because] = {}
    for word, (part, _) in _PARTS.items():
        inner = node.get(part)
        for name in _given(getattr(told, part)):
            entry = inner.entry(name) if inner else None
            if entry is not None:
                rule = f"filon.{part}.{name}"
                found[f"{word}.{name}"] = Because(source=reading.source, line=entry.line, rule=rule)
    return found


def key_of(setting: str) -> str | None:
    """The key of the file that changes a setting such as limits.connect; None where there is
    none."""
    word, _, name = setting.partition(".")
    part, section = _PARTS[word]
    return f"filon.{part}.{name}" if name in section.__struct_fields__ else None
