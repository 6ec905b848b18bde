"""Is there a key, and does it look like one of this provider? Nothing is sent for it."""

from collections.abc import Mapping

from filon.conversation.finding import Finding
from filon.diagnosis import key_shape
from filon.doctor.case import Case
from filon.doctor.outcome import Outcome, failed, find, ok, warn
from filon.providers.manifest import Manifest


async def look_at_key(case: Case) -> Outcome:
    """The step."""
    endpoint = case.endpoint
    key = endpoint.key
    if key.source == "missing" and key.variable:
        names = {**case.names, "prefix": usual_prefix(case.manifest)}
        return failed(find("key_missing", **names), "key_missing", **case.names)
    if endpoint.state == "not_configured" and endpoint.kind != "local":
        reason = (endpoint.reason or "").rstrip(".")
        finding = find("not_configured", **case.names, reason=reason)
        return failed(finding, "key_waits")
    if key.value is None:
        return ok("key_none")
    code = "key_in_file" if key.variable is None else "key_set"
    seen = {**case.names, "count": len(key.value), "masked": key.masked or "…"}
    if endpoint.kind == "practice":
        return ok("key_built_in", **seen)
    fault = shape_of(key.value, case.names, case.manifest)
    if fault is not None:
        return failed(fault, code, **seen)
    case.doubt_of_key = owner_of(key.value, case.names, case.manifest)
    if case.doubt_of_key is not None:
        return warn(case.doubt_of_key, code, **seen)
    return ok(code, **seen)


def usual_prefix(manifest: Manifest | None) -> str:
    """What keys of the provider begin with, for a line that is to be completed; may be empty."""
    return manifest.prefixes[0] if manifest and manifest.prefixes else ""


def shape_of(key: str, names: Mapping[str, str], manifest: Manifest | None) -> Finding | None:
    """What makes the text no key at all, whosever it should be."""
    fault = key_shape.fault_of(key)
    if fault is None:
        return None
    shown = key_shape.placeholder_in(key)
    return find(fault, **names, prefix=usual_prefix(manifest), shown=shown)


def owner_of(key: str, names: Mapping[str, str], manifest: Manifest | None) -> Finding | None:
    """Whose key it is, if by its beginning it is not this provider's."""
    owner = key_shape.owner_of(key, manifest)
    if owner is None or manifest is None:
        return None
    evidence = f"{names['variable']} begins with {owner.begins}"
    about = {**names, "other": owner.labels, "provider": manifest.label, "begins": owner.begins}
    if manifest.prefixes:
        return find("key_of_another", evidence, **about, prefix=manifest.prefixes[0])
    # A beginning that several share, such as sk-, says nothing about a third.
    return find("key_elsewhere", evidence, **about) if owner.alone else None
