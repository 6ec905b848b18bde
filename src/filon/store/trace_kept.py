"""What is kept of a turn that is over: its records without secrets, ready for the database."""

from msgspec import Struct

from filon.kit.redact import Redactor
from filon.store.trace_blob import Bare, bare
from filon.trace.recorder import replies, without_keys, without_secrets
from filon.trace.records import AnyRecord


class Kept(Struct, frozen=True):
    """The records as they may leave memory, and the same ones ready to be stored."""

    records: tuple[AnyRecord, ...]
    bare: Bare


def kept(records: tuple[AnyRecord, ...], redactor: Redactor) -> Kept:
    """As `redact`, looking for secrets in the very bytes that will be stored."""
    masked = without_keys(records)
    stripped = bare(masked)
    if stripped.encoded is None or redactor.found_in(
        _looked_through(masked, stripped, stripped.encoded)
    ):
        # Without the bytes each value has to be looked at.
        masked = without_secrets(masked, redactor)
        stripped = bare(masked)
    return Kept(masked, stripped)


def _looked_through(masked: tuple[AnyRecord, ...], stripped: Bare, encoded: bytes) -> bytes:
    bodies = [body.data for body in stripped.bodies]
    return b"\0".join([encoded, *bodies, *replies(masked)])
