"""The configuration file as it is shown, and reading it again."""

import asyncio
from collections.abc import Iterator

import msgspec
from fastapi import APIRouter
from msgspec.structs import replace

from filon.config.codes.catalogue import by_name
from filon.config.load import looked_for
from filon.config.settings import ConfigFile, Verdict
from filon.config.shown import masked
from filon.config.write import CannotWrite, add_drop, changed_since, write
from filon.config.yaml import Node, parse
from filon.conversation.errors import NotFound
from filon.kit.redact import Redactor
from filon.providers.endpoint import Endpoint
from filon.server.config_shapes import (
    CodeShape,
    ConfigShape,
    CountsShape,
    DropBody,
    DropShape,
    IncludedShape,
    ReadShape,
    RunsShape,
    VariableShape,
    VerdictShape,
)
from filon.server.given import House, Person
from filon.server.reload import Standing

router = APIRouter(prefix="/api/config", tags=["config"])


@router.get("")
async def config(person: Person, house: House) -> ConfigShape:
    """The file as it now stands, what `filon check` says of it, and which version runs."""
    standing = house.reload.standing
    file = standing.file
    source = house.settings.source
    verdicts = file.verdicts if file else ()
    inner = file.included if file else None
    more = inner.verdicts if inner else ()
    # A long file takes a tenth of a second, for which no answer that streams should wait.
    text, valid = await asyncio.to_thread(_read, file)
    inner_text, inner_valid = await asyncio.to_thread(_read, inner)
    return ConfigShape(
        file=file.path.name if file else None,
        path=str(file.path) if file else None,
        # What a known key looks like elsewhere in the file is told by the redactor.
        text=None if text is None else house.services.redactor.text(text),
        verdicts=[_verdict(one, house.services.redactor) for one in verdicts],
        codes=_codes((*verdicts, *more)),
        counts=CountsShape(
            error=file.count("error") if file else 0,
            warning=file.count("warning") if file else 0,
            note=file.count("note") if file else 0,
            valid=valid + inner_valid,
        ),
        variables=[
            VariableShape.model_validate(one, from_attributes=True)
            for one in (file.variables if file else ())
        ],
        runs=_runs(standing),
        looked_for=[str(path) for path in looked_for(source)] if source else [],
        included=_included(inner, inner_text, house.services.redactor),
    )


@router.post("/reload")
async def reload(person: Person, house: House) -> ReadShape:
    """Reads the file again now. It is looked at once a second anyway."""
    reading = await house.reload.read_again()
    return ReadShape(
        result=reading.result,
        added=list(reading.changes.added),
        removed=list(reading.changes.removed),
        changed=list(reading.changes.changed),
    )


@router.post("/drop")
async def drop(body: DropBody, person: Person, house: House) -> DropShape:
    """Shows, and with `write` makes, the change of the file that keeps a parameter from being sent
    to an endpoint. The rest of the file stays as it is, to the letter."""
    endpoint = house.services.directory.endpoint(body.endpoint)
    if endpoint is None:
        raise NotFound(
            f"There is no endpoint {body.endpoint!r}.", fix="GET /api/endpoints lists them."
        )
    file = _file_of(endpoint, house.reload.standing.file)
    change = await asyncio.to_thread(add_drop, file.path, endpoint.name, body.parameter)
    if body.seen is not None and body.seen != change.before:
        raise changed_since(file.path)
    written = body.write and bool(change.diff)
    if written:
        await asyncio.to_thread(write, change)
        house.services.log.event(
            "config_written", file=file.path.name, endpoint=endpoint.name, by=person.name
        )
        await house.reload.read_again()
    return DropShape(
        file=file.path.name,
        # A context line may hold a key that stands in the file.
        diff=house.services.redactor.text(change.diff),
        written=written,
        seen=change.before,
    )


def _file_of(endpoint: Endpoint, file: ConfigFile | None) -> ConfigFile:
    """The file in which the endpoint's entry stands."""
    for one in (file, file.included if file is not None else None):
        if one is not None and one.path.name == endpoint.origin.source:
            return one
    raise CannotWrite(
        f"{endpoint.label} is in no configuration file: it was found by its key.",
        fix="Make an entry for it under endpoints.custom first; its page in docs/providers has "
        "one.",
    )


def _read(file: ConfigFile | None) -> tuple[str | None, int]:
    """The text without its literal secrets, and how many of its keys have nothing said of them."""
    if file is None or file.text is None:
        return None, 0
    root = parse(file.text).root
    return masked(file.text, root), _valid(root, file.verdicts)


def _included(
    file: ConfigFile | None, text: str | None, redactor: Redactor
) -> IncludedShape | None:
    """Nothing of a file that could not be read: the line that includes it says so."""
    if file is None or text is None:
        return None
    return IncludedShape(
        file=file.path.name,
        path=str(file.path),
        text=redactor.text(text),
        verdicts=[_verdict(one, redactor) for one in file.verdicts],
    )


def _verdict(verdict: Verdict, redactor: Redactor) -> VerdictShape:
    # A message may quote what stands there.
    clean = replace(verdict, message=redactor.text(verdict.message))
    return VerdictShape(**msgspec.structs.asdict(clean))


def _codes(verdicts: tuple[Verdict, ...]) -> dict[str, CodeShape]:
    codes = (by_name(name) for name in sorted({verdict.code for verdict in verdicts}))
    return {
        code.name: CodeShape(
            number=code.number,
            title=code.title,
            why=code.why,
            fix=code.fix,
            example=code.example,
            better=code.better,
            page=code.page,
        )
        for code in codes
        if code is not None
    }


def _valid(root: Node | None, verdicts: tuple[Verdict, ...]) -> int:
    """How many keys have nothing said of their line."""
    if root is None:
        return 0
    told = {verdict.line for verdict in verdicts}
    places = set(_keys(root))
    return sum(line not in told for line, _ in places)


def _keys(node: Node) -> Iterator[tuple[int, int]]:
    for entry in node.entries:
        yield entry.line, entry.column
        yield from _keys(entry.node)
    for item in node.items:
        yield from _keys(item)


def _runs(standing: Standing) -> RunsShape:
    return RunsShape(
        since=standing.runs_since,
        fault=standing.fault,
        fault_since=standing.fault_since,
        needs_restart=list(standing.needs_restart),
    )
