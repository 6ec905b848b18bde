"""Values that are one of a few: members of an enumeration, yes and no. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from filon.practice.skills.extraction.candidates import candidates
from filon.practice.skills.extraction.lexicon import (
    CURRENCIES,
    LANGUAGES,
    UNITS,
    aligned,
    idea,
    name_words,
)
from filon.practice.skills.extraction.mentions import Mentions
from filon.practice.skills.extraction.roles import Field
from filon.practice.skills.matching import FUNCTION_WORDS, stem

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_NO = frozenset(
    {
        "no",
        "not",
        "without",
        "sin",
        "never",
        "nunca",
        "none",
        "neither",
        "ni",
        "nor",
        "false",
        "off",
    }
    | {
        "disable",
        "disabled",
        "exclude",
        "excluding",
        "excepto",
        "tampoco",
        "hardly",
        "isn",
        "falso",
    }
)
_YES = re.compile(r"^\W*(?:yes|yeah|yep|sure|true|correct|si|claro|correcto|por supuesto)\b")
_NAY = re.compile(r"^\W*(?:no|nope|false|incorrect|falso)\b(?! problem)")
_LABEL = re.compile(
    r"\s{0,3}(?:[:=]|\bis\b|\bes\b)?\s{0,3}(yes|true|on|si|verdadero|no|false|off|falso)\b"
)
_FLAG_WORDS = frozenset(
    {"is", "has", "have", "should", "include", "includes", "with"}
    | {"es", "tiene", "incluir", "incluye", "con"}
)
_SWITCHES = frozenset(
    {"on", "off", "state", "status", "power", "enabled", "enable", "active", "encendido", "activo"}
)
_ON = re.compile(r"\b(?:on|enable[sd]?|enciende|encender|activar?|activado)\b")
_OFF = re.compile(r"\b(?:off|disable[sd]?|apagar?|desactivar?|desactivado)\b")
_STEPS_BACK = 3
_KINDS: tuple[Mapping[str, str], ...] = (UNITS, CURRENCIES, LANGUAGES)
_NEUTRAL = frozenset(
    {"neutral", "unknown", "other", "none", "otro", "desconocido", "ninguno", "mixed"}
)


def ranked(members: Sequence[Any], field: Field, found: Mentions) -> list[tuple[float, Any]]:
    """The members that the text speaks of, best first, each with its score."""
    scored = [(_score(member, field, found), member) for member in members]
    return sorted((pair for pair in scored if pair[0] > 0), key=_best_first)


def usual(members: Sequence[Any], default: Any) -> Any:
    """The member to take where the text tells nothing."""
    if default in members:
        return default
    for member in members:
        if isinstance(member, str) and _NEUTRAL & set(name_words(member)):
            return member
    return members[0]


def flag(field: Field, found: Mentions) -> tuple[bool | None, float]:
    """Yes or no to what the field's name says, with the score; None where the text tells not."""
    text = aligned(found.text)
    if _SWITCHES & set(field.key):
        for pattern, is_on in ((_OFF, False), (_ON, True)):
            if pattern.search(text):
                return is_on, 2.5
    words = list(_WORD.finditer(text))
    hints = {idea(word) for word in field.key if word not in _FLAG_WORDS and len(word) > 2}
    for place, match in enumerate(words):
        if idea(match[0]) in hints:
            label = _LABEL.match(text, match.end())
            if label:
                return label[1] in ("yes", "true", "on", "si", "verdadero"), 3.0
            return not _is_negated(words, place), 2.0
    if _YES.match(text):
        return True, 1.0
    return (False, 1.0) if _NAY.match(text) else (None, 0.0)


def _score(member: Any, field: Field, found: Mentions) -> float:
    if isinstance(member, bool) or member is None:
        return 0.0
    if isinstance(member, int | float):
        return 2.0 if any(number.value == member for number in found.numbers) else 0.0
    if not isinstance(member, str):
        return 0.0
    return max(_spoken(member, found), _of_kind(member, field, found))


def _spoken(member: str, found: Mentions) -> float:
    """How clearly the text has the member's words, or others that mean the same, unnegated."""
    wanted = name_words(member)
    if not wanted or all(word in FUNCTION_WORDS for word in wanted):
        return 0.0
    text = aligned(found.text)
    words = list(_WORD.finditer(text))
    phrase = re.search(rf"(?<!\w){'[ _-]?'.join(map(re.escape, wanted))}(?!\w)", text)
    if phrase and (len(wanted[0]) > 1 or member in found.text):
        place = sum(match.start() < phrase.start() for match in words)
        if not _is_negated(words, place):
            return 3.0 + len(wanted) / 10 - phrase.start() / 100_000
    ideas = {idea(word) for word in wanted if word not in FUNCTION_WORDS and len(word) > 1}
    score = 0.0
    for place, match in enumerate(words):
        if idea(match[0]) in ideas and not _is_negated(words, place):
            score += 1.0
    return min(score, 2.5) / max(1, len(ideas)) if score else 0.0


def _of_kind(member: str, field: Field, found: Mentions) -> float:
    """How well a unit, a currency or a language fits that the text names in other words."""
    if field.role not in ("unit", "currency", "language"):
        return 0.0
    for known in _KINDS:
        canonical = known.get(aligned(member)) or known.get(stem(aligned(member)))
        if canonical is None:
            continue
        for offer in candidates(field, found):
            if known.get(aligned(offer.text)) == canonical:
                return offer.score + 1.0
    return 0.0


def _is_negated(words: Sequence[re.Match[str]], place: int) -> bool:
    back = words[max(0, place - _STEPS_BACK) : place]
    return any(word[0] in _NO or word[0].endswith(("n't", "n’t")) for word in back)


def _best_first(pair: tuple[float, Any]) -> float:
    return -pair[0]
