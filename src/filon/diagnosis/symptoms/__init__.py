"""The catalogue's entries, a file for each kind of thing; their order is in `catalogue.py`."""
