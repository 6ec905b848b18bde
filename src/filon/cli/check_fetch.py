"""Fetches a configuration from an address that somebody named. Nothing else is ever fetched."""

import base64
import re
import urllib.error
import urllib.request
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.parse import unquote, urlsplit, urlunsplit

from filon.cli.console import one_line
from filon.config.files import ConfigError
from filon.kit import clock

# Seconds for all of it, and bytes.
_TIME = 20.0
_WAIT = 10.0
_LARGEST = 4 * 1024 * 1024
_WANTED = {"Accept": "text/yaml, text/plain, */*;q=0.5"}


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows what is as safe as what was asked for."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """The request to follow. Raises ConfigError if it leads out of the web, or from an
        encrypted address to one that is not."""
        before, after = urlsplit(req.full_url).scheme, urlsplit(newurl).scheme
        if after not in ("http", "https") or (before, after) == ("https", "http"):
            said = (
                f"{shown(req.full_url)} leads on to {one_line(shown(newurl))}, which is less safe."
            )
            raise ConfigError(said, code="fetch_failed", fix="Name the address that you trust.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch(url: str) -> bytes:
    """What the address answers. Raises ConfigError, with what went wrong and what to do."""
    opener = urllib.request.build_opener(_Redirects())
    try:
        with opener.open(_request(url), timeout=_WAIT) as answer:
            data = _body(answer, url)
            kind = answer.headers.get_content_type()
    except urllib.error.HTTPError as problem:
        said = f"{shown(url)} answered {problem.code} {one_line(problem.reason)}".rstrip() + "."
        fix = (
            "Name the address that it leads to, if you trust it."
            if problem.code < 400
            else "Open it in a browser: is it the file itself, and may everyone read it?"
        )
        raise ConfigError(said, code="fetch_failed", fix=fix) from None
    except (OSError, HTTPException, ValueError) as problem:
        said = f"{shown(url)} cannot be fetched: {one_line(_reason(problem))}"
        fix = "Check the address and the network, or fetch it yourself and name the file."
        raise ConfigError(said.rstrip(".") + ".", code="fetch_failed", fix=fix) from None
    if kind == "text/html" or data.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        said = f"{shown(url)} is a web page, not the file."
        fix = "Name the address of the file itself, such as the one behind the button Raw."
        raise ConfigError(said, code="fetch_failed", fix=fix)
    return data


def shown(url: str) -> str:
    """The address without what may be secret in it: user, password, query."""
    scheme, _, rest = url.partition("://")
    host, slash, path = re.split(r"[?#]", rest)[0].partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def _request(url: str) -> urllib.request.Request:
    """The request; user and password of the address become its header, for that host alone."""
    parts = urlsplit(url)
    if not parts.hostname:
        raise ValueError("it names no host")
    person, _, host = parts.netloc.rpartition("@")
    bare = urlunsplit((parts.scheme, host, parts.path, parts.query, ""))
    # The command line takes only http:// and https:// for an address.
    request = urllib.request.Request(bare, headers=_WANTED)  # noqa: S310
    if person:
        token = base64.b64encode(unquote(person).encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {token}")
    return request


def _reason(problem: Exception) -> str:
    inner = getattr(problem, "reason", None) or problem
    if isinstance(inner, OSError) and inner.strerror:
        return inner.strerror
    return str(inner) or type(inner).__name__


def _body(answer: IO[bytes], url: str) -> bytes:
    ends = clock.monotonic() + _TIME
    data = b""
    while chunk := answer.read(65536):
        data += chunk
        if len(data) > _LARGEST:
            said = f"{shown(url)} sends more than {_LARGEST // 1024**2} MB."
            raise ConfigError(said, code="fetch_failed", fix="A configuration is far smaller.")
        if clock.monotonic() > ends:
            said = f"{shown(url)} has not sent all of it after {_TIME:.0f} s."
            raise ConfigError(said, code="fetch_failed", fix="Fetch it yourself; name the file.")
    return data
