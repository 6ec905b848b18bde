"""The catalogue of what `filon check` can say; `catalogue.py` looks things up in it."""
