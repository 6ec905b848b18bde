"""A symptom as the finding that people read. Pure."""

from collections.abc import Mapping

from filon.conversation.finding import Finding
from filon.diagnosis.catalogue import page
from filon.diagnosis.fixes import Told, fixes
from filon.diagnosis.symptom import filled

# As much as is quoted of anything.
LONGEST = 400


def finding(
    told: Told, names: Mapping[str, str], evidence: str, where: str, host: str | None = None
) -> Finding:
    """The finding, with its sentences filled in and its fixes. `names` must have all that the
    sentences speak of; the others are as in `Finding`."""
    symptom = told.symptom
    words = filled(symptom, names)
    return Finding(
        code=symptom.code,
        title=words.title,
        evidence=evidence[:LONGEST],
        causes=words.causes,
        fix=words.fix,
        names=names,
        kind=symptom.kind,
        where=where,
        retry=symptom.retry,
        fixes=fixes(told),
        docs=page(symptom.code),
        host=host,
    )
