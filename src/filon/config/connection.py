"""Where an entry of `endpoints.custom` leads and with which key: apiKey, baseURL, headers."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

from msgspec import Struct

from filon.config import interpolate
from filon.config.environment import Environment, Variable
from filon.config.notes import Notes
from filon.config.yaml import Entry, Node
from filon.providers.catalog import host_of
from filon.providers.endpoint import Key

USER_PROVIDED = "user_provided"

_CHAT_PATH = "/chat/completions"
_SECRET_NAME = re.compile(r"key|token|secret|passw|auth|credential|cookie", re.IGNORECASE)
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")

# What frames the request is set by the client that sends it; another value would break it.
_OWN_HEADERS = frozenset({"host", "content-length", "transfer-encoding", "connection"})


class Reading(Struct, frozen=True, kw_only=True):
    """What every part of an entry is read with. `source` is the file's name."""

    source: str
    environment: Environment
    notes: Notes


class KeyPart(Struct, frozen=True, kw_only=True):
    """The key, or the reason why there is none. `missing` are unset variables, `wanting` says
    what else must be supplied, `fault` what is wrong in the file."""

    key: Key
    missing: tuple[str, ...] = ()
    wanting: str | None = None
    fault: str | None = None


class AddressPart(Struct, frozen=True, kw_only=True):
    """The address, as far as it is known; the rest as in KeyPart."""

    base_url: str
    secrets: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    wanting: str | None = None
    fault: str | None = None


class HeaderPart(Struct, frozen=True):
    """The headers that can be sent, and what of them must not be shown."""

    headers: Mapping[str, str]
    secrets: tuple[str, ...] = ()


def read_key(item: Node, reading: Reading) -> KeyPart:
    """Reads `apiKey`."""
    entry = item.entry("apiKey")
    fault = _required(item, "apiKey", reading)
    if entry is None or fault is not None:
        return KeyPart(key=Key(source="missing"), fault=fault)
    filled = _fill(entry, reading)
    if filled.missing:
        key = Key(source="missing", variable=filled.missing[0])
        return KeyPart(key=key, missing=filled.missing)
    if filled.value == USER_PROVIDED:
        wanting = (
            f"apiKey is {USER_PROVIDED} (line {entry.line}): keys that each person brings come "
            "later. Write a key or ${A_VARIABLE} there."
        )
        return KeyPart(key=Key(source="user_provided"), wanting=wanting)
    if not (filled.value.isascii() and filled.value.isprintable()):
        fault = "The key holds a line break or a letter that cannot be sent in a header."
        return KeyPart(key=Key(source="missing"), fault=fault)
    if not filled.used:
        return KeyPart(key=Key(source="file", value=filled.value))
    first = filled.used[0]
    key = Key(source="environment", value=filled.value, variable=first.name, place=first.place)
    return KeyPart(key=key)


def read_address(item: Node, reading: Reading) -> AddressPart:
    """Reads `baseURL` and `directEndpoint`."""
    entry = item.entry("baseURL")
    fault = _required(item, "baseURL", reading)
    if entry is None or fault is not None:
        return AddressPart(base_url="", fault=fault)
    filled = _fill(entry, reading)
    secrets = _secret_values(filled.used)
    if filled.missing:
        return AddressPart(base_url=filled.value, secrets=secrets, missing=filled.missing)
    if filled.value == USER_PROVIDED:
        wanting = (
            f"baseURL is {USER_PROVIDED} (line {entry.line}): addresses that each person brings "
            "come later. Write the address there."
        )
        return AddressPart(base_url="", wanting=wanting)
    return _address(filled.value, secrets, entry, item, reading)


def _address(
    value: str, secrets: tuple[str, ...], entry: Entry, item: Node, reading: Reading
) -> AddressPart:
    if host_of(value) is None or any(character.isspace() for character in value):
        fault = f"baseURL is not an address that begins with http:// or https://: {value}"
        reading.notes.warning("bad-address", fault, entry.node)
        return AddressPart(base_url=value, secrets=secrets, fault=fault)
    parts = urlsplit(value)
    if parts.query or parts.fragment:
        fault = "baseURL must end with its path: a ? or # in it would swallow what is appended."
        reading.notes.warning("bad-address", fault, entry.node)
        return AddressPart(base_url=value, secrets=secrets, fault=fault)
    if parts.password:
        secrets = (*secrets, parts.password)
    path = parts.path.rstrip("/")
    direct = item.get("directEndpoint")
    wants_direct = direct is not None and direct.value is True
    fault = None
    if path.endswith(_CHAT_PATH):
        path = path[: -len(_CHAT_PATH)]
        if not wants_direct:
            message = (
                f"baseURL ends in {_CHAT_PATH}, which is appended to it anyway. Filon leaves it "
                "off; LibreChat calls the address with the path twice."
            )
            reading.notes.warning("base-url-path", message, entry.node)
    elif wants_direct:
        fault = f"directEndpoint works only with a baseURL that ends in {_CHAT_PATH} so far."
        reading.notes.warning("unsupported", fault, item.entry("directEndpoint") or item)
    base_url = urlunsplit((parts.scheme, parts.netloc, path, "", ""))
    return AddressPart(base_url=base_url, secrets=secrets, fault=fault)


