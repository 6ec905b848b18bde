"""What model families can do, whoever hosts them. A family that is not here is unknown.

Only what a source says stands here; absence means "unknown", never "cannot".
"""

from msgspec import Struct

from filon.providers.quirks import matches


class Family(Struct, frozen=True):
    """Model ids that match `models` have these abilities, by this source."""

    models: tuple[str, ...]
    abilities: tuple[str, ...]
    source: str


_VERCEL = "model rules of vercel/ai, read 2026-11"
_LIBRECHAT = "LibreChat's list of vision models, read 2026-11"
_MODELS_DEV = "models.dev, read 2026-07"
_DEEPSEEK = "api-docs.deepseek.com, read 2026-10"

_PRICES = "their names, and genai-prices, which has no price for output"
_PRACTICE = "Filon's own practice models"

FAMILIES = (
    Family(("pocket-reasoner*",), ("reasoning",), _PRACTICE),
    Family(("pocket*", "!pocket-embed*"), ("tools",), _PRACTICE),
    Family(("pocket-embed*",), ("embedding",), _PRACTICE),
    Family(
        ("text-embedding-*", "gemini-embedding-*", "mistral-embed*", "codestral-embed*"),
        ("embedding",),
        _PRICES,
    ),  # fmt: skip
    Family(("o[0-9]*", "gpt-5*", "!gpt-5-chat*"), ("reasoning",), _VERCEL),
    Family(("deepseek-reasoner*", "deepseek-flash*", "deepseek-v4*"), ("reasoning",), _DEEPSEEK),
    Family(("gpt-oss-*", "deepseek-r1*"), ("reasoning",), _MODELS_DEV),
    Family(("gpt-4o*", "gpt-4.1*", "gpt-4.5*", "gpt-4-turbo*", "gpt-5*"), ("images",), _LIBRECHAT),
    Family(("!o1-mini*", "o1*", "o3*", "o4-mini*"), ("images",), _LIBRECHAT),
    Family(
        ("claude-3*", "claude-opus-4*", "claude-sonnet-4*", "claude-haiku-4*"),
        ("images",),
        _LIBRECHAT,
    ),  # fmt: skip
    Family(("gemini-2*", "gemini-3*", "gemini-1.5*"), ("images",), _LIBRECHAT),
    Family(
        ("llava*", "moondream*", "qwen-vl*", "llama-4*", "llama3.2-vision*"),
        ("images",),
        _LIBRECHAT,
    ),  # fmt: skip
)


def of(model: str) -> tuple[tuple[str, ...], str] | None:
    """The abilities of a model and their sources; None if its family is unknown.

    Hosts put their own folders before an id (`openai/gpt-4o`); only what follows the last slash
    names the family.
    """
    name = model.rpartition("/")[2].lower()
    families = [family for family in FAMILIES if matches(family.models, name)]
    if not families:
        return None
    abilities = dict.fromkeys(ability for family in families for ability in family.abilities)
    sources = dict.fromkeys(family.source for family in families)
    return tuple(abilities), "; ".join(sources)
