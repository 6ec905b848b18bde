"""Small servers that answer as LM Studio, vLLM, llama.cpp, or as none of them."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

Answers = Mapping[str, tuple[int, Any]]

# As lmstudio.ai/docs/developer/rest describes version 0; what is loaded says with how much.
LMSTUDIO_OLD: Answers = {
    "/api/v0/models": (
        200,
        {
            "object": "list",
            "data": [
                {
                    "id": "qwen2.5-coder-7b-instruct",
                    "object": "model",
                    "type": "llm",
                    "publisher": "lmstudio-community",
                    "arch": "qwen2",
                    "compatibility_type": "gguf",
                    "quantization": "Q4_K_M",
                    "state": "loaded",
                    "max_context_length": 32768,
                    "loaded_context_length": 4096,
                },
                {
                    "id": "text-embedding-nomic-embed-text-v1.5",
                    "object": "model",
                    "type": "embeddings",
                    "arch": "nomic-bert",
                    "compatibility_type": "gguf",
                    "quantization": "Q4_0",
                    "state": "not-loaded",
                    "max_context_length": 2048,
                },
            ],
        },
    ),
}
LMSTUDIO_NEW: Answers = {
    "/api/v1/models": (
        200,
        {
            "models": [
                {
                    "type": "llm",
                    "publisher": "openai",
                    "key": "openai/gpt-oss-20b",
                    "architecture": "gpt_oss",
                    "quantization": {"name": "MXFP4", "bits_per_weight": 4},
                    "size_bytes": 12109565632,
                    "params_string": "20B",
                    "loaded_instances": [
                        {"id": "openai/gpt-oss-20b", "config": {"context_length": 16384}}
                    ],
                    "max_context_length": 131072,
                    "capabilities": {"vision": False, "trained_for_tool_use": True},
                }
            ]
        },
    ),
}
VLLM: Answers = {
    "/version": (200, {"version": "0.11.0"}),
    "/v1/models": (
        200,
        {
            "object": "list",
            "data": [
                {
                    "id": "mistralai/Mistral-7B-Instruct-v0.3",
                    "object": "model",
                    "owned_by": "vllm",
                    "root": "mistralai/Mistral-7B-Instruct-v0.3",
                    "max_model_len": 8192,
                }
            ],
        },
    ),
}
LLAMACPP: Answers = {
    "/health": (200, {"status": "ok"}),
    "/props": (
        200,
        {
            "default_generation_settings": {"n_ctx": 4096},
            "total_slots": 4,
            "model_path": "/models/codellama-7b-instruct.Q4_K_M.gguf",
            "build_info": "b6800-1a2b3c4",
        },
    ),
    "/v1/models": (
        200,
        {
            "object": "list",
            "data": [
                {
                    "id": "codellama-7b-instruct",
                    "object": "model",
                    "owned_by": "llamacpp",
                    "meta": {"n_ctx_train": 16384, "n_params": 6738546688, "size": 4081004544},
                }
            ],
        },
    ),
}
# What llama.cpp says while it reads its file.
LLAMACPP_LOADING: Answers = dict.fromkeys(
    ("/health", "/props", "/v1/models"),
    (503, {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}),
)
# Another gateway, which has a list of models and a version of its own.
GATEWAY: Answers = {
    "/version": (200, {"version": "1.80.0"}),
    "/health": (200, {"status": "ok"}),
    "/v1/models": (200, {"object": "list", "data": [{"id": "gpt-4o", "owned_by": "openai"}]}),
}
WEBSITE: Answers = {"/": (200, "<html>Hello</html>")}


class LocalServer:
    """`asked` are the paths and `authorization` headers of what was asked of it. While it is
    `held`, it keeps everybody waiting."""

    def __init__(
        self,
        answers: Answers,
        missing: tuple[int, Any],
        key: str | None = None,
        held: asyncio.Event | None = None,
    ) -> None:
        self.asked: list[tuple[str, str | None]] = []
        self.port = 0
        self.answers = answers
        self._missing = missing
        self._key = key
        self._held = held

    async def answer(self, request: web.Request) -> web.Response:
        """One reply, in JSON or as a page."""
        authorization = request.headers.get("authorization")
        self.asked.append((request.path, authorization))
        if self._held is not None:
            await self._held.wait()
        status, body = self.answers.get(request.path, self._missing)
        guarded = self._key is not None and request.path.startswith("/v1/")
        if guarded and authorization != f"Bearer {self._key}":
            status, body = 401, {"error": "Unauthorized"}
        if isinstance(body, str):
            return web.Response(status=status, text=body, content_type="text/html")
        return web.Response(
            status=status, body=json.dumps(body).encode(), content_type="application/json"
        )


@asynccontextmanager
async def local_server(
    answers: Answers,
    *,
    missing: tuple[int, Any] = (404, {"detail": "Not Found"}),
    key: str | None = None,
    held: asyncio.Event | None = None,
) -> AsyncGenerator[LocalServer]:
    """Serves on a free port of loopback until the block ends."""
    made = LocalServer(answers, missing, key, held)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.port = runner.addresses[0][1]
    try:
        yield made
    finally:
        await runner.cleanup()


# How LM Studio answers a path that it does not have.
LMSTUDIO_MISSING = (200, {"error": "Unexpected endpoint or method. (GET /x)"})
