"""`filon trace export|curl`: a trace as something that other programs run or read."""

import sys
from pathlib import Path

from filon.cli.console import finish, settings_of
from filon.cli.trace import stored
from filon.pipeline.directory import Directory
from filon.server import told
from filon.server.exporting import Export, export
from filon.server.replay_shapes import ExportForm


def run(trace_id: str, form: ExportForm, attempt: int | None, into: Path | None) -> int:
    """Writes a trace in this form to standard output, or into a file, or into a folder under a name
    of its own."""
    return finish(_export(trace_id, form, attempt, into))


async def _export(trace_id: str, form: ExportForm, attempt: int | None, into: Path | None) -> int:
    trace = await stored(trace_id)
    directory = Directory(endpoints=settings_of().endpoints)
    made = export(told.trace(trace.summary), trace.records, form, directory, attempt)
    if into is None:
        # As bytes: what ends lines here ends none of what is exported.
        sys.stdout.buffer.write(made.text.encode())
        sys.stdout.flush()
        return 0
    return _write(made, into)


def _write(made: Export, into: Path) -> int:
    file = into / made.filename if into.is_dir() else into
    try:
        file.write_text(made.text, encoding="utf-8", newline="")
    except OSError as error:
        sys.stderr.write(f"filon: {file} cannot be written: {error.strerror}.\n")
        return 1
    sys.stderr.write(f"{file}\n")
    return 0
