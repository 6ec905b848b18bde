"""What a program tells its test: a line of JSON for each thing done.

After each it waits for a line back, so that the test can see which traces this one thing left.
"""

import asyncio
import json
import os
import sys
from typing import Any

ADDRESS = os.environ["FILON_ADDRESS"]
KEY = os.environ["FILON_KEY"]
WRONG_KEY = "fln_none-of-ours"
# Of no machine at all (RFC 5737).
STRANGER = "http://192.0.2.1/v1"


def tell(deed: str, **told: Any) -> None:
    """Tells what came of one thing done, and waits until it was heard."""
    sys.stdout.write(json.dumps({"deed": deed, **told}) + "\n")
    sys.stdout.flush()
    sys.stdin.readline()


def tell_failure(deed: str, error: Exception) -> None:
    """Tells how one thing failed: the exception's class, those it comes from, and its status."""
    tell(
        deed,
        raised=type(error).__name__,
        kinds=[kind.__name__ for kind in type(error).__mro__],
        status=getattr(error, "status_code", None),
        code=getattr(error, "code", None),
        message=str(error),
    )


async def tell_meanwhile(deed: str, **told: Any) -> None:
    """The same where a client's loop must go on: it may have a connection to close."""
    await asyncio.to_thread(tell, deed, **told)
