"""The form of a JSON answer where no schema came with the request: the keys that its words name.

Pure. An example of the answer or a schema in the text counts before a list of keys.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

from msgspec import Struct

from filon.practice.skills.extraction.lexicon import MEASURES, name_words
from filon.practice.skills.extraction.roles import field_of
from filon.practice.skills.matching import stem

_MOST_KEYS = 40
_READ = 12_000

_NAME = r"[\"'`“«]?[^\W\d][\w-]{0,39}[\"'`”»]?(?:\s?\([^()\n]{1,40}\))?"
_JOINT = r"(?:\s?,\s?(?:and |y |e )?|\s?&\s?| and (?:the )?| y (?:el |la )?| e )"
_WORD = r"(?:keys?|fields?|properties|attributes|claves?|campos?|propiedades|atributos|llaves?)"
_LISTS = (
    re.compile(
        rf"\b{_WORD}(?: (?:named|called|llamad[oa]s?|are|is|son|es|of))?\s?:?\s?"
        rf"(?:[\n\s]*[-*]\s)?(?P<v>{_NAME}(?:{_JOINT}{_NAME}){{0,30}})",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:with|having|con) (?P<v>{_NAME}(?:{_JOINT}{_NAME}){{0,30}}) "
        rf"(?:as|como)(?: the| las| los)? {_WORD}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:json|object|objeto)\b[^.:\n]{{0,30}}?\b(?:with|containing|con)(?: (?:the|el|la|los|"
        rf"las|his|her|their|su|sus))? (?P<v>{_NAME}(?:{_JOINT}{_NAME}){{0,30}})(?=[.:;,\n]|$)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:extract|extrae|extraer)(?: (?:the|el|la|los|las))? "
        rf"(?P<v>{_NAME}(?:{_JOINT}{_NAME}){{0,30}}) (?:from|de|del|as|como|in|en)\b",
        re.IGNORECASE,
    ),
)
_ONE = re.compile(r"[\"'`“«]?(?P<name>[^\W\d][\w-]*)[\"'`”»]?(?:\s?\((?P<kind>[^()]*)\))?")
_QUOTED_KEY = re.compile(r"[\"'](?P<name>[^\"'\n]{1,40})[\"']\s?:\s?(?P<v>.)")
_ARTICLES = frozenset(
    {"and", "y", "e", "the", "el", "la", "los", "las", "a", "an", "of", "de", "su"}
)
_NOUNS = frozenset(
    {"json", "object", "objeto", "following", "siguientes", "these", "estos", "only"}
)
_KIND_WORDS = (
    ("integer", ("int", "entero", "whole")),
    ("number", ("num", "float", "decimal")),
    ("boolean", ("bool", "true", "yes", "verdadero", "si", "sí")),
    ("array", ("list", "array", "lista")),
    ("string", ("str", "text", "cadena", "texto")),
)
_FLAGS = frozenset({"is", "has", "es", "tiene", "should", "can", "was"})
_NUMBERS = frozenset(
    {"year", "total", "sum", "suma", "average", "media", "population", "poblacion"}
)
_LISTS_BY_NAME = frozenset(
    {"tags", "items", "hobbies", "skills", "colors", "colours", "languages", "ingredients", "steps"}
    | {
        "keywords",
        "etiquetas",
        "colores",
        "idiomas",
        "ingredientes",
        "pasos",
        "aficiones",
        "cities",
    }
    | {"ciudades", "names", "nombres", "topics", "temas", "countries", "paises", "people", "list"}
    | {"lista", "elementos", "reasons", "examples", "ejemplos", "fruits", "frutas", "animals"}
)


class Form(Struct, frozen=True):
    """A schema for the answer, and the text without the words that ask for it."""

    schema: Mapping[str, Any]
    text: str


def form_of(last: str, others: Iterable[str]) -> Form | None:
    """The form that the last message asks for, or else other messages, as the instructions."""
    for place, text in enumerate((last, *others)):
        found = _example(text) or _listed(text)
        if found:
            schema, start, end = found
            return Form(schema, f"{text[:start]} {text[end:]}" if place == 0 else last)
    return None


def _example(text: str) -> tuple[Mapping[str, Any], int, int] | None:
    """An object in the text that shows the answer, be it a schema or an example."""
    text = text[:_READ]
    start = text.find("{")
    if start < 0:
        return None
    try:
        shown, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return _pattern(text, start)
    if not isinstance(shown, dict) or not shown:
        return None
    members = cast("dict[str, Any]", shown)
    if isinstance(members.get("properties"), dict):
        return members, start, end
    properties = {name: _kind_of_value(value) for name, value in members.items()}
    return _object(dict(list(properties.items())[:_MOST_KEYS])), start, end


def _pattern(text: str, start: int) -> tuple[Mapping[str, Any], int, int] | None:
    """An object that only shows its keys: {"name": ..., "age": <number>}."""
    depth, end = 0, start
    properties: dict[str, Mapping[str, Any]] = {}
    for place in range(start, len(text)):
        if text[place] in "{[":
            depth += 1
        elif text[place] in "}]":
            depth -= 1
            if depth == 0:
                end = place + 1
                break
        elif depth == 1 and text[place] in "\"'":
            match = _QUOTED_KEY.match(text, place)
            if match and len(properties) < _MOST_KEYS:
                hint = re.split(r"[,}\n]", text[match.start("v") : match.start("v") + 30])[0]
                properties[match["name"]] = _kind_of_hint(match["name"], hint)
    return (_object(properties), start, end) if properties and end > start else None


def _listed(text: str) -> tuple[Mapping[str, Any], int, int] | None:
    text = text[:_READ]
    for pattern in _LISTS:
        for match in pattern.finditer(text):
            properties = {
                one["name"]: _kind(one["name"], one["kind"] or "")
                for one in _ONE.finditer(match["v"])
                if one["name"].lower() not in _ARTICLES
            }
            if properties and not _NOUNS & {name.lower() for name in properties}:
                return _object(properties), match.start(), match.end()
    return None


def _object(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _kind_of_value(value: Any) -> Mapping[str, Any]:
    match value:
        case bool():
            return {"type": "boolean"}
        case int():
            return {"type": "integer"}
        case float():
            return {"type": "number"}
        case list():
            return {"type": "array", "items": {"type": "string"}}
        case dict():
            members = cast("dict[str, Any]", value)
            return _object({name: _kind_of_value(inner) for name, inner in members.items()})
        case _:
            return {"type": "string"}


def _kind_of_hint(name: str, hint: str) -> Mapping[str, Any]:
    if hint.startswith("["):
        return {"type": "array", "items": {"type": "string"}}
    if hint[:1].isdigit():
        return {"type": "number"}
    return _kind(name, hint)


def _kind(name: str, told: str) -> Mapping[str, Any]:
    told = told.lower()
    words = re.findall(r"[^\W\d_]+", told)
    for kind, marks in _KIND_WORDS:
        if any(word.startswith(marks) for word in words):
            return (
                {"type": kind, "items": {"type": "string"}} if kind == "array" else {"type": kind}
            )
    key = name_words(name)
    if key and key[0] in _FLAGS:
        return {"type": "boolean"}
    if key and key[-1] in _LISTS_BY_NAME:
        return {"type": "array", "items": {"type": "string"}}
    is_told = field_of(name, {}).role in ("other", "code")
    if _NUMBERS & set(key) or (is_told and any(stem(word) in MEASURES for word in key)):
        return {"type": "number"}
    return {"type": "string"}
