"""The skill of code: writes the small functions that the corpus holds, right or wrong.

Right and wrong are alternatives whose log odds are the model's ability in code less the task's
level, so that whoever scores many answers finds these numbers again.
"""

import re
from collections.abc import Sequence
from functools import cache

from msgspec import Struct

from filon.practice.model.knowledge import Dialogue, dialogues
from filon.practice.model.plan import Alternative, Plan, Segment, text_plan
from filon.practice.skills.asked import Asked, Language
from filon.practice.skills.knowing import Known, hits, learn, talk
from filon.practice.skills.matching import content, fold
from filon.practice.skills.reading import last_split, spoken

SKILL = "coding"

# How like a task's phrasing a request must be, as a cosine; more where it does not ask for code.
THRESHOLD = 0.5
UNASKED_THRESHOLD = 0.75
_MOST_NAMED = 40
_READ = 8_000

_VERBS = (
    "write|implement|code|create|make|complete|finish|program|define|give me|show me|escribe|"
    "escribeme|implementa|programa|crea|haz|hazme|completa|define|dame|escribir|implementar"
)
_NOUNS = (
    "function|method|class|program|script|code|snippet|algorithm|regex|query|funcion|metodo|clase|"
    "programa|script|codigo|algoritmo|consulta"
)
_REQUEST = re.compile(
    rf"\b(?:{_VERBS})\b(?:(?!\b(?:about|sobre|story|poem|text|email|essay|cuento|poema|texto)\b)"
    rf"[^\n]){{0,80}}?\b(?:{_NOUNS})\b"
)
_IN_PYTHON = re.compile(rf"\b(?:{_VERBS})\b[^\n]{{0,120}}\b(?:in|en|with|con) python\b")
_VERB = re.compile(rf"\b(?:{_VERBS})\b")
_STUB = re.compile(r"^[ \t]{0,8}(?:async )?def (\w{1,60})\(", re.MULTILINE)
_NAMED = re.compile(
    r"`(\w{2,60})(?:\([^`\n]{0,80}\))?`|"
    r"\b([a-z]{1,30}(?:_[a-z]{1,30}){1,5}|[a-z_]{2,40}(?=\())"
)
_OTHER_TONGUES = re.compile(
    r"\b(?:in|en|with|con) (?:plain |modern )?(?:javascript|typescript|java|rust|go|golang|c\+\+|"
    r"c#|c|ruby|php|kotlin|swift|bash|sql|html|css|perl|scala|haskell|lua|r)(?![\w+#])"
)


class Task(Struct, frozen=True):
    """A task in code that is known, and the names of its function."""

    dialogue: Dialogue
    names: tuple[str, ...]


@cache
def tasks() -> tuple[Task, ...]:
    """The tasks that are known, in the order of the corpus."""
    return tuple(
        Task(dialogue, tuple(dict.fromkeys(_STUB.findall(dialogue.answer))))
        for dialogue in dialogues()
        if dialogue.level is not None
    )


@cache
def _known() -> Known:
    return learn([task.dialogue for task in tasks()])


def coding(asked: Asked) -> Plan | None:
    """A function that is known, or which ones are; None where no code is asked for."""
    text = last_split(asked).question[:_READ]
    language = spoken(asked, text)
    task = find(text, language)
    if task is not None:
        return _plan(asked, task)
    if not is_request(text) or hits(talk(), text, language):
        return None
    return text_plan(SKILL, _unknown(tasks(), language))


def find(text: str, language: Language) -> Dialogue | None:
    """The known task that the text sets, by its function's name or by its words."""
    folded = fold(text)
    if _OTHER_TONGUES.search(folded):
        return None
    request = is_request(text)
    if request or _VERB.search(folded):
        known = [task for task in tasks() if not _named(text, folded).isdisjoint(task.names)]
        own = [task for task in known if task.dialogue.language == language]
        if known:
            return (own or known)[0].dialogue
    if not request and len(frozenset(content(text))) < 2:
        return None
    least = THRESHOLD if request else UNASKED_THRESHOLD
    found = hits(_known(), text, language, least)
    return found[0].dialogue if found else None


def is_request(text: str) -> bool:
    """Whether a text wants code to be written."""
    folded = fold(text)
    return (
        _STUB.search(text) is not None
        or _REQUEST.search(folded) is not None
        or _IN_PYTHON.search(folded) is not None
        or (_VERB.search(folded) is not None and _OTHER_TONGUES.search(folded) is not None)
    )


def _named(text: str, folded: str) -> frozenset[str]:
    """The names of functions that stand in a text."""
    named = (name for pair in _NAMED.findall(folded) for name in pair if name)
    return frozenset((*_STUB.findall(text), *named))


def _plan(asked: Asked, task: Dialogue) -> Plan:
    right = Alternative(task.answer, asked.model.code_ability - (task.level or 0.0))
    wrong = (Alternative(task.wrong),) if task.wrong else ()
    return Plan(skill=SKILL, segments=(Segment(alternatives=(right, *wrong)),))


def _unknown(known: Sequence[Task], language: Language) -> str:
    """That the task is not known, and which ones are."""
    own = [task for task in known if task.dialogue.language == language] or known
    names = list(dict.fromkeys(task.names[0] for task in own if task.names))[:_MOST_NAMED]
    listed = ", ".join(f"`{name}`" for name in names)
    if language == "en":
        return f"I do not know this task. In Python I can write: {listed}."
    return f"No conozco esta tarea. En Python sé escribir: {listed}."
