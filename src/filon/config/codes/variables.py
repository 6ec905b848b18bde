"""Codes of `${VARIABLES}` and `{{PLACEHOLDERS}}`: F301 to F399."""

from filon.config.codes.code import HEAD, Code, custom

_SERVER = "mcpServers:\n  search:\n    url: "

VARIABLES: tuple[Code, ...] = (
    Code(
        number="F301",
        name="unset-variable",
        title="A variable that is not set",
        why=(
            "LibreChat leaves the text ${NAME} where the value should be and sends it; the "
            "provider then answers that the key is wrong."
        ),
        fix="Correct the name, or set the variable in the shell or in a .env beside the file.",
        example=custom(key="${MY_SERVR_KEY}"),
        better=custom(key="${MY_SERVER_KEY}"),
        variables=("MY_SERVER_KEY=local-1",),
        at="${MY_SERVR_KEY}",
    ),
    Code(
        number="F302",
        name="double-dollar",
        title="A second dollar sign before a variable",
        why=(
            "LibreChat fills in the variable and keeps the first dollar sign, so that the key "
            "begins with a $ and is refused."
        ),
        fix="Write ${NAME}, unless docker compose fills in this file first.",
        example=custom(key="$${MY_SERVER_KEY}"),
        better=custom(key="${MY_SERVER_KEY}"),
        variables=("MY_SERVER_KEY=local-1",),
        at="$${MY_SERVER_KEY}",
    ),
    Code(
        number="F303",
        name="no-interpolation",
        title="Variables are not filled in here",
        why="LibreChat fills in a few keys alone; here the text ${NAME} itself would be used.",
        fix="Write the value out.",
        example=custom(models='["${MY_MODEL}"]'),
        better=custom(),
        variables=("MY_MODEL=qwen3",),
        at='"${MY_MODEL}"',
    ),
    Code(
        number="F304",
        name="default-syntax",
        title="A default value inside a variable",
        why=(
            "A shell knows ${NAME:-other}; LibreChat looks for a variable whose name is all of "
            "it, finds none, and sends the text as it is."
        ),
        fix="Write ${NAME} and set the variable, or write the value alone.",
        example=custom(key="${MY_SERVER_KEY:-ollama}"),
        better=custom(),
        at="${MY_SERVER_KEY:-ollama}",
    ),
    Code(
        number="F305",
        name="bare-dollar",
        title="A variable without braces",
        why="LibreChat fills in ${NAME} alone; $NAME is sent letter by letter as the key.",
        fix="Put the name in braces.",
        example=custom(key="$MY_SERVER_KEY"),
        better=custom(key="${MY_SERVER_KEY}"),
        variables=("MY_SERVER_KEY=local-1",),
        at="$MY_SERVER_KEY",
    ),
    Code(
        number="F306",
        name="never-filled",
        title="A variable that is never given out",
        why="LibreChat's own secrets must not reach a provider, so it leaves the text as it is.",
        fix="Use another variable for this value.",
        example=custom(key="${JWT_SECRET}"),
        better=custom(),
        at="${JWT_SECRET}",
    ),
    Code(
        number="F307",
        name="placeholder",
        title="A placeholder that Filon has no value for",
        why="LibreChat sends such a placeholder as it is written when it has no value for it.",
        fix="Nothing is needed: the header is left out. Use LIBRECHAT_USER_ID where it will do.",
        example=custom("headers:", '  x-user: "{{LIBRECHAT_USER_EMAIL}}"'),
        better=custom("headers:", '  x-user: "{{LIBRECHAT_USER_ID}}"'),
        at='"{{LIBRECHAT_USER_EMAIL}}"',
    ),
    Code(
        number="F308",
        name="unknown-placeholder",
        title="A placeholder that nobody knows",
        why="LibreChat sends it letter by letter, and the server at the other end sees the braces.",
        fix="Correct its spelling.",
        example=custom("headers:", '  x-user: "{{LIBRECHAT_USER_MAIL}}"'),
        better=custom("headers:", '  x-user: "{{LIBRECHAT_USER_ID}}"'),
        at='"{{LIBRECHAT_USER_MAIL}}"',
    ),
    Code(
        number="F309",
        name="mcp-url-variable",
        title="An unset variable in the URL of an MCP server",
        why=(
            "This is the one place where LibreChat checks the address with its variables filled "
            "in: one that is unset refuses the whole file, and it does not start."
        ),
        fix="Set the variable before LibreChat starts, or write the address out.",
        example=HEAD + _SERVER + "${SEARCH_MCP_URL}\n",
        better=HEAD + _SERVER + "http://localhost:9300/mcp\n",
        at="${SEARCH_MCP_URL}",
    ),
)
