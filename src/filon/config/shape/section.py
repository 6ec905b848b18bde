"""What the sections are made of: their base, and the marks that say more than a type does.

A field that is None by default may be absent, yet may not hold YAML's null, for LibreChat refuses
one; where it takes one, the field is marked NULL. Other defaults are LibreChat's own.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from filon.config.environment import Environment

# The sentence on what is wrong with a text, or None. Variables count as the environment has them.
Rule = Callable[[Any, Environment], str | None]


class Section(Struct, frozen=True, kw_only=True, rename="camel"):
    """A map of the file. Unknown keys have no effect, unless the class forbids them."""

    def faults(self) -> Iterator[tuple[str, str]]:
        """What is wrong between keys that are each right: the path of the key that is to blame,
        empty for the map itself, and a sentence."""
        return iter(())


class AsWritten(Section, frozen=True, kw_only=True, rename=str):
    """A map whose keys are written with underscores, as here."""


def rule(check: Rule) -> Meta:
    """Marks a field that must pass a check."""
    return Meta(extra={"rule": check})


def choice(pick: Callable[[Mapping[str, Any], Environment], str]) -> Meta:
    """Marks maps of several kinds; `pick` sees keys and values and names the kind's tag."""
    return Meta(extra={"pick": pick})


NULL = Meta(extra={"null": True})
TRIMMED = Meta(extra={"trim": True})

BuiltIn = Literal[
    "azureOpenAI",
    "openAI",
    "google",
    "anthropic",
    "assistants",
    "azureAssistants",
    "agents",
    "custom",
    "bedrock",
]
Storage = Literal["local", "firebase", "s3", "azure_blob", "cloudfront"]

Natural = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
AboveZero = Annotated[float, Meta(gt=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
Named = Annotated[str, Meta(min_length=1)]
Texts = tuple[str, ...]
