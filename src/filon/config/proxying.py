"""The proxies that the environment names. Pure; `load` gives it the variables.

As curl has it: the name in small letters goes before the one in capitals, an empty one is as good
as none, and HTTP_PROXY in capitals counts for nothing where a web server may have set it from a
request's header `Proxy`.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from filon.kit.http.proxies import Direct, Proxies, Proxy, UnusableProxy, direct_of, proxy_of
from filon.kit.http.proxies import secrets_in as secrets_of_proxy
from filon.trace.records import Because

# By scheme of the address that is asked: the variables that name its proxy, the first counting.
# HTTP_PROXY is not among those for https://, nor the other way round.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "http": ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"),
    "https": ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"),
}
_DIRECT = ("no_proxy", "NO_PROXY")
# Set by web servers for the programs that they start for a request.
_OF_A_REQUEST = "REQUEST_METHOD"


class Ignored(Struct, frozen=True, kw_only=True):
    """A variable of the environment that is not used, or not all of it. `reason` says so, as what
    stands behind its name."""

    variable: str
    reason: str


class Proxying(Struct, frozen=True, kw_only=True):
    """What the variables come to: the proxies, where each is from, what must not be shown, and what
    has no effect. `origins` has `proxy.http`, `proxy.https` and `proxy.direct`."""

    proxies: Proxies = Proxies()
    origins: Mapping[str, Because] = {}
    secrets: tuple[str, ...] = ()
    ignored: tuple[Ignored, ...] = ()


def proxying(environ: Mapping[str, str]) -> Proxying:
    """The proxies of these variables. What cannot be used is told and left out."""
    found = {scheme: _Found(scheme, environ) for scheme in _NAMES}
    variable = next((name for name in _DIRECT if environ.get(name)), None)
    direct = direct_of(environ[variable]) if variable else Direct()
    ignored = [one for each in found.values() for one in each.ignored]
    if variable and direct.ignored:
        entries = ", ".join(direct.ignored)
        reason = f"left out, as neither name nor network: {entries}"
        ignored.append(Ignored(variable=variable, reason=reason))
    origins = {f"proxy.{scheme}": each.origin for scheme, each in found.items()}
    origins["proxy.direct"] = Because(
        source="environment" if variable else "default", rule=variable
    )
    return Proxying(
        proxies=Proxies(http=found["http"].proxy, https=found["https"].proxy, direct=direct),
        origins=origins,
        secrets=tuple(dict.fromkeys(one for each in found.values() for one in each.secrets)),
        ignored=tuple(dict.fromkeys(ignored)),
    )


class _Found:
    """The proxy for one scheme."""

    def __init__(self, scheme: str, environ: Mapping[str, str]) -> None:
        self.proxy: Proxy | None = None
        self.secrets: tuple[str, ...] = ()
        self.ignored: list[Ignored] = []
        self.origin = Because(source="default")
        for name in _named(scheme, environ, self.ignored):
            try:
                self.proxy = proxy_of(environ[name])
            except UnusableProxy as error:
                self.ignored.append(Ignored(variable=name, reason=f"not used: {error}"))
                self.secrets = _in_any(environ[name])
                self.origin = Because(source="environment", rule=name, why=f"Not used: {error}.")
            else:
                self.secrets = tuple(secrets_of_proxy(environ[name], self.proxy))
                self.origin = Because(source="environment", rule=name)
            return


def _named(scheme: str, environ: Mapping[str, str], ignored: list[Ignored]) -> Iterator[str]:
    for name in _NAMES[scheme]:
        if not environ.get(name):
            continue
        if name == "HTTP_PROXY" and environ.get(_OF_A_REQUEST):
            reason = (
                f"not used: {_OF_A_REQUEST} is set too, so a web server may have made it of a "
                "request's header"
            )
            ignored.append(Ignored(variable=name, reason=reason))
            continue
        yield name


def _in_any(url: str) -> tuple[str, ...]:
    """The password of an address that is none of a usable proxy."""
    try:
        password = urlsplit(url if "://" in url else f"//{url}").password
    except ValueError:
        password = url.rpartition("@")[0].rpartition(":")[2]
    return (password,) if password else ()
