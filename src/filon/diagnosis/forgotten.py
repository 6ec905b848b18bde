"""A prompt that a local server cut in silence: the answer is well, and knows half of what was said.

Nothing in the reply tells of it but the count of the prompt's tokens. Pure.
"""

from filon.conversation.finding import Finding, ShortenConversation
from filon.conversation.usage import Usage
from filon.diagnosis.catalogue import by_code, page
from filon.diagnosis.symptom import filled
from filon.providers.endpoint import Endpoint
from filon.providers.local import servers

# Our own count is rough; only a gap that no way of counting explains is spoken of.
_FACTOR = 2
_LEAST = 1500


def forgotten(
    endpoint: Endpoint, model: str, usage: Usage | None, estimated: int
) -> tuple[Finding, ...]:
    """The finding, if the server counted far fewer tokens than were sent. `estimated` is our own
    count of the prompt, in tokens."""
    server = servers.of(endpoint.provider)
    reported = usage.input_tokens if usage is not None else None
    if server is None or server.overflow == "refused" or reported is None:
        return ()
    if estimated < _FACTOR * reported or estimated - reported < _LEAST:
        return ()
    names = {
        "endpoint": endpoint.label,
        "model": model,
        "reported": f"{reported:,}",
        "estimated": f"{estimated:,}",
        "larger": server.larger.replace("MODEL", model),
    }
    window = endpoint.windows.get(model) or endpoint.windows.get(f"{model}:latest")
    used = f"; it uses {window.used:,}" if window is not None and window.used else ""
    symptom = by_code("prompt_cut")
    words = filled(symptom, names)
    return (
        Finding(
            code=symptom.code,
            title=words.title,
            evidence=f"{reported:,} tokens counted, about {estimated:,} sent{used}",
            causes=words.causes,
            fix=words.fix,
            names=names,
            kind="notice",
            where="usage",
            retry=symptom.retry,
            fixes=(ShortenConversation(tokens=estimated - reported),),
            docs=page(symptom.code),
        ),
    )
