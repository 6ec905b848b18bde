"""Where an entry of `endpoints.custom` leads and with which key: apiKey, baseURL, headers."""

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, parse_qsl, urlsplit, urlunsplit

from msgspec import Struct

from filon.config import interpolate
from filon.config.environment import NEVER, Environment, Variable
from filon.config.notes import Notes
from filon.config.wording import LEFT_OUT
from filon.config.yaml import Entry, Node
from filon.providers import placeholders
from filon.providers.catalog import host_of
from filon.providers.endpoint import Key

USER_PROVIDED = "user_provided"
WAITS = "The endpoint waits for it."

CHAT_PATH = "/chat/completions"

_VERSION = re.compile(r".*?/v1(?=/|$)")
# Shorter values of an address, such as a version, are no secrets, and would blot out much text.
_LIKE_A_SECRET = 16
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
    """The address, as far as it is known; `url` is that of every request, where it is given whole.
    The rest is as in KeyPart."""

    base_url: str
    url: str | None = None
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
    return key_in(entry, reading)


def key_in(entry: Entry, reading: Reading, then: str = WAITS) -> KeyPart:
    """The key that this entry holds or names. `then` says what an unset variable leads to."""
    filled = fill_in(entry, reading, then)
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
    filled = fill_in(entry, reading)
    secrets = secret_values(filled.used)
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
    direct = item.get("directEndpoint")
    if direct is not None and direct.value is True:
        return _direct(value, secrets, entry, reading)
    if parts.query or parts.fragment:
        fault = "baseURL must end with its path: a ? or # in it would swallow what is appended."
        reading.notes.warning("bad-address", fault, entry.node)
        return AddressPart(base_url=value, secrets=secrets, fault=fault)
    path = parts.path.rstrip("/")
    if path.endswith(CHAT_PATH):
        path = path[: -len(CHAT_PATH)]
        message = (
            f"baseURL ends in {CHAT_PATH}, which is appended to it anyway. Filon leaves it "
            "off; LibreChat calls the address with the path twice."
        )
        reading.notes.warning("base-url-path", message, entry.node, CHAT_PATH)
    base_url = urlunsplit((parts.scheme, parts.netloc, path, "", ""))
    return AddressPart(base_url=base_url, secrets=(*secrets, *_password(parts)))


def _direct(value: str, secrets: tuple[str, ...], entry: Entry, reading: Reading) -> AddressPart:
    """With `directEndpoint` each request goes to exactly this address, and the list of models to
    what it has up to `/v1`, or before the path of chats."""
    parts = urlsplit(value)
    if parts.fragment:
        fault = "baseURL must not hold a #: what follows it is never sent."
        reading.notes.warning("bad-address", fault, entry.node)
        return AddressPart(base_url=value, secrets=secrets, fault=fault)
    version = _VERSION.match(parts.path)
    path = version[0] if version else parts.path.rstrip("/").removesuffix(CHAT_PATH)
    base_url = urlunsplit((parts.scheme, parts.netloc, path, "", ""))
    # What stands behind a ? is a key as often as not.
    values = [text for _, text in parse_qsl(parts.query)]
    values += [piece.partition("=")[2] for piece in parts.query.split("&")]
    hidden = [text for text in values if len(text) >= _LIKE_A_SECRET]
    secrets = tuple(dict.fromkeys((*secrets, *_password(parts), *hidden)))
    return AddressPart(base_url=base_url, url=value, secrets=secrets)


def _password(parts: SplitResult) -> tuple[str, ...]:
    return (parts.password,) if parts.password else ()


def read_headers(item: Node | None, reading: Reading, key: str = "headers") -> HeaderPart:
    """Reads `headers`, or the like. What cannot be resolved is not sent, and said."""
    node = item.get(key) if item else None
    headers: dict[str, str] = {}
    secrets: list[str] = []
    for entry in node.entries if node else ():
        value = _header(entry, reading)
        if value is None:
            continue
        headers[entry.key] = value
        used = interpolate.fill(entry.node.text or "", reading.environment).used
        secrets += secret_values(used)
        if _SECRET_NAME.search(entry.key):
            secrets.append(value.rpartition(" ")[2])
    return HeaderPart(headers, tuple(dict.fromkeys(secrets)))


def _header(entry: Entry, reading: Reading) -> str | None:
    """The value, its placeholders still in it; or None after a verdict on why it is not sent."""
    if entry.node.text is None:
        return None
    if not _HEADER_NAME.fullmatch(entry.key) or entry.key.lower() in _OWN_HEADERS:
        message = f"{entry.key} cannot be set as a header here, so it is not sent."
        reading.notes.warning("bad-header", message, entry)
        return None
    filled = fill_in(entry, reading, then=f"The header {entry.key} is not sent.")
    unresolved = [n for n in placeholders.named(filled.value) if n not in placeholders.FILLED]
    for name in unresolved:
        _tell_placeholder(name, entry, reading)
    if filled.missing or unresolved:
        return None
    value = filled.value
    if not (value.isascii() and (value.isprintable() or not value)):
        message = f"The value of {entry.key} cannot be sent in a header, so it is left out."
        reading.notes.warning("bad-header", message, entry.node)
        return None
    return value


def _tell_placeholder(name: str, entry: Entry, reading: Reading) -> None:
    known = name in placeholders.KNOWN
    near = None if known else placeholders.nearest(name)
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
        near = _misspelt(item, name)
        instead = f"; line {near.line} has {near.key} instead" if near else ""
        message = f"{name} is missing{instead}."
        reading.notes.error("incomplete-endpoint", f"{message} {LEFT_OUT}", item)
        return message
    if entry.node.text is None:
        return f"{name} must be text."
    if not entry.node.text.strip():
        message = f"{name} is empty."
        reading.notes.error("incomplete-endpoint", f"{message} {LEFT_OUT}", entry)
        return message
    return None


def _misspelt(item: Node, name: str) -> Entry | None:
    """The key that is this one but for its capitals and underscores."""
    wanted = name.lower()
    spelt = (entry for entry in item.entries if re.sub("[_-]", "", entry.key).lower() == wanted)
    return next(spelt, None)


def fill_in(entry: Entry, reading: Reading, then: str = WAITS) -> interpolate.Filled:
    """Puts the variables in and tells what is odd about them."""
    text = entry.node.text or ""
    filled = interpolate.fill(text, reading.environment)
    if filled.missing:
        message = f"{interpolate.unset(filled.missing)} {then}".rstrip()
        part = f"${{{filled.missing[0]}}}"
        reading.notes.warning(_unset_code(filled.missing[0]), message, entry.node, part)
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


def _unset_code(name: str) -> str:
    if name in NEVER:
        return "never-filled"
    return "unset-variable" if re.fullmatch(r"\w*", name) else "default-syntax"


def secret_values(used: tuple[Variable, ...]) -> tuple[str, ...]:
    """The values of the variables whose names say that they are secret."""
    return tuple(one.value.strip() for one in used if _SECRET_NAME.search(one.name))
