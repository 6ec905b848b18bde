"""Lines that LibreChat takes without a word and that do not do what they seem to.

What a key must hold is for `structure`; here stands what only shows where keys, variables and
providers meet.
"""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from filon.config import interpolate
from filon.config.connection import USER_PROVIDED, Reading
from filon.config.yaml import Entry, Node
from filon.protocols.names import CLIENT_PATHS
from filon.providers import catalog
from filon.providers.manifest import Manifest

_BARE = re.compile(r"\$[A-Za-z_]\w*")
_DOUBLED = re.compile(r"/(v\d\w*)/\1(?=/|$)")
_LIKE_A_KEY = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[\w.-]{24,}")
# Names that resolve inside a house or a container network alone.
_INSIDE = (".local", ".internal", ".lan", ".home", ".test", ".localhost")
# With this variable set, LibreChat turns its own OpenAI endpoint over to another provider.
_REROUTING = "OPENROUTER_API_KEY"
_TITLE_PLACES = {"titlePrompt": "{convo}", "titlePromptTemplate": "{input}"}
# What passes for an address in LibreChat, even with a ${NAME} left in its host or its path.
_ADDRESS = re.compile(r"[A-Za-z][\w+.-]*://(?:[^/?#@]*@)?[^/?#:@]+(?::\d*)?(?:[/?#].*)?")
_MCP_ADDRESSES = ("url", "proxy")
_OAUTH_ADDRESSES = ("authorization_url", "token_url", "redirect_uri", "revocation_endpoint")


def tell_traps(root: Node, reading: Reading) -> None:
    """Says where a file holds one of them."""
    section = root.get("endpoints")
    custom = section.entry("custom") if section else None
    if custom is not None and custom.node.items:
        _hidden(custom, reading)
        for item in custom.node.items:
            _key(item, reading)
            _address(item, reading)
            _models(item, reading)
            _titles(item, reading)
    servers = root.get("mcpServers")
    for server in servers.entries if servers else ():
        _server(server.node, reading)


def _hidden(custom: Entry, reading: Reading) -> None:
    shown = reading.environment.get("ENDPOINTS")
    if shown is not None and "custom" not in {one.strip() for one in shown.value.split(",")}:
        message = (
            "The variable ENDPOINTS is set and does not list custom, so LibreChat shows these "
            "last, or in older versions not at all. Filon shows them last."
        )
        reading.notes.warning("endpoints-variable", message, custom)


def _key(item: Node, reading: Reading) -> None:
    entry = item.entry("apiKey")
    text = (entry.node.text or "").strip() if entry else ""
    if entry is None or not text:
        return
    filled = interpolate.fill(text, reading.environment)
    manifest = catalog.by_address(_filled_address(item, reading))
    if _BARE.fullmatch(text):
        message = f"{text} is sent as it stands. A variable has braces: ${{{text[1:]}}}."
        reading.notes.warning("bare-dollar", message, entry.node)
    elif filled.value == USER_PROVIDED:
        _user_provided(item, entry, reading)
    elif not filled.missing:
        _foreign(filled.value, manifest, entry, reading)
        if not filled.used and _is_a_key(text):
            message = (
                "This key stands in the file itself, and LibreChat writes the file into its log. "
                "Put it into a variable."
            )
            reading.notes.note("literal-key", message, entry.node)
    if f"${{{_REROUTING}}}" in text:
        message = (
            f"Where {_REROUTING} is set, LibreChat also sends its own OpenAI endpoint to "
            "OpenRouter. OPENROUTER_KEY does not do that."
        )
        reading.notes.note("reroutes-openai", message, entry.node)


def _user_provided(item: Node, entry: Entry, reading: Reading) -> None:
    models = item.get("models")
    fetch = models.get("fetch") if models else None
    more = (
        " It also asks for the list of models without a key, so only models.default is shown."
        if fetch is not None and fetch.value is True
        else ""
    )
    message = f"LibreChat asks each person for this key. Filon cannot yet.{more}"
    reading.notes.note("user-provided", message, entry.node)


def _is_a_key(text: str) -> bool:
    prefixes = [prefix for one in catalog.manifests() for prefix in one.prefixes]
    known = any(text.startswith(prefix) and len(text) > len(prefix) for prefix in prefixes)
    return known or _LIKE_A_KEY.fullmatch(text) is not None


