"""One examination while it lasts: what it is given, and what its steps have found out so far."""

import asyncio
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from filon.config.surroundings import Surroundings
from filon.conversation.finding import Finding
from filon.conversation.message import say
from filon.conversation.request import ChatRequest
from filon.doctor.exchange import Chat, Reply
from filon.kit.http import Upstream
from filon.kit.http.proxies import Proxy
from filon.kit.redact import Redactor
from filon.pipeline.stages.translate import translate
from filon.pipeline.turn import Caller, Turn, Wire, begin
from filon.providers import catalog
from filon.providers.endpoint import Endpoint
from filon.providers.manifest import Manifest
from filon.trace.records import Because, Body, Decision, Received, Translated

PROMPT = "Reply with one word."


class Patience(Struct, frozen=True, kw_only=True):
    """How long each thing may take, in seconds. `slow` is when a first answer gets a remark."""

    connect: float = 10.0
    answer: float = 60.0
    slow: float = 10.0


class Tools(Struct, frozen=True, kw_only=True):
    """What an examination works with. Without `chat` nothing is sent that could cost anything."""

    upstream: Upstream
    redactor: Redactor
    surroundings: Surroundings = Surroundings()
    patience: Patience = Patience()
    chat: bool = True


class Case:
    """What is known so far. The steps fill it one after the other."""

    def __init__(self, endpoint: Endpoint, tools: Tools, model: str | None) -> None:
        self.endpoint = endpoint
        self.tools = tools
        self.asked = model
        self.model: str | None = None
        # Remarks of the pure steps, which a later failure confirms.
        self.doubt_of_key: Finding | None = None
        self.doubt_of_address: Finding | None = None
        self.addresses: tuple[str, ...] = ()
        self.connection: asyncio.StreamWriter | None = None
        self.incoming: asyncio.StreamReader | None = None
        self.listing: Reply | None = None
        self.models: tuple[str, ...] | None = None
        self.chat: Chat | None = None
        self.wire: Wire | None = None
        self.decisions: tuple[Decision, ...] = ()

    @property
    def manifest(self) -> Manifest | None:
        """The facts of the provider that answers there, where it is one that Filon knows."""
        return catalog.by_name(self.endpoint.provider)

    @property
    def names(self) -> Mapping[str, str]:
        """What most sentences speak of."""
        key = self.endpoint.key
        page = self.manifest.key_page if self.manifest is not None else None
        return {
            **({"page": page} if page else {}),
            "endpoint": self.endpoint.label,
            "url": self.endpoint.base_url,
            "variable": key.variable or "apiKey",
        }

    @property
    def proxy(self) -> Proxy | None:
        """The proxy by way of which the endpoint is asked."""
        return self.tools.surroundings.proxying.proxies.through_url(self.endpoint.base_url)

    @property
    def proxy_origin(self) -> Because:
        """Where that proxy is named. Where there is none because it cannot be used, it has a
        `why`."""
        scheme = self.endpoint.base_url.partition(":")[0].lower()
        origins = self.tools.surroundings.proxying.origins
        return origins.get(f"proxy.{scheme}", Because(source="default"))

    @property
    def list_path(self) -> str:
        """Where the models are listed, after the base URL."""
        return self.endpoint.models_path or "/models"

    def request(self, model: str, tokens: int) -> Wire:
        """The chat as the pipeline would send it. Raises EndpointNotReady."""
        turn = translate(_turn(self.endpoint, model, tokens))
        assert turn.wire is not None
        self.decisions = next(
            record.decisions for record in turn.records if isinstance(record, Translated)
        )
        return turn.wire

    async def close(self) -> None:
        """Ends whatever is still open."""
        self.hang_up()
        if self.chat is not None:
            await self.chat.close()

    def hang_up(self) -> None:
        """Closes the connection that was opened to see whether it can be."""
        writer, self.connection = self.connection, None
        if writer is not None:
            # Not waited for: in the middle of a handshake its end is never told.
            writer.transport.abort()


def _turn(endpoint: Endpoint, model: str, tokens: int) -> Turn:
    turn = begin(
        Caller(kind="cli", owner_id=0, by="doctor"),
        ChatRequest(
            model=f"{endpoint.name}/{model}",
            messages=(say("user", PROMPT),),
            parameters={"max_tokens": tokens},
            stream=True,
        ),
        Received(protocol="filon_chat", path="filon doctor", body=Body(b"")),
    )
    return replace(turn, endpoint=endpoint, model=model)
