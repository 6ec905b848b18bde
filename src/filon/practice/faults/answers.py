"""The faults of what is said: the answer arrives whole and is wrong."""

from filon.practice.faults import content
from filon.practice.faults.fault import Argument, Fault, Say, Trait

ANSWERS: tuple[Fault, ...] = (
    Fault(
        name="empty",
        group="content",
        what="The answer is complete and has no text.",
        teaches="An empty answer is paid for like any other and needs a sentence on the screen.",
        effect=Say(content.say_nothing),
    ),
    Fault(
        name="refusal",
        group="content",
        what="The model declines to answer, in one sentence.",
        teaches="A refusal comes as ordinary text with an ordinary reason for finishing.",
        effect=Say(content.decline),
    ),
    Fault(
        name="loop",
        group="content",
        what="The model says one sentence again and again until its tokens are used up.",
        teaches="A limit on tokens is what ends a model that goes round in circles.",
        effect=Say(content.go_round),
        argument=Argument(usual=20_000, low=100, high=200_000, unit="characters"),
    ),
    Fault(
        name="over-long",
        aliases=("ramble",),
        group="content",
        what="Behind the answer goes on what nobody asked for.",
        teaches="A prompt asks for brevity, and only a limit on tokens enforces it.",
        effect=Say(content.ramble),
        argument=Argument(usual=4_000, low=100, high=200_000, unit="characters"),
    ),
    Fault(
        name="wrong-language",
        group="content",
        what="A question in Spanish is answered in English, and any other in Spanish.",
        teaches="The language of an answer is a habit of the model that a prompt can fix.",
        effect=Say(content.change_language),
    ),
    Fault(
        name="json-in-fence",
        group="content",
        what="The JSON of the answer stands in a Markdown code fence.",
        teaches="JSON that was only asked for in words comes wrapped in what looks good in a chat.",
        effect=Say(content.fence_json),
    ),
    Fault(
        name="bad-tool-json",
        group="content",
        what="The arguments of a tool call are no valid JSON, where tools were offered.",
        teaches="Arguments are written by a model and are checked like any input.",
        effect=Say(content.break_arguments),
    ),
    Fault(
        name="invented-tool",
        group="content",
        what="The model calls a tool that was not offered.",
        teaches="The name of a tool is looked up in a list and never run as it comes.",
        effect=Say(content.invent_tool),
    ),
    Fault(
        name="think-tags",
        group="content",
        what="The model's thoughts stand in its text, between <think> and </think>.",
        teaches="Where a server does not separate thoughts, the client must.",
        effect=Say(content.leak_thoughts),
    ),
    Fault(
        name="other-model",
        group="content",
        what="The reply names another model than the one that was asked for.",
        teaches="What is recorded, compared and paid is the model that answered.",
        effect=Trait("other_model"),
    ),
    Fault(
        name="truncated-prompt",
        group="content",
        what="The older part of a long prompt is cut off without a word.",
        teaches="Only the count of prompt tokens shows that a model did not read everything.",
        effect=Trait("truncate"),
    ),
)
