"""Is the base URL an address at all, and the one of the provider's API? Nothing is sent for it."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from filon.conversation.finding import Finding
from filon.diagnosis.addresses import guesses
from filon.doctor.case import Case
from filon.doctor.outcome import Outcome, failed, find, ok, warn
from filon.providers.catalog import host_of
from filon.providers.manifest import Manifest

PORTS = {"http": 80, "https": 443}


class Place(Struct, frozen=True, kw_only=True):
    """An address in its parts."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def shown(self) -> str:
        """Host and port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def is_here(self) -> bool:
        """Whether it is this very machine."""
        return self.host == "localhost" or self.host.startswith("127.") or self.host == "::1"


async def look_at_address(case: Case) -> Outcome:
    """The step."""
    url = case.endpoint.base_url
    fault = fault_of(url, case.names)
    if fault is None and case.endpoint.state == "broken":
        reason = case.endpoint.reason or "its entry is broken"
        fault = find("address_bad", **case.names, reason=reason)
        return failed(find("not_configured", **case.names, reason=reason.rstrip(".")), "key_waits")
    if fault is not None:
        return failed(fault, "address_bad", **case.names)
    case.doubt_of_address = doubt_of(url, case.names, case.manifest)
    place = place_of(url)
    seen = {"scheme": place.scheme, "host": place.host, "path": place.path}
    if case.doubt_of_address is not None:
        return warn(case.doubt_of_address, "address", **seen)
    return ok("address", **seen)


def place_of(url: str) -> Place:
    """The parts of an address in which no fault was found."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    port = parts.port or PORTS[scheme]
    return Place(scheme=scheme, host=parts.hostname or "", port=port, path=parts.path)


def fault_of(url: str, names: Mapping[str, str]) -> Finding | None:
    """What makes it no address, or one that cannot lead to an API."""
    if host_of(url) is None:
        guess = _with_scheme(url)
        if host_of(guess) is not None and "://" not in url:
            return find("address_scheme", **names, corrected=guess)
        reason = "An address begins with http:// or https:// and a host."
        return find("address_bad", **names, reason=reason)
    if any(letter.isspace() for letter in url):
        return find("address_bad", **names, reason="There is a blank or a line break in it.")
    return None


def _with_scheme(url: str) -> str:
    text = url.strip().lstrip(":/")
    host = text.partition("/")[0].partition(":")[0]
    local = host in ("localhost", "host.docker.internal") or host.replace(".", "").isdigit()
    return f"{'http' if local else 'https'}://{text}"


def doubt_of(url: str, names: Mapping[str, str], manifest: Manifest | None) -> Finding | None:
    """What is most likely wrong with its path. Only an answer can prove it."""
    for code, corrected in guesses(url, manifest):
        about = dict(names)
        if code == "address_short" and manifest is not None:
            path = urlsplit(manifest.base_url).path
            return find(code, **about, corrected=corrected, provider=manifest.label, path=path)
        if code in ("address_chat", "address_doubled"):
            return find(code, **about, corrected=corrected)
    return None
