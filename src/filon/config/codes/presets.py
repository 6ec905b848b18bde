"""Codes of modelSpecs, which are presets: F701 to F799."""

from filon.config.codes.code import Code, custom


def _specs(*lines: str, above: str = "") -> str:
    """A file with the endpoint Local and one preset, whose last lines are these."""
    head = ["- name: talk", "  label: Talk", *lines]
    return (
        custom()
        + "modelSpecs:\n"
        + (f"  {above}\n" if above else "")
        + "  list:\n"
        + "".join(f"    {line}\n" for line in head)
    )


_GOOD = "  preset: {endpoint: Local, model: qwen3}"

PRESETS: tuple[Code, ...] = (
    Code(
        number="F701",
        name="preset-skipped",
        title="A preset that leads to no endpoint",
        why="LibreChat leaves it out of the menu and says so in its log alone.",
        fix="Write the name of an entry of endpoints.custom, letter by letter, as its endpoint.",
        example=_specs("  preset: {endpoint: Locl, model: qwen3}"),
        better=_specs(_GOOD),
        at="Locl",
        spares=True,
    ),
    Code(
        number="F702",
        name="unknown-model",
        title="A preset's model that its endpoint does not list",
        why="LibreChat shows the preset and refuses every request that is made with it.",
        fix="Correct the model's name, or add it to models.default of the endpoint.",
        example=_specs("  preset: {endpoint: Local, model: qwen33}"),
        better=_specs(_GOOD),
        at="qwen33",
    ),
    Code(
        number="F703",
        name="default-model",
        title="A preset without a model",
        why="What answers then depends on the order of the endpoint's list.",
        fix="Name the model.",
        example=_specs("  preset: {endpoint: Local}"),
        better=_specs(_GOOD),
        at="endpoint",
        line="preset:",
    ),
    Code(
        number="F704",
        name="wrong-parameter",
        title="A parameter under the name that another kind of endpoint has for it",
        why="LibreChat takes it away without a word, so that the model never gets it.",
        fix="Write the name that the message gives.",
        example=_specs("  preset: {endpoint: Local, model: qwen3, maxOutputTokens: 500}"),
        better=_specs("  preset: {endpoint: Local, model: qwen3, max_tokens: 500}"),
        at="maxOutputTokens",
    ),
    Code(
        number="F705",
        name="unknown-endpoint",
        title="An endpoint to be listed that does not exist",
        why="Its models will not stand beside the presets, and nothing says so.",
        fix="Correct its name.",
        example=_specs(_GOOD, above="addedEndpoints: [Locale]"),
        better=_specs(_GOOD, above="addedEndpoints: [Local]"),
        at="Locale",
    ),
    Code(
        number="F706",
        name="enforced-in-chat",
        title="Presets are enforced in the chat alone",
        why="A program with a key still reaches every model by its name.",
        fix="Nothing, unless keys are given to people who should not.",
        example=_specs(_GOOD, above="enforce: true"),
        better=_specs(_GOOD),
        at="enforce",
    ),
)
