"""Is there a key, and does it look like one of this provider? Nothing is sent for it."""

import re
from collections.abc import Mapping

from filon.conversation.finding import Finding
from filon.doctor.case import Case
from filon.doctor.outcome import Outcome, failed, find, ok, warn
from filon.providers import catalog
from filon.providers.manifest import Manifest

_TOLD = 3
_QUOTED = re.compile(r"""^(["'`“‘]).*|.*["'`”’]$""", re.DOTALL)
_UNFILLED = re.compile(
    r"\$\{[^}]*\}|<[^>]*>|your[-_ ]?(api[-_ ]?)?key|change[-_]?me|x{6,}|\.\.\.|…|insert",
    re.IGNORECASE,
)


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
    about = {**names, "prefix": usual_prefix(manifest)}
    unfilled = _UNFILLED.search(key)
    if unfilled is not None:
        return find("key_unfilled", **about, shown=unfilled.group())
    if _QUOTED.match(key):
        return find("key_quoted", **about)
    if key.lower().startswith("bearer "):
        return find("key_bearer", **about)
    if any(letter.isspace() for letter in key):
        return find("key_blank", **about)
    return None


def owner_of(key: str, names: Mapping[str, str], manifest: Manifest | None) -> Finding | None:
    """Whose key it is, if by its beginning it is not this provider's. Of a provider that nobody
    knows nothing is said: a gateway takes what it likes."""
    if manifest is None or not manifest.variables:
        return None
    begins, owners = _longest(key)
    if not owners or manifest in owners:
        return None
    shown = ", ".join(one.label for one in owners[:_TOLD])
    other = f"{shown} …" if len(owners) > _TOLD else shown
    evidence = f"{names['variable']} begins with {begins}"
    about = {**names, "other": other, "provider": manifest.label, "begins": begins}
    if manifest.prefixes:
        return find("key_of_another", evidence, **about, prefix=manifest.prefixes[0])
    # A beginning that several share, such as sk-, says nothing about a third.
    return find("key_elsewhere", evidence, **about) if len(owners) == 1 else None


def _longest(key: str) -> tuple[str, list[Manifest]]:
    """The longest known beginning of this key, and all providers whose keys have it."""
    known = {prefix for one in catalog.manifests() for prefix in one.prefixes}
    begins = max((prefix for prefix in known if key.startswith(prefix)), key=len, default="")
    return begins, [one for one in catalog.manifests() if begins and begins in one.prefixes]
