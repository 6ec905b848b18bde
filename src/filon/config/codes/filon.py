"""Codes of where Filon and LibreChat part, and of what a filon.yaml alone has: F901 to F999."""

from filon.config.codes.code import HEAD, Code, custom

_OWN = "filon.yaml"


def _routes(*lines: str) -> str:
    """A filon.yaml with these routes."""
    return "filon:\n  routes:\n" + "".join(f"    {line}\n" for line in lines)


def _keys(name: str = "practice", key: str = '"${SECOND_KEY}"') -> str:
    """A filon.yaml with a second key of an endpoint."""
    return f"filon:\n  endpoints:\n    {name}:\n      keys: [{key}]\n"


FILON: tuple[Code, ...] = (
    Code(
        number="F901",
        name="not-used-yet",
        title="Filon does not use this yet",
        why="The line is right and LibreChat uses it; in Filon it changes nothing so far.",
        fix="Nothing is needed. Keep it for LibreChat.",
        example=HEAD + "balance:\n  enabled: true\n",
        better=HEAD + "cache: true\n",
        at="balance",
    ),
    Code(
        number="F902",
        name="unsupported",
        title="Filon cannot do this yet",
        why="What the line asks for would change the answer, and Filon does without it.",
        fix="Remove the line, or keep this endpoint in LibreChat for now.",
        example=custom("addParams:", "  promptCache: true"),
        better=custom("addParams:", "  temperature: 0.5"),
        at="promptCache",
    ),
    Code(
        number="F903",
        name="differs",
        title="Filon does otherwise than LibreChat, on purpose",
        why="The line does in Filon what it says; in LibreChat it does not.",
        fix="Nothing, in Filon. Do not rely on it where the file is used in LibreChat too.",
        example=custom(url="${SCHEME}://${HOST}"),
        better=custom(url="${SCHEME}://localhost:11434/v1"),
        variables=("SCHEME=http", "HOST=localhost:11434/v1"),
        at="${SCHEME}://${HOST}",
    ),
    Code(
        number="F911",
        name="include-unread",
        title="The file to include cannot be read",
        why="None of its sections count, so that its endpoints and presets are not there.",
        fix="Correct the path: it begins in the folder of this file.",
        example="include: librechat.yaml\n",
        better="cache: true\n",
        at="librechat.yaml",
        file=_OWN,
    ),
    Code(
        number="F912",
        name="include-itself",
        title="A file includes itself",
        why="There is nothing to add to it; most likely another file was meant.",
        fix="Name the other file, such as librechat.yaml.",
        example="include: ./filon.yaml\n",
        better="cache: true\n",
        at="./filon.yaml",
        file=_OWN,
    ),
    Code(
        number="F913",
        name="section-twice",
        title="A section stands in the included file too",
        why="A section counts from one file alone, whole: this file's is taken.",
        fix="Nothing, if this is meant. Otherwise remove the section from one of the two.",
        example=None,
        better=None,
        file=_OWN,
    ),
    Code(
        number="F921",
        name="route-name",
        title="A name that no route can have",
        why="A request could not tell the route from an endpoint's model.",
        fix="Choose a name without a slash that no endpoint has.",
        example=_routes("fast/cheap: practice/pocket"),
        better=_routes("fast: practice/pocket"),
        at="fast/cheap",
        file=_OWN,
    ),
    Code(
        number="F922",
        name="route-to-route",
        title="A route leads to a route",
        why="The way of a request must be plain to see, and must end somewhere.",
        fix="Name the models themselves, each as endpoint/model.",
        example=_routes("fast: practice/pocket", "smart: [practice/pocket-code, fast]"),
        better=_routes("fast: practice/pocket", "smart: [practice/pocket-code, practice/pocket]"),
        line="smart",
        at="fast",
        file=_OWN,
    ),
    Code(
        number="F923",
        name="unknown-target",
        title="A target that leads to no endpoint",
        why="The route passes it over; where it has no other, each request to it is refused.",
        fix="Correct the name, set the provider's key, or remove the target.",
        example=_routes("smart: [practise/pocket, practice/pocket-code]"),
        better=_routes("smart: [practice/pocket, practice/pocket-code]"),
        at="practise/pocket",
        file=_OWN,
    ),
    Code(
        number="F931",
        name="no-such-endpoint",
        title="Keys or limits for an endpoint that does not exist",
        why="Nothing of the entry counts, and the endpoint that was meant goes without it.",
        fix="Write the endpoint's name as it stands before the slash of its models.",
        example=_keys("practise"),
        better=_keys(),
        variables=("SECOND_KEY=local-2",),
        at="practise",
        file=_OWN,
    ),
    Code(
        number="F932",
        name="unusable-key",
        title="A key that cannot be sent",
        why="The endpoint works on with its other keys, and nothing shows that one is missing.",
        fix="Write the key in one line, or as ${A_VARIABLE}.",
        example=_keys(key="user_provided"),
        better=_keys(),
        variables=("SECOND_KEY=local-2",),
        at="user_provided",
        file=_OWN,
    ),
)
