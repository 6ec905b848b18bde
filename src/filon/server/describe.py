"""`python -m filon.server.describe`: the browser's API as OpenAPI, on standard output."""

import json
import sys

from filon.server.browser import create_api


def openapi() -> str:
    """The description as text, the same at every run."""
    return json.dumps(create_api(None).openapi(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(openapi())
