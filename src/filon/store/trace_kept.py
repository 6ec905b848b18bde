"""What is kept of a turn that is over: its records without secrets, ready for the database."""

from msgspec import Struct

from filon.kit.redact import Redactor
from filon.store.trace_blob import Bare, bare
from filon.trace.recorder import across_frames, without_keys, without_secrets
from filon.trace.records import AnyRecord


class Kept(Struct, frozen=True):
    """The records as they may leave memory, and the same ones ready to be stored."""

    records: tuple[AnyRecord, ...]
    bare: Bare


def kept(records: tuple[AnyRecord, ...], redactor: Redactor) -> Kept:
    """As `redact`, looking for secrets in the very bytes that will be stored."""
    masked = without_keys(records)
    stripped = bare(masked)
    if _is_secret_in(stripped, redactor) or across_frames(masked, redactor):
        masked = without_secrets(masked, redactor)
        stripped = bare(masked)
    return Kept(masked, stripped)


def _is_secret_in(stripped: Bare, redactor: Redactor) -> bool:
    if stripped.encoded is None:
        # Without the bytes each value has to be looked at.
        return True
    return redactor.found_in(stripped.encoded, *[body.data for body in stripped.bodies])
