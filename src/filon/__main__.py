"""`python -m filon`, for when the `filon` script is not on the PATH."""

from filon.cli.main import main

if __name__ == "__main__":
    main()
