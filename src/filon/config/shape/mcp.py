"""`mcpServers`: one entry for each server, of four kinds."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from filon.config import interpolate
from filon.config.environment import Environment
from filon.config.shape import addresses, rules
from filon.config.shape.addresses import Filled
from filon.config.shape.section import (
    AsWritten,
    Named,
    Natural,
    Positive,
    Section,
    Texts,
    choice,
    rule,
)


class McpOauth(AsWritten, frozen=True, kw_only=True):
    """How LibreChat signs in to the server."""

    authorization_url: Filled | None = None
    token_url: Filled | None = None
    client_id: str | None = None
    client_secret: str | None = None
    scope: str | None = None
    redirect_uri: Filled | None = None
    token_exchange_method: Literal["default_post", "basic_auth_header"] | None = None
    grant_types_supported: Texts | None = None
    token_endpoint_auth_methods_supported: Texts | None = None
    response_types_supported: Texts | None = None
    code_challenge_methods_supported: Texts | None = None
    skip_code_challenge_check: bool | None = None
    audience: Named | None = None
    forward_audience_on_refresh: bool | None = None
    send_resource_parameter: bool | None = None
    revocation_endpoint: Filled | None = None
    revocation_endpoint_auth_methods_supported: Texts | None = None

    def faults(self) -> Iterator[tuple[str, str]]:
        if self.client_secret and not self.client_id:
            yield "client_secret", "client_secret needs a client_id."
        elif self.client_secret and not (self.authorization_url and self.token_url):
            told = "client_id and client_secret need authorization_url and token_url."
            yield "client_secret", told


class McpApiKey(AsWritten, frozen=True, kw_only=True):
    """The key of the server, and whose it is."""

    key: str | None = None
    source: Literal["admin", "user"]
    authorization_type: Literal["basic", "bearer", "custom"]
    custom_header: str | None = None


class McpUserVariable(Section, frozen=True, kw_only=True):
    """A value that each person brings."""

    title: str
    description: str
    sensitive: bool | None = None


class McpServer(Section, frozen=True, kw_only=True):
    """What every MCP server may have. Times are milliseconds."""

    title: Annotated[str, rule(rules.server_title)] | None = None
    description: str | None = None
    startup: bool | None = None
    icon_path: str | None = None
    timeout: Natural | None = None
    sse_read_timeout: Positive | None = None
    init_timeout: Natural | None = None
    oauth_refresh_wait_timeout: Positive | None = None
    oauth_refresh_coordination: bool | None = None
    oauth_persistence_wait_timeout: Annotated[int, Meta(gt=0, le=840_000)] | None = None
    chat_menu: bool | None = None
    server_instructions: bool | str | None = None
    requires_oauth: bool | None = field(default=None, name="requiresOAuth")
    oauth: McpOauth | None = None
    oauth_headers: Mapping[str, str] | None = field(default=None, name="oauth_headers")
    api_key: McpApiKey | None = None
    custom_user_vars: Mapping[str, McpUserVariable] | None = None


class OnBehalfOf(Section, frozen=True, kw_only=True):
    """The scopes of a token on the person's behalf."""

    scopes: Named


class RemoteServer(McpServer, frozen=True, kw_only=True):
    """What a server on the network may have beside that."""

    headers: Mapping[str, str] | None = None
    request_headers: Mapping[str, str] | None = None
    obo: OnBehalfOf | None = None
    proxy: Annotated[str, rule(addresses.proxy_url)] | None = None
    url: Annotated[str, rule(addresses.server_url)]


class StdioServer(McpServer, frozen=True, kw_only=True, tag_field="type", tag="stdio"):
    """A program that LibreChat starts and speaks to through its pipes."""

    obo: Annotated[Any, rule(rules.no_obo)] | None = None
    command: str
    args: Texts
    env: Mapping[str, str] | None = None
    stderr: Literal["pipe", "ignore", "inherit"] | Natural | None = None
    cwd: str | None = None


class WebSocketServer(McpServer, frozen=True, kw_only=True, tag_field="type", tag="websocket"):
    """A server behind a WebSocket."""

    obo: Annotated[Any, rule(rules.no_obo)] | None = None
    url: Annotated[str, rule(addresses.socket_url)]


class SseServer(RemoteServer, frozen=True, kw_only=True, tag_field="type", tag="sse"):
    """A server that sends events (the older HTTP transport)."""


class HttpServer(RemoteServer, frozen=True, kw_only=True, tag_field="type", tag="streamable-http"):
    """A server over streamable HTTP."""


def _kind(keys: Mapping[str, Any], environment: Environment) -> str:
    """Which kind a server is; where it does not say, by what it has."""
    if "type" in keys:
        said = keys["type"]
        return "streamable-http" if said == "http" else str(said)
    if "url" not in keys or {"command", "args"} <= set(keys):
        return "stdio"
    url = interpolate.fill(str(keys["url"]), environment).value.lower()
    return "websocket" if url.startswith(("ws:", "wss:")) else "sse"


AnyMcpServer = Annotated[
    StdioServer | WebSocketServer | SseServer | HttpServer,
    choice(_kind),
]
