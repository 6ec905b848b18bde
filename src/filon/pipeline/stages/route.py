"""Which endpoint and model answers, and which were passed over and why. Pure."""

import msgspec

from filon.conversation.errors import EndpointNotReady
from filon.pipeline.directory import Directory
from filon.pipeline.turn import Turn
from filon.providers.endpoint import Endpoint
from filon.trace.records import Candidate, Routed


def route(turn: Turn, directory: Directory) -> Turn:
    """Chooses. Raises UnknownModel, or EndpointNotReady with the endpoint's own reason."""
    endpoint, model = directory.find(turn.request.model)
    reason = _against(turn, endpoint, model)
    if reason is not None:
        raise EndpointNotReady(
            f"{endpoint.label} cannot be used: {reason}",
            fix=f"See Endpoints, {endpoint.name}, or choose another model.",
            param="model",
            names={"endpoint": endpoint.label, "reason": reason},
        )
    listed = model in directory.models(endpoint)
    why = "asked for by name" if listed else "asked for by name; not in the list known here"
    turn = msgspec.structs.replace(turn, endpoint=endpoint, model=model)
    return turn.noting(
        Routed(
            candidates=(Candidate(endpoint=endpoint.name, model=model, kept=True, reason=why),),
            endpoint=endpoint.name,
            model=model,
        )
    )


def _against(turn: Turn, endpoint: Endpoint, model: str) -> str | None:
    if endpoint.state != "ready":
        return endpoint.reason or "it is not ready."
    if f"{endpoint.name}/{model}" in turn.failed_candidates:
        return "it has just failed for this request."
    return None
