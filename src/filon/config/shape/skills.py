"""`skillSync`: skills that are fetched from GitHub."""

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta

from filon.config.shape import rules
from filon.config.shape.section import TRIMMED, Section, rule


class GitHubSource(Section, frozen=True, kw_only=True):
    """One repository, and the credential for it."""

    id: Annotated[str, Meta(min_length=1, max_length=64), rule(rules.skill_identifier)]
    owner: Annotated[str, Meta(min_length=1, max_length=39), rule(rules.github_owner)]
    repo: Annotated[str, Meta(min_length=1, max_length=100), rule(rules.github_repository)]
    ref: Annotated[str, Meta(min_length=1, max_length=255), rule(rules.git_ref)] = "main"
    paths: Annotated[
        tuple[Annotated[str, Meta(max_length=500), rule(rules.skill_path)], ...], Meta(min_length=1)
    ]
    skill_discovery_depth: Annotated[int, Meta(ge=0, le=10)] | None = None
    credential_key: (
        Annotated[str, Meta(min_length=1, max_length=64), rule(rules.skill_identifier)] | None
    ) = None
    token: Annotated[str, TRIMMED, rule(rules.variable_reference)] | None = None
    tenant_id: Annotated[str, Meta(max_length=128), rule(rules.tenant_id)] | None = None

    def faults(self) -> Iterator[tuple[str, str]]:
        if not self.credential_key and not self.token:
            yield "", "A source needs a credentialKey or a token."
        if self.credential_key and self.token:
            yield "token", "A source has a credentialKey or a token, not both."


class GitHubSkills(Section, frozen=True, kw_only=True):
    """Repositories that are read again and again."""

    enabled: bool = False
    interval_minutes: Annotated[int, Meta(ge=5, le=35_791)] = 60
    run_on_startup: bool = False
    sources: tuple[GitHubSource, ...] = ()

    def faults(self) -> Iterator[tuple[str, str]]:
        if self.enabled and not self.sources:
            yield "enabled", "With enabled: true there must be at least one source."
        ids = [source.id for source in self.sources]
        for index, one in enumerate(ids):
            if one in ids[:index]:
                yield f"sources.{index}.id", f"The id {one} is taken by another source."


class SkillSync(Section, frozen=True, kw_only=True):
    """Where skills come from."""

    github: GitHubSkills | None = None
