"""Codes of keys and of the kind of their values: F101 to F299."""

from filon.config.codes.code import HEAD, Code, custom

KEYS: tuple[Code, ...] = (
    Code(
        number="F101",
        name="missing-key",
        title="A key that is needed is missing or empty",
        why="LibreChat holds the whole file against its schema, and does not start with it.",
        fix="Add the key. If it is there, compare the letters and the indentation.",
        example=custom().removeprefix(HEAD),
        better=custom(),
        at="endpoints",
    ),
    Code(
        number="F102",
        name="unknown-key",
        title="A key that does not exist here",
        why=(
            "At the top, in endpoints and in customParams LibreChat does not start because of "
            "it; elsewhere it passes over the line without a word."
        ),
        fix="Correct the spelling, capitals included, or remove the line.",
        example=custom("dropparams: [user]"),
        better=custom("dropParams: [user]"),
        at="dropparams",
    ),
    Code(
        number="F103",
        name="misplaced-key",
        title="The key belongs elsewhere",
        why="LibreChat looks for it in one place alone, so here it does nothing, or is refused.",
        fix="Move the line to the place that the message names.",
        example=custom("fetch: false"),
        better=custom(fetch="false"),
        at="fetch",
    ),
    Code(
        number="F104",
        name="deprecated-key",
        title="A key that LibreChat no longer reads",
        why="It still stands in many examples, and has had no effect for several versions.",
        fix="Remove the line.",
        example=custom("summarize: false"),
        better=custom(),
        at="summarize",
    ),
    Code(
        number="F105",
        name="no-effect",
        title="The line has no effect",
        why="Another line, or another place, decides what this one seems to decide.",
        fix="Remove it, or change the line that the message names.",
        example=custom("addParams:", "  model: qwen3"),
        better=custom("addParams:", "  temperature: 0.5"),
        line="  model: qwen3",
        at="model",
    ),
    Code(
        number="F106",
        name="shadowed-by-all",
        title="endpoints.all takes this line's place",
        why=(
            "Once endpoints.all is there, LibreChat takes everything about titles from it, even "
            "what it does not say, and forgets the lines of the endpoints."
        ),
        fix="Move the title settings into endpoints.all, or remove endpoints.all.",
        example=custom("titleModel: qwen3") + "  all:\n    titleConvo: true\n",
        better=custom() + "  all:\n    titleConvo: true\n    titleModel: qwen3\n",
        at="titleModel",
    ),
    Code(
        number="F107",
        name="read-from-variable",
        title="LibreChat reads this from a variable, not from the file",
        why=(
            "Keys and models of LibreChat's own endpoints come from its environment; in the "
            "file they are passed over without a word."
        ),
        fix="Set the variable that the message names, in the .env or in the shell.",
        example=HEAD + "endpoints:\n  google:\n    apiKey: ${GOOGLE_KEY}\n",
        better=HEAD + "endpoints:\n  google:\n    titleConvo: true\n",
        variables=("GOOGLE_KEY=local-1",),
        at="apiKey",
    ),
    Code(
        number="F201",
        name="wrong-type",
        title="The value is of the wrong kind",
        why="LibreChat does not start with it: one wrong value refuses the whole file.",
        fix="Write the value as the message says: in quotes, in brackets, or without them.",
        example=custom("dropParams: user"),
        better=custom("dropParams: [user]"),
        line="dropParams",
        at="user",
    ),
    Code(
        number="F202",
        name="bad-value",
        title="The value is not one of those allowed",
        why="LibreChat does not start with it: one wrong value refuses the whole file.",
        fix="Take one of the values that the message lists.",
        example=custom("titleMethod: magic"),
        better=custom("titleMethod: completion"),
        at="magic",
    ),
    Code(
        number="F203",
        name="version-type",
        title="version is a number",
        why=(
            "Without quotes 1.2 is a number and 1.3.13 a text, so that a file which worked stops "
            "working when the version gets shorter; LibreChat does not start."
        ),
        fix="Put the version in quotes.",
        example="version: 1.2\ncache: true\n",
        better='version: "1.2"\ncache: true\n',
        at="1.2",
    ),
    Code(
        number="F204",
        name="quoted-boolean",
        title="Yes or no is written as a text",
        why=(
            'In this YAML yes, no, on, off and "true" are texts, and a text where true or false '
            "is needed refuses the whole file."
        ),
        fix="Write true or false, without quotes.",
        example=custom("titleConvo: yes"),
        better=custom("titleConvo: true"),
        at="yes",
    ),
)
