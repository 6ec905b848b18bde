"""The skill of knowing: answers from the dialogues of the corpus that ask the same thing.

It pulls less than other skills do, so that the words vary at temperature 1. Where nothing matches,
the model says so and then goes on freely: a bare refusal would hide what temperature, top_p and
the penalties do, and free text without the warning would pass for an answer.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache

from msgspec import Struct

from filon.practice.model.knowledge import Dialogue, dialogues
from filon.practice.model.plan import Alternative, Plan, Segment
from filon.practice.skills.asked import Asked, Language
from filon.practice.skills.matching import (
    FUNCTION_WORDS,
    Index,
    build,
    content,
    coverage,
    rarity,
    search,
    words,
)
from filon.practice.skills.passages import sentences
from filon.practice.skills.reading import last_split, last_text, spoken

SKILL = "knowing"

# How like a dialogue a question must be, 0 to 1: tried on left-out phrasings and on questions of
# other fields, of which this answers about half and one in ten.
THRESHOLD = 0.63
# A dialogue in the other language is an answer only where its question is nearly the same.
_OTHER_LANGUAGE = 0.8
# What it counts, beside that, how much of the question the whole dialogue holds.
_HELD = 0.5
_WEAKER = 2.0
_MOST_ALTERNATIVES = 3
_RIVAL = -2.0
_PER_GAP = -8.0
_WIDEST_GAP = 0.2
_MOST_MATCHES = 40

_NOTHING: dict[Language, str] = {
    "en": "I know nothing about that. I am a small practice model, and what follows is only how my "
    "training text goes on, not an answer.\n\n",
    "es": "No sé nada de eso. Soy un modelo de práctica pequeño, y lo que sigue es solo cómo "
    "continúa mi texto de entrenamiento, no una respuesta.\n\n",
}
_EMPTY: dict[Language, str] = {
    "en": "Your message holds no text. Ask me something.",
    "es": "Tu mensaje no contiene texto. Pregúntame algo.",
}


class Known(Struct, frozen=True, kw_only=True):
    """Dialogues ready to be searched; `owners` says whose each phrasing is."""

    dialogues: tuple[Dialogue, ...]
    index: Index
    owners: tuple[int, ...]
    stems: tuple[frozenset[str], ...]
    weights: Mapping[str, float]


class Hit(Struct, frozen=True):
    """A dialogue that asks the same, by which phrasing, and how like it is, 0 to 1."""

    dialogue: Dialogue
    phrasing: str
    score: float


def learn(known: Sequence[Dialogue]) -> Known:
    """Makes dialogues ready to be searched."""
    phrasings = [
        (question, number)
        for number, dialogue in enumerate(known)
        for question in dialogue.questions
    ]
    stems = tuple(
        frozenset(content(" ".join((*dialogue.questions, dialogue.answer)))) for dialogue in known
    )
    counts = Counter(stem for held in stems for stem in held)
    return Known(
        dialogues=tuple(known),
        index=build([question for question, _ in phrasings]),
        owners=tuple(number for _, number in phrasings),
        stems=stems,
        weights={stem: rarity(len(stems), count) for stem, count in counts.items()},
    )


@cache
def talk() -> Known:
    """What the models know to talk about: all dialogues but the tasks in code."""
    return learn([dialogue for dialogue in dialogues() if dialogue.level is None])


def knowing(asked: Asked) -> Plan:
    """The answer to the question most like this one; else that there is none, and free text."""
    # A message that only gives a text asks nothing, yet it is not empty.
    text = last_split(asked).question.strip() or last_text(asked)
    language = spoken(asked, text)
    found = hits(talk(), text, language)
    if not found and not text.strip():
        return _plan(Segment(alternatives=(Alternative(_EMPTY[language]),)))
    if not found:
        return _plan(Segment(alternatives=(Alternative(_NOTHING[language]),)), Segment())
    best = found[0].score
    alternatives = tuple(
        Alternative(
            hit.dialogue.answer, 0.0 if place == 0 else _RIVAL + _PER_GAP * (best - hit.score)
        )
        for place, hit in enumerate(found)
    )
    return _plan(Segment(alternatives=alternatives, strength=asked.model.strength - _WEAKER))


def hits(known: Known, text: str, language: Language, least: float = THRESHOLD) -> list[Hit]:
    """The dialogues that ask the same as the text, best first: at most three, all near the best."""
    scores: dict[int, Hit] = {}
    rarest = rarity(len(known.stems), 0)
    for variant in _variants(text):
        wanted = frozenset(content(variant))
        # One word of meaning is found in many dialogues, which says little.
        part = _HELD if len(wanted) > 1 else _HELD / 2 if wanted else 0.0
        for match in search(known.index, variant, _MOST_MATCHES):
            owner = known.owners[match.number]
            dialogue = known.dialogues[owner]
            held = coverage(wanted, known.stems[owner], known.weights, rarest)
            score = (1 - part) * match.score + part * held
            score *= 1.0 if dialogue.language == language else _OTHER_LANGUAGE
            if score >= least and (owner not in scores or score > scores[owner].score):
                scores[owner] = Hit(dialogue, _phrasing(known, owner, match.number), score)
    ranked = sorted(scores.values(), key=_best_first)
    return [hit for hit in ranked if hit.score >= ranked[0].score - _WIDEST_GAP][
        :_MOST_ALTERNATIVES
    ]


def _plan(*segments: Segment) -> Plan:
    return Plan(skill=SKILL, segments=segments)


def _best_first(hit: Hit) -> float:
    return -hit.score


def _phrasing(known: Known, owner: int, number: int) -> str:
    return known.dialogues[owner].questions[number - known.owners.index(owner)]


def _variants(text: str) -> list[str]:
    """The whole text, and those of its sentences that may be the question, but no greeting."""
    asking: list[str] = []
    telling: list[str] = []
    for part in sentences(text):
        found = words(part)
        if part.endswith("?"):
            asking.append(part)
        elif len(found) > 2 and any(word not in FUNCTION_WORDS for word in found):
            telling.append(part)
    some = asking[-2:] if asking else [*telling[-1:], *telling[:1]]
    return list(dict.fromkeys([text, *some]))
