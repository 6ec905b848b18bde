"""How many tokens a request would have: Anthropic's clients ask before they send it."""

import msgspec

from filon.accounts import scopes
from filon.conversation import tokens
from filon.conversation.request import ChatRequest
from filon.pipeline.directory import Directory
from filon.pipeline.stages.admit import called, let_in
from filon.pipeline.turn import Caller

# What the count is made with; no provider is asked, so it is never more than an estimate.
ESTIMATE = b"x-filon-estimate: %b\r\n" % tokens.TOKENIZER.encode("ascii", "replace")


def count(request: ChatRequest, caller: Caller, directory: Directory) -> int:
    """The tokens of all that the model would read. Raises UnknownModel, and Forbidden where the
    key may not use the model."""
    name, pattern = let_in(caller.rules, request, directory)
    if pattern is None:
        raise scopes.refused(called(caller), name, caller.rules)
    if directory.preset(request.model) is None:
        directory.first(request.model)
    tools = request.parameters.get("tools")
    beside = tokens.of_text(msgspec.json.encode(tools).decode()) if tools else 0
    return tokens.of_request(request) + beside
