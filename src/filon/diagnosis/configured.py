"""What the configuration, the request as sent and the reply's headers add to a failure. Pure."""

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import msgspec

from filon.conversation.finding import Finding, WaitFor
from filon.diagnosis import key_shape
from filon.diagnosis.addresses import guesses
from filon.diagnosis.budgets import budgets, shown
from filon.diagnosis.catalogue import by_code
from filon.diagnosis.envelope import Said
from filon.diagnosis.facts import Failure, Known, names_of
from filon.diagnosis.finding import finding
from filon.diagnosis.fixes import Told, manifest_of
from filon.providers.local.addresses import is_near, outside

_OF_KEY = frozenset({"key_refused", "key_not_sent", "not_allowed"})
_OF_ADDRESS = frozenset(
    {"path_not_found", "model_not_found", "page_instead", "redirected", "method_not_allowed"}
)
_NO_WAY = frozenset({"refused", "dns", "connect_timeout", "unreachable"})
_OF_LIMIT = frozenset({"rate_limited", "daily_limit", "quota_exhausted", "too_many_at_once"})


def configured(first: Finding, failure: Failure, said: Said, known: Known) -> tuple[Finding, ...]:
    """Findings beside the first one, likeliest first."""
    around = _Around(failure, said, known)
    return tuple(
        found
        for look in (_of_container, _of_key, _of_header, _of_address, _of_move, _of_limits)
        for found in look(first, around)
    )


class _Around:
    """What all looks read."""

    def __init__(self, failure: Failure, said: Said, known: Known) -> None:
        self.failure = failure
        self.said = said
        self.known = known

    def found(self, code: str, evidence: str, where: str, **names: str) -> Finding:
        """A finding by its code."""
        told = Told(symptom=by_code(code), failure=self.failure, said=self.said, known=self.known)
        return finding(told, {**names_of(self.failure), **names}, evidence, where)


def _of_container(first: Finding, around: _Around) -> Iterator[Finding]:
    endpoint = around.known.endpoint
    if endpoint is None or endpoint.kind == "practice" or first.code not in _NO_WAY:
        return
    if not around.known.container or not is_near(endpoint.base_url):
        return
    host = urlsplit(endpoint.base_url).hostname or ""
    if host == "host.docker.internal":
        return
    yield around.found(
        "container_localhost",
        endpoint.base_url,
        "request",
        host=host,
        corrected=outside(endpoint.base_url),
    )


def _of_key(first: Finding, around: _Around) -> Iterator[Finding]:
    endpoint = around.known.endpoint
    key = endpoint.key.value if endpoint is not None else None
    if endpoint is None or not key or first.code not in _OF_KEY or endpoint.kind == "practice":
        return
    variable = first.names["variable"]
    fault = key_shape.fault_of(key)
    if fault is not None:
        yield around.found(fault, f"{variable}: {len(key)} characters", "request")
        return
    manifest = manifest_of(around.known)
    owner = key_shape.owner_of(key, manifest)
    # A beginning that several share, such as sk-, says nothing about a third.
    if owner is None or manifest is None or not (manifest.prefixes or owner.alone):
        return
    yield around.found(
        "key_of_another",
        f"{variable} begins with {owner.begins}",
        "request",
        other=owner.labels,
        begins=owner.begins,
        provider=manifest.label,
    )


def _of_header(first: Finding, around: _Around) -> Iterator[Finding]:
    """A server that names the header in which it wants the key, where another was sent."""
    if first.code not in _OF_KEY or not around.known.headers:
        return
    sent = {name.lower() for name, _ in around.known.headers}
    words = around.said.words.lower()
    for header in ("x-api-key", "api-key", "x-goog-api-key"):
        if header in words.split() and header not in sent and "authorization" in sent:
            yield around.found("key_header", first.evidence, "request", header=header)
            return


def _of_address(first: Finding, around: _Around) -> Iterator[Finding]:
    endpoint = around.known.endpoint
    if endpoint is None or endpoint.kind == "practice" or endpoint.url is not None:
        return
    if first.code not in _OF_ADDRESS:
        return
    manifest = manifest_of(around.known)
    for code, corrected in guesses(endpoint.base_url, manifest):
        if code in ("address_chat", "address_doubled", "address_short"):
            provider = manifest.label if manifest is not None else endpoint.label
            yield around.found(
                code, endpoint.base_url, "request", corrected=corrected, provider=provider
            )
            return


def _of_move(first: Finding, around: _Around) -> Iterator[Finding]:
    if first.code != "redirected":
        return
    told = (value for name, value in around.failure.headers if name.lower() == "location")
    location = next(told, None)
    if location:
        full = urljoin(around.failure.url, location)
        yield around.found("address_moved", location, "header location", location=full[:200])


def _of_limits(first: Finding, around: _Around) -> Iterator[Finding]:
    if first.code not in _OF_LIMIT:
        return
    for budget in budgets(around.failure.headers, around.failure.now):
        if budget.left > 0 or not budget.reset:
            continue
        name, value = budget.header
        finding = around.found(
            "allowance_used_up",
            f"{name}: {value}",
            f"header {name.lower()}",
            what=budget.what,
            limit=budget.limit or budget.what,
            wait=shown(budget.reset),
        )
        others = tuple(fix for fix in finding.fixes if not isinstance(fix, WaitFor))
        wait = WaitFor(seconds=round(budget.reset, 3))
        yield msgspec.structs.replace(finding, fixes=(wait, *others))