def read_headers(item: Node, reading: Reading) -> HeaderPart:
    """Reads `headers`. What cannot be resolved is not sent, and said."""
    node = item.get("headers")
    headers: dict[str, str] = {}
    secrets: list[str] = []
    for entry in node.entries if node else ():
        value = _header(entry, reading)
        if value is None:
            continue
        headers[entry.key] = value
        used = interpolate.fill(entry.node.text or "", reading.environment).used
        secrets += _secret_values(used)
        if _SECRET_NAME.search(entry.key):
            secrets.append(value.rpartition(" ")[2])
    return HeaderPart(headers, tuple(dict.fromkeys(secrets)))


def _header(entry: Entry, reading: Reading) -> str | None:
    """The value to send, or None after a verdict on why not."""
    if entry.node.text is None:
        return None
    if not _HEADER_NAME.fullmatch(entry.key) or entry.key.lower() in _OWN_HEADERS:
        message = f"{entry.key} cannot be set as a header here, so it is not sent."
        reading.notes.warning("bad-header", message, entry)
        return None
    filled = _fill(entry, reading, then=f"The header {entry.key} is not sent.")
    value, unresolved = interpolate.put_person(filled.value)
    for name in unresolved:
        _tell_placeholder(name, entry, reading)
    if filled.missing or unresolved:
        return None
    if not (value.isascii() and (value.isprintable() or not value)):
        message = f"The value of {entry.key} cannot be sent in a header, so it is left out."
        reading.notes.warning("bad-header", message, entry.node)
        return None
    return value


def _tell_placeholder(name: str, entry: Entry, reading: Reading) -> None:
    known = name in interpolate.PLACEHOLDERS
    near = None if known else interpolate.nearest_placeholder(name)
    if known:
        message = (
            f"Filon has no value for {{{{{name}}}}} yet, so the header {entry.key} is not sent."
        )
    else:
        hint = f" Did you mean {{{{{near}}}}}?" if near else ""
        message = (
            f"{{{{{name}}}}} is no placeholder that LibreChat knows, so the header {entry.key} is "
            f"not sent.{hint}"
        )
    code = "placeholder" if known else "unknown-placeholder"
    reading.notes.warning(code, message, entry.node)


def _required(item: Node, name: str, reading: Reading) -> str | None:
    """The fault of a required text that is missing, empty or no text."""
    entry = item.entry(name)
    if entry is None:
        message = f"{name} is missing."
        reading.notes.error("missing-key", f"{message} LibreChat leaves the endpoint out.", item)
        return message
    if entry.node.text is None:
        return f"{name} must be text."
    if not entry.node.text.strip():
        message = f"{name} is empty."
        reading.notes.error("missing-key", f"{message} LibreChat leaves the endpoint out.", entry)
        return message
    return None


def _fill(
    entry: Entry, reading: Reading, then: str = "The endpoint waits for it."
) -> interpolate.Filled:
    """Puts the variables in and tells what is odd about them."""
    text = entry.node.text or ""
    filled = interpolate.fill(text, reading.environment)
    if filled.missing:
        message = f"{interpolate.unset(filled.missing)} {then}".rstrip()
        reading.notes.warning("unset-variable", message, entry.node)
    if interpolate.is_doubled(text):
        message = (
            f"The first $ of $${{…}} stays in {entry.key}, here as in LibreChat. Write ${{…}}, "
            "unless another program fills in this file first."
        )
        reading.notes.warning("double-dollar", message, entry.node)
    elif interpolate.is_several(text):
        message = (
            f"LibreChat leaves {entry.key} as it is written, because it begins and ends with a "
            "variable. Filon puts them all in."
        )
        reading.notes.note("differs", message, entry.node)
    return filled


def _secret_values(used: tuple[Variable, ...]) -> tuple[str, ...]:
    return tuple(one.value.strip() for one in used if _SECRET_NAME.search(one.name))
