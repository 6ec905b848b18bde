"""From one failed exchange to findings. Pure."""

import re
from functools import lru_cache

from msgspec import Struct

from filon.conversation.finding import Finding
from filon.diagnosis.catalogue import SIGNS
from filon.diagnosis.configured import configured
from filon.diagnosis.envelope import Said, unwrap
from filon.diagnosis.facts import Failure, Known, names_of
from filon.diagnosis.finding import LONGEST, finding
from filon.diagnosis.fixes import Told
from filon.diagnosis.symptom import Sign, Symptom

__all__ = ["Failure", "Known", "diagnose"]

_CAUGHT = 120
_SPECIAL = tuple(pair for pair in SIGNS if pair[1].rank < 2)
_GENERAL = tuple(pair for pair in SIGNS if pair[1].rank == 2)
# The kinds of failure whose words come from a reply, and not from our own client.
_OF_REPLY = ("", "broken_reply")


def diagnose(failure: Failure, known: Known | None = None) -> tuple[Finding, ...]:
    """The findings on a failure: first what failed, then what the configuration, the request and
    the reply's headers add to it. None where nobody knows."""
    known = known or Known()
    said = unwrap(failure.body) if failure.kind in _OF_REPLY else Said(layers=())
    fit = recognise(failure, said)
    if fit is None:
        return ()
    first = _finding(fit, failure, said, known)
    return (first, *configured(first, failure, said, known))


@lru_cache(maxsize=512)
def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)


class Fit(Struct, frozen=True):
    """What was recognised, by which sign, and the words that it found."""

    symptom: Symptom
    sign: Sign
    match: re.Match[str] | None = None


def recognise(failure: Failure, said: Said) -> Fit | None:
    """The first sign of the catalogue that fits, by its rank and then by the catalogue's order."""
    words = said.words if failure.kind in _OF_REPLY else failure.body
    codes = said.codes
    outer = (failure.status,) if failure.status is not None else ()
    for symptom, sign in _SPECIAL:
        if not _may_fit(sign, failure, said, (*said.statuses, *outer)):
            continue
        if sign.codes and not codes.intersection(sign.codes):
            continue
        match = _pattern(sign.words).search(words) if sign.words else None
        if match is not None or not sign.words:
            return Fit(symptom, sign, match)
    # A gateway, or a stream that has begun, may have put its own status around the true one.
    hides = failure.status is None or failure.status == 200 or failure.status >= 500
    for status in (*(said.statuses if hides else ()), *outer) or (None,):
        for symptom, sign in _GENERAL:
            if _may_fit(sign, failure, said, () if status is None else (status,)):
                return Fit(symptom, sign)
    return None


def _may_fit(sign: Sign, failure: Failure, said: Said, statuses: tuple[int, ...]) -> bool:
    if sign.page and not said.page:
        return False
    if sign.kind or failure.kind:
        return sign.kind == failure.kind
    return not sign.statuses or any(status in sign.statuses for status in statuses)


def _finding(fit: Fit, failure: Failure, said: Said, known: Known) -> Finding:
    symptom, match = fit.symptom, fit.match
    names = names_of(failure)
    caught = match.groupdict() if match is not None else {}
    names |= {name: text[:_CAUGHT] for name, text in caught.items() if text}
    told = Told(symptom=symptom, failure=failure, said=said, known=known, caught=caught)
    return finding(told, names, _evidence(match, failure, said), _where(failure), said.host)


def _where(failure: Failure) -> str:
    if failure.frames is not None:
        first, last = failure.frames
        return f"frame {first}" if first == last else f"frames {first}-{last}"
    return "body" if failure.kind in _OF_REPLY else "connection"


def _evidence(match: re.Match[str] | None, failure: Failure, said: Said) -> str:
    """The status and the telling words: as they came where they can be read so, out of their
    envelopes where they cannot."""
    told = failure.body.strip()
    if said.wrapped or said.page:
        told = f"{said.host}: {said.message}" if said.host else said.message
    before = f"{failure.status} " if failure.status else ""
    room = LONGEST - len(before) - 4
    if len(told) > room:
        start = max(0, _place(match, told) - room // 2)
        head = "… " if start else ""
        told = f"{head}{told[start : start + room]} …"
    return f"{before}{told}".strip()[:LONGEST]


def _place(match: re.Match[str] | None, told: str) -> int:
    """Where in the quoted text stands what was found in its words."""
    if match is None:
        return 0
    return max(0, told.find(match.group().strip()[:60]))
