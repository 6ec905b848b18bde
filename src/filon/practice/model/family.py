"""The models: one language model underneath, different in ability, speed, price and context.

The prices are play money: they let a cost be reckoned and compared, and nobody pays them.
"""

from msgspec import Struct


class Model(Struct, frozen=True, kw_only=True):
    """One model of the family.

    `order` is how many tokens the n-gram looks at, itself included. `strength` is how firmly it
    follows a plan (nats). `ability` and `code_ability` are on the scale of an item's difficulty:
    the odds of a right answer are exp(ability - difficulty). `context` is tokens, prompt and
    answer together; a longer prompt is refused, or cut in silence where `truncates`. Prices are
    USD per million tokens. `pace` names a distribution of practice/pace.py.
    """

    name: str
    what: str
    order: int = 5
    strength: float = 6.5
    ability: float = 1.0
    code_ability: float = 0.0
    context: int = 8_192
    truncates: bool = False
    reasons: bool = False
    tools: bool = True
    speaks: bool = True
    input_usd: float = 0.1
    output_usd: float = 0.4
    pace: str = "small"


MODELS: tuple[Model, ...] = (
    Model(
        name="pocket",
        what="small and quick; follows simple tasks, slips on long ones",
        order=4,
    ),
    Model(
        name="pocket-large",
        what="the ablest and the slowest",
        strength=9.0,
        ability=3.0,
        code_ability=2.0,
        context=32_768,
        input_usd=2.0,
        output_usd=8.0,
        pace="large",
    ),
    Model(
        name="pocket-code",
        what="writes small Python functions; weaker at everything else",
        strength=8.0,
        ability=0.5,
        code_ability=3.0,
        # An agent for code sends 30,000 tokens of tools and instructions before the first word.
        context=131_072,
        input_usd=0.3,
        output_usd=1.2,
        pace="medium",
    ),
    Model(
        name="pocket-reasoner",
        what="thinks before it answers, and the thought costs tokens",
        strength=8.0,
        ability=4.0,
        code_ability=2.5,
        context=32_768,
        reasons=True,
        input_usd=0.6,
        output_usd=2.4,
        pace="thinking",
    ),
    Model(
        name="pocket-local",
        what="as on a laptop: loads first, 4,096 tokens of context, cuts the rest in silence",
        order=3,
        strength=5.5,
        ability=0.0,
        code_ability=-1.0,
        context=4_096,
        truncates=True,
        input_usd=0.0,
        output_usd=0.0,
        pace="local",
    ),
    Model(
        name="echo",
        what="does not think: tells what reached it",
        context=131_072,
        speaks=False,
        tools=False,
        input_usd=0.0,
        output_usd=0.0,
        pace="echo",
    ),
)

# It turns texts into vectors, and is no language model.
EMBEDDING = "pocket-embed"
EMBEDDER = Model(
    name=EMBEDDING,
    what="turns texts into vectors",
    order=1,
    tools=False,
    speaks=False,
    output_usd=0.0,
)

_BY_NAME = {model.name: model for model in MODELS}


def find(name: str) -> Model | None:
    """The model of this name."""
    return _BY_NAME.get(name)
