"""All codes, by number and by name. A new code is one entry in the file of its hundred, and its
sentences in frontend/src/locales/{en,es}/check.json."""

from filon.config.codes.code import Code
from filon.config.codes.endpoints import ENDPOINTS
from filon.config.codes.files import FILES
from filon.config.codes.filon import FILON
from filon.config.codes.keys import KEYS
from filon.config.codes.parameters import PARAMETERS
from filon.config.codes.presets import PRESETS
from filon.config.codes.variables import VARIABLES

CODES: tuple[Code, ...] = (*FILES, *KEYS, *VARIABLES, *ENDPOINTS, *PARAMETERS, *PRESETS, *FILON)


def by_name(name: str) -> Code | None:
    """The code that a verdict carries; None if it is not in the catalogue."""
    return next((code for code in CODES if code.name == name), None)


def find(text: str) -> Code | None:
    """A code by its number or its name, whatever the case."""
    wanted = text.strip()
    return next((c for c in CODES if wanted.upper() == c.number or wanted.lower() == c.name), None)
