"""The `filon` command as a process of its own that, like the tests, cannot leave the machine."""

from filon.cli.main import main
from tests import network

network.watch()
if __name__ == "__main__":
    main()