def _foreign(key: str, manifest: Manifest | None, entry: Entry, reading: Reading) -> None:
    """A key that begins as only other providers' keys do, on the way to a known provider."""
    if manifest is None or manifest.kind != "cloud":
        return
    marks = [
        (len(prefix), one)
        for one in catalog.manifests()
        for prefix in one.prefixes
        if key.startswith(prefix)
    ]
    longest = max((length for length, _ in marks), default=0)
    owners = [one for length, one in marks if length == longest]
    if len(owners) != 1 or manifest.name in {one.name for one in owners}:
        return
    owner = owners[0]
    message = (
        f"This is a key of {owner.label} (it begins with {key[:longest]}), but baseURL leads to "
        f"{manifest.label}, which will answer 401."
    )
    reading.notes.warning("foreign-key", message, entry.node)


def _filled_address(item: Node, reading: Reading) -> str:
    node = item.get("baseURL")
    filled = interpolate.fill((node.text if node else "") or "", reading.environment)
    return "" if filled.missing else filled.value


def _address(item: Node, reading: Reading) -> None:
    entry = item.entry("baseURL")
    address = _filled_address(item, reading)
    if entry is None or catalog.host_of(address) is None:
        return
    parts = urlsplit(address)
    doubled = _DOUBLED.search(parts.path)
    if doubled:
        message = f"The path {parts.path} holds /{doubled[1]} twice. No provider has that: 404."
        reading.notes.warning("doubled-version", message, entry.node, doubled[0])
    manifest = catalog.by_address(address)
    _path(parts, manifest, entry, reading, own_protocol=item.get("provider") is not None)
    if parts.scheme == "http" and not _is_inside(parts.hostname or ""):
        message = f"The key goes to {parts.hostname} unencrypted, as does every conversation."
        reading.notes.note("plain-http", message, entry.node, "http://")


def _path(
    parts: SplitResult,
    manifest: Manifest | None,
    entry: Entry,
    reading: Reading,
    *,
    own_protocol: bool,
) -> None:
    # A server or gateway of one's own may answer at several paths.
    if manifest is None or manifest.kind != "cloud" or manifest.own_address:
        return
    own = urlsplit(manifest.base_url).path.rstrip("/")
    # With the path that a client of the provider's own protocol appends, it is the whole address.
    appended = CLIENT_PATHS.get(manifest.protocol, "") if own_protocol else ""
    given = parts.path.rstrip("/")
    if appended and given + appended == own:
        return
    if own and given != own and given in ("", "/v1"):
        host = f"{parts.scheme}://{parts.netloc}"
        message = f"The API of {manifest.label} is at {host}{own}, not at this address."
        reading.notes.warning("missing-path", message, entry.node)


def _is_inside(host: str) -> bool:
    """Whether a host is this machine, or of a network of one's own."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.lower().endswith(_INSIDE)


def _models(item: Node, reading: Reading) -> None:
    models = item.get("models")
    fetch = models.entry("fetch") if models else None
    default = models.get("default") if models else None
    if fetch is not None and fetch.node.value is True and default is not None and default.items:
        message = (
            "The provider's list takes the place of models.default, which is only shown while "
            "the provider cannot be asked."
        )
        reading.notes.note("fetch-replaces-default", message, fetch.node)


def _titles(item: Node, reading: Reading) -> None:
    method = item.get("titleMethod")
    if method is not None and method.text in ("structured", "functions"):
        message = (
            f"With {method.text} LibreChat asks for titles through tools or JSON, which many "
            "models lack; completion works with all. Filon always uses completion."
        )
        reading.notes.note("title-method", message, method)
    for key, wanted in _TITLE_PLACES.items():
        node = item.get(key)
        if node is not None and node.text and wanted not in node.text:
            message = f"{key} lacks {wanted}, so the model never sees what was said."
            reading.notes.warning("title-prompt", message, node)


def _server(server: Node, reading: Reading) -> None:
    oauth = server.get("oauth")
    nodes = [server.get(key) for key in _MCP_ADDRESSES]
    nodes += [oauth.get(key) for key in _OAUTH_ADDRESSES] if oauth else []
    for node in nodes:
        if node is None or node.text is None:
            continue
        filled = interpolate.fill(node.text, reading.environment)
        if not filled.missing:
            continue
        unset, part = interpolate.unset(filled.missing), f"${{{filled.missing[0]}}}"
        if _ADDRESS.fullmatch(filled.value):
            message = f"{unset} LibreChat calls the address with {part} in it."
            reading.notes.warning("unset-variable", message, node, part)
        else:
            message = (
                f"{unset} LibreChat checks this address with its variables filled in, and does "
                "not start."
            )
            reading.notes.error("mcp-url-variable", message, node, part)
