"""From one failed exchange to findings. Pure."""

import re

from msgspec import Struct

from filon.conversation.finding import Finding
from filon.diagnosis.catalogue import SYMPTOMS, Symptom

_EVIDENCE = 400


class Failure(Struct, frozen=True, kw_only=True):
    """What is known of a failed exchange.

    `kind` is that of an `HttpFailure`, "silent", "broken_reply", or empty when a readable reply
    came. `body` is the reply's text or the failure's own words. `variable` names where the key
    comes from. `seconds` is how long nothing came, for one that is silent.
    """

    endpoint: str
    model: str
    url: str
    variable: str | None
    status: int | None = None
    kind: str = ""
    body: str = ""
    seconds: float | None = None


def diagnose(failure: Failure) -> tuple[Finding, ...]:
    """The finding of the first symptom that fits, or none."""
    for symptom in SYMPTOMS:
        if _fits(symptom, failure):
            return (_finding(symptom, failure),)
    return ()


def _fits(symptom: Symptom, failure: Failure) -> bool:
    if symptom.kind or failure.kind:
        return symptom.kind == failure.kind
    if symptom.statuses and failure.status not in symptom.statuses:
        return False
    return not symptom.pattern or re.search(symptom.pattern, failure.body, re.I) is not None


def _finding(symptom: Symptom, failure: Failure) -> Finding:
    names = {
        "endpoint": failure.endpoint,
        "model": failure.model,
        "url": failure.url,
        "variable": failure.variable or "the key in the configuration",
    }
    if failure.seconds is not None:
        names["seconds"] = f"{failure.seconds:.0f}"
    return Finding(
        code=symptom.code,
        title=symptom.title.format(**names),
        evidence=_evidence(symptom, failure),
        causes=tuple(cause.format(**names) for cause in symptom.causes),
        fix=symptom.fix.format(**names),
        names=names,
    )


def _evidence(symptom: Symptom, failure: Failure) -> str:
    told = failure.body.strip()
    if len(told) > _EVIDENCE:
        match = re.search(symptom.pattern, told, re.I) if symptom.pattern else None
        start = max(0, match.start() - _EVIDENCE // 2) if match else 0
        told = told[start : start + _EVIDENCE] + " …"
    return f"{failure.status} {told}".strip() if failure.status else told
