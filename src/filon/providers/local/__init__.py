"""Servers of models on a person's own machine: how each is recognised, and what it says of its
models. Only values and the reading of replies; the requests are made in `server/local.py`."""
