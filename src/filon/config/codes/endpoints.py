"""Codes of where an endpoint leads, with which key, and what it is called: F401 to F499."""

from filon.config.codes.code import Code, custom

_TWIN = "    - {{name: {}, apiKey: x, baseURL: http://localhost:1/v1, models: {{default: [a]}}}}\n"
_MISTRAL = "https://api.mistral.ai/v1"

ENDPOINTS: tuple[Code, ...] = (
    Code(
        number="F401",
        name="bad-address",
        title="baseURL is not an address",
        why="LibreChat lists the endpoint all the same, and every request to it fails.",
        fix="Write the whole address, from https:// to its path, without ? and #.",
        example=custom(url="localhost:11434/v1"),
        better=custom(),
        at="localhost:11434/v1",
    ),
    Code(
        number="F402",
        name="base-url-path",
        title="baseURL ends in /chat/completions",
        why="LibreChat appends that path itself, so it stands there twice and the answer is 404.",
        fix="Let the address end before /chat/completions.",
        example=custom(url="http://localhost:11434/v1/chat/completions"),
        better=custom(),
        at="/chat/completions",
    ),
    Code(
        number="F403",
        name="doubled-version",
        title="baseURL holds /v1 twice",
        why="No provider has such a path: each request gets 404, and the list of models too.",
        fix="Write /v1 once. If a variable already ends in /v1, leave it off in the file.",
        example=custom(url="http://localhost:11434/v1/v1"),
        better=custom(),
        at="/v1/v1",
    ),
    Code(
        number="F404",
        name="missing-path",
        title="baseURL lacks the provider's path",
        why="What is appended to it then misses the API, and most providers answer 404.",
        fix="Write the address that the message names.",
        example=custom(name="Mistral", key="${MISTRAL_API_KEY}", url="https://api.mistral.ai"),
        better=custom(name="Mistral", key="${MISTRAL_API_KEY}", url=_MISTRAL),
        variables=("MISTRAL_API_KEY=local-1",),
        at="https://api.mistral.ai",
    ),
    Code(
        number="F405",
        name="plain-http",
        title="A key travels unencrypted",
        why="Everyone between here and that server can read the key and each conversation.",
        fix="Write https:// if the server has it; keep http:// for your own network.",
        example=custom(url="http://models.example.com/v1"),
        better=custom(url="https://models.example.com/v1"),
        at="http://",
    ),
    Code(
        number="F411",
        name="foreign-key",
        title="A key of another provider",
        why="Each provider marks its keys; this one goes to a host that cannot know it.",
        fix="Put the key of this provider here, or correct baseURL.",
        example=custom(key="${GROQ_API_KEY}", url=_MISTRAL, name="Mistral"),
        better=custom(key="${MISTRAL_API_KEY}", url=_MISTRAL, name="Mistral"),
        variables=("GROQ_API_KEY=gsk_0000", "MISTRAL_API_KEY=local-1"),
        at="${GROQ_API_KEY}",
    ),
    Code(
        number="F412",
        name="literal-key",
        title="A key stands in the file",
        why=(
            "LibreChat writes the whole file into its log at each start, keys included, and a "
            "file is soon copied or committed."
        ),
        fix="Put the key into a variable or the .env, and write ${NAME} here.",
        example=custom(key="sk-or-v1-00000000", url="https://openrouter.ai/api/v1", name="Router"),
        better=custom(key="${OPENROUTER_KEY}", url="https://openrouter.ai/api/v1", name="Router"),
        variables=("OPENROUTER_KEY=sk-or-v1-00000000",),
        at="sk-or-v1-00000000",
    ),
    Code(
        number="F413",
        name="user-provided",
        title="Each person brings their own key or address",
        why=(
            "LibreChat asks each person for it in the browser; with fetch it also asks for the "
            "list of models before there is a key, and the list stays empty."
        ),
        fix="Write ${A_VARIABLE} if one key serves all. List the models that people shall see.",
        example=custom(key="user_provided"),
        better=custom(key="${MY_SERVER_KEY}"),
        variables=("MY_SERVER_KEY=local-1",),
        at="user_provided",
    ),
    Code(
        number="F414",
        name="reroutes-openai",
        title="This variable's name moves LibreChat's OpenAI endpoint",
        why=(
            "If OPENROUTER_API_KEY is set, LibreChat sends its built-in OpenAI endpoint to "
            "OpenRouter too, which nobody expects."
        ),
        fix="Call the variable OPENROUTER_KEY, as LibreChat's own examples do.",
        example=custom(
            key="${OPENROUTER_API_KEY}", url="https://openrouter.ai/api/v1", name="Router"
        ),
        better=custom(key="${OPENROUTER_KEY}", url="https://openrouter.ai/api/v1", name="Router"),
        variables=("OPENROUTER_API_KEY=sk-or-v1-0", "OPENROUTER_KEY=sk-or-v1-0"),
        at="${OPENROUTER_API_KEY}",
    ),
    Code(
        number="F421",
        name="reserved-name",
        title="The name is taken by a built-in endpoint",
        why="LibreChat does not start when a custom endpoint has the name of one of its own.",
        fix="Choose another name, such as one that says where it leads.",
        example=custom(name="openAI"),
        better=custom(name="Local OpenAI"),
        at="openAI",
    ),
    Code(
        number="F422",
        name="duplicate-name",
        title="Two endpoints have one name",
        why="LibreChat shows one of them; which requests go where is left to chance.",
        fix="Give each its own name.",
        example=custom() + _TWIN.format("Local"),
        better=custom() + _TWIN.format("Other"),
        line="{name",
        at="Local",
    ),
    Code(
        number="F423",
        name="slash-in-name",
        title="A slash in the name",
        why=(
            "LibreChat lists the endpoint and then does not find it: each message ends with "
            "an error."
        ),
        fix="Use a hyphen or a space.",
        example=custom(name="team/local"),
        better=custom(name="team-local"),
        at="team/local",
    ),
    Code(
        number="F424",
        name="name-shadows",
        title="The name hides a provider whose key is set",
        why="Filon lists a provider by itself once its key is set, but not two of one name.",
        fix="Rename this entry if you want both.",
        example=custom(name="groq"),
        better=custom(name="Local"),
        variables=("GROQ_API_KEY=gsk_0000",),
        at="groq",
    ),
    Code(
        number="F425",
        name="other-host",
        title="Named like a provider, but not at its host",
        why=(
            "What Filon knows of a provider goes by the address; a gateway that only bears the "
            "name may behave otherwise."
        ),
        fix="Nothing, if it is a gateway of yours. Otherwise correct baseURL.",
        example=custom(name="Mistral", url="https://gateway.example.com/v1"),
        better=custom(name="Gateway", url="https://gateway.example.com/v1"),
        at="Mistral",
    ),
    Code(
        number="F426",
        name="closed-service",
        title="The provider has closed",
        why="LibreChat's documentation still shows it, and every request to it fails.",
        fix="Remove the entry, or lead it to a provider that has the same models.",
        example=custom(name="Llama", url="https://api.endpoints.anyscale.com/v1"),
        better=custom(name="Llama", url="https://api.together.ai/v1"),
        at="https://api.endpoints.anyscale.com/v1",
    ),
    Code(
        number="F431",
        name="fetch-replaces-default",
        title="The fetched list replaces models.default",
        why=(
            "With fetch: true the list in the file is only shown while the provider does not "
            "answer, so that a short choice becomes hundreds of models."
        ),
        fix="Write fetch: false to keep to your own list.",
        example=custom(models="[qwen3, gemma3]", fetch="true"),
        better=custom(models="[qwen3, gemma3]", fetch="false"),
        line="fetch",
        at="true",
    ),
    Code(
        number="F432",
        name="bad-header",
        title="A header that cannot be sent",
        why="Some headers frame the request itself, and some letters are not allowed in any.",
        fix="Remove the header, or write its value in plain letters.",
        example=custom("headers:", "  Host: other.example"),
        better=custom("headers:", "  x-team: research"),
        at="Host",
    ),
    Code(
        number="F433",
        name="endpoints-variable",
        title="ENDPOINTS does not list this",
        why=(
            "The variable ENDPOINTS chooses which of LibreChat's own endpoints are shown, and the "
            "order of all. Without the word custom, older versions show nothing of "
            "endpoints.custom, and newer ones show it last."
        ),
        fix="Add the name, or the word custom, to ENDPOINTS; or unset it.",
        example=custom(),
        better=None,
        variables=("ENDPOINTS=openAI,google",),
        at="custom",
    ),
    Code(
        number="F434",
        name="incomplete-endpoint",
        title="An endpoint lacks what it needs",
        why=(
            "LibreChat leaves an entry without name, apiKey, baseURL or models out, and says "
            "nothing: people look for it in vain."
        ),
        fix="Add the key. If it is there, compare the letters and the indentation.",
        example=custom(key='""'),
        better=custom(),
        at="apiKey",
        spares=True,
    ),
)
