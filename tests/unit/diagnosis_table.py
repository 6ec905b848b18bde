"""What triggers each sign of the catalogue of failures, and what is near it and must not.

The words are those that providers use, shortened. A row is: the code, the status (or the kind of a
failure without one), the body that has it; then a status and a body beside it, which is another
thing, or nothing known.
"""

from tests.unit.diagnosis_places import CONNECTION, KEYS, LIMITS, MONEY, PROVIDER
from tests.unit.diagnosis_requests import CONTENT, MODELS, PARAMETERS
from tests.unit.diagnosis_row import PAGE, Row, said

__all__ = ["PAGE", "ROWS", "Row", "said"]

ROWS: tuple[Row, ...] = (
    *CONNECTION,
    *LIMITS,
    *MONEY,
    *KEYS,
    *PROVIDER,
    *MODELS,
    *PARAMETERS,
    *CONTENT,
)
