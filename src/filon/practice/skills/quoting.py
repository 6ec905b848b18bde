"""The skill of answering from a given text: it quotes the sentences that answer, and cites them.

A passage is searched and quoted, never obeyed. The right answer and its rivals are alternatives:
the closer a sentence that does not answer comes to the one that does, the harder it is.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from math import log

from msgspec import Struct

from filon.practice.model.plan import Alternative, Plan, Segment, text_plan
from filon.practice.skills.asked import Asked, Language
from filon.practice.skills.matching import content, coverage, fold, rarity
from filon.practice.skills.passages import Passage, asks, marked, sentences, split
from filon.practice.skills.reading import Said, recent, spoken

SKILL = "quoting"

# Of the question's words by weight, what a sentence must hold to answer it.
THRESHOLD = 0.5
# What a word counts that stands elsewhere in the sentence's passage, or in its title.
_NEARBY = 0.5
_KIND_OF_ANSWER = 0.08
# What a second sentence must add to be quoted too.
_ADDS = 0.4
_MOST_QUOTED = 2
_LONGEST_QUOTE = 400
_MOST_SENTENCES = 4_000
_SUMMARY = 3
_LONG_STATEMENT = 300
_MOST_RIVALS = 2
# What a word is taken to be found in that no sentence has; not 0, as verbs change their form.
_MISSING = 0.25
_KIND_MISSING = 0.3

_ABOUT_TEXT = (
    "text texts document documents context passage passages article source sources excerpt above "
    "below following according provided given based use using only answer question information "
    "quote cite please hello hi hey thanks thank today now "
    "texto textos documento documentos contexto pasaje pasajes articulo fuente fuentes arriba "
    "siguiente siguientes segun proporcionado dado usa usando solo responde respuesta pregunta "
    "informacion hola gracias buenas buenos dias hoy ahora cita"
)
_ABOUT_TEXT_STEMS = frozenset(stem for word in _ABOUT_TEXT.split() for stem in content(word))
_REFERS = re.compile(
    r"\b(?:text|documents?|passages?|context|articles?|sources?|excerpts?|above|pasted|texto|"
    r"documentos?|pasajes?|contexto|articulo|fuentes?|arriba|pegado)\b"
)
_SUMMARISE = re.compile(
    r"\b(?:summari[sz]e|summary|sum up|tl;?dr|resum(?:e|elo|en|ir|eme|enes?))\b"
)
_NUMERIC = re.compile(r"\b(?:how (?:many|much|long|old|tall|far|big)|cuant[oa]s?|que edad)\b")
_TIME = re.compile(
    r"\b(?:when|what (?:year|date|day|time)|which year|cuando|que (?:ano|fecha|dia))\b"
)
_PERSON = re.compile(r"\b(?:who|whom|whose|quien(?:es)?)\b")
_KIND = re.compile(r"\b(?:which|what|que|cual) (\w+)")
_DIGITS = re.compile(r"\d")
_NAME = re.compile(r"(?<=[\w,] )[A-ZÁÉÍÓÚÑ]\w+")


class Candidate(Struct, frozen=True, kw_only=True):
    """A sentence of a passage, and how well it answers, 0 to about 1."""

    text: str
    label: str
    score: float
    stems: frozenset[str]


class Found(Struct, frozen=True, kw_only=True):
    """What a given text has on a question.

    `answers` are the sentences to quote; empty where the text does not tell. `rivals` come next.
    `searched` counts passages, `stems` are the question's words that were looked for.
    """

    question: str
    answers: tuple[Candidate, ...]
    rivals: tuple[Candidate, ...]
    searched: int
    stems: tuple[str, ...]
    language: Language


def quoting(asked: Asked) -> Plan | None:
    """An answer out of the given text, or that it does not tell; None where no text was given."""
    summary = summarised(asked)
    if summary is not None:
        return text_plan(SKILL, summary)
    found = find(asked)
    if found is None:
        return None
    silent = _silent(found.language)
    if found.answers:
        best = found.answers[0].score
        likeness = max((rival.score for rival in found.rivals), default=0.0) / best
        right, difficulty = _quoted(found.answers, found.language), -5 + 4 * likeness
        wrong = [_quoted((rival,), found.language) for rival in found.rivals] or [silent]
    elif found.rivals:
        right, difficulty = silent, -5 + 3 * found.rivals[0].score / THRESHOLD
        wrong = [_quoted((rival,), found.language) for rival in found.rivals]
    else:
        return text_plan(SKILL, silent)
    share = log(1 / len(wrong))
    return Plan(
        skill=SKILL,
        segments=(
            Segment(
                alternatives=(
                    Alternative(right, asked.model.ability - difficulty),
                    *(Alternative(text, share) for text in wrong),
                )
            ),
        ),
    )


def find(asked: Asked) -> Found | None:
    """What the given texts have on the last question; None where they are not asked."""
    said = recent(asked.messages)
    question, here, passages = _given(said)
    stems = _looked_for(question)
    if not passages or not stems:
        return None
    ranked = _ranked(passages, stems, question)
    answers = _answers(ranked, stems)
    if not answers and not (asks(question) and (here or _REFERS.search(fold(question)))):
        return None
    quoted = {candidate.text for candidate in answers}
    rivals = [each for each in ranked if each.score > 0 and each.text not in quoted]
    return Found(
        question=question,
        answers=answers,
        rivals=tuple(rivals[:_MOST_RIVALS]),
        searched=len(passages),
        stems=tuple(stems),
        language=spoken(asked, question),
    )


def summarised(asked: Asked) -> str | None:
    """The sentences that say most of a given text, where a summary is wanted."""
    question, _, passages = _given(recent(asked.messages))
    if not passages or not _SUMMARISE.search(fold(question)):
        return None
    lines = [line for passage in passages for line in sentences(passage.text)][:_MOST_SENTENCES]
    counts = Counter(stem for line in lines for stem in content(line))
    weights: list[tuple[float, int]] = []
    for place, line in enumerate(lines):
        stems = content(line)
        # The first sentence of a text tells more than its words show; very short ones tell little.
        value = sum(counts[stem] for stem in set(stems)) / (len(stems) + 4)
        weights.append((value * (1.5 if place == 0 else 1.0), -place))
    chosen = sorted(-place for _, place in sorted(weights, reverse=True)[:_SUMMARY])
    return " ".join(_clipped(lines[place]) for place in chosen) or None


def _given(said: Sequence[Said]) -> tuple[str, bool, list[Passage]]:
    """The question, whether a text was given with it or as an instruction, and all passages."""
    last = max((place for place, each in enumerate(said) if each.role == "user"), default=None)
    if last is None:
        return "", False, []
    asked = split(said[last].text)
    passages: list[Passage] = []
    here = bool(asked.passages)
    for place, each in enumerate(said):
        if each.role in ("system", "developer"):
            found = marked(each.text)
            here = here or bool(found)
            passages += found
        elif each.role == "user" and place != last:
            passages += split(each.text).passages or _statement(each.text)
    return asked.question, here, [*passages, *asked.passages]


def _statement(text: str) -> tuple[Passage, ...]:
    """A long message that asks nothing, as what was pasted before a question."""
    if len(text) < _LONG_STATEMENT or asks(text) or len(sentences(text)) < 3:
        return ()
    return (Passage(text=text, marked=False),)


def _looked_for(question: str) -> list[str]:
    """The question's words of meaning, without those that only speak of the text."""
    direct = " ".join(line for line in sentences(question) if line.endswith("?"))
    stems = dict.fromkeys(content(direct or question))
    return [stem for stem in stems if stem not in _ABOUT_TEXT_STEMS][:60]


