"""Filon: a chat platform and LLM gateway that shows everything it does."""

__version__ = "0.1.0"
