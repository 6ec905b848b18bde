"""`filters` and `messageFilter`: texts that are looked through for secrets."""

from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta

from filon.config.shape import rules
from filon.config.shape.section import Section, rule

_Many = Meta(max_length=256)
_SomeFields = Meta(min_length=1, max_length=256)

# What all patterns of one's own may have together.
_MOST_PATTERNS = 256
_MOST_CHARACTERS = 8192


class Pattern(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A regular expression of one's own."""

    id: Annotated[str, Meta(min_length=1, max_length=256)]
    label: Annotated[str, Meta(min_length=1, max_length=512)]
    regex: Annotated[str, Meta(min_length=1, max_length=512), rule(rules.linear_pattern)]


class Secrets(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is a secret, and what becomes of a text that holds one."""

    action: Literal["block", "audit"] | None = None
    starter_patterns: (
        Annotated[tuple[Literal["sk_prefix", "bearer_header", "api_key_header"], ...], _Many] | None
    ) = None
    custom_patterns: Annotated[tuple[Pattern, ...], _Many] | None = None


class MessageSecrets(Secrets, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which fields."""

    fields: (
        Annotated[
            tuple[
                Literal[
                    "name",
                    "text",
                    "summary",
                    "quote",
                    "answer",
                    "decision_response",
                    "decision_reason",
                    "content_part",
                    "attachment_reference",
                    "assembled_context",
                ],
                ...,
            ],
            _SomeFields,
        ]
        | None
    ) = None


class MessageFilter(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Messages."""

    pii: MessageSecrets | None = None
    unattributed_assistant_content: Literal["model_output", "inspect"] | None = None


class PromptSecrets(Secrets, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which fields."""

    fields: (
        Annotated[
            tuple[
                Literal[
                    "name",
                    "description",
                    "oneliner",
                    "category",
                    "command",
                    "text",
                    "preset_text",
                    "system",
                    "context",
                    "instructions",
                    "additional_instructions",
                    "greeting",
                    "example_input",
                    "example_output",
                ],
                ...,
            ],
            _SomeFields,
        ]
        | None
    ) = None


class PromptFilter(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Prompts and presets."""

    pii: PromptSecrets | None = None


class AgentSecrets(Secrets, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which fields."""

    fields: (
        Annotated[
            tuple[
                Literal[
                    "name",
                    "category",
                    "description",
                    "instructions",
                    "additional_instructions",
                    "edge_description",
                    "edge_prompt",
                    "edge_prompt_key",
                    "artifacts",
                    "support_contact_name",
                    "support_contact_email",
                ],
                ...,
            ],
            _SomeFields,
        ]
        | None
    ) = None


class AgentFilter(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What agents are told."""

    pii: AgentSecrets | None = None


class TextSecrets(Secrets, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which fields."""

    fields: Annotated[tuple[Literal["text",], ...], _SomeFields] | None = None


class TextFilter(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Conversation starters, and feedback."""

    pii: TextSecrets | None = None


class TitleSecrets(Secrets, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which fields."""

    fields: Annotated[tuple[Literal["title",], ...], _SomeFields] | None = None


class TitleFilter(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Titles."""

    pii: TitleSecrets | None = None


class SkillSecrets(Secrets, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which fields."""

    fields: (
        Annotated[
            tuple[
                Literal[
                    "name",
                    "display_title",
                    "description",
                    "category",
                    "frontmatter",
                    "instructions",
                    "imported_text",
                    "file_name",
                    "file_text",
                ],
                ...,
            ],
            _SomeFields,
        ]
        | None
    ) = None


class SkillFilter(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Skills."""

    pii: SkillSecrets | None = None


class MemorySecrets(Secrets, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which fields."""

    fields: (
        Annotated[
            tuple[
                Literal[
                    "key",
                    "value",
                    "summary",
                ],
                ...,
            ],
            _SomeFields,
        ]
        | None
    ) = None


class MemoryFilter(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Memories."""

    pii: MemorySecrets | None = None


class FileSecrets(Secrets, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which fields."""

    fields: (
        Annotated[
            tuple[
                Literal[
                    "name",
                    "content",
                    "extracted_text",
                    "transcript",
                    "uri",
                ],
                ...,
            ],
            _SomeFields,
        ]
        | None
    ) = None
    uninspectable: Literal["allow", "block"] | None = None


class FileFilter(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Files."""

    pii: FileSecrets | None = None


class ToolSecrets(Secrets, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which fields."""

    fields: (
        Annotated[
            tuple[
                Literal[
                    "name",
                    "arguments",
                    "output",
                ],
                ...,
            ],
            _SomeFields,
        ]
        | None
    ) = None


class ToolFilter(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What goes into tools and comes out."""

    pii: ToolSecrets | None = None


class ParameterSecrets(Secrets, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which fields."""

    fields: (
        Annotated[
            tuple[
                Literal[
                    "stop",
                    "request_fields",
                    "response_format",
                    "metadata",
                ],
                ...,
            ],
            _SomeFields,
        ]
        | None
    ) = None


class ParameterFilter(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Parameters."""

    pii: ParameterSecrets | None = None


class ActionSecrets(Secrets, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which fields."""

    fields: (
        Annotated[
            tuple[
                Literal[
                    "raw_spec",
                    "domain",
                    "privacy_policy_url",
                    "authorization_type",
                    "custom_auth_header",
                    "authorization_content_type",
                    "authorization_url",
                    "client_url",
                    "scope",
                    "token_exchange_method",
                    "api_key",
                    "oauth_client_id",
                    "oauth_client_secret",
                ],
                ...,
            ],
            _SomeFields,
        ]
        | None
    ) = None


class ActionFilter(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Actions."""

    pii: ActionSecrets | None = None


class Filters(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is looked through, place by place."""

    messages: MessageFilter | None = None
    prompts: PromptFilter | None = None
    agent_instructions: AgentFilter | None = None
    conversation_starters: TextFilter | None = None
    conversation_titles: TitleFilter | None = None
    feedback: TextFilter | None = None
    skills: SkillFilter | None = None
    memories: MemoryFilter | None = None
    files: FileFilter | None = None
    tool_arguments: ToolFilter | None = None
    model_parameters: ParameterFilter | None = None
    action_metadata: ActionFilter | None = None

    def faults(self) -> Iterator[tuple[str, str]]:
        places = [getattr(self, name) for name in self.__struct_fields__]
        patterns = [
            pattern
            for place in places
            if place is not None and place.pii is not None
            for pattern in place.pii.custom_patterns or ()
        ]
        if len(patterns) > _MOST_PATTERNS:
            yield "", f"All customPatterns together may be {_MOST_PATTERNS}, not {len(patterns)}."
        if sum(len(pattern.regex) for pattern in patterns) > _MOST_CHARACTERS:
            yield "", f"All regular expressions together may have {_MOST_CHARACTERS} characters."


class OlderPattern(Section, frozen=True, kw_only=True):
    """A regular expression of one's own."""

    id: Annotated[str, Meta(min_length=1, max_length=256)]
    label: Annotated[str, Meta(min_length=1, max_length=512)]
    regex: Annotated[str, Meta(min_length=1, max_length=512), rule(rules.mime_pattern)]


class OlderSecrets(Section, frozen=True, kw_only=True):
    """What is a secret there."""

    starter_patterns: Annotated[tuple[Annotated[str, Meta(max_length=256)], ...], _Many] | None = (
        None
    )
    custom_patterns: Annotated[tuple[OlderPattern, ...], _Many] | None = None

    def faults(self) -> Iterator[tuple[str, str]]:
        if sum(len(one.regex) for one in self.custom_patterns or ()) > _MOST_CHARACTERS:
            told = f"All regular expressions together may have {_MOST_CHARACTERS} characters."
            yield "customPatterns", told


class OlderMessageFilter(Section, frozen=True, kw_only=True):
    """The older form, for messages alone."""

    pii: OlderSecrets | None = None
