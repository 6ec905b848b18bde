"""What is measured: how each target is configured, started and asked.

Each gateway stands before the same upstream and offers the same four models, one per load.
"""

import http.client
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from benchmarks.processes import BenchError
from benchmarks.runs import AT_ONCE, LOADS, Load

ROOT = Path(__file__).resolve().parents[1]
# Where Debian keeps nginx, which is not on every user's path.
PROGRAMS = os.pathsep.join((os.defpath, "/usr/local/bin", "/usr/sbin"))
_PATH = "/v1/chat/completions"
_KEY = "sk-bench-0123456789"
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Ground(Struct, frozen=True, kw_only=True):
    """What a target is set up on: a folder of its own, the peers' folder, and both ports."""

    folder: Path
    peers: Path
    port: int
    upstream: int

    def base(self, load: Load) -> str:
        """The upstream's address for a load."""
        return f"http://127.0.0.1:{self.upstream}{load.prefix}/v1"


class Target(Struct, frozen=True, kw_only=True):
    """Something that answers chat completions. `passes` says that it takes the upstream's paths as
    they are; `model` is how a load's model is called there. `database` is where traces go."""

    port: int
    command: Sequence[str] = ()
    environment: Mapping[str, str] = _NOTHING
    key: str = _KEY
    model: str = "{}"
    passes: bool = False
    database: Path | None = None

    def path(self, load: Load) -> str:
        """Where a load is asked for."""
        return load.prefix + _PATH if self.passes else _PATH

    def model_of(self, load: Load) -> str:
        """By which name a load's model is asked for."""
        return self.model.format(load.name)

    def answers(self) -> bool:
        """Whether it gives a whole reply to one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        body = {"model": self.model_of(AT_ONCE), "messages": [{"role": "user", "content": "Hello"}]}
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        with closing(connection):
            try:
                connection.request("POST", self.path(AT_ONCE), json.dumps(body), headers)
                response = connection.getresponse()
                return response.status == 200 and _is_whole(response.read())
            except (OSError, http.client.HTTPException):
                return False

    def traces(self) -> int | None:
        """How many traces stand in its database; None where it has none."""
        if self.database is None:
            return None
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute("SELECT count(*) FROM traces").fetchone()[0]


def _is_whole(body: bytes) -> bool:
    try:
        reply = json.loads(body)
        return bool(reply["choices"][0]["message"]["content"] and reply["usage"]["total_tokens"])
    except (ValueError, LookupError, TypeError):
        return False


def direct(ground: Ground) -> Target:
    """The upstream itself: what a gateway adds is counted from here."""
    return Target(port=ground.upstream, passes=True)


def nginx(ground: Ground) -> Target:
    """nginx as a plain proxy, near to what the machine allows."""
    config = f"""\
worker_processes 1;
daemon off;
pid pid;
events {{ worker_connections 8192; }}
http {{
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  client_body_buffer_size 64k;
  keepalive_requests 100000000;
  upstream provider {{
    server 127.0.0.1:{ground.upstream};
    keepalive 1024;
    keepalive_requests 100000000;
  }}
  server {{
    listen 127.0.0.1:{ground.port} backlog=4096;
    location / {{
      proxy_pass http://provider;
      proxy_http_version 1.1;
      proxy_set_header connection "";
      proxy_buffering off;
    }}
  }}
}}
"""
    path = ground.folder / "nginx.conf"
    path.write_text(config, encoding="utf-8")
    program = shutil.which("nginx", path=PROGRAMS) or "nginx"
    command = (program, "-p", str(ground.folder), "-e", "stderr", "-c", str(path))
    return Target(port=ground.port, command=command, passes=True)


def filon(ground: Ground) -> Target:
    """Filon as a user starts it: a key made by its own command, traces written."""
    endpoints = [
        {
            "name": load.name,
            "apiKey": _KEY,
            "baseURL": ground.base(load),
            "models": {"default": ["mock"]},
            "dropParams": ["frequency_penalty", "user", "logit_bias"],
        }
        for load in LOADS
    ]
    config = _write(ground.folder / "filon.yaml", {"endpoints": {"custom": endpoints}})
    home = ground.folder / "home"
    # As with the others: no line in a log for each request.
    environment = {"FILON_HOME": str(home), "FILON_LOG_LEVEL": "warning"}
    program = str(ROOT / ".venv" / "bin" / "filon")
    made = subprocess.run(
        (program, "keys", "create", "bench"),
        env=surroundings(ground.folder) | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise BenchError(f"`filon keys create` failed:\n{made.stderr.strip()}")
    return Target(
        port=ground.port,
        command=(program, "serve", "--no-browser", "--config", config, "--port", str(ground.port)),
        environment=environment,
        key=made.stdout.split()[-1],
        model="{}/mock",
        database=home / "filon.db",
    )


def litellm(ground: Ground) -> Target:
    """LiteLLM's proxy, one process, without a database, at its best set-up."""
    models = [
        {
            "model_name": load.name,
            "litellm_params": {
                "model": "openai/mock",
                "api_base": ground.base(load),
                "api_key": _KEY,
            },
        }
        for load in LOADS
    ]
    config = _write(
        ground.folder / "litellm.yaml",
        {
            "model_list": models,
            "litellm_settings": {"drop_params": True, "telemetry": False},
            "general_settings": {"master_key": _KEY},
        },
    )
    program = str(ground.peers / "litellm" / "bin" / "litellm")
    address = ("--host", "127.0.0.1", "--port", str(ground.port))
    return Target(
        port=ground.port,
        command=(program, "--config", config, *address),
        environment={
            # Else it fetches its list of prices at every start.
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "LITELLM_LOG": "ERROR",
            "DISABLE_ADMIN_UI": "True",
        },
    )


def mlflow(ground: Ground) -> Target:
    """MLflow's gateway with one worker, without tracing."""
    endpoints = [
        {
            "name": load.name,
            "endpoint_type": "llm/v1/chat",
            "model": {
                "provider": "openai",
                "name": "mock",
                "config": {"openai_api_key": _KEY, "openai_api_base": ground.base(load)},
            },
        }
        for load in LOADS
    ]
    config = _write(ground.folder / "mlflow.yaml", {"endpoints": endpoints})
    programs = ground.peers / "mlflow" / "bin"
    address = ("--host", "127.0.0.1", "--port", str(ground.port))
    return Target(
        port=ground.port,
        command=(
            str(programs / "mlflow"),
            "gateway",
            "start",
            "--config-path",
            config,
            *address,
            "--workers",
            "1",
        ),
        # It starts its server by a name that must be on the path.
        environment={
            "PATH": os.pathsep.join((str(programs), PROGRAMS)),
            "MLFLOW_DISABLE_TELEMETRY": "true",
        },
    )


TARGETS: Mapping[str, Callable[[Ground], Target]] = {
    "direct": direct,
    "nginx": nginx,
    "filon": filon,
    "litellm": litellm,
    "mlflow": mlflow,
}
# Those that are installed by benchmarks/peers.
PEERS = ("litellm", "mlflow")


def surroundings(folder: Path) -> dict[str, str]:
    """The environment of everything that is started: none of the user's, so that no key of theirs
    makes an endpoint, and nothing keeps Python from using compiled modules."""
    return {"PATH": PROGRAMS, "HOME": str(folder), "TMPDIR": str(folder), "LANG": "C.UTF-8"}


def _write(path: Path, config: Mapping[str, Any]) -> str:
    """Writes a configuration as JSON, which is YAML too."""
    path.write_text(json.dumps(config, indent=1), encoding="utf-8")
    return str(path)
