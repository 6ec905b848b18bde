"""What the practice provider answers at which path: its dialects, skills and faults.

With them come numpy and hundreds of patterns, hence `service` imports this when it is first asked.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path

from filon.conversation.errors import CallerError, FilonError, NotFound
from filon.conversation.message import say
from filon.practice.clock import Clock
from filon.practice.control import Control
from filon.practice.desk import Desk
from filon.practice.dialects.dialect import Dialect, dialects
from filon.practice.dialects.refusing import refusal_of
from filon.practice.http import Request, Response
from filon.practice.model.family import EMBEDDING, MODELS
from filon.practice.model.generate import pocket
from filon.practice.refusal import Refused
from filon.practice.serving import (
    chat,
    listing,
    messages,
    ollama,
    ollama_chat,
    responses,
    vectors,
)
from filon.practice.serving.visit import Visit
from filon.practice.skills.asked import Asked
from filon.practice.skills.choose import plan_for

Action = Callable[[Request], Awaitable[Response]]

# What is answered at the paths of each protocol.
_ACTIONS: Mapping[str, Mapping[str, Callable[[Visit], Awaitable[Response]]]] = {
    "openai_chat": {"/chat/completions": chat.complete},
    "anthropic_messages": {
        "/messages": messages.complete,
        "/messages/count_tokens": messages.count,
    },
    "openai_responses": {"/responses": responses.complete},
}


class Answering:
    """Whoever answers. `folder` and `token` are those of `Practice`."""

    def __init__(self, clock: Clock, folder: Path | None, token: str | None) -> None:
        self.desk = Desk(clock, folder)
        self._control = Control(self.desk, token)

    async def answer(self, request: Request) -> Response:
        """The response to a request. Raises FilonError."""
        dialect, tail = _place(request.path)
        if dialect is None:
            return await self._elsewhere(request)
        if tail is None:
            visit = Visit(request, ollama.native(dialect), self.desk)
            return await _tell(visit, _native(request, visit))
        methods = self._methods(dialect, tail)
        if request.method == "OPTIONS":
            return _options(methods)
        action = methods.get(request.method)
        if action is not None:
            return await action(request)
        visit = Visit(request, dialect, self.desk)
        problem = _no_action(request, methods, _ways(dialect)).problem
        return visit.refuse(refusal_of(dialect, problem))

    async def _elsewhere(self, request: Request) -> Response:
        controls = self._control.methods(request.path)
        if request.method == "OPTIONS":
            return _options(controls)
        action = controls.get(request.method)
        if action is None:
            raise _no_action(request, controls)
        return action(request)

    def _methods(self, dialect: Dialect, tail: str) -> Mapping[str, Action]:
        if tail in _ACTIONS[dialect.protocol]:
            return {"POST": partial(self._ask, dialect, _ACTIONS[dialect.protocol][tail])}
        if tail == "/models":
            action = partial(self._visit, dialect, listing.answer_list)
            return {"GET": action, "HEAD": action}
        if tail.startswith("/models/"):
            name = tail.removeprefix("/models/")
            action = partial(self._visit, dialect, partial(listing.answer_one, name=name))
            return {"GET": action, "HEAD": action}
        if tail == "/embeddings" and EMBEDDING in dialect.models:
            return {"POST": partial(self._visit, dialect, vectors.answer)}
        if tail == "/user/balance" and dialect.has("balance"):
            return {"GET": partial(self._visit, dialect, listing.answer_balance)}
        return {}

    async def _ask(
        self, dialect: Dialect, action: Callable[[Visit], Awaitable[Response]], request: Request
    ) -> Response:
        visit = Visit(request, dialect, self.desk)
        return await _tell(visit, action(visit))

    async def _visit(
        self, dialect: Dialect, action: Callable[[Visit], Response], request: Request
    ) -> Response:
        visit = Visit(request, dialect, self.desk)
        return await _tell(visit, _soon(action, visit))


async def _tell(visit: Visit, answer: Awaitable[Response]) -> Response:
    """The answer, or its failure in the words of the dialect."""
    with visit:
        try:
            return await answer
        except Refused as error:
            return visit.refuse(error.refusal)
        except FilonError as error:
            return visit.refuse(refusal_of(visit.dialect, error.problem))


async def _soon(action: Callable[[Visit], Response], visit: Visit) -> Response:
    return action(visit)


async def _native(request: Request, visit: Visit) -> Response:
    actions: Mapping[tuple[str, str], Callable[[Visit], Awaitable[Response]]] = {
        ("POST", "/chat"): ollama_chat.chat,
        ("GET", "/tags"): ollama.tags,
        ("GET", "/ps"): ollama.running,
        ("GET", "/version"): ollama.version,
        ("POST", "/show"): ollama.show,
        ("POST", "/pull"): ollama.pull,
        ("POST", "/embed"): ollama.embed,
        ("DELETE", "/delete"): ollama.delete,
    }
    path = request.path.removeprefix(visit.dialect.native or "")
    action = actions.get((request.method, path))
    if action is None:
        methods = {method: action for (method, at), action in actions.items() if at == path}
        raise _no_action(request, methods)
    return await action(visit)


def _place(path: str) -> tuple[Dialect | None, str | None]:
    """The dialect at a path and what follows its root; without a tail, Ollama's own API."""
    for one in dialects():
        if one.native is not None and path.startswith(one.native + "/"):
            return one, None
    roots = [(root, one) for one in dialects() for root in one.roots if path.startswith(root + "/")]
    if not roots:
        return None, None
    root, dialect = max(roots, key=lambda pair: len(pair[0]))
    return dialect, path.removeprefix(root)


def _ways(dialect: Dialect) -> str:
    """Where a dialect is asked most."""
    root, path = dialect.roots[0], next(iter(_ACTIONS[dialect.protocol]))
    return f"{root}{path} or {root}/models"


def _options(methods: Mapping[str, object]) -> Response:
    allow = ", ".join((*methods, "OPTIONS")) if methods else "GET, HEAD, POST, OPTIONS"
    return Response(status=204, headers=(("allow", allow),))


def _no_action(
    request: Request,
    methods: Mapping[str, object],
    ways: str = "/v1/chat/completions or /v1/models",
) -> CallerError:
    if not methods:
        fix = f"Use {ways}."
        return NotFound(f"Nothing is at {request.path[:200]}.", fix=fix)
    return CallerError(
        f"{request.method} is not for {request.path[:200]}.",
        code="method_not_allowed",
        status=405,
        fix=f"Use {' or '.join(methods)}.",
    )


def warm() -> None:
    """Reads the model and what it knows, a tenth of a second's work; do it off the event loop."""
    pocket()
    plan_for(Asked(model=MODELS[0], messages=(say("user", "Hello"),)))
