"""All that can be wrong, as data: its groups, and the order in which signs are looked for.

The patterns restate what the providers' public documents and bug reports said in 2026; each fits
several providers on purpose. An earlier group goes before a later one, and within one the order is
that of the file.
"""

from collections.abc import Mapping
from typing import Literal

from filon.diagnosis.symptom import Sign, Symptom
from filon.diagnosis.symptoms.configuration import CONFIGURATION
from filon.diagnosis.symptoms.connection import CONNECTION
from filon.diagnosis.symptoms.content import CONTENT, REST
from filon.diagnosis.symptoms.keys import KEYS
from filon.diagnosis.symptoms.limits import LIMITS
from filon.diagnosis.symptoms.models import MODELS
from filon.diagnosis.symptoms.money import MONEY
from filon.diagnosis.symptoms.output import OUTPUT
from filon.diagnosis.symptoms.parameters import PARAMETERS
from filon.diagnosis.symptoms.provider import PROVIDER
from filon.diagnosis.symptoms.proxies import PROXIES

Group = Literal[
    "connection",
    "limits",
    "money",
    "keys",
    "provider",
    "content",
    "models",
    "parameters",
    "rest",
    "configuration",
    "output",
]

GROUPS: Mapping[Group, tuple[Symptom, ...]] = {
    "connection": (*CONNECTION, *PROXIES),
    "limits": LIMITS,
    "money": MONEY,
    "keys": KEYS,
    "provider": PROVIDER,
    "content": CONTENT,
    "models": MODELS,
    "parameters": PARAMETERS,
    "rest": REST,
    "configuration": CONFIGURATION,
    "output": OUTPUT,
}

SYMPTOMS: tuple[Symptom, ...] = tuple(symptom for group in GROUPS.values() for symptom in group)

SIGNS: tuple[tuple[Symptom, Sign], ...] = tuple(
    sorted(
        ((symptom, sign) for symptom in SYMPTOMS for sign in symptom.signs),
        key=lambda pair: pair[1].rank,
    )
)

_BY_CODE = {symptom.code: symptom for symptom in SYMPTOMS}
_GROUP_OF = {symptom.code: name for name, group in GROUPS.items() for symptom in group}


def by_code(code: str) -> Symptom:
    """The entry with this code. Raises KeyError."""
    return _BY_CODE[code]


def page(code: str) -> str:
    """The place about a code in the project's documents."""
    return f"docs/findings/{_GROUP_OF[code]}.md#{code}"
