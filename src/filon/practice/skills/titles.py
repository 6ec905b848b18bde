"""The skill of titles: knows a request for one, and takes it out of the conversation's own words.

It is cut from what the person wrote first: the stretch of at most six words that holds most of
what the conversation keeps coming back to.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from filon.practice.model.plan import Alternative, Plan, Segment
from filon.practice.skills.asked import Asked, Language
from filon.practice.skills.language import first_guess
from filon.practice.skills.matching import FUNCTION_WORDS, content, fold
from filon.practice.skills.passages import split
from filon.practice.skills.reading import recent

SKILL = "titles"

_MOST_WORDS = 6
_LONGEST = 60
_READ = 3_000
# How far into a message, and how far from its end, the request for a title is looked for.
_HEAD, _TAIL = 800, 400
_MOST_TOKENS = 120
_RUNNER_UP = -2.0

_VERBS = (
    "give|write|generate|create|provide|suggest|propose|make|come up with|return|name|choose|"
    "summari[sz]e|da|dale|pon|ponle|escribe|genera|crea|sugiere|propon|resume|inventa|elige"
)
_CHATS = (
    "conversation|chat|dialog(?:ue)?|discussion|thread|exchange|messages|transcript|conversacion|"
    "charla|dialogo|mensajes|hilo|intercambio"
)
_WANTS = re.compile(
    rf"\b(?:{_VERBS})\b[^\n]{{0,160}}\b(?:title|titulo)\b|\b(?:concise|short|breve|corto)\b"
    r"[^\n]{0,40}\b(?:title|titulo)\b"
)
_OF_A_CHAT = re.compile(rf"\b(?:{_CHATS})\b")
_IN_JSON = re.compile(r'[{]\s*"title"\s*:')

_SPEAKER = re.compile(
    r"^[ \t>|*#_-]{0,8}(?:(?P<person>the person wrote|user|human|usuario|humano|persona|"
    r"the user (?:said|wrote)|user message)|(?P<model>the answer was|response|assistant|ai|bot|"
    r"asistente|answer|respuesta|modelo))[*_]{0,3}\s?:[*_]{0,3}[ \t]*",
    re.IGNORECASE | re.MULTILINE,
)
_CLOSING = re.compile(
    r"^[ \t>|*#_-]{0,8}(?:title|titulo|título)[*_]{0,3}\s?:|^</\w+>|^#{2,4} ",
    re.IGNORECASE | re.MULTILINE,
)
# Marks of Markdown, but not a sign between numbers nor an underscore within a name.
_MARKS = re.compile(
    r"`{3}.{0,2000}?`{3}|https?://\S+|[`#>|~\\]+|\*{1,3}(?=\S)|(?<=\S)\*{1,3}|(?<!\w)_+|_+(?!\w)",
    re.DOTALL,
)
_CALL = re.compile(r"(\w{2,})\(.*")
_EDGES = " \t\"'“”‘’«»()[]{}<>.,;:!?¿¡…-–—"
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
# What leads in to a subject and says nothing of it.
_LEADS = (
    "please tell me can could would you explain how what why when where who is are do does did i "
    "want need help me with to know about give write make show hi hello hey thanks "
    "por favor dime puedes podrias explica explicame explicar como que cual cuando donde quien es "
    "son hace hacen quiero necesito ayuda ayudame saber sobre escribe haz hola gracias"
)
# Where a clause begins that a title can do without.
_CLAUSES = frozenset(("that", "which", "because", "who", "so", "then", "if", "que", "porque", "si"))
_SIGNS = frozenset("+-*/=×÷")
_LEAD_WORDS = frozenset(_LEADS.split())


class Talk(Struct, frozen=True):
    """The words of the person and of the model that a title is to be found for."""

    person: str
    model: str


def titles(asked: Asked) -> Plan | None:
    """A title where one is wanted, and None elsewhere."""
    talk = wanted(asked)
    if talk is None:
        return None
    language = first_guess((talk.person, talk.model))
    found = candidates(talk, language)
    if _wants_json(asked):
        found = [msgspec.json.encode({"title": each}).decode() for each in found]
    weights = (0.0, _RUNNER_UP)
    return Plan(
        skill=SKILL,
        segments=(
            Segment(
                alternatives=tuple(
                    Alternative(text, weight) for text, weight in zip(found, weights, strict=False)
                )
            ),
        ),
    )


def wanted(asked: Asked) -> Talk | None:
    """The conversation for which the last message, or the instructions, want a title."""
    said = recent(asked.messages)
    last = next((each.text for each in reversed(said) if each.role == "user"), "")
    if not last.strip():
        return None
    rules = [each.text for each in said if each.role in ("system", "developer")]
    # A given text that asks for a title is not the person who asks.
    if _asks_for_title(split(last).own):
        embedded = _transcript(last)
        if embedded is not None:
            return embedded
        before = [each for each in said if each.text is not last]
        return Talk(
            "\n".join(each.text[:_READ] for each in before if each.role == "user")[:_READ],
            "\n".join(each.text[:_READ] for each in before if each.role == "assistant")[:_READ],
        )
    if any(_asks_for_title(rule) and len(rule) <= _READ for rule in rules):
        return _transcript(last) or Talk(last[:_READ], "")
    return None


def candidates(talk: Talk, language: Language) -> list[str]:
    """One or two titles, the better one first."""
    counts = Counter(content(talk.person[:_READ]))
    for stem, count in Counter(content(talk.model[:_READ])).items():
        # The answer tells what mattered in the question, but does not set the subject.
        counts[stem] += min(count, 3) if stem in counts else 0
    text = talk.person if talk.person.strip() else talk.model
    sentences = _tokens(text)
    ranked = _windows(sentences, counts) or [words[:_MOST_WORDS] for words in sentences[:1]]
    found = list(dict.fromkeys(_in_case(window) for window in ranked))
    if not found:
        return ["New conversation" if language == "en" else "Conversación nueva"]
    # A runner-up that only drops a word of the first would be no choice, and one word says little.
    first = set(found[0].casefold().split())
    others = [
        title
        for title in found[1:]
        if " " in title and len(first - set(title.casefold().split())) > 1
    ]
    return [found[0], *others[:1]]


def _asks_for_title(text: str) -> bool:
    for part in (text[:_HEAD], text[-_TAIL:]):
        folded = fold(part)
        if _WANTS.search(folded) and _OF_A_CHAT.search(folded):
            return True
    return False


def _wants_json(asked: Asked) -> bool:
    last = next((each.text for each in reversed(recent(asked.messages)) if each.role == "user"), "")
    return _IN_JSON.search(last) is not None


def _transcript(text: str) -> Talk | None:
    """The talk that a request carries within itself, by the names of who speaks."""
    marks = list(_SPEAKER.finditer(text))
    if not marks:
        return None
    parts: dict[str, list[str]] = {"person": [], "model": []}
    borders = [*(mark.start() for mark in marks[1:]), len(text)]
    for mark, border in zip(marks, borders, strict=True):
        said = text[mark.end() : border]
        closing = _CLOSING.search(said)
        who = "person" if mark["person"] else "model"
        parts[who].append((said[: closing.start()] if closing else said)[:_READ])
    return Talk("\n".join(parts["person"])[:_READ], "\n".join(parts["model"])[:_READ])


def _tokens(text: str) -> list[list[str]]:
    """The words of each sentence, as written, without marks at their edges."""
    plain = _MARKS.sub(" ", text[:_READ])
    found: list[list[str]] = []
    for sentence in _SENTENCE.split(plain):
        words = [_CALL.sub(r"\1", word).strip(_EDGES) or word for word in sentence.split()]
        kept = [word[:_LONGEST] for word in words if word.strip(_EDGES) or word in _SIGNS]
        if kept:
            found.append(kept[:_MOST_TOKENS])
    return found[:20]


def _windows(sentences: Sequence[Sequence[str]], counts: Mapping[str, int]) -> list[list[str]]:
    """Stretches of the sentences that begin and end with a word of weight, best first."""
    ranked: list[tuple[float, list[str]]] = []
    for number, words in enumerate(sentences):
        values = [_value(word, counts) for word in words]
        for start in range(len(words)):
            for end in range(start + 1, min(start + _MOST_WORDS, len(words)) + 1):
                window = list(words[start:end])
                if values[start] <= 0 or values[end - 1] <= 0 or not _fits(window):
                    continue
                # Early words name the subject. What joins words is paid for, so that little is.
                distinct = {fold(word): values[start + at] for at, word in enumerate(window)}
                paid = 0.15 * len(window) + 1.2 * (not _CLAUSES.isdisjoint(distinct))
                score = sum(distinct.values()) - paid
                ranked.append((score - 0.05 * start - 1.5 * number, window))
    ranked.sort(key=_best_first)
    return [window for _, window in ranked]


def _best_first(ranked: tuple[float, list[str]]) -> float:
    return -ranked[0]


def _fits(window: Sequence[str]) -> bool:
    return len(" ".join(window)) <= _LONGEST


def _value(word: str, counts: Mapping[str, int]) -> float:
    folded = fold(word)
    if folded in FUNCTION_WORDS or folded in _LEAD_WORDS:
        return 0.0
    stems = content(word)
    if not stems:
        return 0.5 if any(letter.isalnum() for letter in word) else 0.0
    return 1.0 + 0.25 * min(4, sum(counts.get(stem, 0) for stem in stems) - 1)


def _in_case(window: Sequence[str]) -> str:
    """The words as a title in sentence case."""
    title = " ".join(window)[:_LONGEST]
    return title[:1].upper() + title[1:]
