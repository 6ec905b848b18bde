"""What is known of protocols by their names, for those who must not load any."""

from collections.abc import Mapping
from typing import Literal

# The header that carries a key, where it is not that of a Bearer.
KEY_HEADERS: Mapping[str, Literal["x-api-key"]] = {"anthropic_messages": "x-api-key"}

# What a client of the protocol appends to the address that people give it, before its paths. The
# addresses of OpenAI's clients have it already.
CLIENT_PATHS: Mapping[str, str] = {"anthropic_messages": "/v1"}
