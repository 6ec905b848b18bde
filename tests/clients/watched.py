"""Runs a program of this folder in a process that, like the tests, cannot leave the machine."""

import runpy
import sys

from tests import network
from tests.clients.telling import tell

# Before the client is imported, since some ask their makers for news as they are.
network.watch()
if __name__ == "__main__":
    runpy.run_module(f"tests.clients.programs.{sys.argv[1]}", run_name="__main__")
    tell("the end", refused=network.REFUSED)
