"""The seven stages, one file each. They do not know each other; `run.py` knows their order."""
