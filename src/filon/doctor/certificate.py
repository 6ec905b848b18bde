"""TLS: the handshake as every client of this machine would do it, and what the certificate says.

A certificate that is refused is fetched once more without trust, only to be read.
"""

import asyncio
import re
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from msgspec import Struct

from filon.conversation.finding import Finding
from filon.doctor.address import Place, place_of
from filon.doctor.case import Case
from filon.doctor.outcome import Outcome, failed, find, ok, skipped, warn
from filon.doctor.way import cause, first_place, tunnelled
from filon.kit import clock
from filon.kit.http import HttpFailure

_DAY = 86_400.0
_SOON = 14 * _DAY
# Of a certificate that lives for days, a week is not soon.
_SHARE = 0.25
# OpenSSL's X509_V_FLAG_NO_CHECK_TIME, for which Python has no name.
_NO_CHECK_TIME = 0x200000

# verify_code of OpenSSL's x509_vfy.h.
_EXPIRED = 10
_SELF_SIGNED = (18, 19)
_OTHER_NAME = (62, 64)


class Certificate(Struct, frozen=True, kw_only=True):
    """What a certificate says. Times are Unix seconds."""

    issuer: str
    names: tuple[str, ...]
    begins: float
    ends: float

    @property
    def until(self) -> str:
        """The day on which it expires."""
        return datetime.fromtimestamp(self.ends, UTC).strftime("%Y-%m-%d")

    def expires_soon(self, now: float) -> bool:
        """Whether its owner should have renewed it by now."""
        return self.ends - now < min(_SOON, (self.ends - self.begins) * _SHARE)


async def shake_hands(case: Case) -> Outcome:
    """The step TLS."""
    place = place_of(case.endpoint.base_url)
    if place.scheme == "http":
        case.hang_up()
        if case.endpoint.key.value and not _is_near(case, place):
            return warn(find("tls_none", **case.names, host=place.host), "tls_none")
        return skipped("tls_none")
    reader, writer = case.incoming, case.connection
    assert reader is not None
    assert writer is not None
    try:
        async with asyncio.timeout(case.tools.patience.connect):
            await tunnelled(case, (reader, writer))
            await writer.start_tls(ssl.create_default_context(), server_hostname=place.host)
    except HttpFailure as failure:
        finding = cause(case, failure.kind, failure.detail)
        return failed(finding, "tunnel_none", told=failure.detail)
    except (OSError, TimeoutError) as error:
        finding = await _why(case, place, error)
        return failed(finding, "tls_bad", told=_told(error))
    finally:
        case.hang_up()
    tls = cast(ssl.SSLObject, writer.get_extra_info("ssl_object"))
    told = read(cast("Mapping[str, Any]", tls.getpeercert() or {}))
    version = (tls.version() or "TLS").replace("TLSv", "TLS ")
    seen = {"version": version, "issuer": told.issuer, "until": told.until}
    if told.expires_soon(clock.now()):
        return warn(
            find("tls_soon", **case.names, host=place.host, until=told.until), "tls", **seen
        )
    return ok("tls", **seen)


def read(told: Mapping[str, Any]) -> Certificate:
    """A certificate as Python tells it."""
    issuer = dict(pair for part in told.get("issuer", ()) for pair in part)
    subject = dict(pair for part in told.get("subject", ()) for pair in part)
    named = tuple(str(value) for _, value in told.get("subjectAltName", ()))
    common = subject.get("commonName")
    return Certificate(
        issuer=issuer.get("organizationName") or issuer.get("commonName") or "unknown",
        names=named or ((str(common),) if common else ()),
        begins=_seconds(told.get("notBefore")),
        ends=_seconds(told.get("notAfter")),
    )


def _seconds(text: Any) -> float:
    return float(ssl.cert_time_to_seconds(text)) if isinstance(text, str) else 0.0


async def _why(case: Case, place: Place, error: OSError | TimeoutError) -> Finding:
    told = _told(error)
    about = {**case.names, "host": place.host}
    if isinstance(error, ssl.SSLCertVerificationError):
        certificate = await _unverified(case, place)
        names = ", ".join(certificate.names[:4]) or "no name"
        return find(
            _code(error.verify_code),
            f"{told}; valid to {certificate.until}, issued by {certificate.issuer}",
            **about,
            until=certificate.until,
            issuer=certificate.issuer,
            names=names,
        )
    if isinstance(error, ssl.SSLError) and re.search("WRONG_VERSION|HTTP_REQUEST", str(error)):
        corrected = re.sub("^https", "http", case.endpoint.base_url, flags=re.IGNORECASE)
        return find("tls_plain", told, **about, corrected=corrected)
    return cause(case, "tls", told)


def _code(verify_code: int) -> str:
    if verify_code == _EXPIRED:
        return "tls_expired"
    if verify_code in _SELF_SIGNED:
        return "tls_self_signed"
    return "tls_name" if verify_code in _OTHER_NAME else "tls_untrusted"


async def _unverified(case: Case, place: Place) -> Certificate:
    """Reads the certificate that was refused: first as bytes, then trusting it alone, since
    Python tells the contents only of what it trusts. Nothing is sent over either connection."""
    blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    blind.check_hostname = False
    blind.verify_mode = ssl.CERT_NONE
    seconds = case.tools.patience.connect
    tls = await _handshake(case, place, blind, seconds)
    raw = tls.getpeercert(binary_form=True) if tls is not None else None
    if not raw:
        return read({})
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname = False
    trusting.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VerifyFlags(_NO_CHECK_TIME)
    trusting.load_verify_locations(cadata=raw)
    tls = await _handshake(case, place, trusting, seconds)
    return read(cast("Mapping[str, Any]", (tls.getpeercert() if tls else None) or {}))


async def _handshake(
    case: Case, place: Place, context: ssl.SSLContext, seconds: float
) -> ssl.SSLObject | None:
    writer: asyncio.StreamWriter | None = None
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(case.addresses[0], first_place(case)[1])
            await tunnelled(case, (reader, writer))
            await writer.start_tls(context, server_hostname=place.host)
            return cast(ssl.SSLObject, writer.get_extra_info("ssl_object"))
    except (OSError, TimeoutError, HttpFailure):
        return None
    finally:
        if writer is not None:
            writer.transport.abort()


def _told(error: OSError | TimeoutError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message.rstrip(".")
    if isinstance(error, TimeoutError):
        return "no answer"
    return str(error.strerror or error) or type(error).__name__


def _is_near(case: Case, place: Place) -> bool:
    """This machine, or the one that a container runs on: the key does not leave them."""
    return place.is_here or place.host == "host.docker.internal" or "." not in place.host
