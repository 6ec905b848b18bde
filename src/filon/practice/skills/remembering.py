"""The skill of memory: what the person told earlier in this conversation, and what he did not.

Only his own words count, and what instructions say his name is; given texts do not.
"""

import re
from collections.abc import Sequence

from msgspec import Struct

from filon.practice.model.plan import Plan, text_plan
from filon.practice.skills.asked import Asked, Language
from filon.practice.skills.facts import Fact, Kind, facts, key_of, names_of_user, told
from filon.practice.skills.matching import content, fold
from filon.practice.skills.passages import asks, split
from filon.practice.skills.reading import Said, recent, spoken

SKILL = "remembering"

# Of a question's words, what a note must hold to answer it.
NOTE_THRESHOLD = 0.6
_LONGEST_QUESTION = 300
_LONGEST_QUOTE = 300
_SMALL_TALK = 4

_ASKED: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "name",
        re.compile(
            r"\b(?:what(?:'s|s| is| was) my (?:first )?name|who am i|"
            r"(?:remember|know|say|tell me) my name(?! is)|como me llamo|cual es mi nombre|"
            r"(?:sabes|recuerdas|dime|di) mi nombre|quien soy)\b"
        ),
    ),
    (
        "home",
        re.compile(
            r"\b(?:where do i live|(?:what|which) (?:city|town|country) do i live|donde vivo|"
            r"en que (?:ciudad|pais|pueblo) vivo)\b"
        ),
    ),
    ("origin", re.compile(r"\b(?:where (?:am i|do i come) from|de donde soy)\b")),
    (
        "job",
        re.compile(
            r"\b(?:what do i do for (?:a living|work)|what(?:'s|s| is) my job|where do i "
            r"work|what do i work as|(?:en que|donde|de que) trabajo|cual es mi trabajo|"
            r"a que me dedico)\b"
        ),
    ),
    (
        "age",
        re.compile(
            r"\b(?:how old am i|what(?:'s|s| is) my age|cuantos anos tengo|cual es mi edad|"
            r"que edad tengo)\b"
        ),
    ),
)
_MINE = re.compile(
    r"\b(?:(?:what|which|who)(?:'s|s| is| are| was| were) my|"
    r"(?:you (?:remember|recall|know)|tell me) my|"
    r"(?:cual(?:es)?|que|quien|como) (?:es|son|era|eran|se llama|se llaman) mis?|"
    r"(?:recuerdas|dime|sabes) (?:cual es )?mis?) "
    r"(?P<noun>[\w'’-]+(?: (?!(?:is|are|es|son)\b)[\w'’-]+){0,3})\s{0,2}(?:[?.!]|\Z)"
)
_SECRET = re.compile(
    r"\b(?:what(?:'s|s| is| was)|(?:remember|recall|tell me|know|give me)|cual (?:es|era)|que era|"
    r"(?:recuerdas|dime|sabes)(?: cual es)?) "
    r"(?P<noun>(?:the|our|la|el) (?:secret|magic|pass|code|access|safe|key|pin\b|palabra|"
    r"contrasena|clave|codigo|numero secreto|color secreto|animal secreto|frase)"
    r"(?:(?!\b(?:is|are|es|son)\b)[\w -]){0,30}?)"
    r"\s{0,2}(?:[?.!,]|\bthat i\b|\bi (?:told|gave)\b|\bque te\b|\Z)"
)
_NOTES = re.compile(
    r"\b(?:what did i (?:ask|tell) you(?: to remember)?|what (?:do|should|must|can) you remember|"
    r"que te (?:pedi|dije) que recordaras|que te (?:he pedido|pedi)(?: que)? recordar|"
    r"que (?:recuerdas|debes recordar|te dije))\b"
)
_FIRST = re.compile(
    r"\b(?:what (?:did|have) i (?:say|ask|write|said|asked|written)(?: to)?(?: you)? first|my "
    r"(?:very )?first (?:message|question)|que (?:te )?(?:dije|pregunte|escribi) "
    r"(?:primero|al principio)|"
    r"mi primer(?:a)? (?:mensaje|pregunta))\b"
)
_PREVIOUS = re.compile(
    r"\b(?:what did i (?:just|last) (?:say|ask|write)|"
    r"what did i (?:say|ask|write) (?:before|just now|last)|"
    r"my (?:last|previous) (?:message|question)|que (?:acabo de (?:decir|preguntar)|"
    r"(?:dije|pregunte) (?:antes|hace un momento))|mi (?:ultim[oa]|anterior) (?:mensaje|pregunta)|"
    r"mi (?:mensaje|pregunta) anterior)\b"
)
_COUNT = re.compile(
    r"\b(?:how many (?:messages|questions|times) (?:have i|did i|i have)|cuant[oa]s (?:mensajes|"
    r"preguntas|veces) (?:te )?(?:he|llevo|hice|envie))\b"
)


