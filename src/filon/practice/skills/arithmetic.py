"""The skill of sums: finds what the last message wants reckoned, and answers right or wrong.

Right and wrong are alternatives whose log odds are the model's ability less the task's difficulty
(see sums/task.py); the wrong ones share the weight 0.
"""

import re
from math import log

from filon.practice.model.plan import Alternative, Plan, Segment
from filon.practice.skills.asked import Asked
from filon.practice.skills.matching import fold
from filon.practice.skills.reading import last_split, recent, spoken
from filon.practice.skills.sums.comparing import claim_task, which_task
from filon.practice.skills.sums.expressions import (
    RELATIONS,
    Run,
    UnreadableSum,
    is_operation,
    scan,
    trimmed,
)
from filon.practice.skills.sums.numerals import in_digits
from filon.practice.skills.sums.problems import problem
from filon.practice.skills.sums.task import Manner, Task, problem_task, sum_task

SKILL = "arithmetic"

_LONGEST = 600

_LEAD = re.compile(
    r"(?:\b(?:what is|what's|whats|what are|how much is|how much are|calculate|compute|evaluate|"
    r"solve|work out|find|result of|value of|answer to|give me|tell me|simplify|is it true that|"
    r"is|are|does|cuanto es|cuanto son|cuanto da|cuanto dan|cuanto hace|cuanto vale|cuantos son|"
    r"calcula|calcule|calcular|calculame|resuelve|resuelva|resolver|resultado de|valor de|dime|"
    r"halla|que es|cual es|que da|es|son|es cierto que|question|pregunta|problem|problema|q|p)\b)"
    r"[ :¿]{0,3}(?:the |el |la |a |exactly |exactamente |following |siguiente )?"
    r"(?:result of |value of |resultado de |valor de |expression |expresion |operation |operacion |"
    r"sum |suma )?[\s:\"'`*$(\[¿]{0,6}\Z"
)
_AFTER = re.compile(
    r"\s{0,4}(?:\Z|[?!.,;:=)\]\"'`*$\n]|(?:please|favor|exactly|equals?|and|y|give|answer|reply|"
    r"responde|exactamente|using|step|show|think|rounded)\b)"
)
_FILLERS = (
    "hi hello hey please thanks thank you so ok okay and now answer only just with the number "
    "result reply respond response a an single me give tell in digits no words explanation step "
    "by question hola favor gracias y ahora responde contesta solo el la resultado numero con un "
    "de como respuesta is equals equal to quick briefly your final value es igual cuanto that it "
    "nothing else do not explain think show work as nada mas sin explicaciones explicacion alone "
    "what true right correct cierto verdad pregunta"
)
_FILLER_WORDS = frozenset(_FILLERS.split())
_WORD = re.compile(r"[^\W\d_]+")
_POINT = re.compile(r"\d\.\d(?!\d\d\b)")
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\+?\d{2,4}(?:-\d{3,4}){2,}"
)
_BARE = re.compile(
    r"\b(?:only|just|solo|solamente|unicamente|nothing but)\b[^.\n]{0,40}"
    r"\b(?:number|result|answer|value|digits?|integer|figure|numero|resultado|respuesta|cifra|valor)\b"
    r"|\b(?:number|result|value|figure|answer|numero|resultado)\b[^.\n]{0,20}"
    r"\b(?:only|alone|nothing else)\b"
    r"|\b(?:yes or no|si o no)\b"
)


def arithmetic(asked: Asked) -> Plan | None:
    """The answer to a sum, a comparison or a small word problem; None where there is none."""
    task = find(asked)
    if task is None:
        return None
    share = -log(len(task.wrong))
    right = Alternative(task.right, asked.model.ability - task.difficulty)
    wrong = (Alternative(text, share) for text in task.wrong)
    return Plan(skill=SKILL, segments=(Segment(alternatives=(right, *wrong)),))


def find(asked: Asked) -> Task | None:
    """What the user's last message wants reckoned, if anything."""
    split = last_split(asked)
    text = split.own if len(split.own) <= _LONGEST else split.question
    if len(text) > _LONGEST:
        text = text.rstrip().rpartition("\n")[2][-_LONGEST:]
    if not text.strip():
        return None
    language = spoken(asked, text)
    digits = in_digits(text, language)
    # Spanish writes the decimal comma, but who writes a point gets one.
    comma = language == "es" and not _POINT.search(text)
    manner = Manner(language=language, comma=comma, bare=_wants_value_alone(asked, text))
    return (
        which_task(digits, manner)
        or _expression(digits, manner)
        or _word_problem(digits, text, manner)
    )


def _wants_value_alone(asked: Asked, text: str) -> bool:
    said = recent(asked.messages)
    rules = [each.text[:4_000] for each in said if each.role in ("system", "developer")]
    return any(_BARE.search(fold(each)) for each in (text, *rules))


def _expression(text: str, manner: Manner) -> Task | None:
    for run in scan(text, manner.language):
        tokens = trimmed(run, text)
        if not is_operation(tokens) or not _is_asked(text, run):
            continue
        places = [place for place, token in enumerate(tokens) if token.sign in RELATIONS]
        try:
            if not places:
                return sum_task(tokens, manner)
            return claim_task(tokens, places[0], manner)
        except UnreadableSum:
            continue
    return None


def _word_problem(digits: str, text: str, manner: Manner) -> Task | None:
    found = problem(digits, manner.language)
    if found is None:
        return None
    # The noun as it was written, with its accents.
    noun = next((word for word in _WORD.findall(text) if fold(word) == found.noun), found.noun)
    try:
        return problem_task(found.tokens, noun, manner)
    except UnreadableSum:
        return None


def _is_asked(text: str, run: Run) -> bool:
    """Whether the message is about this run: led up to, or alone but for words that add nothing."""
    if _DATE.fullmatch(text[run.start : run.end].strip()):
        return False
    before, after = text[: run.start], text[run.end :]
    if _LEAD.search(before[-120:]) and _AFTER.match(after):
        return True
    return all(word in _FILLER_WORDS for word in re.findall(r"\w+", f"{before} {after}"))
