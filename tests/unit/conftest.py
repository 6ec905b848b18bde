"""The database that the tests of the store copy, too."""

from tests.store.conftest import template

__all__ = ["template"]
