"""`endpoints.agents.statefulCodeSessions`: machines on which agents run code."""

from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta, field

from filon.config.shape import addresses, rules
from filon.config.shape.addresses import is_secure
from filon.config.shape.section import TRIMMED, Section, rule


class PrincipalWorkers(Section, frozen=True, kw_only=True):
    """Machines of people's own."""

    enabled: bool | None = None
    max_per_user: Annotated[int, Meta(ge=0, le=9_007_199_254_740_991)] | None = None


class ConversationMoves(Section, frozen=True, kw_only=True):
    """Whether a conversation may change its machine."""

    enabled: bool | None = None


class PermissionChoice(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The choices, and the first of them."""

    allowed: Annotated[tuple[Literal["allow", "ask", "deny"], ...], Meta(min_length=1)]
    default: Literal["allow", "ask", "deny"] = "ask"

    def faults(self) -> Iterator[tuple[str, str]]:
        if self.default not in self.allowed:
            yield "default", f"The default, {self.default}, is not among what is allowed."


class CodePermissionChoices(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What they may allow."""

    file_write: PermissionChoice | None = None
    command_execution: PermissionChoice | None = None


class CodeTimes(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long they may let it run and wait. Milliseconds."""

    max_command_timeout_ms: Annotated[int, Meta(ge=1, le=300_000)] | None = None
    max_queue_wait_ms: Annotated[int, Meta(ge=0, le=300_000)] | None = None


class CodeLimits(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What people may change of it."""

    permissions: CodePermissionChoices | None = None
    limits: CodeTimes | None = None


class CodePermissions(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is allowed to everybody."""

    file_write: Literal["allow", "ask", "deny"] | None = None
    command_execution: Literal["allow", "ask", "deny"] | None = None


class CodeSettings(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is set for everybody."""

    permissions: CodePermissions | None = None


class Pairing(Section, frozen=True, kw_only=True):
    """How a machine is joined."""

    worker_id: Annotated[str, rule(rules.machine_identifier)] | None = None
    allow_principal_workers: bool = False
    token_env: Annotated[str, rule(rules.variable_name)]

    def faults(self) -> Iterator[tuple[str, str]]:
        if self.worker_id is None and not self.allow_principal_workers:
            yield "", "pairing needs a workerId, or allowPrincipalWorkers: true."


class CodeEnvironment(Section, frozen=True, kw_only=True):
    """One machine."""

    id: Annotated[str, rule(rules.machine_identifier)]
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    type: Literal["managed", "attached"]
    base_url: Annotated[str, TRIMMED, rule(addresses.plain_address)] = field(name="baseURL")
    default: bool | None = None
    worker_id: Annotated[str, rule(rules.machine_identifier)] | None = None
    owner: Literal["deployment", "principal"] = "deployment"
    config_schema: CodeLimits | None = None
    settings: CodeSettings | None = None
    pairing: Pairing | None = None

    @property
    def only_paired(self) -> bool:
        """Whether nothing runs here, but machines of people's own are joined."""
        pairing = self.pairing
        return (
            pairing is not None
            and pairing.allow_principal_workers
            and pairing.worker_id is None
            and self.worker_id is None
        )

    def faults(self) -> Iterator[tuple[str, str]]:
        if self.only_paired and self.default:
            yield "default", "An environment for pairing alone cannot be the default."
        if self.pairing is None:
            return
        if self.type != "attached":
            yield "pairing", "Only an environment of type attached may have pairing."
        if self.owner != "deployment":
            yield "pairing", "Only an environment with owner: deployment may have pairing."
        if not is_secure(self.base_url):
            yield "baseURL", "With pairing the address must begin with https://."
        if None not in (self.worker_id, self.pairing.worker_id) and (
            self.worker_id != self.pairing.worker_id
        ):
            yield "workerId", f"workerId is not that of pairing, {self.pairing.worker_id}."


class CodeSessions(Section, frozen=True, kw_only=True):
    """Which machines there are, and who has which."""

    allowed_environments: Annotated[
        tuple[Literal["user", "agent-user", "conversation"], ...], Meta(min_length=1)
    ]
    principal_workers: PrincipalWorkers | None = None
    conversation_moves: ConversationMoves | None = None
    environments: tuple[CodeEnvironment, ...] | None = None

    def faults(self) -> Iterator[tuple[str, str]]:
        ids = [one.id for one in self.environments or ()]
        for index, one in enumerate(ids):
            if one in ids[:index]:
                yield f"environments.{index}.id", f"The id {one} is taken by another environment."
        running = [one for one in self.environments or () if not one.only_paired]
        defaults = sum(one.default is True for one in running)
        if running and defaults != 1:
            told = f"Exactly one environment must have default: true, not {defaults}."
            yield "environments", told
