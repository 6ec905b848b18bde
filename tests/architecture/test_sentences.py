"""What the catalogues of failures and of the check say, the browser can say in its languages."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from filon.config.codes.catalogue import CODES, by_name
from filon.diagnosis.catalogue import SYMPTOMS

LOCALES = Path(__file__).parents[2] / "frontend" / "src" / "locales"


# What stands in a file or goes over the wire: variables, paths, keys in camelCase and snake_case.
TECHNICAL = re.compile(r"\$?\{[^}]+\}|/[\w/]+|\b\w+[a-z][A-Z]\w*|\b\w+_\w+|\b\d+\b")
BRANDS = {"LibreChat", "OpenAI", "OpenRouter"}


def sentences(language: str, catalogue: str = "errors") -> dict[str, Any]:
    return json.loads((LOCALES / language / f"{catalogue}.json").read_text(encoding="utf-8"))


def names(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("code", sorted({symptom.code for symptom in SYMPTOMS}))
def test_every_symptom_has_its_sentences(code: str) -> None:
    symptom = next(symptom for symptom in SYMPTOMS if symptom.code == code)
    english, spanish = sentences("en")[code], sentences("es")[code]
    told = [english["title"], english["fix"], *english["causes"]]
    assert [single(one) for one in told] == [symptom.title, symptom.fix, *symptom.causes]
    said = [spanish["title"], spanish["fix"], *spanish["causes"]]
    assert [names(one) for one in said] == [names(one) for one in told]
    assert not set(said) & set(told)


def single(text: str) -> str:
    """The browser's placeholders as Python's."""
    return text.replace("{{", "{").replace("}}", "}")


def technical(text: str) -> set[str]:
    return set(TECHNICAL.findall(text)) - BRANDS


def test_the_check_has_no_sentences_too_many() -> None:
    assert list(sentences("en", "check")) == [code.name for code in CODES]
    assert list(sentences("es", "check")) == [code.name for code in CODES]


@pytest.mark.parametrize("name", [code.name for code in CODES])
def test_every_code_of_the_check_has_its_sentences(name: str) -> None:
    code = by_name(name)
    assert code is not None
    english, spanish = sentences("en", "check")[name], sentences("es", "check")[name]
    assert english == {"title": code.title, "why": code.why, "fix": code.fix}
    assert spanish.keys() == english.keys()
    for part, text in english.items():
        assert technical(spanish[part]) == technical(text)
        assert spanish[part] != text
