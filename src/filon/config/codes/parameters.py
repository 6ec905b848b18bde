"""Codes of parameters and titles: F501 to F699."""

from filon.config.codes.code import Code, custom

PARAMETERS: tuple[Code, ...] = (
    Code(
        number="F501",
        name="drop-kept",
        title="LibreChat never drops this name",
        why=(
            "By the time it drops, LibreChat calls the parameter otherwise, so that what a "
            "person has set is sent all the same."
        ),
        fix="Write the name that the message gives, which works in both.",
        example=custom("dropParams: [frequency_penalty]"),
        better=custom("dropParams: [frequencyPenalty]"),
        at="frequency_penalty",
    ),
    Code(
        number="F502",
        name="drop-unsent",
        title="A name is dropped that LibreChat never sends",
        why="The line looks like a cure, and changes nothing there.",
        fix="Remove it, unless your clients send the parameter through Filon's gateway.",
        example=custom("dropParams: [stream_options]"),
        better=custom("dropParams: [user]"),
        at="stream_options",
    ),
    Code(
        number="F503",
        name="unknown-parameter",
        title="A parameter that nobody knows",
        why="A misspelt name drops nothing, and the provider still gets what it refuses.",
        fix="Correct its spelling; if your server has such a field, all is well.",
        example=custom("dropParams: [temprature]"),
        better=custom("dropParams: [temperature]"),
        at="temprature",
    ),
    Code(
        number="F511",
        name="add-unsent",
        title="LibreChat does not send this from addParams",
        why=(
            "Its client takes the name for a setting of its own and forgets it: the request goes "
            "out without it, and nothing says so."
        ),
        fix="Nothing, in Filon, which sends it. LibreChat has no other way for it.",
        example=custom("addParams:", "  seed: 7"),
        better=custom("addParams:", "  top_k: 7"),
        at="seed",
    ),
    Code(
        number="F512",
        name="headers-in-params",
        title="headers inside addParams",
        why=(
            "Everything in addParams becomes part of the request's body; as a header it is never "
            "sent, and many providers refuse the unknown field."
        ),
        fix="Move headers one level up, beside addParams.",
        example=custom("addParams:", "  headers: {x-team: research}"),
        better=custom("headers: {x-team: research}"),
        at="headers",
    ),
    Code(
        number="F513",
        name="web-search-switch",
        title="web_search changes the address that is called",
        why=(
            "With it LibreChat calls /responses instead of /chat/completions, which most "
            "providers do not have: they answer 404."
        ),
        fix="Remove it, unless the endpoint is OpenRouter or has the Responses API.",
        example=custom("addParams:", "  web_search: true"),
        better=custom("addParams:", "  temperature: 0.5"),
        at="web_search",
    ),
    Code(
        number="F514",
        name="added-and-dropped",
        title="Added and dropped at once",
        why="dropParams comes last, so the parameter is never sent.",
        fix="Remove the name from one of the two.",
        example=custom("addParams: {user: team}", "dropParams: [user]"),
        better=custom("addParams: {user: team}"),
        line="addParams",
        at="user",
    ),
    Code(
        number="F601",
        name="title-method",
        title="Titles are asked for in a form that many models lack",
        why=(
            "structured and functions make LibreChat ask for the title through a tool or JSON; "
            "a model without tools answers 400, and the chat stays New Chat."
        ),
        fix="Write titleMethod: completion, which every model can do.",
        example=custom("titleModel: qwen3", "titleMethod: functions"),
        better=custom("titleModel: qwen3", "titleMethod: completion"),
        at="functions",
    ),
    Code(
        number="F602",
        name="title-prompt",
        title="The title prompt lacks its place for the conversation",
        why="Without {convo} the model never sees what it is to give a title to, and invents one.",
        fix="Put {convo} where the conversation is to stand.",
        example=custom('titlePrompt: "A title of five words, please."'),
        better=custom('titlePrompt: "A title of five words for: {convo}"'),
        at='"A title of five words, please."',
    ),
)
