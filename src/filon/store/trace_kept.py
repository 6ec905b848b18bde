"""What is kept of a turn that is over: its records without secrets, ready for the database."""

from msgspec import Struct

from filon.kit.redact import Redactor
from filon.store.trace_blob import Bare, bare
from filon.trace.recorder import without_secrets
from filon.trace.records import AnyRecord


class Kept(Struct, frozen=True):
    """The records as they may leave memory, and the same ones ready to be stored. `clean` says that
    no secret stood in them, headers aside, nor in what was looked at beside them."""

    records: tuple[AnyRecord, ...]
    bare: Bare
    clean: bool


def kept(records: tuple[AnyRecord, ...], redactor: Redactor, beside: str = "") -> Kept:
    """As `redact`, looking for secrets in the very bytes that will be stored, and in a text beside
    them."""
    stripped = bare(records)
    if stripped.encoded is not None:
        bodies = [body.data for body in stripped.bodies]
        name = beside.encode("utf-8", "surrogatepass")
        looked = b"\0".join([stripped.encoded, name, *bodies])
        if not redactor.found_in(looked):
            return Kept(records, stripped, clean=True)
    # Where there are no bytes each value has to be looked at, too.
    masked = without_secrets(records, redactor)
    return Kept(masked, bare(masked), clean=False)
