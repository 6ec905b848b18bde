"""What the catalogue of failures says, the browser can say in its languages."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from filon.diagnosis.catalogue import SYMPTOMS

LOCALES = Path(__file__).parents[2] / "frontend" / "src" / "locales"


def sentences(language: str) -> dict[str, Any]:
    return json.loads((LOCALES / language / "errors.json").read_text(encoding="utf-8"))


def names(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("code", sorted({symptom.code for symptom in SYMPTOMS}))
def test_every_symptom_has_its_sentences(code: str) -> None:
    symptom = next(symptom for symptom in SYMPTOMS if symptom.code == code)
    english, spanish = sentences("en")[code], sentences("es")[code]
    assert english["title"].replace("{{", "{").replace("}}", "}") == symptom.title
    assert english["fix"].replace("{{", "{").replace("}}", "}") == symptom.fix
    assert names(spanish["title"]) == names(symptom.title)
    assert len(spanish["causes"]) == len(english["causes"]) == len(symptom.causes)