_WANTS_MORE = re.compile(
    r"\b(?:write|explain|tell me|give|make|show|list|translate|describe|help|create|generate|"
    r"summari[sz]e|answer|say|greet|calculate|compute|escribe|explica|dime|dame|haz|muestra|"
    r"traduce|describe|ayuda|crea|genera|resume|responde|saluda|calcula)\w*\b"
)


class Memory(Struct, frozen=True, kw_only=True):
    """What is known from the conversation, in its order."""

    facts: tuple[Fact, ...]
    language: Language
    has_passages: bool


class Recalled(Struct, frozen=True, kw_only=True):
    """An answer from memory. `of` is the fact it rests on, where it rests on one."""

    text: str
    of: Fact | None = None
    acknowledged: bool = False


def remembering(asked: Asked) -> Plan | None:
    """An answer from what was told, or a fact acknowledged; None where neither is wanted."""
    recalled = recall(asked)
    return None if recalled is None else text_plan(SKILL, recalled.text)


def recall(asked: Asked) -> Recalled | None:
    """What memory has to say to the last message of the user."""
    said = recent(asked.messages)
    last = next((each.text for each in reversed(said) if each.role == "user"), "")
    parts = split(last)
    question = parts.question if len(parts.own) > _LONGEST_QUESTION else parts.own
    if not question.strip():
        return None
    tail = question[-_LONGEST_QUESTION:]
    folded = fold(tail)
    language = spoken(asked, question)
    counted = _about_messages(asked, said, folded, language)
    if counted is not None:
        return counted
    memory = _memory(said, language)
    return (
        _named(memory, folded)
        or _generic(memory, folded, tail if len(tail) == len(folded) else folded)
        or _noted(memory, folded)
        or _acknowledged(question, parts.own, language)
    )


def _memory(said: Sequence[Said], language: Language) -> Memory:
    found: list[Fact] = []
    has_passages = False
    for each in said:
        if each.role == "user":
            parts = split(each.text)
            has_passages = has_passages or bool(parts.passages)
            found += facts(parts.own)
        elif each.role in ("system", "developer"):
            parts = split(each.text)
            has_passages = has_passages or bool(parts.passages)
            found += names_of_user(parts.own)
    return Memory(facts=tuple(found), language=language, has_passages=has_passages)


def _named(memory: Memory, question: str) -> Recalled | None:
    """Answers about the facts that have questions of their own, such as one's name."""
    for kind, pattern in _ASKED:
        if pattern.search(question):
            fact = _latest(memory, kind)
            if fact is not None:
                return _back(fact, memory.language)
            return Recalled(text=_not_told(_WHAT[memory.language][kind], memory.language))
    return None


def _generic(memory: Memory, question: str, as_written: str) -> Recalled | None:
    """Answers about "my X" and "the secret X", which are called as the question calls them."""
    english = memory.language == "en"
    secret = _SECRET.search(question)
    mine = None if secret else _MINE.search(question)
    match = secret or mine
    if match is None:
        return None
    noun = as_written[match.start("noun") : match.end("noun")].strip()
    key = key_of(noun)
    fact = _latest(memory, key)
    if fact is not None:
        return _back(fact, memory.language, noun)
    if memory.has_passages:
        # The answer may stand in the given text, which is another skill's.
        return None
    whose = "" if secret else "your " if english else "tu "
    return Recalled(text=_not_told(whose + noun, memory.language))


