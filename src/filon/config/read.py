"""One reading of a file and of the file that it includes: endpoints, presets, routes, verdicts.

A section counts from one of the two alone, so that each is read with its own file's lines.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from filon.config import files, found
from filon.config.block import Block, read_block
from filon.config.builtin import read_own
from filon.config.connection import Reading
from filon.config.environment import Environment
from filon.config.found import practice_endpoints
from filon.config.include import read_include
from filon.config.librechat import read_endpoints
from filon.config.named import named_variables
from filon.config.notes import Notes, measured, ordered
from filon.config.preset import Presets
from filon.config.presets import read_presets
from filon.config.settings import ConfigFile, Verdict
from filon.config.shape.file import FilonFile, LibreChatFile
from filon.config.structure import Looked, look
from filon.config.traps import tell_traps
from filon.config.walk import Idle
from filon.config.yaml import Document, Node
from filon.providers import catalog
from filon.providers.endpoint import Endpoint


class Read(Struct, frozen=True, kw_only=True):
    """A file as it was read: its verdicts, its endpoints, and the variables it was read with.

    `root` is what was read of it; `told` are the verdicts before like ones were put together;
    `values` are its sections, as far as they are right; `idle` are the keys that do nothing here.
    Endpoints, presets and routes are those of the file and of what it includes; `included` has
    the rest of that one.
    """

    file: ConfigFile
    endpoints: tuple[Endpoint, ...]
    environment: Environment
    presets: Presets = Presets()
    block: Block = Block()
    root: Node | None = None
    told: tuple[Verdict, ...] = ()
    values: LibreChatFile | None = None
    idle: tuple[Idle, ...] = ()
    included: "Read | None" = None


class _Part(Struct, frozen=True, kw_only=True):
    """One of the files that count together. `root` is what counts of it. Only one that is `own`
    may have what LibreChat does not know."""

    path: Path
    document: Document
    reading: Reading
    root: Node | None
    own: bool = False


def without_file(environment: Environment) -> tuple[Endpoint, ...]:
    """LibreChat's own endpoints by their variables alone."""
    reading = Reading(source="environment", environment=environment, notes=Notes())
    return read_own(None, reading, ())


def interpreted(path: Path, document: Document, aside: Document, environment: Environment) -> Read:
    """What was read at `path`, with all that counts beside it; `aside` is said of its `.env`."""
    own = _Part(
        path=path,
        document=document,
        reading=_reading(path.name, document, environment),
        root=document.root,
        own=path.name == files.NAMES[0],
    )
    include = read_include(own.root, path, own.reading) if own.own else None
    parts = [own]
    if include is not None:
        name = _source(include.path, path)
        reading = _reading(name, include.document, environment)
        parts.append(
            _Part(path=include.path, document=include.document, reading=reading, root=include.root)
        )
    looked = [_looked(part) for part in parts]
    listing = _having("endpoints", parts)
    endpoints = _endpoints_of(listing)
    presets, block = _named_of(parts, looked[0].values, endpoints)
    reads = [
        _read(part, one, verdicts)
        for part, one, verdicts in zip(parts, looked, (aside.verdicts, ()), strict=False)
    ]
    first, *others = reads
    included = others[0] if others else None
    return replace(
        first,
        file=replace(first.file, included=included.file if included else None),
        endpoints=endpoints,
        presets=presets,
        block=block,
        included=included,
    )


def _source(included: Path, path: Path) -> str:
    """What lines of an included file are told by: its name, unless the file itself has it too."""
    return included.name if included.name != path.name else str(included)


def _reading(source: str, document: Document, environment: Environment) -> Reading:
    notes = Notes(document.text, document.root)
    return Reading(source=source, environment=environment, notes=notes)


def _having(section: str, parts: Sequence[_Part]) -> _Part:
    """The file that has the section; the first where none has."""
    having = (part for part in parts if part.root is not None and part.root.get(section))
    return next(having, parts[0])


def _looked(part: _Part) -> Looked:
    if part.root is None:
        return Looked()
    reading = part.reading
    looked = look(part.root, reading.notes, reading.environment, own=part.own)
    tell_traps(part.root, reading)
    return looked


def _endpoints_of(part: _Part) -> tuple[Endpoint, ...]:
    """Those of the file, and LibreChat's own."""
    if part.root is None:
        return ()
    endpoints = read_endpoints(part.root, part.reading)
    _tell_shadows(endpoints, part.reading, part.root)
    return (*endpoints, *read_own(part.root, part.reading, endpoints))


def _named_of(
    parts: Sequence[_Part], values: LibreChatFile | None, endpoints: tuple[Endpoint, ...]
) -> tuple[Presets, Block]:
    """What leads to endpoints by their names, of whatever kind these are."""
    listing, own = _having("modelSpecs", parts), parts[0]
    specs = listing.root.get("modelSpecs") if listing.root else None
    section = own.root.entry("filon") if own.root and own.own else None
    if specs is None and section is None:
        return Presets(), Block()
    # Without either nobody asks for the practice endpoints, and they take a while to read.
    environment = own.reading.environment
    others = (*found.detected(environment, endpoints), *practice_endpoints("", "", ""))
    everyone = (*endpoints, *others)
    presets = read_presets(listing.root, listing.reading, everyone) if listing.root else Presets()
    told = values.filon if isinstance(values, FilonFile) else None
    block = read_block(section.node, told, own.reading, everyone) if section else Block()
    return presets, block


def _read(part: _Part, looked: Looked, aside: tuple[Verdict, ...]) -> Read:
    document, environment = part.document, part.reading.environment
    root = document.root
    told = (*aside, *measured(document.verdicts, document.text), *part.reading.notes.verdicts)
    file = ConfigFile(
        path=part.path,
        verdicts=ordered(told),
        text=document.text,
        readable=root is not None and root.kind == "map",
        variables=named_variables(root, environment) if root else (),
    )
    return Read(
        file=file, endpoints=(), environment=environment, root=root, told=told,
        values=looked.values, idle=looked.idle,
    )  # fmt: skip


def _tell_shadows(endpoints: Iterable[Endpoint], reading: Reading, root: Node) -> None:
    """Says where an entry's name keeps a provider from being listed whose key is set."""
    section = root.get("endpoints")
    listed = section.get("custom") if section else None
    pairs = zip(endpoints, listed.items if listed else (), strict=True)
    for endpoint, item in pairs:
        manifest = catalog.by_name(endpoint.name)
        if manifest is None or manifest.name == endpoint.provider:
            continue
        if not found.is_detected(manifest):
            continue
        variable = next((v for v in manifest.variables if reading.environment.get(v)), None)
        if variable is not None:
            message = (
                f"{variable} is set, but {manifest.label} itself is not listed, because this "
                f"entry has the name {endpoint.name}."
            )
            reading.notes.note("name-shadows", message, item.get("name") or item)