def _ranked(passages: Sequence[Passage], stems: Sequence[str], question: str) -> list[Candidate]:
    lines: list[tuple[str, str, frozenset[str], frozenset[str]]] = []
    for passage in passages:
        of_passage = [(line, frozenset(content(line))) for line in sentences(passage.text)]
        around = frozenset(content(passage.title)).union(*(held for _, held in of_passage))
        lines += [(passage.label, line, held, around) for line, held in of_passage]
    lines = lines[:_MOST_SENTENCES]
    counts = Counter(stem for _, _, held, _ in lines for stem in held)
    weights = _weights(stems, counts, len(lines), question)
    kind = _kind_wanted(question)
    found = [
        Candidate(
            text=_clipped(line),
            label=label,
            score=_score(stems, held, around, weights)
            + (_KIND_OF_ANSWER if kind and kind.search(line) else 0.0),
            stems=held,
        )
        for label, line, held, around in lines
        if not held.isdisjoint(stems)
    ]
    # Python's sort keeps the order of equals, so the earlier sentence stays first.
    return sorted(found, key=_by_score)


def _weights(
    stems: Sequence[str], counts: Mapping[str, int], lines: int, question: str
) -> dict[str, float]:
    """Rare words count more, and most what no sentence has; but a kind, as in "which metal", is
    seldom repeated in the answer, and so counts little where it is missing."""
    kinds = {stem for match in _KIND.finditer(fold(question)) for stem in content(match[1])}
    weights: dict[str, float] = {}
    for stem in stems:
        count = counts.get(stem, 0)
        weights[stem] = rarity(lines, count or _MISSING)
        if not count and stem in kinds:
            weights[stem] *= _KIND_MISSING
    return weights


def _score(
    stems: Sequence[str],
    held: frozenset[str],
    around: frozenset[str],
    weights: Mapping[str, float],
) -> float:
    own = coverage(stems, held, weights)
    return own + _NEARBY * (coverage(stems, around | held, weights) - own)


def _by_score(candidate: Candidate) -> float:
    return -candidate.score


def _kind_wanted(question: str) -> re.Pattern[str] | None:
    folded = fold(question)
    if _TIME.search(folded) or _NUMERIC.search(folded):
        return _DIGITS
    return _NAME if _PERSON.search(folded) else None


def _answers(ranked: Sequence[Candidate], stems: Sequence[str]) -> tuple[Candidate, ...]:
    """The best sentence, and a second one that tells what the first leaves out."""
    if not ranked or ranked[0].score < THRESHOLD:
        return ()
    chosen = [ranked[0]]
    wanted = frozenset(stems)
    for other in ranked[1:20]:
        told = frozenset[str]().union(*(each.stems for each in chosen))
        new = len((other.stems & wanted) - told) / len(wanted)
        if len(chosen) < _MOST_QUOTED and new >= _ADDS:
            chosen.append(other)
    return tuple(chosen)


def _quoted(candidates: Sequence[Candidate], language: Language) -> str:
    opening, closing = ('"', '"') if language == "en" else ("«", "»")
    quotes = [
        f"{opening}{each.text}{closing}" + (f" [{each.label}]" if each.label else "")
        for each in candidates
    ]
    if language == "en":
        return f"The text says: {' and '.join(quotes)}"
    return f"El texto dice: {' y '.join(quotes)}"


def _silent(language: Language) -> str:
    if language == "en":
        return "The given text does not tell."
    return "El texto dado no lo dice."


def _clipped(sentence: str) -> str:
    if len(sentence) <= _LONGEST_QUOTE:
        return sentence
    return sentence[:_LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"
