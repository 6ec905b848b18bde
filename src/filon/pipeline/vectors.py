"""What becomes of the parameters of a request for vectors, and because of which line. Pure.

`defaults` and `addParams` say how to chat, so they are not for it. `dropParams` is: what stands
there is what the provider does not take.
"""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from filon.providers.aliases import canonical
from filon.providers.endpoint import Endpoint
from filon.providers.quirks import applies, bounded
from filon.trace.records import Because, Decision

_ASKED = Because(source="you")


def decide(asked: Mapping[str, Any], endpoint: Endpoint, model: str) -> tuple[Decision, ...]:
    """One decision per parameter, in the order in which they will stand on the wire."""
    dropped = {canonical(rule.name): rule.because for rule in endpoint.drop}
    return tuple(
        _decided(name, value, dropped.get(canonical(name)), endpoint, model)
        for name, value in asked.items()
    )


def _decided(
    name: str, value: Any, dropped: Because | None, endpoint: Endpoint, model: str
) -> Decision:
    kept = Decision(
        name=name, decision="kept", because=_ASKED, wanted=value, sent=value, sent_as=name
    )
    if dropped is not None:
        return replace(kept, decision="dropped", because=dropped, sent=None, sent_as=None)
    for quirk in endpoint.quirks:
        if quirk.wants != "vectors" or quirk.name != name or not applies(quirk, model):
            continue
        because = quirk.because
        match quirk.use:
            case "drop":
                return replace(kept, decision="dropped", because=because, sent=None, sent_as=None)
            case "rename":
                kept = replace(kept, decision="renamed", because=because, sent_as=quirk.to)
            case "clamp" if bounded(quirk, kept.sent) != kept.sent:
                sent = bounded(quirk, kept.sent)
                kept = replace(kept, decision="clamped", because=because, sent=sent)
            case "ignored":
                kept = replace(kept, decision="no_effect", because=because)
            case _:
                continue
    return kept
