"""The database that other journeys copy, too."""

from tests.journeys.conftest import template

__all__ = ["template"]