def _noted(memory: Memory, question: str) -> Recalled | None:
    """Answers from what was asked to be remembered."""
    notes = [fact for fact in memory.facts if fact.kind == "note"]
    english = memory.language == "en"
    if _NOTES.search(question):
        kept = notes or [fact for fact in memory.facts if fact.kind != "note"]
        if not kept:
            nothing = "anything to remember" if english else "nada que recordar"
            return Recalled(text=_not_told(nothing, memory.language))
        said = "; ".join(dict.fromkeys(told(fact, memory.language) for fact in kept))
        opening = "You asked me to remember" if notes else "You told me"
        spanish = "Me pediste que recordara" if notes else "Me dijiste"
        return Recalled(text=f"{opening if english else spanish}: {said}.", of=kept[-1])
    wanted = set(content(question))
    if not asks(question) or not wanted:
        return None
    for fact in reversed(notes):
        held = wanted & set(content(fact.value))
        if len(held) / len(wanted) >= NOTE_THRESHOLD:
            opening = "You told me" if english else "Me dijiste"
            return Recalled(text=f"{opening}: {fact.value}.", of=fact)
    return None


def _acknowledged(question: str, own: str, language: Language) -> Recalled | None:
    """Says a fact back, where the message tells facts and wants nothing else."""
    found = facts(question)
    if not found or "?" in own:
        return None
    rest, at = "", 0
    for fact in found:
        rest += question[at : max(at, fact.start)] + " "
        at = max(at, fact.end)
    rest += question[at:]
    if _WANTS_MORE.search(fold(rest)) or len(content(rest)) > _SMALL_TALK:
        return None
    plain = [fact for fact in found if fact.kind != "note"] or found
    said = "; ".join(dict.fromkeys(told(fact, language) for fact in plain))
    opening = (
        "I will remember that in this conversation"
        if language == "en"
        else "Lo recordaré en esta conversación"
    )
    return Recalled(text=f"{opening}: {said}.", of=plain[-1], acknowledged=True)


def _about_messages(
    asked: Asked, said: Sequence[Said], question: str, language: Language
) -> Recalled | None:
    """Answers about the messages themselves: how many, the first, the one before."""
    english = language == "en"
    sent = [each.text for each in said if each.role == "user"]
    if _COUNT.search(question):
        number = sum(message.role == "user" for message in asked.messages)
        noun = ("message" if english else "mensaje") + ("" if number == 1 else "s")
        if english:
            return Recalled(text=f"You have sent {number} {noun} here, this one included.")
        return Recalled(text=f"Has enviado {number} {noun} aquí, contando este.")
    first, previous = _FIRST.search(question), _PREVIOUS.search(question)
    if not first and not previous:
        return None
    if len(sent) < 2:
        alone = (
            "This is the first message you have sent in this conversation."
            if english
            else "Este es el primer mensaje que has enviado en esta conversación."
        )
        return Recalled(text=alone)
    quoted = " ".join((sent[0] if first else sent[-2]).split())
    if len(quoted) > _LONGEST_QUOTE:
        quoted = quoted[:_LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"
    if english:
        return Recalled(text=f'You {"first" if first else "last"} wrote: "{quoted}"')
    return Recalled(text=f"{'Primero' if first else 'Antes'} escribiste: «{quoted}»")


_WHAT: dict[Language, dict[Kind, str]] = {
    "en": {
        "name": "your name",
        "home": "where you live",
        "origin": "where you are from",
        "job": "what your work is",
        "age": "how old you are",
    },
    "es": {
        "name": "cómo te llamas",
        "home": "dónde vives",
        "origin": "de dónde eres",
        "job": "en qué trabajas",
        "age": "cuántos años tienes",
    },
}


def _latest(memory: Memory, key: str) -> Fact | None:
    return next((fact for fact in reversed(memory.facts) if fact.key == key), None)


def _back(fact: Fact, language: Language, noun: str = "") -> Recalled:
    clause = told(fact, language, noun)
    return Recalled(text=f"{clause[:1].upper()}{clause[1:]}.", of=fact)


def _not_told(what: str, language: Language) -> str:
    if language == "en":
        return f"You have not told me {what} in this conversation."
    return f"No me has dicho {what} en esta conversación."
