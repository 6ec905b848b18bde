"""Does anything answer there, and is it the API? One GET of the list of models tells."""

from collections.abc import Sequence
from urllib.parse import urljoin

from filon.conversation.finding import Finding
from filon.diagnosis.addresses import guesses
from filon.diagnosis.diagnose import Failure, diagnose
from filon.doctor.case import Case
from filon.doctor.exchange import Reply, fetch, finding_of
from filon.doctor.outcome import Outcome, failed, find, ok
from filon.kit import clock
from filon.kit.http import HttpFailure
from filon.pipeline.failures import refused
from filon.protocols.listing import ids_of
from filon.protocols.registry import PROTOCOLS

_QUOTED = 200


async def ask_for_list(case: Case) -> Outcome:
    """The step HTTP. Any status is an answer, but for those that tell of no API."""
    path = case.list_path
    try:
        reply = await get(case, case.endpoint.base_url)
    except HttpFailure as failure:
        told = failure.detail
        return failed(_no_reply(case, failure), "http_none", path=path, told=told)
    case.listing = reply
    code = "http_page" if reply.is_page else "http"
    seen = {"path": path, "status": reply.status}
    fault = await _fault(case, reply)
    return failed(fault, code, **seen) if fault is not None else ok(code, **seen)


async def get(case: Case, base_url: str, headers: Sequence[tuple[str, str]] | None = None) -> Reply:
    """The list of models below this base URL. Raises HttpFailure."""
    assert case.wire is not None
    given = case.wire.headers if headers is None else headers
    return await fetch(
        case.tools.upstream,
        base_url.rstrip("/") + case.list_path,
        [pair for pair in given if pair[0].lower() != "content-type"],
        connect=case.tools.patience.connect,
        total=case.tools.patience.answer,
    )


def without_key(case: Case) -> list[tuple[str, str]]:
    """The headers less whatever holds the key."""
    assert case.wire is not None
    key = case.endpoint.key.value
    return [(name, value) for name, value in case.wire.headers if not (key and key in value)]


def refusal(case: Case, reply: Reply) -> Finding:
    """Why a reply is none that was hoped for."""
    body = case.tools.redactor.data(reply.body)
    protocol = PROTOCOLS[case.endpoint.protocol]
    told = protocol.parse_error(reply.status, reply.headers, body, now=clock.now())
    url = case.endpoint.base_url + case.list_path
    error, findings = refused(told, case.endpoint, case.model or "", url)
    return findings[0] if findings else finding_of(error.problem)


async def _fault(case: Case, reply: Reply) -> Finding | None:
    """What shows that no API answers here, or that it is down."""
    if reply.location is not None:
        return _moved(case, reply)
    if reply.status >= 500:
        return refusal(case, reply)
    if not reply.is_page and reply.status != 404:
        return None
    # A page or a 404: another path may be the right one, and the same host can tell.
    elsewhere = await _elsewhere(case)
    if elsewhere is not None:
        return elsewhere
    if reply.is_page:
        quoted = reply.body[:_QUOTED].decode("utf-8", "replace").strip()
        if case.doubt_of_address is not None:
            return case.doubt_of_address
        return find("address_page", f"{reply.status} {quoted}", **case.names)
    # Some providers list no models, so a 404 alone proves nothing.
    return case.doubt_of_address


async def _elsewhere(case: Case) -> Finding | None:
    """The first of the likely addresses at which a list of models answers."""
    tried: set[str] = set()
    for code, url in guesses(case.endpoint.base_url, case.manifest):
        if url in tried:
            continue
        tried.add(url)
        try:
            reply = await get(case, url)
        except HttpFailure:
            continue
        lists = reply.good and ids_of(reply.body) is not None
        # With a wrong key the right address refuses it, where the wrong one has nothing. A mere
        # guess is not proved by that: some servers refuse whatever path they are asked for.
        refuses = reply.status in (401, 403) and not reply.is_page
        guarded = refuses and code != "address_found"
        if lists or guarded:
            evidence = f"GET {url}{case.list_path} {reply.status}"
            doubt = case.doubt_of_address
            if doubt is not None and doubt.code == code and code != "address_short":
                return find(code, evidence, **case.names, corrected=url)
            return find("address_found", evidence, **case.names, corrected=url)
    return None


def _moved(case: Case, reply: Reply) -> Finding:
    asked = case.endpoint.base_url.rstrip("/") + case.list_path
    location = urljoin(asked, reply.location or "")
    corrected = location.removesuffix("/").removesuffix(case.list_path)
    named = {"corrected": corrected} if corrected != location else {}
    return find(
        "address_moved", f"{reply.status} {location}", **case.names, location=location, **named
    )


def _no_reply(case: Case, failure: HttpFailure) -> Finding:
    told = Failure(
        endpoint=case.endpoint.label,
        model="",
        url=case.endpoint.base_url,
        variable=case.endpoint.key.variable,
        kind=failure.kind,
        body=failure.detail,
        seconds=case.tools.patience.answer if failure.kind == "silent" else None,
    )
    return diagnose(told)[0]
