"""Runs schemathesis in a process that, like the tests, cannot leave the machine."""

import sys
from importlib.metadata import entry_points

from tests import network

network.watch()
if __name__ == "__main__":
    (command,) = entry_points(group="console_scripts", name="schemathesis")
    try:
        command.load()()
    finally:
        if network.REFUSED:
            sys.exit(f"It asked others: {network.REFUSED}")
