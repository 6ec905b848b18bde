"""Who may reach agents from outside: `remoteApi` and `managementApi`."""

from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta

from filon.config.shape import addresses, rules
from filon.config.shape.section import TRIMMED, Named, Section, rule


class ManagementOidc(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The issuer of their tokens."""

    enabled: bool = False
    issuer: Annotated[str, rule(addresses.secure_url)] | None = None
    audience: Named | None = None
    jwks_uri: Annotated[str, rule(addresses.secure_url)] | None = None
    token_use: Literal["access"] | None = None
    required_scopes: (
        Annotated[
            tuple[
                Annotated[str, Meta(min_length=1, max_length=256), TRIMMED, rule(rules.scope)], ...
            ],
            Meta(min_length=1, max_length=20),
        ]
        | None
    ) = None

    def faults(self) -> Iterator[tuple[str, str]]:
        scoped = self.token_use is not None and self.required_scopes
        if self.enabled and not self.issuer:
            yield "enabled", "With enabled: true an issuer is needed."
        if self.enabled and not self.audience and not scoped:
            told = "With enabled: true an audience is needed, or tokenUse with requiredScopes."
            yield "enabled", told


class ManagementClient(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One program, and for whom it acts."""

    client_id: Annotated[str, Meta(min_length=1, max_length=128), TRIMMED]
    subject: Annotated[str, Meta(min_length=1, max_length=512), TRIMMED] | None = None
    user_id: Annotated[str, TRIMMED, rule(rules.object_id)]
    tenant_id: Annotated[str, Meta(min_length=1, max_length=128), TRIMMED, rule(rules.tenant_id)]
    enabled: bool = True


class ManagementAuth(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who they are."""

    oidc: ManagementOidc
    clients: Annotated[tuple[ManagementClient, ...], Meta(max_length=100)] = ()

    def faults(self) -> Iterator[tuple[str, str]]:
        if self.oidc.enabled and not self.clients:
            yield "oidc.enabled", "With enabled: true there must be at least one client."
        ids = [client.client_id for client in self.clients]
        for index, one in enumerate(ids):
            if one in ids[:index]:
                yield f"clients.{index}.clientId", f"The clientId {one} is taken by another."


class ManagementApi(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Programs that make and change agents."""

    auth: ManagementAuth | None = None


class RemoteApiKey(Section, frozen=True, kw_only=True):
    """By a key."""

    enabled: bool = True


class RemoteOidc(Section, frozen=True, kw_only=True):
    """By a token."""

    enabled: bool = False
    issuer: Annotated[str, rule(addresses.secure_url)] | None = None
    audience: Named | None = None
    jwks_uri: Annotated[str, rule(addresses.secure_url)] | None = None
    scope: Annotated[str, rule(rules.spaced_scopes)] | None = None

    def faults(self) -> Iterator[tuple[str, str]]:
        if self.enabled and not self.issuer:
            yield "enabled", "With enabled: true an issuer is needed."
        if self.enabled and not self.audience:
            yield "enabled", "With enabled: true an audience is needed."


class RemoteAuth(Section, frozen=True, kw_only=True):
    """How they show who they are."""

    api_key: RemoteApiKey | None = None
    oidc: RemoteOidc | None = None


class RemoteApi(Section, frozen=True, kw_only=True):
    """Programs that use agents."""

    auth: RemoteAuth | None = None
