"""The skill of saying what one is told to say, word for word, as who tries an API asks first."""

import re

from filon.practice.model.plan import Plan, text_plan
from filon.practice.skills.asked import Asked
from filon.practice.skills.reading import last_split

SKILL = "repeating"

_LONGEST = 400
_MOST_WORDS = 8

_VERBS = (
    "say|repeat|reply|respond|answer|write|output|print|return|echo|di|repite|responde|contesta|"
    "escribe|devuelve"
)
_MANNER = (
    r"(?: back| after me| exactly| only| just| simply| verbatim| nothing but| with| by saying| the|"
    r" single| exact| following| words?| text| phrase| sentence| this| to me|,| con| solo| sólo|"
    r" solamente| únicamente| exactamente| simplemente| la| el| lo| palabras?| texto| frase|"
    r" siguiente| esto| después de mí| literalmente){0,8}"
)
_POLITE = r"(?:please|por favor|can you|could you|puedes)?[, ]{0,2}"
_THANKS = r"(?:,? (?:please|por favor|and nothing else|only|y nada más))?"
# "Answer this: ..." asks for an answer; only "answer exactly: ..." gives it.
_AFTER_COLON = re.compile(
    rf"{_POLITE}(?:(?:say|repeat|echo|di|repite){_MANNER}|(?:{_VERBS}){_MANNER}"
    r" (?:exactly|only|just|verbatim|with|by saying|con|solo|sólo|exactamente|únicamente)"
    rf"{_MANNER})"
    r"\s?:\s{0,3}(?P<text>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_IN_QUOTES = re.compile(
    rf"{_POLITE}(?:{_VERBS}){_MANNER}\s[\"'“«`](?P<text>[^\"“”«»`\n]{{1,200}})[\"'”»`]"
    rf"{_THANKS}[.!?]?",
    re.IGNORECASE,
)
_ONE_WORD = re.compile(
    rf"{_POLITE}(?:{_VERBS}){_MANNER}(?: (?:with|con)| (?:word|palabra)){_MANNER} "
    rf"(?P<text>\w+){_THANKS}[.!?]?",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    rf"{_POLITE}(?:say|repeat|echo|di|repite) (?P<text>[^\n:?\"]{{1,60}}?){_THANKS}[.!]?",
    re.IGNORECASE,
)
# What describes words instead of giving them: "say something nice", "answer with yes or no".
_DESCRIBED = re.compile(
    r"\A(?:a|an|un|una|it|that|the|el|la|lo)\b|\b(?:in|something|anything|more|your|my|me|number|"
    r"json|yes or no|one word|about|how|what|why|again|en|algo|más|tu|mi|número|sobre|cómo|qué|"
    r"otra vez)\b",
    re.IGNORECASE,
)


def repeating(asked: Asked) -> Plan | None:
    """The words that the whole message wants said; None where it wants anything else."""
    own = last_split(asked).own
    if len(own) > _LONGEST:
        return None
    text = _wanted(own)
    return None if text is None else text_plan(SKILL, text)


def _wanted(own: str) -> str | None:
    for pattern in (_IN_QUOTES, _AFTER_COLON):
        match = pattern.fullmatch(own)
        if match:
            return match["text"].strip().strip('"“”«»`').strip() or None
    for pattern in (_ONE_WORD, _PLAIN):
        match = pattern.fullmatch(own)
        if match and len(match["text"].split()) <= _MOST_WORDS:
            return None if _DESCRIBED.search(match["text"]) else match["text"].strip() or None
    return None
