"""A trace in each form in which it leaves: the one table of them, for the page and the command."""

import json
from collections.abc import Callable
from typing import get_args

from msgspec import Struct

from filon.pipeline.directory import Directory
from filon.server import told
from filon.server.replay_shapes import ExportForm
from filon.server.shapes import TraceShape
from filon.trace.export.har import har
from filon.trace.export.javascript import javascript
from filon.trace.export.postman import postman
from filon.trace.export.python_http import python
from filon.trace.export.python_sdk import python_anthropic, python_openai
from filon.trace.export.shells import curl, powershell
from filon.trace.export.source import Exported, Source, source_of
from filon.trace.records import AnyRecord, Attempt

# Counts up when a reader of the JSON would have to be changed.
SCHEMA = "filon.trace/1"
FORMS: tuple[ExportForm, ...] = get_args(ExportForm)

_PROGRAMS: dict[str, Callable[[Source], Exported]] = {
    "curl": curl,
    "powershell": powershell,
    "python-openai": python_openai,
    "python-anthropic": python_anthropic,
    "python": python,
    "javascript": javascript,
}


class Export(Struct, frozen=True):
    """What leaves: the text, its media type, and the name that a file of it has."""

    text: str
    media_type: str
    filename: str


def export(
    shape: TraceShape,
    records: tuple[AnyRecord, ...],
    form: ExportForm,
    directory: Directory,
    number: int | None = None,
) -> Export:
    """A trace in this form. `number` is of the attempt; HAR and JSON hold all of them. Raises
    NotFound where nothing was sent, InvalidRequest where the form cannot say it."""
    made = _made(shape, records, form, directory, number)
    return Export(made.text, made.media_type, f"{shape.id}.{made.ending}")


def _made(
    shape: TraceShape,
    records: tuple[AnyRecord, ...],
    form: ExportForm,
    directory: Directory,
    number: int | None,
) -> Exported:
    if form == "json":
        return _json(shape, records)
    variables = {
        one.endpoint: variable_of(one.endpoint, directory)
        for one in records
        if isinstance(one, Attempt)
    }
    if form == "har":
        return har(records, shape.id, variables)
    endpoint = source_of(records, number=number).attempt.endpoint
    source = source_of(records, number=number, variable=variables[endpoint])
    if form == "postman":
        return postman(source, shape.id)
    return _PROGRAMS[form](source)


def variable_of(endpoint: str, directory: Directory) -> str | None:
    """The variable that has the key of an endpoint, where it is read from one."""
    found = directory.endpoint(endpoint)
    return found.key.variable if found is not None else None


def _json(shape: TraceShape, records: tuple[AnyRecord, ...]) -> Exported:
    whole = {
        "schema": SCHEMA,
        "trace": shape.model_dump(),
        "records": [told.record(record) for record in records],
    }
    text = json.dumps(whole, ensure_ascii=False, indent=2, default=str)
    # Half a character, which JSON can name and UTF-8 cannot write.
    text = text.encode("utf-8", "replace").decode()
    return Exported(text + "\n", "application/json", "json")
