"""A diagnosis as a value. What produces it is `filon.diagnosis`."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

# wait: the same request may work later. elsewhere: another key, model or endpoint may answer it.
# changed: the request, or the configuration, must be changed first. no: nothing is to be repeated.
Retry = Literal["wait", "elsewhere", "changed", "no"]


class RetryWithout(Struct, frozen=True, tag="retry_without"):
    """Send it again without this parameter, named as on the wire."""

    parameter: str


class RenameParameter(Struct, frozen=True, tag="rename_parameter"):
    """Send it again with this parameter under the name that the provider wants."""

    parameter: str
    to: str


class AddDrop(Struct, frozen=True, tag="add_drop"):
    """Never send this parameter to the endpoint: `lines` belong into its entry of the file."""

    endpoint: str
    parameter: str
    lines: tuple[str, ...]


class LowerMaxTokens(Struct, frozen=True, tag="lower_max_tokens"):
    """Send it again with at most this many tokens for the answer."""

    to: int


class UseModel(Struct, frozen=True, tag="use_model"):
    """Ask this model of the endpoint instead; `nearest` are the likeliest ones, best first."""

    name: str
    nearest: tuple[str, ...]


class RunDoctor(Struct, frozen=True, tag="run_doctor"):
    """Look at the endpoint step by step, from the key to a streamed token."""

    endpoint: str


class SetVariable(Struct, frozen=True, tag="set_variable"):
    """Put the right value into this environment variable."""

    name: str


class ShortenConversation(Struct, frozen=True, tag="shorten_conversation"):
    """Leave out so many tokens of the messages; None where nobody says how many."""

    tokens: int | None = None


class ChooseOther(Struct, frozen=True, tag="choose_other"):
    """Ask another model or endpoint."""


class WaitFor(Struct, frozen=True, tag="wait_for"):
    """Send the same again after so many seconds."""

    seconds: float


class OpenDocs(Struct, frozen=True, tag="open_docs"):
    """Read on, or act, at this address of the provider."""

    page: str


Fix = (
    RenameParameter
    | RetryWithout
    | AddDrop
    | LowerMaxTokens
    | UseModel
    | RunDoctor
    | SetVariable
    | ShortenConversation
    | ChooseOther
    | WaitFor
    | OpenDocs
)


class Finding(Struct, frozen=True, kw_only=True):
    """One diagnosis: of a failure, or as a notice of something odd about a good answer.

    `evidence` quotes the telling words, at most 400 characters, and `where` says what they stand
    in: "body", "header retry-after", "frames 12-14", "request", "connection", "answer", "usage".
    `causes` are ordered, likeliest first. `names` are what the sentences speak of (endpoint,
    model, url, variable), so that a page can say them in another language by the code. `fixes` are
    the same `fix` as actions, best first, only those that make sense here. `docs` is the page about
    the code, as a path in the project. `host` is who behind a router or gateway said it.
    """

    code: str
    title: str
    evidence: str
    causes: tuple[str, ...]
    fix: str
    names: Mapping[str, str] = {}
    kind: Literal["failure", "notice"] = "failure"
    where: str = ""
    retry: Retry = "no"
    fixes: tuple[Fix, ...] = ()
    docs: str | None = None
    host: str | None = None
